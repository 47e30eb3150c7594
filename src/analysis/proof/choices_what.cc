// For what: applications, user actions and authentication contexts, each class of them that all
// policies treat alike being one choice; and through which client, flow and platform.
#include <algorithm>
#include <tuple>

#include "analysis/proof/universe_builder.h"
#include "device/filter_node.h"
#include "directory/well_known.h"
#include "engine/conditions/conditions.h"
#include "engine/requirements.h"

namespace sallyport::proof {
namespace {

// Microsoft Intune Enrollment and Device Registration Service.
constexpr std::string_view enrolment_services[] = {"d4ebce55-015a-49b5-a083-c84d1797ae8c",
                                                   "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"};

// Of an application filter's comparisons: attribute and value.
void collect_attributes(const FilterNode& node,
                        std::set<std::pair<std::string, std::string>>& into) {
  if (node.kind == FilterNode::Kind::comparison &&
      node.comparison.property == FilterProperty::custom_security_attribute) {
    for (const auto& value : node.comparison.values) into.emplace(node.comparison.attribute, value);
  }
  for (const FilterNode& child : node.children) collect_attributes(child, into);
}

const std::optional<Filter>* filter_of(const Policy& policy) {
  const auto& applications = policy.conditions.applications;
  return applications && applications->application_filter ? &applications->application_filter
                                                          : nullptr;
}

}  // namespace

std::vector<int> UniverseBuilder::signature_of_target(Draft& draft) const {
  const SignIn& sign_in = draft.settle();
  const Memberships nobody;
  std::vector<const ServicePrincipal*> resources;
  for (const ApplicationId id : sign_in.target.applications) {
    resources.push_back(u_.directory_->find_service_principal_by_app(id));
  }
  std::vector<int> signature{static_cast<int>(sign_in.target.kind == TargetKind::applications),
                             is_enrolment(sign_in.target) == Truth::yes ? 1 : 0};
  if (sign_in.target.kind == TargetKind::user_action) {
    signature.push_back(static_cast<int>(sign_in.target.user_action));  // few: never merged
  }
  each_policy([&](const PolicySet& set, const Policy& policy) {
    if (!policy.conditions.applications) return;
    signature.push_back(static_cast<int>(
        test_applications(*policy.conditions.applications, set, {sign_in, nobody, resources, {}})
            .match()));
  });
  const bool application = sign_in.target.kind == TargetKind::applications;
  const auto listed = [&](const auto& list, const auto& item) {
    return std::ranges::find(list, item) != list.end() ? 1 : 0;
  };
  for (const ApplicationId id : interests_.applications) {
    signature.push_back(application && draft.application == id ? 1 : 0);
  }
  for (const PolicySet* set : sets_) {
    if (interests_.admin_portals) {
      signature.push_back(application ? listed(set->admin_portals, draft.application) : 0);
    }
    if (interests_.office365) {
      signature.push_back(application ? listed(set->office365, draft.application) : 0);
    }
  }
  for (const auto context : interests_.authentication_contexts) {
    signature.push_back(sign_in.target.kind == TargetKind::authentication_context &&
                                sign_in.target.authentication_context == context
                            ? 1
                            : 0);
  }
  return signature;
}

// Nobody said which attributes applications have: then any they may have is a possibility.
void UniverseBuilder::make_up_applications(std::vector<Candidate>& candidates) {
  const auto known = u_.tenant_.directory->service_principals();
  const bool told = std::ranges::any_of(known, [](const auto& p) { return !p.attributes.empty(); });
  std::set<std::pair<std::string, std::string>> attributes;
  each_policy([&](const PolicySet&, const Policy& policy) {
    const auto* filter = filter_of(policy);
    if (filter != nullptr && (*filter)->rule) {
      collect_attributes((*filter)->rule->root(), attributes);
    }
  });
  if (told || attributes.empty()) return;
  constexpr std::size_t attributes_max = 6;
  std::vector<std::pair<std::string, std::string>> list(attributes.begin(), attributes.end());
  if (list.size() > attributes_max) {
    u_.notes_.push_back("application filters ask for " + std::to_string(list.size()) +
                        " attribute values; combinations of more than " +
                        std::to_string(attributes_max) + " are not looked at");
    list.resize(attributes_max);
  }
  Directory::Editor editor(u_.directory_);
  std::vector<std::pair<ApplicationId, std::string>> made;
  for (std::size_t mask = 1; mask < std::size_t{1} << list.size(); ++mask) {
    ServicePrincipal principal;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < list.size(); ++i) {
      if ((mask >> i & 1U) == 0) continue;
      const auto at = std::ranges::find(principal.attributes, list[i].first,
                                        &decltype(principal.attributes)::value_type::first);
      if (at != principal.attributes.end()) {
        at->second.push_back(list[i].second);
      } else {
        principal.attributes.push_back({list[i].first, {list[i].second}});
      }
      words.push_back(list[i].first + " " + list[i].second);
    }
    const std::string name = "an application with " + list_of(words, list.size());
    principal.app_id = ApplicationId::of(name);
    principal.id = ServicePrincipalId::of(name);
    principal.display_name = name;
    made.emplace_back(principal.app_id, name);
    editor.put_service_principal(std::move(principal));
  }
  u_.directory_ = std::move(editor).build();
  for (auto& [id, name] : made) {
    Draft draft;
    draft.application = id;
    candidates.push_back({{std::move(name), [app = id](Draft& d) { d.application = app; }},
                          signature_of_target(draft)});
  }
}

void UniverseBuilder::add_targets() {
  std::vector<Candidate> candidates;
  const auto consider = [&](std::string words, std::function<void(Draft&)> put) {
    Draft draft;
    put(draft);
    auto signature = signature_of_target(draft);
    candidates.push_back({{std::move(words), std::move(put)}, std::move(signature)});
  };
  consider("an application no policy names", [](Draft&) {});

  std::set<ApplicationId> applications(interests_.applications.begin(),
                                       interests_.applications.end());
  std::set<std::uint8_t> contexts(interests_.authentication_contexts.begin(),
                                  interests_.authentication_contexts.end());
  const auto take = [&](const std::vector<ApplicationId>& list) {
    applications.insert(list.begin(), list.end());
  };
  each_policy([&](const PolicySet& set, const Policy& policy) {
    if (!policy.conditions.applications) return;
    const auto& condition = *policy.conditions.applications;
    for (const ApplicationLists* lists : {&condition.include, &condition.exclude}) {
      take(lists->applications);
      if (lists->office365) take(set.office365);
      if (lists->admin_portals) take(set.admin_portals);
    }
    contexts.insert(condition.authentication_contexts.begin(),
                    condition.authentication_contexts.end());
  });
  for (const PolicySet* set : sets_) {
    if (interests_.admin_portals) take(set->admin_portals);
    if (interests_.office365) take(set->office365);
  }
  applications.insert(azure_portal);
  for (const auto id : enrolment_services) applications.insert(ApplicationId::of(id));
  for (const auto& principal : u_.tenant_.directory->service_principals()) {
    if (principal.agent_resource || !principal.attributes.empty()) {
      applications.insert(principal.app_id);
    }
  }
  // By name: then the first of a class is not the one with the least id. Nobody thinks of enrolment
  // first, which is where no device is asked for.
  std::vector<std::tuple<std::ptrdiff_t, std::string, ApplicationId>> named;
  for (const ApplicationId id : applications) {
    const auto at = std::ranges::find(enrolment_services, to_string(id));
    const bool enrolls = at != std::end(enrolment_services);
    named.emplace_back(enrolls ? at - enrolment_services + 1 : 0,
                       name_of_id(id.guid, "application"), id);
  }
  std::ranges::sort(named);
  for (const auto& [rank, name, id] : named) {
    consider(name, [app = id](Draft& d) { d.application = app; });
  }
  make_up_applications(candidates);

  for (const auto& [action, words] :
       {std::pair{UserAction::register_security_info, "registering security information"},
        std::pair{UserAction::register_device, "registering or joining a device"},
        std::pair{UserAction::account_recovery, "recovering an account"}}) {
    consider(words, [a = action](Draft& d) {
      d.sign_in.target.kind = TargetKind::user_action;
      d.sign_in.target.user_action = a;
    });
  }
  const auto context = [&](std::uint8_t number, std::string words) {
    consider(std::move(words), [number](Draft& d) {
      d.sign_in.target.kind = TargetKind::authentication_context;
      d.sign_in.target.authentication_context = number;
    });
  };
  for (const std::uint8_t number : contexts) {
    context(number, "authentication context c" + std::to_string(number));
  }
  // Whether there is another context at all nobody needs to know when all are named.
  for (std::uint8_t number = 1; number <= 99; ++number) {
    if (contexts.contains(number)) continue;
    context(number, "an authentication context no policy names");
    break;
  }
  add(Question::target, key_of(Question::target), {}, merge(std::move(candidates)), 3);
}

void UniverseBuilder::add_clients() {
  const auto client = [](const char* words, Fact<ClientApp> fact) {
    return Choice{words, [fact](Draft& d) { d.sign_in.client_app_type = fact; }};
  };
  add(Question::client_app, key_of(Question::client_app), {},
      {client("a browser", ClientApp::browser),
       client("a mobile app or desktop client", ClientApp::mobile_apps_and_desktop_clients),
       client("Exchange ActiveSync", ClientApp::exchange_active_sync),
       client("Exchange ActiveSync on a supported platform", ClientApp::eas_supported),
       client("a legacy client", ClientApp::other),
       client("a client that cannot be told", Fact<ClientApp>::absent())});
  const auto flow = [](const char* words, TransferMethod method) {
    return Choice{words, [method](Draft& d) { d.sign_in.authentication_flow = method; }};
  };
  add(Question::flow, key_of(Question::flow), {},
      {{"an ordinary sign-in", [](Draft&) {}},
       flow("device code flow", TransferMethod::device_code_flow),
       flow("authentication transfer", TransferMethod::authentication_transfer)});
  const auto platform = [](const char* words, Fact<Platform> fact) {
    return Choice{words, [fact](Draft& d) { d.sign_in.device_platform = fact; }};
  };
  add(Question::platform, key_of(Question::platform), {},
      {platform("Windows", Platform::windows), platform("Android", Platform::android),
       platform("iOS", Platform::ios), platform("macOS", Platform::mac_os),
       platform("Linux", Platform::linux), platform("Windows Phone", Platform::windows_phone),
       platform("a platform without a name", Fact<Platform>::absent())});
  bool resilience = false;
  each_policy([&](const PolicySet&, const Policy& policy) {
    resilience |= policy.session_controls && policy.session_controls->disable_resilience_defaults;
  });
  if (resilience) {
    add_yes_no(
        Question::outage, key_of(Question::outage), {}, "no outage", "during an outage",
        [](Draft& d) { d.sign_in.outage = true; }, 5);
  }
}

}  // namespace sallyport::proof
