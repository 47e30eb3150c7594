#include "service/notifications/subscription.h"

#include <algorithm>

#include "base/json_members.h"
#include "base/text.h"
#include "service/document_names.h"
#include "service/notifications/webhook.h"

namespace sallyport {
namespace {

using json::Value;

constexpr SubscribableResource resources[] = {
    {"users", "user", "microsoft.graph.user", true},
    {"groups", "group", "microsoft.graph.group", true},
    {"devices", "device", "microsoft.graph.device"},
    {"identity/conditionalAccess/policies", "conditionalAccessPolicy",
     "microsoft.graph.conditionalAccessPolicy"},
    {"auditLogs/signIns", {}, "microsoft.graph.signIn"},
};

constexpr std::string_view members_taken[] = {
    "changeType",
    "clientState",
    "expirationDateTime",
    "lifecycleNotificationUrl",
    "latestSupportedTlsVersion",
    "notificationUrl",
    "resource",
};
// Set by the server; an answer that is sent again is no mistake.
constexpr std::string_view members_passed_over[] = {"applicationId", "creatorId", "id"};

template <std::size_t n>
bool is_one_of(std::string_view name, const std::string_view (&names)[n]) {
  return std::ranges::find(names, name) != std::end(names);
}

tl::unexpected<Error> bad(std::string problem, std::string_view member) {
  return fail(ErrorKind::invalid_argument, std::move(problem), "/" + std::string(member));
}

// The text of a member that may be missing or null.
Result<std::string> wanted_text(const Value& body, std::string_view name) {
  const auto* found = body.find(name);
  if (found == nullptr || found->is_null()) return std::string();
  if (!found->is_string()) return bad("`" + std::string(name) + "` must be a string", name);
  return std::string(found->text());
}

Result<ChangeTypes> parse_change_types(std::string_view text) {
  ChangeTypes types;
  if (text.empty()) {
    return bad("`changeType` is needed: created, updated, deleted, or several with commas",
               "changeType");
  }
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto word = trim(text.substr(0, comma));
    text = comma == text.npos ? std::string_view() : text.substr(comma + 1);
    auto* which = equal_ignoring_case(word, "created")   ? &types.created
                  : equal_ignoring_case(word, "updated") ? &types.updated
                  : equal_ignoring_case(word, "deleted") ? &types.deleted
                                                         : nullptr;
    if (which == nullptr) {
      return bad("`" + printable(word) + "` is no change type: there are created, updated, deleted",
                 "changeType");
    }
    *which = true;
  }
  return types;
}

Result<Instant> parse_expiration(std::string_view text, Instant now) {
  constexpr std::string_view name = "expirationDateTime";
  const auto at = parse_instant(text);
  if (!at) return bad("`expirationDateTime` is needed: a date as 2026-03-20T11:00:00Z", name);
  if (*at <= now) return bad("`expirationDateTime` is over already", name);
  if (*at > now + subscription_life_max) {
    return bad("`expirationDateTime` is further away than " +
                   std::to_string(subscription_life_max.count()) + " minutes",
               name);
  }
  return *at;
}

Result<void> check_url(std::string_view url, std::string_view member) {
  const auto parsed = parse_http_url(url);
  if (parsed) return {};
  return bad("`" + std::string(member) + "` cannot be posted to: " + parsed.error().message,
             member);
}

Result<void> check_members(const Value& body) {
  if (!body.is_object()) return bad("the body must be an object that describes it", {});
  for (const auto& member : body.members()) {
    const auto name = member.name;
    if (name.find('@') != name.npos || is_one_of(name, members_taken)) continue;
    if (is_one_of(name, members_passed_over) || member.value.is_null()) continue;
    if (name == "includeResourceData" && !member.value.truth()) continue;
    return bad("`" + printable(name) + "` is not supported here", printable(name));
  }
  return {};
}

Result<void> read_resource(const Value& body, Subscription& out) {
  const auto text = wanted_text(body, "resource");
  if (!text) return tl::unexpected<Error>(text.error());
  const auto named = parse_subscribed_resource(*text);
  if (!named) {
    std::string known;
    for (const auto& one : resources) known += (known.empty() ? "" : ", ") + std::string(one.path);
    return bad("`" + printable(*text) + "` cannot be subscribed to: there are " + known +
                   ", and one of each by its id",
               "resource");
  }
  out.resource = *text;
  out.what = named->what;
  out.object_id = named->object_id;
  if (out.what->kind.empty() && (!out.types.created || !out.object_id.empty())) {
    return bad("a sign-in is created and does not change: subscribe to all that are `created`",
               "resource");
  }
  return {};
}

}  // namespace

std::string owner_of(const Caller& caller) {
  return caller.user_id.empty() ? caller.id : caller.user_id;
}

std::optional<NamedResource> parse_subscribed_resource(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  for (const auto* version : {"v1.0/", "beta/"}) {
    if (text.starts_with(version)) text.remove_prefix(std::string_view(version).size());
  }
  for (const auto& one : resources) {
    if (text.size() < one.path.size() ||
        !equal_ignoring_case(text.substr(0, one.path.size()), one.path)) {
      continue;
    }
    auto rest = text.substr(one.path.size());
    if (rest.empty() || rest == "/") return NamedResource{&one, {}};
    if (rest.starts_with("('") && rest.ends_with("')") && rest.size() > 4) {
      rest = rest.substr(2, rest.size() - 4);
    } else if (rest.starts_with('/')) {
      rest.remove_prefix(1);
    } else {
      continue;
    }
    const bool is_id = std::ranges::all_of(rest, [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
    });
    if (is_id) return NamedResource{&one, store_id(rest)};
  }
  return std::nullopt;
}

Result<Subscription> read_wanted_subscription(const Value& body, Instant now) {
  if (auto known = check_members(body); !known) return tl::unexpected<Error>(known.error());
  Subscription out;
  for (const auto& [name, into] : {std::pair{"changeType", &out.change_type},
                                   {"clientState", &out.client_state},
                                   {"notificationUrl", &out.notification_url},
                                   {"lifecycleNotificationUrl", &out.lifecycle_url},
                                   {"latestSupportedTlsVersion", &out.tls_version}}) {
    auto text = wanted_text(body, name);
    if (!text) return tl::unexpected<Error>(text.error());
    *into = std::move(*text);
  }
  const auto types = parse_change_types(out.change_type);
  if (!types) return tl::unexpected<Error>(types.error());
  out.types = *types;
  if (auto read = read_resource(body, out); !read) return tl::unexpected<Error>(read.error());
  if (out.client_state.size() > client_state_size_max) {
    return bad("`clientState` is longer than 128 characters", "clientState");
  }
  if (out.tls_version.empty()) out.tls_version = "v1_2";
  if (out.tls_version != "v1_2" && out.tls_version != "v1_3") {
    return bad("`latestSupportedTlsVersion` must be v1_2 or v1_3", "latestSupportedTlsVersion");
  }
  if (auto good = check_url(out.notification_url, "notificationUrl"); !good) {
    return tl::unexpected<Error>(good.error());
  }
  if (!out.lifecycle_url.empty()) {
    if (auto good = check_url(out.lifecycle_url, "lifecycleNotificationUrl"); !good) {
      return tl::unexpected<Error>(good.error());
    }
  }
  const auto expires = parse_expiration(text_of(body, "expirationDateTime"), now);
  if (!expires) return tl::unexpected<Error>(expires.error());
  out.expires = *expires;
  out.renewed = now;
  return out;
}

Result<void> renew(Subscription& subscription, const Value& patch, Instant now) {
  if (!patch.is_object()) return bad("the body must be an object", {});
  for (const auto& member : patch.members()) {
    if (member.name == "expirationDateTime" || member.name == "notificationUrl") continue;
    if (member.name.find('@') != member.name.npos || member.name == "id") continue;
    return bad("`" + printable(member.name) +
                   "` cannot be changed: make another subscription, and remove this one",
               printable(member.name));
  }
  if (patch.find("expirationDateTime") != nullptr) {
    const auto expires = parse_expiration(text_of(patch, "expirationDateTime"), now);
    if (!expires) return tl::unexpected<Error>(expires.error());
    subscription.expires = *expires;
  }
  if (patch.find("notificationUrl") != nullptr) {
    const auto url = text_of(patch, "notificationUrl");
    if (auto good = check_url(url, "notificationUrl"); !good) return good;
    subscription.notification_url = url;
  }
  subscription.renewed = now;
  return {};
}

Result<Subscription> read_subscription(const VersionedDocument& document) {
  const auto parsed = json::parse(document.json);
  const auto* own = parsed ? parsed->root().find("sallyport") : nullptr;
  const auto place = document.kind + "/" + document.id;
  if (own == nullptr) return fail(ErrorKind::internal, "this document is damaged", place);
  const auto& root = parsed->root();
  Subscription out;
  out.id = document.id;
  out.version = document.version;
  out.resource = text_of(root, "resource");
  out.change_type = text_of(root, "changeType");
  out.client_state = text_of(root, "clientState");
  out.notification_url = text_of(root, "notificationUrl");
  out.lifecycle_url = text_of(root, "lifecycleNotificationUrl");
  out.tls_version = text_of(root, "latestSupportedTlsVersion");
  out.owner = text_of(*own, "owner");
  out.credential = text_of(*own, "credential");
  const auto named = parse_subscribed_resource(out.resource);
  const auto types = parse_change_types(out.change_type);
  const auto expires = parse_instant(text_of(root, "expirationDateTime"));
  const auto renewed = parse_instant(text_of(*own, "renewedDateTime"));
  const auto* after = own->find("startedAfter");
  if (!named || !types || !expires || !renewed || after == nullptr || !after->integer()) {
    return fail(ErrorKind::internal, "this document is damaged", place);
  }
  out.what = named->what;
  out.object_id = named->object_id;
  out.types = *types;
  out.expires = *expires;
  out.renewed = *renewed;
  out.started_after = *after->integer();
  if (const auto* list = own->find("permissions")) {
    for (const auto& item : list->items()) out.permissions.emplace_back(item.text());
  }
  return out;
}

namespace {

void write_shown(const Subscription& one, bool with_state, json::Writer& w) {
  const auto text = [&](std::string_view name, const std::string& value) {
    w.key(name);
    value.empty() ? w.null() : w.value(value);
  };
  w.member("id", one.id);
  w.member("resource", one.resource);
  w.member("applicationId", one.credential);
  w.member("changeType", one.change_type);
  text("clientState", with_state ? one.client_state : std::string());
  w.member("notificationUrl", one.notification_url);
  text("lifecycleNotificationUrl", one.lifecycle_url);
  w.member("expirationDateTime", to_string(one.expires));
  w.member("creatorId", one.owner);
  w.key("includeResourceData");
  w.null();
  w.member("latestSupportedTlsVersion", one.tls_version);
}

}  // namespace

std::string write_subscription(const Subscription& one) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  write_shown(one, true, w);
  w.key("sallyport");
  w.begin_object();
  w.member("owner", one.owner);
  w.member("credential", one.credential);
  write_texts(w, "permissions", one.permissions);
  w.member("renewedDateTime", to_string(one.renewed));
  w.member("startedAfter", one.started_after);
  w.end_object();
  w.end_object();
  return out;
}

std::string show_subscription(const Subscription& one, bool to_owner) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  write_shown(one, to_owner, w);
  w.end_object();
  return out;
}

}  // namespace sallyport
