#include "analysis/replay/side.h"

#include <algorithm>
#include <unordered_map>

#include "base/json.h"
#include "base/text.h"
#include "directory/write.h"
#include "policy/write.h"

namespace sallyport::replay {
namespace {

bool is_name_or_date(std::string_view member) {
  for (const std::string_view other : {"id", "displayName", "description", "createdDateTime",
                                       "modifiedDateTime", "deletedDateTime", "@odata.context"}) {
    if (equal_ignoring_case(member, other)) return true;
  }
  return false;
}

// What a policy says, apart from what it is called and when it was written.
std::string text_of(const std::string& document_json) {
  const auto document = json::parse(document_json);
  if (!document) return {};
  json::Arena arena;
  const auto canonical_form = canonical(document->root(), arena);
  std::vector<json::Member> members;
  for (const auto& member : canonical_form.members()) {
    if (!is_name_or_date(member.name)) members.push_back(member);
  }
  return json::write(arena.object(members));
}

// The definitions a policy refers to, so that an edit of one is an edit of the policy.
class Definitions {
 public:
  explicit Definitions(const PolicySet& set) : set_(set) {
    for (const auto& location : set.named_locations) {
      auto text = json::written([&](json::Writer& w) { write_named_location(location, w); });
      if (location.is_trusted) trusted_ += text;
      locations_.emplace(location.id, std::move(text));
    }
    for (const auto& range : set.mfa_trusted_ips) mfa_trusted_ += to_string(range) + ' ';
    for (const auto id : set.office365) office365_ += to_string(id) + ' ';
    for (const auto id : set.admin_portals) admin_portals_ += to_string(id) + ' ';
  }

  std::string of(const Policy& policy) const {
    std::string text;
    if (policy.conditions.locations) {
      add(policy.conditions.locations->include, text);
      add(policy.conditions.locations->exclude, text);
    }
    if (policy.conditions.applications) {
      add(policy.conditions.applications->include, text);
      add(policy.conditions.applications->exclude, text);
    }
    if (policy.grant_controls && policy.grant_controls->authentication_strength) {
      const auto* strength = set_.find_strength(*policy.grant_controls->authentication_strength);
      if (strength != nullptr) {
        text +=
            json::written([&](json::Writer& w) { write_authentication_strength(*strength, w); });
      }
    }
    return text;
  }

 private:
  void add(const LocationLists& lists, std::string& text) const {
    if (lists.all_trusted) text += trusted_;
    if (lists.all_trusted || lists.mfa_trusted_ips) text += mfa_trusted_;
    for (const auto id : lists.locations) {
      const auto found = locations_.find(id);
      text += found == locations_.end() ? "undefined" : found->second;
    }
  }
  void add(const ApplicationLists& lists, std::string& text) const {
    if (lists.office365) text += office365_;
    if (lists.admin_portals) text += admin_portals_;
  }

  const PolicySet& set_;
  std::unordered_map<LocationId, std::string> locations_;
  std::string trusted_, mfa_trusted_, office365_, admin_portals_;
};

std::vector<std::string> contents_of(const LoadResult& loaded, const PolicySet& set) {
  std::unordered_map<PolicyId, std::string> texts;
  for (const auto& document : loaded.documents) {
    if (document.kind == DocumentKind::conditional_access_policy) {
      texts.emplace(PolicyId::of(document.id), text_of(document.json));
    }
  }
  const Definitions definitions(set);
  std::vector<std::string> contents;
  for (const auto& policy : set.policies) {
    const auto text = texts.find(policy.id);
    const bool told = text != texts.end() && !text->second.empty();
    contents.push_back(told ? text->second + definitions.of(policy) : std::string());
  }
  return contents;
}

void borrow(PolicySet& set, const LoadResult& loaded, const LoadResult& lender) {
  const auto has = [&](DocumentKind kind) {
    return std::any_of(loaded.documents.begin(), loaded.documents.end(),
                       [&](const SourceDocument& d) { return d.kind == kind; });
  };
  const PolicySet& other = lender.tenant.policy_set;
  if (!has(DocumentKind::named_location)) set.named_locations = other.named_locations;
  if (!has(DocumentKind::authentication_strength_policy)) {
    set.authentication_strengths = other.authentication_strengths;
  }
  if (!has(DocumentKind::authentication_context)) {
    set.authentication_contexts = other.authentication_contexts;
  }
  if (!has(DocumentKind::settings)) {
    set.mfa_trusted_ips = other.mfa_trusted_ips;
    set.office365 = other.office365;
    set.admin_portals = other.admin_portals;
  }
}

// A record with facts of its own may tell of a group that only a policy names.
std::shared_ptr<const Directory> with_named_principals(std::shared_ptr<const Directory> directory,
                                                       const PolicySet& set) {
  Directory::Editor editor(directory);
  bool changed = false;
  for (const auto& policy : set.policies) {
    if (!policy.conditions.users) continue;
    for (const auto* lists :
         {&policy.conditions.users->include, &policy.conditions.users->exclude}) {
      for (const auto id : lists->groups) {
        if (directory->find_group(id)) continue;
        editor.put_group(id, {});
        changed = true;
      }
      for (const auto id : lists->roles) {
        if (directory->find_role(id)) continue;
        editor.put_role(id, {});
        changed = true;
      }
    }
  }
  return changed ? std::move(editor).build() : directory;
}

}  // namespace

Result<Side> make_side(const LoadResult& loaded, const LoadResult* lender) {
  PolicySet set = loaded.tenant.policy_set;
  const Tenant* people = &loaded.tenant;
  const Tenant* things = &loaded.tenant;
  if (lender != nullptr) {
    borrow(set, loaded, *lender);
    if (!people->has_directory) people = &lender->tenant;
    if (!things->has_inventory) things = &lender->tenant;
  }
  Side side;
  side.contents = contents_of(loaded, set);
  side.has_users = people->has_directory;
  if (things->has_inventory) side.inventory = things->inventory;
  const auto directory = with_named_principals(people->directory, set);
  auto program = compile(std::move(set), directory, things->inventory);
  if (!program) return tl::unexpected<Error>(program.error());
  side.program = std::move(*program);
  return side;
}

}  // namespace sallyport::replay
