#include "directory/well_known.h"
#include "signin/read_parts.h"

namespace sallyport {
namespace {

// `c37` is 37; 0 when it is no context.
std::uint8_t authentication_context_of(std::string_view text) {
  if (text.size() < 2 || text.size() > 3 || (text[0] != 'c' && text[0] != 'C')) return 0;
  unsigned number = 0;
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9') return 0;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return text[1] == '0' ? std::uint8_t{0} : static_cast<std::uint8_t>(number);
}

std::optional<UserAction> user_action_of(std::string_view word) {
  if (equal_ignoring_case(word, "registerSecurityInformation")) {
    return UserAction::register_security_info;
  }
  if (equal_ignoring_case(word, "registerOrJoinDevices")) return UserAction::register_device;
  if (equal_ignoring_case(word, "accountRecovery")) return UserAction::account_recovery;
  return parse_user_action(word);
}

}  // namespace

ApplicationId application_of(std::string_view text, const Directory* directory) {
  if (parse_guid(text)) return ApplicationId::of(text);
  if (equal_ignoring_case(text, "Office365") ||
      equal_ignoring_case(text, "MicrosoftAdminPortals")) {
    return ApplicationId::of(text);
  }
  if (const auto id = well_known_application_id(text)) return ApplicationId::of(*id);
  const ServicePrincipal* named = nullptr;
  if (directory != nullptr) {
    for (const auto& principal : directory->service_principals()) {
      if (!equal_ignoring_case(principal.display_name, text)) continue;
      if (named != nullptr) return ApplicationId::of(text);
      named = &principal;
    }
  }
  return named != nullptr ? named->app_id : ApplicationId::of(text);
}

void read_context(const json::Value* value, const json::Pointer& where, ReadParts& parts) {
  const bool left_out = value == nullptr || value->is_null();
  if (left_out && parts.options.missing == Missing::absent) {
    parts.error.report(where, "`signInContext` is missing: say what the sign-in is for");
  }
  if (left_out || is_unknown(*value)) return;
  ObjectReader context(value, where, parts.options.missing, parts.error);
  const auto applications = context.texts("includeApplications");
  const auto action = context.text("userAction");
  const auto authentication_context = context.text("authenticationContextValue");
  context.refuse_rest();

  Target& target = parts.sign_in.target;
  const int kinds =
      (applications.told ? 1 : 0) + (action ? 1 : 0) + (authentication_context ? 1 : 0);
  if (kinds != 1) {
    parts.error.report(where,
                       "expected one of `includeApplications`, `userAction` and "
                       "`authenticationContextValue`");
  } else if (action) {
    target.kind = TargetKind::user_action;
    if (const auto known = user_action_of(*action)) {
      target.user_action = *known;
    } else {
      context.report("userAction", "`" + printable(*action) +
                                       "` is not a user action: registerSecurityInformation or "
                                       "registerOrJoinDevices");
    }
  } else if (authentication_context) {
    target.kind = TargetKind::authentication_context;
    target.authentication_context = authentication_context_of(*authentication_context);
    if (target.authentication_context == 0) {
      context.report("authenticationContextValue",
                     "`" + printable(*authentication_context) +
                         "` is not an authentication context: c1 to c99");
    }
  } else {
    TokenRequest& request = parts.session.request;
    for (const auto text : applications.items) {
      request.resources.push_back(application_of(text, parts.options.directory));
    }
    if (request.resources.empty() && request.scopes.empty()) {
      context.report("includeApplications", "expected at least one application");
    }
    auto resolved = target_of(request);
    parts.storage.applications = std::move(resolved.applications);
    target.kind = TargetKind::applications;
    target.applications = parts.storage.applications;
    target.mapped_from_baseline_scopes = resolved.mapped_from_baseline_scopes;
  }
}

}  // namespace sallyport
