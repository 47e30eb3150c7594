#include "analysis/replay/facts.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace sallyport::replay {
namespace {

// `c1` is what our own log writes for an authentication context: no application.
bool is_application(std::string_view id) {
  const bool context = id.size() > 1 && id.size() <= 3 && (id[0] == 'c' || id[0] == 'C') &&
                       id.find_first_not_of("0123456789", 1) == std::string_view::npos;
  return !id.empty() && !context && !parse_user_action(id);
}

DeviceShape nothing_known() {
  DeviceShape shape;
  shape.texts.fill(DeviceAttribute::unknown());
  shape.is_compliant = shape.is_managed = DeviceFlag::unknown;
  shape.system_labels_known = false;
  return shape;
}

bool contains(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

// The log's own word that more than one factor was proven. Before v1.0 told the requirement, a
// policy that asks for this alone and passed says the same.
bool says_mfa(const Logged& logged) {
  const bool granted = logged.error_code == 0;
  return contains(logged.additional_details, "MFA requirement satisfied") ||
         contains(logged.additional_details, "MFA completed in") || logged.mfa_policy_passed ||
         (granted &&
          equal_ignoring_case(logged.authentication_requirement, "multiFactorAuthentication"));
}

// Which claims of an external user's home tenant are trusted is not in the log, and an answer knows
// no "perhaps" of trust: the claims themselves are then unknown, which gives the same two bounds.
void distrust_foreign_claims(SignIn& sign_in, UserType type) {
  if (type == UserType::member || type == UserType::internal_guest) return;
  sign_in.trust = {true, true, true};
  if (sign_in.device.is_known()) sign_in.device = Fact<DeviceView>::unknown();
  if (type == UserType::b2b_direct_connect_user) {
    sign_in.proofs.methods = Fact<MethodModes>::unknown();
    sign_in.proofs.mfa_claim = Fact<bool>::unknown();
  }
}

}  // namespace

Facts::Facts(std::span<const Side> sides, Distinction& distinction)
    : sides_(sides), distinction_(distinction) {}

std::string Facts::name_of(std::uint32_t who) const {
  const Name& person = names_[who];
  if (!person.text.empty()) return person.text;
  for (const Side& side : sides_) {
    const auto user = side.directory().find_user(UserId{person.id});
    if (user && !user->name.empty()) return std::string(user->name);
    const auto* principal = side.directory().find_service_principal(ServicePrincipalId{person.id});
    if (principal != nullptr && !principal->display_name.empty()) return principal->display_name;
  }
  return to_string(person.id);
}

std::span<const SignIn> Facts::sign_ins() {
  for (std::size_t i = 0; i < sides_.size() && !gates_; ++i) {
    SignIn& sign_in = sign_ins_[i];
    sign_in = told_;
    if (user_) sign_in.user = view_of(*user_, i);
    if (principals_[i] != nullptr) sign_in.service_principal = principals_[i];
    if (device_ != nullptr) sign_in.device = device_->views[i];
    distrust_foreign_claims(sign_in, types_[i]);
  }
  return {sign_ins_.data(), sides_.size()};
}

UserView Facts::view_of(UserId id, std::size_t side) const {
  if (auto found = sides_[side].directory().find_user(id)) return *found;
  UserView user;
  user.id = id;
  user.type_known = type_.has_value();
  user.type = type_.value_or(UserType::member);
  user.home_tenant_known = home_tenant_known_;
  user.home_tenant = home_tenant_;
  // Who has no object here is in no group of ours.
  user.groups_known = user.roles_known = type_ == UserType::b2b_direct_connect_user;
  return user;
}

Facts::Person& Facts::person_of(const Guid& id, std::string_view name) {
  Person* person = people_.find(id);
  if (person == nullptr) {
    Person fresh;
    bool found = false;
    for (std::size_t i = 0; i < sides_.size(); ++i) {
      fresh.found[i] = sides_[i].directory().find_user(UserId{id}).has_value();
      found = found || fresh.found[i];
    }
    if (people_.size() < remembered_max) {
      fresh.number = static_cast<std::uint32_t>(names_.size());
      names_.push_back({id, found ? std::string() : std::string(name)});
      person = &people_.insert(id, fresh);
    } else {
      passing_person_ = fresh;
      person = &passing_person_;
    }
  }
  who_ = person->number;
  return *person;
}

void Facts::read_user(const Logged& logged, UserId id) {
  Person& person = person_of(id.guid, logged.user_principal_name);
  type_ = user_type_of(logged.user_type, logged.cross_tenant_access_type);
  const bool foreign = type_ && *type_ != UserType::member && *type_ != UserType::internal_guest;
  home_tenant_known_ = (type_ && !foreign) || (foreign && !logged.home_tenant_id.empty());
  home_tenant_ = foreign && home_tenant_known_ ? TenantId::of(logged.home_tenant_id) : TenantId{};
  const bool anew = person.type != type_ || person.home_tenant != home_tenant_;
  person.type = type_;
  person.home_tenant = home_tenant_;
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    if (person.classes[i] == 0 || (anew && !person.found[i])) {
      const auto view = view_of(id, i);
      person.classes[i] = distinction_.class_of(view, i);
      person.types[i] = view.type_known ? view.type : UserType::member;
    }
  }
  user_ = id;
  classes_.identity = person.classes;
  types_ = person.types;
}

void Facts::read_identity(const Logged& logged) {
  if (logged.user_id.empty() && !logged.service_principal_id.empty()) {
    const auto id = ServicePrincipalId::of(logged.service_principal_id);
    Person& person = person_of(id.guid, logged.service_principal_name);
    told_.identity = IdentityKind::service_principal;
    for (std::size_t i = 0; i < sides_.size(); ++i) {
      principals_[i] = sides_[i].directory().find_service_principal(id);
      if (principals_[i] == nullptr) continue;
      if (person.classes[i] == 0) person.classes[i] = distinction_.class_of(*principals_[i]);
      classes_.identity[i] = person.classes[i];
    }
    return;
  }
  const auto id = parse_guid(logged.user_id);
  // A name the service did not know is written with an empty id, or with zeros.
  if (id && *id != Guid{}) {
    read_user(logged, UserId{*id});
  } else if (!id && !logged.user_id.empty() && !contains(logged.user_id, "@")) {
    read_user(logged, UserId::of(logged.user_id));
  } else {
    for (std::size_t i = 0; i < sides_.size(); ++i) {
      const auto user = sides_[i].directory().find_user_by_name(logged.user_principal_name);
      if (user) {
        read_user(logged, user->id);
        return;
      }
    }
  }
}

void Facts::read_target(const Logged& logged) {
  application_[0] = ApplicationId{};
  const auto id = logged.resource_id.empty() ? logged.app_id : logged.resource_id;
  if (!is_application(id)) return;
  application_[0] = ApplicationId::of(id);
  // Each context is asked for beside the resource; the record has room for one answer.
  if (!logged.contexts.empty()) return;
  told_.target.kind = TargetKind::applications;
  told_.target.applications = application_;
}

void Facts::make_device(const Logged& logged, DeviceId id, std::string_view trust,
                        LoggedDevice& device) {
  device.name = logged.device_name;
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    const auto held =
        sides_[i].inventory ? sides_[i].inventory->find(id) : std::optional<DeviceView>();
    DeviceShape& shape = device.shapes[i];
    shape = held ? *held->shape : nothing_known();
    DeviceView view = held.value_or(DeviceView{});
    if (!held) {
      view.id = id;
      view.display_name_known = !device.name.empty();
      view.display_name = device.name;
      view.physical_ids_known = false;
    }
    // What was so at the time counts before what is so today.
    const auto flag = [](const Fact<bool>& fact, DeviceFlag& into) {
      if (fact.is_known()) into = *fact ? DeviceFlag::yes : DeviceFlag::no;
    };
    flag(logged.is_compliant, shape.is_compliant);
    flag(logged.is_managed, shape.is_managed);
    if (!trust.empty()) {
      shape.text(DeviceText::trust_type) = DeviceAttribute::of(std::string(trust));
    }
    view.shape = &shape;
    view.shape_index = no_shape_index;
    device.views[i] = view;
    device.classes[i] = distinction_.class_of(view);
  }
}

const Facts::LoggedDevice& Facts::device_of(const Logged& logged, const DeviceKey& key,
                                            std::string_view trust) {
  if (const auto* known = device_by_id_.find(key)) return **known;
  // Where no filter asks for more, devices of one look in each inventory are one.
  const DeviceId id{key.id};
  const bool single = distinction_.tells_devices_apart();
  look_.assign(reinterpret_cast<const char*>(&key.state), sizeof key.state);
  for (const Side& side : sides_) {
    const auto held = side.inventory ? side.inventory->find(id) : std::optional<DeviceView>();
    const auto shape = held ? held->shape_index : no_shape_index;
    look_.append(reinterpret_cast<const char*>(&shape), sizeof shape);
  }
  if (single) look_.append(reinterpret_cast<const char*>(&id), sizeof id);
  const LoggedDevice* device = nullptr;
  const auto alike = device_by_look_.find(look_);
  if (alike != device_by_look_.end()) {
    device = alike->second;
  } else if (devices_.size() < remembered_max / 10) {
    make_device(logged, id, trust, devices_.emplace_back());
    device = &devices_.back();
    device_by_look_.emplace(look_, device);
  } else {
    make_device(logged, id, trust, passing_device_);
    return passing_device_;
  }
  if (device_by_id_.size() < remembered_max) device_by_id_.insert(key, device);
  return *device;
}

void Facts::read_device(const Logged& logged) {
  if (!logged.device_id) return;
  if (logged.device_id->empty()) {
    told_.device = Fact<DeviceView>::absent();
    classes_.device = {1, 1};
    return;
  }
  const auto flag = [](const Fact<bool>& fact) { return !fact.is_known() ? 0U : *fact ? 1U : 2U; };
  const auto trust = words_.trust_type_of(logged.trust_type);
  DeviceKey key{DeviceId::of(*logged.device_id).guid, 0};
  key.state = flag(logged.is_compliant) | flag(logged.is_managed) << 2U |
              static_cast<std::uint64_t>(trust.size()) << 4U;  // the three words differ in length
  if (distinction_.tells_devices_apart()) {
    key.state |= std::uint64_t{std::hash<std::string_view>{}(logged.device_name)} << 8U;
  }
  device_ = &device_of(logged, key, trust);
  classes_.device = device_->classes;
}

void Facts::read_proofs(const Logged& logged) {
  MethodModes modes = 0;
  bool all_known = logged.steps_told && !logged.steps.empty();
  bool mfa = says_mfa(logged);
  Proofs& proofs = told_.proofs;
  for (const auto& step : logged.steps) {
    const auto method = words_.method_of(step.method);
    const bool second = equal_ignoring_case(step.requirement, "Multifactor authentication");
    modes |= method.modes;
    all_known = all_known && method.modes != 0;
    mfa = mfa || method.is_mfa || second;
    if (method.modes == 0 && !method.is_mfa) continue;
    const auto at = parse_instant(step.at);
    if (at) (second ? proofs.secondary_authenticated_at : proofs.primary_authenticated_at) = *at;
  }
  if (all_known) proofs.methods = modes;
  // Whoever gave every proof of the session here brought no claim from elsewhere.
  if (mfa || all_known) proofs.mfa_claim = mfa;
  if (equal_ignoring_case(logged.token_protection, "bound")) proofs.token_bound = true;
  if (equal_ignoring_case(logged.token_protection, "unbound")) proofs.token_bound = false;
}

void Facts::read_conditions(const Logged& logged) {
  told_.device_platform = words_.platform_of(logged.operating_system);
  told_.client_app_type = words_.client_app_of(logged.client_app_used);
  if (const auto address = parse_ip_address(logged.ip_address)) told_.ip_address = *address;
  if (const auto country = parse_country(logged.country)) told_.country = *country;
  told_.sign_in_risk_level = words_.risk_of(logged.risk_level);
  told_.authentication_flow =
      flow_of(logged.authentication_protocol, logged.original_transfer_method);
  // Through Global Secure Access may be another tenant's; not through it is certainly not ours.
  if (logged.global_secure_access.is(false)) told_.compliant_network = false;
}

namespace {

// Somebody of whom the id was all the server knew, and whom this directory does not know either.
std::optional<UserId> undescribed_user(const json::Value& facts, const Directory& directory) {
  const auto* identity = facts.find("signInIdentity");
  const auto* id = identity == nullptr ? nullptr : identity->find("userId");
  if (id == nullptr || !id->is_string() || directory.find_user(UserId::of(id->text()))) return {};
  for (const char* member : {"userType", "externalTenantId", "groups", "roles", "agentUser"}) {
    if (identity->find(member) != nullptr) return {};
  }
  return UserId::of(id->text());
}

// The facts as they are recorded, without the groups and roles that this directory does not hold:
// no policy names those.
json::Value with_held_principals(const json::Value& facts, const Directory& directory,
                                 json::Arena& arena) {
  std::vector<json::Member> members(facts.members().begin(), facts.members().end());
  if (undescribed_user(facts, directory)) {
    std::erase_if(members, [](const json::Member& m) { return m.name == "signInIdentity"; });
  }
  for (auto& member : members) {
    if (member.name != "signInIdentity" || !member.value.is_object()) continue;
    std::vector<json::Member> identity(member.value.members().begin(),
                                       member.value.members().end());
    for (auto& part : identity) {
      const bool groups = part.name == "groups";
      if ((!groups && part.name != "roles") || !part.value.is_array()) continue;
      std::vector<json::Value> held;
      for (const auto& id : part.value.items()) {
        if (groups ? directory.find_group(GroupId::of(id.text())).has_value()
                   : directory.find_role(RoleId::of(id.text())).has_value()) {
          held.push_back(id);
        }
      }
      part.value = arena.array(held);
    }
    member.value = arena.object(identity);
  }
  return arena.object(members);
}

}  // namespace

Result<void> Facts::read_own(const Logged& logged, Instant now) {
  const auto document = json::parse(logged.facts);
  if (!document)
    return fail(document.error().kind, "`sallyport.facts`: " + document.error().message);
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    json::Arena arena;
    SignInReadOptions options;
    options.now = now;
    options.directory = &sides_[i].directory();
    options.inventory = sides_[i].inventory.get();
    auto input =
        read_sign_in(with_held_principals(document->root(), *options.directory, arena), options);
    if (!input) {
      return fail(input.error().kind,
                  "`sallyport.facts" + input.error().where + "`: " + input.error().message);
    }
    inputs_[i] = std::move(*input);
    sign_ins_[i] = inputs_[i].sign_in();
    SignIn& sign_in = sign_ins_[i];
    if (const auto id = undescribed_user(document->root(), *options.directory)) {
      type_ = std::nullopt;
      home_tenant_known_ = false;
      sign_in.user = view_of(*id, i);
    }
    if (sign_in.user.is_known()) {
      person_of(sign_in.user->id.guid, logged.user_principal_name);
      classes_.identity[i] = distinction_.class_of(*sign_in.user, i);
    }
    if (sign_in.service_principal.is_known()) {
      person_of((*sign_in.service_principal)->id.guid, logged.service_principal_name);
      classes_.identity[i] = distinction_.class_of(**sign_in.service_principal);
    }
    classes_.device[i] = sign_in.device.is_known()    ? distinction_.class_of(*sign_in.device)
                         : sign_in.device.is_absent() ? 1
                                                      : 0;
  }
  return {};
}

Result<void> Facts::read(const Logged& logged) {
  const auto now = parse_instant(logged.created);
  if (!now) {
    return fail(ErrorKind::invalid_argument, logged.created.empty()
                                                 ? "`createdDateTime` is missing"
                                                 : "`createdDateTime` is no instant");
  }
  who_ = nobody;
  user_.reset();
  types_ = {};
  principals_ = {};
  device_ = nullptr;
  classes_ = {};
  told_ = SignIn{};
  told_.now = *now;
  gates_ = !logged.facts.empty();
  read_target(logged);
  if (gates_) return read_own(logged, *now);
  if (const auto id = parse_guid(logged.user_id)) people_.prefetch(*id);
  read_conditions(logged);
  read_proofs(logged);
  read_device(logged);
  read_identity(logged);
  return {};
}

}  // namespace sallyport::replay
