#include "service/enrolment/tokens.h"

#include <algorithm>

#include "base/digest.h"
#include "base/id.h"
#include "base/json_members.h"
#include "base/text.h"
#include "service/audit.h"
#include "service/enrolment/records.h"
#include "store/each_of_kind.h"

namespace sallyport {
namespace {

constexpr std::size_t secret_bytes = 24;
constexpr std::string_view secret_prefix =
    "sallyport_enrol_";  // so that a scanner finds a leaked one
constexpr std::size_t secret_size_max = 256;

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

AuditRecord audit_of(const EnrolmentToken& token, std::string_view operation,
                     const std::string& text, Instant now) {
  const auto document = json::parse(text);
  const auto* root = document ? &document->root() : nullptr;
  const bool removed = operation == "Revoke";
  return make_audit(command_line_caller(), now,
                    {std::string(operation) + " enrolment token", "Device", operation, "Device",
                     token.id, token.name, removed ? root : nullptr, removed ? nullptr : root});
}

Result<std::string> find_user(Store& store, const std::string& user) {
  if (user.empty()) return user;
  const auto id = to_lower(user);
  if (const auto by_id = store.get("user", id)) return id;
  const auto named =
      store.find("user", {"userPrincipalName", id, id, std::nullopt, std::nullopt}, 1);
  if (!named) return failed(named.error());
  if (!named->empty()) return named->front().id;
  return fail(ErrorKind::not_found, "no user has this id or userPrincipalName", user);
}

Result<std::string> find_device(Store& store, const std::string& device) {
  if (device.empty()) return device;
  const auto id = to_lower(device);
  const auto found = find_device_document(store, id);
  if (!found) return failed(found.error());
  return id;
}

}  // namespace

std::string enrolment_token_key(std::string_view secret) {
  if (secret.empty() || secret.size() > secret_size_max) return {};
  return sha256_hex(secret);
}

std::string write_enrolment_token(const EnrolmentToken& token) {
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("id", token.id);
  w.member("displayName", token.name);
  if (!token.user_id.empty()) w.member("userId", token.user_id);
  if (!token.device_id.empty()) w.member("deviceId", token.device_id);
  w.member("ownership", token.ownership == Ownership::corporate ? "corporate" : "personal");
  w.member("createdDateTime", to_string(token.created));
  w.member("expirationDateTime", to_string(token.expires));
  if (token.used) {
    w.member("usedDateTime", to_string(*token.used));
    w.member("serialNumber", token.serial);
    w.member("publicKeyHash", token.key_hash);
    if (!token.transaction_id.empty()) w.member("transactionId", token.transaction_id);
  }
  w.end_object();
  return text;
}

Result<EnrolmentToken> read_enrolment_token(const VersionedDocument& document) {
  const auto damaged = [&] {
    return fail(ErrorKind::internal, "this document is damaged", document.kind + "/" + document.id);
  };
  const auto parsed = json::parse(document.json);
  if (!parsed) return damaged();
  const auto text = [&](std::string_view name) { return json::text_of(parsed->root(), name); };
  EnrolmentToken out;
  out.id = text("id");
  out.name = text("displayName");
  out.user_id = text("userId");
  out.device_id = text("deviceId");
  const auto ownership = text("ownership");
  if (ownership != "corporate" && ownership != "personal") return damaged();
  out.ownership = ownership == "corporate" ? Ownership::corporate : Ownership::personal;
  const auto created = parse_instant(text("createdDateTime"));
  const auto expires = parse_instant(text("expirationDateTime"));
  if (!created || !expires) return damaged();
  out.created = *created;
  out.expires = *expires;
  if (parsed->root().find("usedDateTime") != nullptr) {
    out.used = parse_instant(text("usedDateTime"));
    if (!out.used) return damaged();
    out.serial = text("serialNumber");
    out.key_hash = text("publicKeyHash");
    out.transaction_id = text("transactionId");
  }
  return out;
}

Result<IssuedEnrolmentToken> create_enrolment_token(Store& store, const NewEnrolmentToken& wanted,
                                                    Instant now) {
  auto user = find_user(store, wanted.user);
  if (!user) return failed(user.error());
  auto device = find_device(store, wanted.device_id);
  if (!device) return failed(device.error());
  const auto random = random_text(secret_bytes);
  if (!random) return failed(random.error());
  EnrolmentToken token;
  token.id = to_string(random_guid());
  token.name = wanted.name;
  token.user_id = std::move(*user);
  token.device_id = std::move(*device);
  token.ownership = wanted.ownership;
  token.created = now;
  token.expires = wanted.expires;
  const auto secret = std::string(secret_prefix) + *random;
  const auto text = write_enrolment_token(token);
  const Write write{std::string(enrolment_token_kind), enrolment_token_key(secret), text,
                    Version{0}};
  const auto audit = audit_of(token, "Add", text, now);
  const auto written = store.write({&write, 1}, {&audit, 1});
  if (!written) return failed(written.error());
  return IssuedEnrolmentToken{token.id, secret};
}

Result<std::vector<EnrolmentToken>> list_enrolment_tokens(Store& store) {
  std::vector<EnrolmentToken> out;
  const auto take = [&](const VersionedDocument& document) -> Result<void> {
    auto token = read_enrolment_token(document);
    if (!token) return failed(token.error());
    out.push_back(std::move(*token));
    return {};
  };
  if (const auto read = each_of_kind(store, enrolment_token_kind, take); !read) {
    return failed(read.error());
  }
  std::ranges::sort(out, {}, &EnrolmentToken::created);
  return out;
}

Result<void> revoke_enrolment_token(Store& store, std::string_view id, Instant now) {
  bool found = false;
  const auto revoke = [&](const VersionedDocument& document) -> Result<bool> {
    const auto token = read_enrolment_token(document);
    if (!token || !equal_ignoring_case(token->id, id)) return true;
    found = true;
    const Write write{document.kind, document.id, std::nullopt, document.version};
    const auto audit = audit_of(*token, "Revoke", document.json, now);
    const auto written = store.write({&write, 1}, {&audit, 1});
    if (!written) return failed(written.error());
    return false;
  };
  if (auto looked = some_of_kind(store, enrolment_token_kind, revoke); !looked) return looked;
  if (!found) {
    return fail(ErrorKind::not_found, "no enrolment token has this id", std::string(id));
  }
  return {};
}

namespace {

Result<bool> may_be_forgotten(Store& store, const EnrolmentToken& token, Instant before) {
  if (!token.used) return token.expires < before;
  if (*token.used >= before) return false;
  if (!token.serial.empty()) return true;
  const auto device = find_device_document(store, token.device_id);
  if (!device && device.error().kind != ErrorKind::not_found) return failed(device.error());
  return !device;
}

}  // namespace

Result<std::size_t> forget_enrolment_tokens(Store& store, Instant before, std::size_t count_max) {
  std::vector<Write> removals;
  const auto look_at = [&](const VersionedDocument& document) -> Result<bool> {
    const auto token = read_enrolment_token(document);
    if (!token) return true;  // nobody gets in by it; somebody should look at it
    const auto over = may_be_forgotten(store, *token, before);
    if (!over) return failed(over.error());
    if (*over) removals.push_back({document.kind, document.id, std::nullopt, document.version});
    return removals.size() < count_max;
  };
  if (const auto looked = some_of_kind(store, enrolment_token_kind, look_at); !looked) {
    return failed(looked.error());
  }
  if (removals.empty()) return std::size_t{0};
  if (const auto written = store.write(removals, {}); !written) return failed(written.error());
  return removals.size();
}

}  // namespace sallyport
