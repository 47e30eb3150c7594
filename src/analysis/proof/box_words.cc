#include "analysis/proof/box_words.h"

#include <algorithm>

#include "analysis/proof/device_words.h"
#include "base/text.h"
#include "device/filter_words.h"
#include "directory/well_known.h"

namespace sallyport::proof {
namespace {

// How the choices of a dimension are written.
enum class Form : std::uint8_t {
  list,         // as a list of its own
  short_list,   // likewise, but one of many choices
  one,          // a choice stands for others like it, so that leaving it out would not do
  all_but_some, // the plainest and others are what is left when `except` took some away
};

Form form_of(Question question) {
  switch (question) {
    case Question::identity:
    case Question::user_type:
    case Question::client_app:
    case Question::flow:
    case Question::platform:
    case Question::device:
    case Question::sign_in_risk:
    case Question::user_risk:
    case Question::insider_risk:
    case Question::service_principal_risk:
    case Question::agent_id_risk: return Form::list;
    case Question::service_principal:
    case Question::target:
    case Question::address: return Form::short_list;
    case Question::country:
    case Question::gps_country:
    case Question::device_attribute: return Form::one;
    default: return Form::all_but_some;
  }
}

std::vector<std::string> Expectation::*list_of(Question question) {
  switch (question) {
    case Question::user_type:
    case Question::service_principal: return &Expectation::who;
    case Question::target: return &Expectation::what;
    case Question::address: return &Expectation::where;
    case Question::client_app: return &Expectation::client;
    case Question::flow: return &Expectation::flow;
    case Question::platform: return &Expectation::platform;
    case Question::device: return &Expectation::device;
    case Question::sign_in_risk: return &Expectation::sign_in_risk;
    case Question::user_risk: return &Expectation::user_risk;
    case Question::insider_risk: return &Expectation::insider_risk;
    case Question::service_principal_risk: return &Expectation::workload_risk;
    case Question::agent_id_risk: return &Expectation::agent_risk;
    default: return &Expectation::also;
  }
}

// An object's name where it leads back to the object, else its id.
template <class Id, class Find>
std::string label(const Id& id, const std::string& name, Find find) {
  const auto found = find(name);
  return !name.empty() && found && *found == id && trim(name) == name ? name : to_string(id);
}

std::string name_of_known(const Universe& u, const Guid& guid) {
  std::string name = u.tenant().names.find(guid);
  return name.empty() ? std::string(well_known_name(to_string(guid))) : name;
}

std::string target_word(const Universe& u, const Draft& draft) {
  const Target& target = draft.sign_in.target;
  switch (target.kind) {
    case TargetKind::user_action:
      switch (target.user_action) {
        case UserAction::register_security_info: return "register security information";
        case UserAction::register_device: return "register device";
        case UserAction::account_recovery: return "recover account";
      }
      return {};
    case TargetKind::authentication_context:
      return "context:c" + std::to_string(target.authentication_context);
    case TargetKind::applications:
    case TargetKind::unknown: break;
  }
  if (draft.application == nothing_in_particular()) return "other application";
  // Made up, with attributes: its name is its id.
  const auto* made_up = u.directory()->find_service_principal_by_app(draft.application);
  if (made_up != nullptr && draft.application == ApplicationId::of(made_up->display_name)) {
    return made_up->display_name;
  }
  return label(draft.application, name_of_known(u, draft.application.guid),
               [&](const std::string& name) { return find_application(name, u.tenant()); });
}

std::string workload_word(const Draft& draft) {
  const ServicePrincipal& p = *draft.service_principal;
  for (const MadeUpWorkload& one : made_up_workloads()) {
    if (p.id == ServicePrincipalId::of(one.text)) return std::string(one.word);
  }
  const bool agent = p.kind == ServicePrincipalKind::agent_identity;
  return (agent ? "agent:" : "workload:") + to_string(p.id);
}

// The attribute that a dimension is about.
FilterComparison attribute_of(const Universe& u, DimensionIndex dimension) {
  FilterComparison what;
  for (const auto property :
       {FilterProperty::device_id, FilterProperty::display_name, FilterProperty::is_compliant,
        FilterProperty::physical_ids, FilterProperty::system_labels}) {
    what.property = property;
    if (u.attribute(what) == dimension) return what;
  }
  what.property = FilterProperty::text;
  for (std::size_t i = 0; i < device_text_count; ++i) {
    what.text = static_cast<DeviceText>(i);
    if (u.attribute(what) == dimension) return what;
  }
  return what;
}

std::string age_word(const char* kind, const Fact<Instant>& at) {
  if (!at.is_known()) return std::string(kind) + ":never";
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(drafted_at - *at).count();
  constexpr std::int64_t hour = 3600;
  return std::string(kind) + ':' +
         (age % hour == 0 ? std::to_string(age / hour) + 'h' : std::to_string(age) + 's');
}

std::string country_word(const Fact<Country>& country, const char* kind, const char* absent) {
  return country.is_known() ? kind + to_string(*country) : absent;
}

std::string word_of(const Universe& u, DimensionIndex dimension, ChoiceIndex index) {
  const Question question = u.dimensions()[dimension].question;
  const Choice& choice = u.dimensions()[dimension].choices[index];
  Draft d;
  d.registered = question == Question::device_attribute;
  if (question == Question::service_principal) d.sign_in.identity = IdentityKind::service_principal;
  choice.put(d);
  const SignIn& s = d.settle();
  switch (question) {
    case Question::identity: return index == 0 ? "everyone" : "workload identities";
    case Question::service_principal: return workload_word(d);
    case Question::user:
      return "user:" + label(s.user->id, name_of_known(u, s.user->id.guid),
                             [&](const auto& name) { return find_user(name, u.tenant()); });
    case Question::user_type:
      return s.user->type == UserType::member ? "members" : std::string(name_of(s.user->type));
    case Question::home_tenant: return "home:" + to_string(s.user->home_tenant);
    case Question::agent_user: return "agent users";
    case Question::role: {
      const RoleId id = u.directory()->roles()[d.roles.front()].id;
      return "role:" + label(id, name_of_known(u, id.guid),
                             [](const auto& name) { return find_role(name); });
    }
    case Question::group: {
      const GroupId id = u.directory()->groups()[d.groups.front()].id;
      return "group:" + label(id, name_of_known(u, id.guid),
                              [&](const auto& name) { return find_group(name, u.tenant()); });
    }
    case Question::any_role: return "in another role";
    case Question::any_group: return "in another group";
    case Question::target: return target_word(u, d);
    case Question::client_app:
      if (s.client_app_type.is_absent()) return "unknown";
      if (s.client_app_type.is(ClientApp::exchange_active_sync)) return "easUnsupported";
      return std::string(name_of(*s.client_app_type));
    case Question::flow:
      return s.authentication_flow.is_known() ? std::string(name_of(*s.authentication_flow))
                                              : "ordinary";
    case Question::platform:
      return s.device_platform.is_known() ? std::string(name_of(*s.device_platform)) : "unknown";
    case Question::address: return "ip:" + to_string(*s.ip_address);
    case Question::country: return country_word(s.country, "country:", "unknown country");
    case Question::gps_country: return country_word(s.gps_country, "gps:", "gps:not told");
    case Question::compliant_network: return "compliant network";
    case Question::sign_in_risk: return std::string(name_of(*s.sign_in_risk_level));
    case Question::user_risk: return std::string(name_of(*s.user_risk_level));
    case Question::insider_risk: return std::string(name_of(*s.insider_risk_level));
    case Question::service_principal_risk:
      return std::string(name_of(*s.service_principal_risk_level));
    case Question::agent_id_risk: return std::string(name_of(*s.agent_id_risk_level));
    case Question::device: return index == 0 ? "unregistered" : "registered";
    case Question::device_attribute: {
      const FilterComparison what = attribute_of(u, dimension);
      return device_word({what, device_value(d, what)});
    }
    case Question::approved_app: return "approved app";
    case Question::protected_app: return "protected app";
    case Question::token_bound: return "bound token";
    case Question::method: {
      const MethodModes more = d.methods & ~method::password;
      return more == 0 ? "no password" : "method:" + combination_text(more);
    }
    case Question::mfa_claim: return "mfa claim";
    case Question::key: return "key:" + std::string(s.proofs.fido2_aaguid);
    case Question::certificate_issuer:
      return "certificate issuer:" + std::string(s.proofs.x509_issuer_ski);
    case Question::certificate_policy: return "certificate policy:" + joined_list(d.policy_oids);
    case Question::primary_age: return age_word("signed in", s.proofs.primary_authenticated_at);
    case Question::secondary_age:
      return age_word("second factor", s.proofs.secondary_authenticated_at);
    case Question::terms_of_use: return "terms:" + to_string(d.terms.front());
    case Question::custom_control: return "custom control:" + to_string(d.custom_controls.front());
    case Question::password_changed: return "password changed";
    case Question::risk_remediated: return "risk remediated";
    case Question::trust_mfa: return "trusted mfa";
    case Question::trust_compliant: return "trusted compliance";
    case Question::trust_hybrid_joined: return "trusted hybrid join";
    case Question::outage: return "outage";
  }
  return {};
}

}  // namespace

Fits fits_words(const Universe& universe) {
  return [&universe](DimensionIndex dimension, const std::vector<ChoiceIndex>& choices) {
    constexpr std::size_t short_list = 4;
    switch (form_of(universe.dimensions()[dimension].question)) {
      case Form::list: return true;
      case Form::short_list: return choices.size() <= short_list;
      case Form::one: return choices.size() == 1;
      case Form::all_but_some: return choices.size() == 1 || choices.front() == 0;
    }
    return false;
  };
}

Expectation in_words(const Universe& u, const Box& box) {
  Expectation e;
  std::vector<DimensionIndex> order;
  for (DimensionIndex i = 0; i < box.size(); ++i) order.push_back(i);
  std::ranges::stable_sort(order, {}, [&](DimensionIndex i) { return u.dimensions()[i].question; });
  for (const DimensionIndex i : order) {
    const Dimension& dimension = u.dimensions()[i];
    const auto& choices = box[i];
    if (choices.size() == dimension.choices.size() || dimension.question == Question::identity) {
      continue;
    }
    if (form_of(dimension.question) != Form::all_but_some || choices.front() != 0) {
      for (const ChoiceIndex choice : choices) {
        (e.*list_of(dimension.question)).push_back(word_of(u, i, choice));
      }
      continue;
    }
    for (ChoiceIndex choice = 1; choice < dimension.choices.size(); ++choice) {
      if (std::ranges::find(choices, choice) == choices.end()) {
        e.except.push_back(word_of(u, i, choice));
      }
    }
  }
  const DimensionIndex identity = *u.find(Question::identity);
  if (e.who.empty() && box[identity].size() == 1) {
    e.who.push_back(word_of(u, identity, box[identity].front()));
  }
  return e;
}

}  // namespace sallyport::proof
