#include "analysis/replay/distinction.h"

#include <algorithm>

#include "directory/well_known.h"

namespace sallyport::replay {
namespace {

// As text that is equal only for equal values.
void add(std::string& text, std::uint64_t number) {
  text.append(reinterpret_cast<const char*>(&number), sizeof number);
}
void add(std::string& text, const Guid& guid) {
  add(text, guid.high);
  add(text, guid.low);
}
void add(std::string& text, std::string_view other) {
  add(text, other.size());
  text += other;
}

// 0 unknown, 1 absent, else the value.
template <class T>
std::uint32_t small(const Fact<T>& fact) {
  if (fact.is_known()) return 2 + static_cast<std::uint32_t>(*fact);
  return fact.is_absent() ? 1 : 0;
}

std::uint32_t letters_of(const Fact<Country>& country) {
  if (!country.is_known()) return country.is_absent() ? 1 : 0;
  const auto& letters = country->letters;
  return (static_cast<std::uint32_t>(static_cast<unsigned char>(letters[0])) << 8U) |
         static_cast<unsigned char>(letters[1]);
}

// A group matters when some policy names it, or it leads to one that does, or to a role.
std::vector<bool> groups_that_matter(const Directory& directory,
                                     const std::unordered_set<GroupId>& named, bool roles) {
  const auto groups = directory.groups();
  std::vector<bool> matter(groups.size(), false);
  std::vector<std::vector<GroupIndex>> members(groups.size());
  std::vector<GroupIndex> reached;
  for (GroupIndex i = 0; i < groups.size(); ++i) {
    for (const auto outer : groups[i].member_of) members[outer].push_back(i);
    if (named.contains(groups[i].id) || (roles && !groups[i].roles.empty())) {
      matter[i] = true;
      reached.push_back(i);
    }
  }
  while (!reached.empty()) {
    const auto group = reached.back();
    reached.pop_back();
    for (const auto inner : members[group]) {
      if (matter[inner]) continue;
      matter[inner] = true;
      reached.push_back(inner);
    }
  }
  return matter;
}

}  // namespace

Distinction::Distinction(std::span<const Side> sides) : sides_(sides) {
  std::unordered_set<GroupId> groups;
  std::vector<std::span<const CidrRange>> ranges;
  limits_.push_back(std::chrono::minutes(5));  // of `every time`: spec, 5.2
  for (const auto& application : well_known_applications()) {
    applications_.insert(ApplicationId::of(application.id));
  }
  for (const Side& side : sides) {
    const PolicySet& set = side.policies();
    for (const auto& location : set.named_locations) ranges.emplace_back(location.ip_ranges);
    ranges.emplace_back(set.mfa_trusted_ips);
    applications_.insert(set.office365.begin(), set.office365.end());
    applications_.insert(set.admin_portals.begin(), set.admin_portals.end());
    for (const auto& principal : side.directory().service_principals()) {
      applications_.insert(principal.app_id);
    }
    for (const Policy& policy : set.policies) {
      const Conditions& conditions = policy.conditions;
      if (const auto& users = conditions.users) {
        for (const auto* lists : {&users->include, &users->exclude}) {
          users_.insert(lists->users.begin(), lists->users.end());
          groups.insert(lists->groups.begin(), lists->groups.end());
          asks_roles_ = asks_roles_ || lists->all_roles || !lists->roles.empty();
          asks_groups_ = asks_groups_ || lists->all_groups;
          for (const auto& guests : lists->guests) {
            asks_tenants_ = asks_tenants_ || !guests.all_tenants;
          }
        }
      }
      if (const auto& targets = conditions.applications) {
        for (const auto* lists : {&targets->include, &targets->exclude}) {
          applications_.insert(lists->applications.begin(), lists->applications.end());
        }
      }
      if (conditions.devices && conditions.devices->filter && conditions.devices->filter->rule) {
        single_devices_ =
            single_devices_ || conditions.devices->filter->rule->needs_more_than_shape();
      }
      if (policy.session_controls && policy.session_controls->sign_in_frequency) {
        limits_.push_back(policy.session_controls->sign_in_frequency->every);
      }
    }
  }
  addresses_ = AddressSpace(ranges);
  for (const auto application : applications_) {
    application_numbers_.insert(application, ++last_number_);
  }
  std::sort(limits_.begin(), limits_.end());
  limits_.erase(std::unique(limits_.begin(), limits_.end()), limits_.end());
  for (std::size_t i = 0; i < sides.size(); ++i) {
    groups_[i] = groups_that_matter(sides[i].directory(), groups, asks_roles_);
  }
}

// Beyond what can be remembered each text has a number of its own: nothing is taken for another.
std::uint32_t Distinction::number_of(const std::string& text) {
  const auto found = numbers_.find(text);
  if (found != numbers_.end()) return found->second;
  const auto number = ++last_number_;
  if (numbers_.size() < remembered_max) numbers_.emplace(text, number);
  return number;
}

std::uint32_t Distinction::class_of(const UserView& user, std::size_t side) {
  text_.assign(1, 'u');
  if (users_.contains(user.id)) add(text_, user.id.guid);
  add(text_, (user.type_known ? 1U + static_cast<unsigned>(user.type) : 0U) << 8U |
                 (user.home_tenant_known ? 1U : 0U) | (user.agent_user ? 2U : 0U) |
                 (user.groups_known ? 4U : 0U) | (user.roles_known ? 8U : 0U) |
                 (asks_groups_ && !user.groups.empty() ? 16U : 0U) | (side == 0 ? 0U : 32U));
  if (asks_tenants_ && user.home_tenant_known) add(text_, user.home_tenant.guid);
  for (const auto group : user.groups) {
    if (groups_[side][group]) add(text_, group);
  }
  text_ += 'r';
  if (asks_roles_) {
    for (const auto role : user.roles) add(text_, role);
  }
  return number_of(text_);
}

std::uint32_t Distinction::class_of(const ServicePrincipal& principal) {
  text_.assign(1, 'w');
  add(text_, principal.id.guid);
  add(text_, principal.app_id.guid);
  text_ += static_cast<char>(principal.kind);
  text_ += principal.in_scope_of_workload_policies ? 'i' : 'o';
  return number_of(text_);
}

std::uint32_t Distinction::class_of(const DeviceView& device) {
  text_.assign(1, 'd');
  if (single_devices_) {
    add(text_, device.id.guid);
    add(text_, (device.id_known ? 1U : 0U) | (device.display_name_known ? 2U : 0U) |
                   (device.physical_ids_known ? 4U : 0U));
    add(text_, device.display_name);
    for (const auto& id : device.physical_ids) add(text_, id);
  }
  text_ += 's';
  const DeviceShape& shape = *device.shape;
  for (const auto& attribute : shape.texts) {
    text_ += static_cast<char>(attribute.state);
    add(text_, attribute.text);
  }
  text_ += static_cast<char>(shape.is_compliant);
  text_ += static_cast<char>(shape.is_managed);
  text_ += shape.system_labels_known ? 'k' : 'n';
  for (const auto& label : shape.system_labels) add(text_, label);
  return number_of(text_);
}

std::uint32_t Distinction::number_of_target(const Target& target) {
  if (target.kind == TargetKind::unknown) return 0;
  if (target.kind == TargetKind::applications && target.applications.size() == 1) {
    const auto application = target.applications.front();
    if (const auto* number = application_numbers_.find(application)) return *number;
    return 1;  // one that nobody names
  }
  text_.assign(1, 't');
  text_ += static_cast<char>(target.kind);
  text_ += static_cast<char>(target.user_action);
  text_ += static_cast<char>(target.authentication_context);
  for (const auto application : target.applications) {
    add(text_, is_known(application) ? application.guid : Guid{});
  }
  return number_of(text_);
}

std::uint32_t Distinction::number_of_proofs(const Proofs& proofs) {
  if (!proofs.accepted_terms_known && !proofs.custom_controls_known &&
      proofs.fido2_aaguid.empty() && proofs.x509_issuer_ski.empty() &&
      proofs.x509_policy_oids.empty()) {
    return 0;
  }
  text_.assign(1, 'p');
  text_ += proofs.accepted_terms_known ? 'k' : 'n';
  for (const auto& id : proofs.accepted_terms) add(text_, id.guid);
  text_ += proofs.custom_controls_known ? 'k' : 'n';
  for (const auto& id : proofs.custom_controls) add(text_, id.guid);
  add(text_, proofs.fido2_aaguid);
  add(text_, proofs.x509_issuer_ski);
  for (const auto& oid : proofs.x509_policy_oids) add(text_, oid);
  return number_of(text_);
}

std::uint32_t Distinction::number_of(const Fact<IpAddress>& address) const {
  if (!address.is_known()) return address.is_absent() ? 1 : 0;
  return 2 + addresses_.set_of(*address);
}

std::uint32_t Distinction::age_of(const Fact<Instant>& since, Instant now) const {
  if (!since.is_known()) return since.is_absent() ? 1 : 0;
  const auto age = now - *since;
  const auto limit = std::lower_bound(limits_.begin(), limits_.end(), age);
  const auto below = static_cast<std::uint32_t>(limit - limits_.begin());
  return 2 + 2 * below + (limit != limits_.end() && *limit == age ? 1 : 0);
}

Situation Distinction::of(const SignIn& s, const Classes& classes) {
  const Proofs& p = s.proofs;
  Situation situation;
  auto& n = situation.numbers;
  const auto bit = [](bool set, unsigned place) { return (set ? 1U : 0U) << place; };
  for (std::size_t i = 0; i < 2; ++i) {
    n[Situation::who + i] = classes.identity[i];
    n[Situation::device + i] = classes.device[i];
  }
  n[Situation::who + 2] = bit(s.identity == IdentityKind::user, 0);
  n[Situation::device + 2] = small(s.device_platform);
  n[Situation::application] = number_of_target(s.target);
  n[Situation::address] = number_of(s.ip_address);
  n[Situation::place] = letters_of(s.country);
  n[Situation::rest] = small(s.client_app_type) << 4U | small(s.sign_in_risk_level) << 8U |
                       small(s.user_risk_level) << 12U |
                       small(s.service_principal_risk_level) << 16U |
                       small(s.agent_id_risk_level) << 20U | small(s.insider_risk_level) << 24U |
                       small(s.authentication_flow) << 28U;
  n[10] = small(s.compliant_network) | small(s.approved_client_app) << 4U |
          small(s.app_protection_policy) << 8U | small(p.mfa_claim) << 12U |
          small(p.password_changed) << 16U | small(p.risk_remediated) << 20U |
          small(p.token_bound) << 24U | small(p.has_registered_method) << 28U;
  n[11] = p.methods.is_known() ? 2 + *p.methods : p.methods.is_absent() ? 1 : 0;
  n[12] = age_of(p.primary_authenticated_at, s.now) << 16U |
          age_of(p.secondary_authenticated_at, s.now);
  n[13] = number_of_proofs(p);
  n[14] = bit(s.trust.mfa, 1) | bit(s.trust.compliant_device, 2) |
          bit(s.trust.hybrid_joined_device, 3) | bit(s.outage, 4) |
          bit(s.target.mapped_from_baseline_scopes, 5) | letters_of(s.gps_country) << 16U;
  return situation;
}

}  // namespace sallyport::replay
