#include "analysis/replay/facts.h"

#include <algorithm>

#include "analysis/replay/log_words.h"
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
  const Person& person = people_[who];
  if (!person.name.empty()) return person.name;
  for (const Side& side : sides_) {
    const auto user = side.directory().find_user(UserId{person.id});
    if (user && !user->name.empty()) return std::string(user->name);
    const auto* principal =
        side.directory().find_service_principal(ServicePrincipalId{person.id});
    if (principal != nullptr && !principal->display_name.empty()) return principal->display_name;
  }
  return to_string(person.id);
}

std::span<const SignIn> Facts::sign_ins() {
  if (incomplete_) {
    for (std::size_t i = 0; i < sides_.size(); ++i) {
      sign_ins_[i].user = view_of(sign_ins_[i].user->id, i);
    }
    incomplete_ = false;
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

Facts::Person* Facts::person_of(const Guid& id) {
  const auto found = numbers_.find(id);
  if (found != numbers_.end()) {
    who_ = found->second;
    return &people_[who_];
  }
  Person* person = &passing_person_;
  if (people_.size() < remembered_max) {
    who_ = static_cast<std::uint32_t>(people_.size());
    numbers_.emplace(id, who_);
    person = &people_.emplace_back();
  } else {
    who_ = nobody;
    *person = Person{};
  }
  person->id = id;
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    person->found[i] = sides_[i].directory().find_user(UserId{id}).has_value();
  }
  return person;
}

void Facts::read_user(const Logged& logged, UserId id) {
  Person& person = *person_of(id.guid);
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
    classes_.user[i] = person.classes[i];
    UserView shallow;
    shallow.id = id;
    sign_ins_[i].user = shallow;
    distrust_foreign_claims(sign_ins_[i], person.types[i]);
  }
  incomplete_ = true;
  if (person.name.empty() && !person.found[0] && !person.found[1]) {
    person.name = logged.user_principal_name;
  }
}

void Facts::read_identity(const Logged& logged) {
  if (logged.user_id.empty() && !logged.service_principal_id.empty()) {
    const auto id = ServicePrincipalId::of(logged.service_principal_id);
    Person& person = *person_of(id.guid);
    if (person.name.empty()) person.name = logged.service_principal_name;
    for (std::size_t i = 0; i < sides_.size(); ++i) {
      sign_ins_[i].identity = IdentityKind::service_principal;
      const auto* held = sides_[i].directory().find_service_principal(id);
      if (held != nullptr) sign_ins_[i].service_principal = held;
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

void Facts::read_target(const Logged& logged, SignIn& sign_in) {
  if (!logged.contexts.empty()) {
    // Each context is asked for beside the resource; the record has room for one answer.
    sign_in.target = Target{};
    return;
  }
  const auto id = logged.resource_id.empty() ? logged.app_id : logged.resource_id;
  if (!is_application(id)) return;
  application_[0] = ApplicationId::of(id);
  sign_in.target.kind = TargetKind::applications;
  sign_in.target.applications = application_;
}

Facts::LoggedDevice& Facts::device_of(const Logged& logged, DeviceId id) {
  const auto flag = [](const Fact<bool>& fact) {
    return !fact.is_known() ? '?' : *fact ? 'y' : 'n';
  };
  const auto trust = trust_type_of(logged.trust_type);
  std::array<std::optional<DeviceView>, 2> held;
  key_.clear();
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    if (sides_[i].inventory) held[i] = sides_[i].inventory->find(id);
    const auto shape = held[i] ? held[i]->shape_index : no_shape_index;
    key_.append(reinterpret_cast<const char*>(&shape), sizeof shape);
  }
  key_ += flag(logged.is_compliant);
  key_ += flag(logged.is_managed);
  key_ += trust;
  if (distinction_.tells_devices_apart()) {
    key_.append(reinterpret_cast<const char*>(&id), sizeof id);
    key_ += logged.device_name;
  }
  const auto found = device_by_key_.find(key_);
  if (found != device_by_key_.end()) return *found->second;

  const bool remembered = devices_.size() < remembered_max / 10;
  LoggedDevice& device = remembered ? devices_.emplace_back() : passing_device_;
  device.name = logged.device_name;
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    DeviceShape& shape = device.shapes[i];
    shape = held[i] ? *held[i]->shape : nothing_known();
    DeviceView view = held[i] ? *held[i] : DeviceView{};
    if (!held[i]) {
      view.id = id;
      view.display_name_known = !device.name.empty();
      view.display_name = device.name;
      view.physical_ids_known = false;
    }
    // What was so at the time counts before what is so today.
    if (logged.is_compliant.is_known()) {
      shape.is_compliant = *logged.is_compliant ? DeviceFlag::yes : DeviceFlag::no;
    }
    if (logged.is_managed.is_known()) {
      shape.is_managed = *logged.is_managed ? DeviceFlag::yes : DeviceFlag::no;
    }
    if (!trust.empty()) {
      shape.text(DeviceText::trust_type) = DeviceAttribute::of(std::string(trust));
    }
    view.shape = &shape;
    view.shape_index = no_shape_index;
    device.views[i] = view;
    device.classes[i] = distinction_.class_of(view);
  }
  if (remembered) device_by_key_.emplace(key_, &device);
  return device;
}

void Facts::read_device(const Logged& logged) {
  if (!logged.device_id) return;
  LoggedDevice* device =
      logged.device_id->empty() ? nullptr : &device_of(logged, DeviceId::of(*logged.device_id));
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    SignIn& sign_in = sign_ins_[i];
    if (device == nullptr) {
      sign_in.device = Fact<DeviceView>::absent();
      continue;
    }
    sign_in.device = device->views[i];
    classes_.device[i] = device->classes[i];
  }
}

void Facts::read_proofs(const Logged& logged, SignIn& sign_in) const {
  MethodModes modes = 0;
  bool all_known = logged.steps_told && !logged.steps.empty();
  bool mfa = says_mfa(logged);
  for (const auto& step : logged.steps) {
    const auto method = method_of(step.method);
    modes |= method.modes;
    all_known = all_known && method.modes != 0;
    mfa = mfa || method.is_mfa ||
          equal_ignoring_case(step.requirement, "Multifactor authentication");
    if (method.modes == 0 && !method.is_mfa) continue;
    const auto at = parse_instant(step.at);
    if (!at) continue;
    const bool second = equal_ignoring_case(step.requirement, "Multifactor authentication");
    auto& since = second ? sign_in.proofs.secondary_authenticated_at
                         : sign_in.proofs.primary_authenticated_at;
    since = *at;
  }
  if (all_known) sign_in.proofs.methods = modes;
  // Whoever gave every proof of the session here brought no claim from elsewhere.
  if (mfa || all_known) sign_in.proofs.mfa_claim = mfa;
  if (equal_ignoring_case(logged.token_protection, "bound")) sign_in.proofs.token_bound = true;
  if (equal_ignoring_case(logged.token_protection, "unbound")) sign_in.proofs.token_bound = false;
}

namespace {

void read_conditions(const Logged& logged, SignIn& sign_in) {
  sign_in.device_platform = platform_of(logged.operating_system);
  sign_in.client_app_type = client_app_of(logged.client_app_used);
  if (const auto address = parse_ip_address(logged.ip_address)) sign_in.ip_address = *address;
  if (const auto country = parse_country(logged.country)) sign_in.country = *country;
  if (const auto risk = parse_risk_level(logged.risk_level)) sign_in.sign_in_risk_level = *risk;
  sign_in.authentication_flow =
      flow_of(logged.authentication_protocol, logged.original_transfer_method);
  // Through Global Secure Access may be another tenant's; not through it is certainly not ours.
  if (logged.global_secure_access.is(false)) sign_in.compliant_network = false;
}

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
  if (!document) return fail(document.error().kind, "`sallyport.facts`: " + document.error().message);
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    json::Arena arena;
    SignInReadOptions options;
    options.now = now;
    options.directory = &sides_[i].directory();
    options.inventory = sides_[i].inventory.get();
    auto input =
        read_sign_in(with_held_principals(document->root(), *options.directory, arena), options);
    if (!input) {
      return fail(input.error().kind, "`sallyport.facts" + input.error().where +
                                          "`: " + input.error().message);
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
      person_of(sign_in.user->id.guid);
      classes_.user[i] = distinction_.class_of(*sign_in.user, i);
    }
    if (sign_in.service_principal.is_known()) {
      person_of((*sign_in.service_principal)->id.guid);
    }
    if (sign_in.device.is_known()) classes_.device[i] = distinction_.class_of(*sign_in.device);
  }
  return {};
}

Result<void> Facts::read(const Logged& logged) {
  const auto now = parse_instant(logged.created);
  if (!now) {
    return fail(ErrorKind::invalid_argument,
                logged.created.empty() ? "`createdDateTime` is missing"
                                       : "`createdDateTime` is no instant");
  }
  who_ = nobody;
  incomplete_ = false;
  gates_ = !logged.facts.empty();
  classes_ = {};
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    sign_ins_[i] = SignIn{};
    sign_ins_[i].now = *now;
  }
  if (gates_) return read_own(logged, *now);
  SignIn& first = sign_ins_[0];
  read_target(logged, first);
  read_conditions(logged, first);
  read_proofs(logged, first);
  if (sides_.size() == 2) sign_ins_[1] = first;
  read_device(logged);
  read_identity(logged);
  return {};
}

}  // namespace sallyport::replay
