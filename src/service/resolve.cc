#include "service/resolve.h"

#include <charconv>

#include "base/text.h"

namespace sallyport {
namespace {

UserView undescribed_user(std::string_view subject) {
  UserView user;
  user.id = UserId::of(subject);
  user.name = subject;
  user.type_known = false;
  user.home_tenant_known = false;
  user.groups_known = false;
  user.roles_known = false;
  return user;
}

// The ids that wait for memory when they are looked up: begun to be fetched as soon as they are
// known, side by side.
struct Sought {
  std::optional<UserId> user;  // none: not named by an id
  std::optional<DeviceId> device;
};

Sought seek(const SignInRequest& request, const TenantState& state) {
  Sought sought;
  if (const auto guid = parse_guid(request.subject)) {
    sought.user = UserId{*guid};
    state.directory->prefetch(*sought.user);
  }
  if (request.device.is_known() && state.has_inventory) {
    sought.device = DeviceId::of(*request.device);
    state.inventory->prefetch(*sought.device);
  }
  return sought;
}

void resolve_user(std::string_view subject, const std::optional<UserId>& id,
                  const Directory& directory, Fact<UserView>& user) {
  if (id) {
    if (!directory.find_user(*id, user.make_known())) user = undescribed_user(subject);
    return;
  }
  if (const auto named = directory.find_user_by_name(subject)) {
    user = *named;
    return;
  }
  // An id that is no GUID, as other systems have it.
  if (!directory.find_user(UserId::of(subject), user.make_known())) {
    user = Fact<UserView>::unknown();
  }
}

Fact<const ServicePrincipal*> resolve_service_principal(std::string_view subject,
                                                        const Directory& directory) {
  const auto* found = directory.find_service_principal(ServicePrincipalId::of(subject));
  if (found == nullptr) {
    found = directory.find_service_principal_by_app(ApplicationId::of(subject));
  }
  if (found == nullptr) return Fact<const ServicePrincipal*>::unknown();
  return found;
}

// A disabled device cannot authenticate, so nobody comes with it; what cannot be read is not known.
void resolve_device(const Fact<std::string_view>& id, const std::optional<DeviceId>& sought,
                    const Inventory& inventory, ResolvedSignIn& into) {
  auto& device = into.sign_in.device;
  if (!sought) {  // not known, or there is no inventory to know it
    device = id.is_absent() ? Fact<DeviceView>::absent() : Fact<DeviceView>::unknown();
  } else if (!inventory.find(*sought, device.make_known())) {
    device = Fact<DeviceView>::absent();  // the inventory is there: this device is not registered
  } else if (device->enabled != DeviceFlag::yes) {
    const bool disabled = device->enabled == DeviceFlag::no;
    device = disabled ? Fact<DeviceView>::absent() : Fact<DeviceView>::unknown();
    into.device_refused = disabled ? "the device is disabled in the directory"
                                   : "the directory does not say whether the device is enabled";
  }
}

Fact<Country> resolve_country(const Fact<IpAddress>& address, const CountryLookup& lookup) {
  if (!lookup || address.is_unknown()) return Fact<Country>::unknown();
  if (address.is_absent()) return Fact<Country>::absent();
  const auto found = lookup(*address);
  if (!found) return Fact<Country>::unknown();
  return *found ? Fact<Country>(**found) : Fact<Country>::absent();
}

struct AuthenticationMethodReference {
  std::string_view word;  // RFC 8176, and `fido` as directories send it
  MethodModes modes;
};
constexpr AuthenticationMethodReference method_references[] = {
    {"pwd", method::password}, {"otp", method::software_oath}, {"sms", method::sms},
    {"tel", method::voice},    {"fido", method::fido2},
};

MethodModes modes_of(std::string_view word) {
  for (const auto& reference : method_references) {
    if (equal_ignoring_case(word, reference.word)) return reference.modes;
  }
  return parse_combination(word).value_or(0);
}

void resolve_proofs(const SignInRequest& request, Proofs& proofs) {
  proofs.primary_authenticated_at = request.authenticated_at;
  if (!request.methods.is_known()) {
    const bool absent = request.methods.is_absent();
    proofs.methods = absent ? Fact<MethodModes>::absent() : Fact<MethodModes>::unknown();
    proofs.mfa_claim = absent ? Fact<bool>::absent() : Fact<bool>::unknown();
    proofs.secondary_authenticated_at = absent ? Fact<Instant>::absent() : Fact<Instant>::unknown();
    return;
  }
  MethodModes used = 0;
  bool claim = false;
  for (const auto word : *request.methods) {
    claim |= equal_ignoring_case(word, "mfa");
    used |= modes_of(word);
  }
  proofs.methods = used;
  proofs.mfa_claim = claim;
  proofs.secondary_authenticated_at =
      claim || satisfies_mfa(used) ? request.authenticated_at : Fact<Instant>::absent();
}

Result<void> resolve_target(const SignInRequest& request, ResolvedSignIn& into) {
  auto& target = into.sign_in.target;
  target.kind = request.target;
  switch (request.target) {
    case TargetKind::unknown: return {};
    case TargetKind::applications:
      if (request.resource.empty()) {
        return fail(ErrorKind::invalid_argument, "no application is named", "resource");
      }
      into.application = ApplicationId::of(request.resource);
      target.applications = {&into.application, 1};
      return {};
    case TargetKind::user_action:
      if (const auto action = parse_user_action(request.resource)) {
        target.user_action = *action;
        return {};
      }
      return fail(ErrorKind::invalid_argument,
                  "unknown user action `" + printable(request.resource) + "`", "resource");
    case TargetKind::authentication_context: {
      const auto digits = request.resource.substr(request.resource.empty() ? 0 : 1);
      const auto* end = digits.data() + digits.size();
      unsigned number = 0;
      const auto read = std::from_chars(digits.data(), end, number);
      const bool marked =
          !request.resource.empty() && (request.resource[0] == 'c' || request.resource[0] == 'C');
      if (!marked || read.ec != std::errc() || read.ptr != end || number < 1 || number > 99) {
        return fail(ErrorKind::invalid_argument,
                    "`" + printable(request.resource) +
                        "` is no authentication context; they are `c1` to `c99`",
                    "resource");
      }
      target.authentication_context = static_cast<std::uint8_t>(number);
      return {};
    }
  }
  return fail(ErrorKind::invalid_argument, "unknown kind of resource", "resource");
}

}  // namespace

void expect(const SignInRequest& request, const TenantState& state) { seek(request, state); }

Result<void> resolve(const SignInRequest& request, const TenantState& state,
                     const CountryLookup& country, Instant now, ResolvedSignIn& into) {
  if (request.subject.empty()) {
    return fail(ErrorKind::invalid_argument, "nobody is named", "subject");
  }
  const Sought sought = seek(request, state);
  auto& sign_in = into.sign_in;
  sign_in = sign_in_with_nothing_else();
  into.device_refused = request.device_refused;
  into.account_refused = {};
  sign_in.now = now;
  sign_in.identity = request.identity;
  if (auto target = resolve_target(request, into); !target) return target;
  sign_in.ip_address = request.ip_address;
  sign_in.country = resolve_country(request.ip_address, country);
  sign_in.device_platform = request.platform;
  sign_in.client_app_type = request.client_app;
  resolve_proofs(request, sign_in.proofs);
  if (request.identity == IdentityKind::user) {
    resolve_user(request.subject, sought.user, *state.directory, sign_in.user);
  } else {
    sign_in.service_principal = resolve_service_principal(request.subject, *state.directory);
  }
  const bool disabled = sign_in.user.is_known() ? !sign_in.user->enabled
                                                : sign_in.service_principal.is_known() &&
                                                      !(*sign_in.service_principal)->enabled;
  if (disabled) into.account_refused = "the account is disabled in the directory";
  resolve_device(request.device, sought.device, *state.inventory, into);
  return {};
}

}  // namespace sallyport
