// What the service makes of a policy that it stores (spec, section 1.3).
#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "base/canonical.h"
#include "base/text.h"
#include "directory/write.h"
#include "policy/conditions/conditions.h"
#include "policy/read.h"
#include "policy/schema.h"
#include "policy/write.h"

namespace sallyport {
namespace {

using json::Member;
using json::Value;
using Names = std::initializer_list<std::string_view>;

Value copied(const Value& value, json::Arena& arena) {
  if (value.is_array()) {
    std::vector<Value> items;
    for (const auto& item : value.items()) items.push_back(copied(item, arena));
    return arena.array(items);
  }
  if (value.is_object()) {
    std::vector<Member> members;
    for (const auto& member : value.members()) {
      members.push_back({arena.copy(member.name), copied(member.value, arena), 0});
    }
    return arena.object(members);
  }
  if (value.is_string()) return arena.string(value.text());
  if (value.is_number()) return Value::number(arena.copy(value.text()));
  return value;
}

// An object being changed; absent and null members are filled in.
class Edit {
 public:
  Edit(const Value& object, json::Arena& arena)
      : members_(object.members().begin(), object.members().end()), arena_(arena) {}

  Value* find(std::string_view name) {
    for (auto& member : members_) {
      if (member.name == name) return &member.value;
    }
    return nullptr;
  }
  void set(std::string_view name, const Value& value) {
    if (auto* found = find(name)) {
      *found = value;
    } else {
      members_.push_back({name, value, 0});
    }
  }
  Edit& collections(Names names) {
    for (const auto name : names) {
      const auto* found = find(name);
      if (found == nullptr || found->is_null()) set(name, Value::array({}));
    }
    return *this;
  }
  Edit& complex(Names names) {
    for (const auto name : names) {
      if (find(name) == nullptr) set(name, Value());
    }
    return *this;
  }
  // Replaces a member that is an object by what `change` makes of it.
  template <class Change>
  Edit& inside(std::string_view name, Change change) {
    if (auto* found = find(name); found != nullptr && found->is_object()) {
      Edit part(*found, arena_);
      change(part);
      *found = part.build();
    }
    return *this;
  }
  Value build() const { return arena_.object(members_); }
  json::Arena& arena() { return arena_; }

 private:
  std::vector<Member> members_;
  json::Arena& arena_;
};

void fill_users(Edit& users) {
  users
      .collections({"includeUsers", "excludeUsers", "includeGroups", "excludeGroups",
                    "includeRoles", "excludeRoles"})
      .complex({"includeGuestsOrExternalUsers", "excludeGuestsOrExternalUsers"});
  std::vector<Value> kept;
  auto* excluded = users.find("excludeUsers");
  for (const auto& item : excluded->items()) {
    if (!is_placeholder_user(item.text())) kept.push_back(item);
  }
  if (excluded->is_array()) *excluded = users.arena().array(kept);
}

void fill_conditions(Edit& conditions) {
  conditions.collections({"userRiskLevels", "signInRiskLevels", "servicePrincipalRiskLevels"})
      .complex(
          {"platforms", "locations", "times", "deviceStates", "devices", "clientApplications"});
  const auto* client_apps = conditions.find("clientAppTypes");
  if (client_apps == nullptr || client_apps->is_null()) {
    const Value all[] = {Value::string("all")};
    conditions.set("clientAppTypes", conditions.arena().array(all));
  }
  conditions.inside("users", fill_users)
      .inside(
          "applications",
          [](Edit& applications) {
            applications
                .collections({"includeApplications", "excludeApplications", "includeUserActions",
                              "includeAuthenticationContextClassReferences"})
                .complex({"applicationFilter"});
          })
      .inside("clientApplications",
              [](Edit& clients) {
                clients.collections({"includeServicePrincipals", "excludeServicePrincipals"});
              })
      .inside("platforms",
              [](Edit& part) {
                part.collections({"includePlatforms", "excludePlatforms"});
              })
      .inside("locations", [](Edit& part) {
        part.collections({"includeLocations", "excludeLocations"});
      });
}

std::size_t requirement_count(const GrantControls& controls) {
  std::size_t count = controls.unknown_controls.size() +
                      controls.custom_authentication_factors.size() + controls.terms_of_use.size() +
                      (controls.authentication_strength ? 1 : 0);
  for (std::uint32_t bits = controls.built_in_controls.bits; bits != 0; bits &= bits - 1) ++count;
  return count;
}

Value expanded(const Value& strength, std::span<const AuthenticationStrength> strengths,
               json::Arena& arena) {
  const auto* id = strength.find("id");
  if (id == nullptr || !id->is_string() || strength.find("allowedCombinations") != nullptr) {
    return strength;
  }
  const auto wanted = StrengthId::of(id->text());
  const auto has_id = [&](const AuthenticationStrength& one) { return one.id == wanted; };
  const auto& built_in = built_in_strengths();
  const AuthenticationStrength* found = nullptr;
  if (const auto it = std::ranges::find_if(strengths, has_id); it != strengths.end()) {
    found = &*it;
  } else if (const auto known = std::ranges::find_if(built_in, has_id); known != built_in.end()) {
    found = &*known;
  }
  if (found == nullptr) return strength;
  std::string text;
  json::Writer writer(text);
  write_authentication_strength(*found, writer);
  const auto document = json::parse(text);
  return document ? copied(document->root(), arena) : strength;
}

}  // namespace

Value normalise_stored(const Value& policy, std::span<const AuthenticationStrength> strengths,
                       json::Arena& arena) {
  if (!policy.is_object()) return policy;
  const auto view = read_policy(policy).policy;
  Edit edit(canonical_by(schema::conditional_access_policy, policy, arena, nullptr), arena);
  edit.complex({"templateId", "grantControls", "sessionControls"});
  edit.inside("conditions", fill_conditions);
  edit.inside("grantControls", [&](Edit& grant) {
    grant.collections({"builtInControls", "customAuthenticationFactors", "termsOfUse"})
        .complex({"authenticationStrength"});
    const bool single = view.grant_controls && requirement_count(*view.grant_controls) == 1;
    const auto* operation = grant.find("operator");
    if (single) {
      grant.set("operator", Value::string("OR"));
    } else if (operation == nullptr || operation->is_null()) {
      grant.set("operator", Value::string("AND"));
    }
    auto* strength = grant.find("authenticationStrength");
    *strength = expanded(*strength, strengths, arena);
  });
  if (!view.session_controls || view.session_controls->empty()) {
    edit.set("sessionControls", Value());
  }
  edit.inside("sessionControls", [](Edit& session) {
    session.complex({"disableResilienceDefaults", "applicationEnforcedRestrictions",
                     "cloudAppSecurity", "signInFrequency", "persistentBrowser",
                     "continuousAccessEvaluation", "secureSignInSession"});
  });
  return canonical_by(schema::conditional_access_policy, edit.build(), arena, nullptr);
}

}  // namespace sallyport
