#include "analysis/proof/mutations.h"

#include <bit>
#include <functional>

#include "directory/well_known.h"

namespace sallyport::proof {
namespace {

class Mutator {
 public:
  Mutator(const Policy& policy, std::size_t number, const Names& names, std::vector<Mutation>& out)
      : policy_(policy), number_(number), names_(names), out_(out) {}

  void mutate() {
    users();
    client_applications();
    applications();
    places();
    rest_of_conditions();
    controls();
    add("it is disabled", [](Policy& p) { p.state = PolicyState::disabled; });
    add("it is report-only", [](Policy& p) { p.state = PolicyState::report_only; });
  }

 private:
  using Change = std::function<void(Policy&)>;

  void add(std::string words, const Change& change) {
    Mutation one{number_, policy_, std::move(words)};
    change(one.edited);
    out_.push_back(std::move(one));
  }
  void add_if(bool set, const std::string& words, const Change& change) {
    if (set) add(words, change);
  }

  std::string label(const Guid& id) const {
    std::string name = names_.find(id);
    if (name.empty()) name = std::string(well_known_name(to_string(id)));
    return name.empty() ? to_string(id) : name;
  }

  // Leaves out one entry after the other; `list` finds the list in a policy.
  template <class List>
  void each_left_out(const List& list, const std::string& before, const std::string& after) {
    const auto& entries = list(policy_);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      add(before + label(entries[i].guid) + after, [&](Policy& p) {
        auto& changed = list(p);
        changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      });
    }
  }

  // Likewise of a set of words.
  template <class Word, class Set>
  void each_word(Set set, const std::string& before, const std::string& after) {
    const WordSet<Word>& words = set(policy_);
    for (unsigned bit = 0; bit < 32; ++bit) {
      if ((words.bits >> bit & 1U) == 0) continue;
      add(before + std::string(name_of(static_cast<Word>(bit))) + after,
          [&](Policy& p) { set(p).bits &= ~(1U << bit); });
    }
    add_if(words.all, before + "all" + after, [&](Policy& p) { set(p).all = false; });
  }

  template <class Flag>
  void flag_off(Flag flag, const std::string& words) {
    add_if(flag(policy_), words, [&](Policy& p) { flag(p) = false; });
  }

  template <class Get>
  void filter(Get get, const std::string& what) {
    const std::optional<Filter>& here = get(policy_);
    if (!here) return;
    add("it has no filter for " + what, [&](Policy& p) { get(p).reset(); });
    add("its filter for " + what + (here->mode == FilterMode::include ? " excludes" : " includes"),
        [&](Policy& p) {
          FilterMode& mode = get(p)->mode;
          mode = mode == FilterMode::include ? FilterMode::exclude : FilterMode::include;
        });
  }

  void principals(PrincipalLists UserCondition::*side, const std::string& after) {
    const auto lists = [side](Policy& p) -> PrincipalLists& { return (*p.conditions.users).*side; };
    each_left_out([&](Policy& p) -> auto& { return lists(p).users; }, "user ", after);
    each_left_out([&](Policy& p) -> auto& { return lists(p).groups; }, "group ", after);
    each_left_out([&](Policy& p) -> auto& { return lists(p).roles; }, "role ", after);
    flag_off([&](Policy& p) -> bool& { return lists(p).all_groups; }, "who is in any group" + after);
    flag_off([&](Policy& p) -> bool& { return lists(p).all_roles; }, "who holds any role" + after);
    flag_off([&](Policy& p) -> bool& { return lists(p).all_agent_users; }, "agent users" + after);
    const auto& guests = lists(policy_).guests;
    for (std::size_t i = 0; i < guests.size(); ++i) {
      add(guests.size() == 1 ? "guests" + after : "guests (" + std::to_string(i + 1) + ")" + after,
          [&](Policy& p) {
            auto& changed = lists(p).guests;
            changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
          });
      for (unsigned type = 1; type <= static_cast<unsigned>(UserType::service_provider); ++type) {
        const auto bit = flag_of(static_cast<UserType>(type));
        if ((guests[i].types & bit) == 0 || std::has_single_bit(guests[i].types)) continue;
        add(std::string(name_of(static_cast<UserType>(type))) + after, [&](Policy& p) {
          auto& types = lists(p).guests[i].types;
          types = static_cast<GuestTypes>(types & ~bit);
        });
      }
      if (guests[i].tenants.size() < 2) continue;
      each_left_out([&](Policy& p) -> auto& { return lists(p).guests[i].tenants; },
                    "guests of tenant ", after);
    }
  }

  void users() {
    if (!policy_.conditions.users) return;
    principals(&UserCondition::include, " is not included");
    principals(&UserCondition::exclude, " is not excluded");
    const bool all = policy_.conditions.users->include_all;
    add(all ? "it does not include all users" : "it includes all users",
        [all](Policy& p) { p.conditions.users->include_all = !all; });
  }

  void client_applications() {
    if (!policy_.conditions.client_applications) return;
    const auto condition = [](Policy& p) -> auto& { return *p.conditions.client_applications; };
    for (const auto side :
         {&ClientApplicationCondition::include, &ClientApplicationCondition::exclude}) {
      const std::string after = side == &ClientApplicationCondition::include ? " is not included"
                                                                              : " is not excluded";
      const auto lists = [&](Policy& p) -> ServicePrincipalLists& { return condition(p).*side; };
      each_left_out([&](Policy& p) -> auto& { return lists(p).service_principals; },
                    "service principal ", after);
      each_left_out([&](Policy& p) -> auto& { return lists(p).agents; }, "agent ", after);
      flag_off([&](Policy& p) -> bool& { return lists(p).all_in_my_tenant; },
               "any workload of this tenant" + after);
      flag_off([&](Policy& p) -> bool& { return lists(p).all_agents; }, "any agent" + after);
    }
    filter([&](Policy& p) -> auto& { return condition(p).service_principal_filter; },
           "service principals");
    filter([&](Policy& p) -> auto& { return condition(p).agent_filter; }, "agents");
  }

  void applications() {
    if (!policy_.conditions.applications) return;
    const auto condition = [](Policy& p) -> auto& { return *p.conditions.applications; };
    for (const auto side : {&ApplicationCondition::include, &ApplicationCondition::exclude}) {
      const std::string after =
          side == &ApplicationCondition::include ? " is not included" : " is not excluded";
      const auto lists = [&](Policy& p) -> ApplicationLists& { return condition(p).*side; };
      each_left_out([&](Policy& p) -> auto& { return lists(p).applications; }, "application ",
                    after);
      flag_off([&](Policy& p) -> bool& { return lists(p).office365; }, "Office365" + after);
      flag_off([&](Policy& p) -> bool& { return lists(p).admin_portals; },
               "MicrosoftAdminPortals" + after);
      flag_off([&](Policy& p) -> bool& { return lists(p).all_agent_resources; },
               "any agent resource" + after);
    }
    each_word<UserAction>([&](Policy& p) -> auto& { return condition(p).user_actions; }, "action ",
                          " is not included");
    const auto& here = *policy_.conditions.applications;
    for (std::size_t i = 0; i < here.authentication_contexts.size(); ++i) {
      add("context c" + std::to_string(here.authentication_contexts[i]) + " is not included",
          [&](Policy& p) {
            auto& list = condition(p).authentication_contexts;
            list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
          });
    }
    // A policy for actions or contexts is for no application.
    if (here.user_actions.empty() && here.authentication_contexts.empty()) {
      add(here.include_all ? "it does not include all resources" : "it includes all resources",
          [&](Policy& p) { condition(p).include_all = !here.include_all; });
    }
    filter([&](Policy& p) -> auto& { return condition(p).application_filter; }, "applications");
  }

  void places() {
    Conditions& here = policy_.conditions;
    if (here.platforms) {
      each_word<Platform>([](Policy& p) -> auto& { return p.conditions.platforms->include; },
                          "platform ", " is not included");
      each_word<Platform>([](Policy& p) -> auto& { return p.conditions.platforms->exclude; },
                          "platform ", " is not excluded");
      add("it holds on every platform", [](Policy& p) { p.conditions.platforms.reset(); });
    }
    if (!here.locations) return;
    for (const auto side : {&LocationCondition::include, &LocationCondition::exclude}) {
      const std::string after =
          side == &LocationCondition::include ? " is not included" : " is not excluded";
      const auto lists = [&](Policy& p) -> LocationLists& { return (*p.conditions.locations).*side; };
      each_left_out([&](Policy& p) -> auto& { return lists(p).locations; }, "location ", after);
      // Of nothing included, anything is.
      const bool alone = !lists(policy_).all_trusted && !lists(policy_).mfa_trusted_ips &&
                         lists(policy_).locations.empty();
      if (!alone) flag_off([&](Policy& p) -> bool& { return lists(p).all; }, "any location" + after);
      flag_off([&](Policy& p) -> bool& { return lists(p).all_trusted; },
               "any trusted location" + after);
      flag_off([&](Policy& p) -> bool& { return lists(p).mfa_trusted_ips; },
               "the MFA trusted addresses" + after);
    }
    add("it holds everywhere", [](Policy& p) { p.conditions.locations.reset(); });
  }

  template <class Word>
  void words_or_none(WordSet<Word> Conditions::*member, const std::string& what) {
    const WordSet<Word>& words = policy_.conditions.*member;
    if (words.empty() || words.all) return;
    const auto set = [member](Policy& p) -> auto& { return p.conditions.*member; };
    if (std::popcount(words.bits) > 1) each_word<Word>(set, what + " ", " is not included");
    add("it holds at any " + what, [&](Policy& p) { set(p) = {}; });
  }

  void rest_of_conditions() {
    words_or_none(&Conditions::client_app_types, "client");
    words_or_none(&Conditions::sign_in_risk_levels, "sign-in risk");
    words_or_none(&Conditions::user_risk_levels, "user risk");
    words_or_none(&Conditions::service_principal_risk_levels, "service principal risk");
    words_or_none(&Conditions::agent_id_risk_levels, "agent risk");
    words_or_none(&Conditions::insider_risk_levels, "insider risk");
    words_or_none(&Conditions::authentication_flows, "flow");
    if (!policy_.conditions.devices) return;
    filter([](Policy& p) -> auto& { return p.conditions.devices->filter; }, "devices");
    flag_off([](Policy& p) -> bool& { return p.conditions.devices->exclude_compliant; },
             "compliant devices are not excluded");
    flag_off([](Policy& p) -> bool& { return p.conditions.devices->exclude_domain_joined; },
             "hybrid joined devices are not excluded");
  }

  void controls() {
    if (policy_.grant_controls) {
      const auto grant = [](Policy& p) -> GrantControls& { return *p.grant_controls; };
      const GrantControls& here = *policy_.grant_controls;
      each_word<GrantControl>([&](Policy& p) -> auto& { return grant(p).built_in_controls; },
                              "control ", " is dropped");
      const auto drop = [](auto& list, auto& texts, std::size_t i) {
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
        if (i < texts.size()) texts.erase(texts.begin() + static_cast<std::ptrdiff_t>(i));
      };
      for (std::size_t i = 0; i < here.terms_of_use.size(); ++i) {
        add("terms of use " + label(here.terms_of_use[i].guid) + " are dropped", [&](Policy& p) {
          drop(grant(p).terms_of_use, grant(p).terms_of_use_texts, i);
        });
      }
      for (std::size_t i = 0; i < here.custom_authentication_factors.size(); ++i) {
        const std::string name = label(here.custom_authentication_factors[i].guid);
        add("custom control " + name + " is dropped", [&](Policy& p) {
          drop(grant(p).custom_authentication_factors, grant(p).custom_authentication_factor_texts,
               i);
        });
      }
      add_if(here.authentication_strength.has_value(), "its authentication strength is dropped",
             [&](Policy& p) {
               grant(p).authentication_strength.reset();
               grant(p).inline_strength.reset();
             });
      const std::size_t count =
          static_cast<std::size_t>(std::popcount(here.built_in_controls.bits)) +
          here.terms_of_use.size() + here.custom_authentication_factors.size() +
          here.unknown_controls.size() + (here.authentication_strength ? 1 : 0);
      if (count > 1) {
        const bool all = here.operation == GrantOperator::all_of;
        add(all ? "one of its controls is enough" : "all of its controls are needed",
            [&](Policy& p) {
              grant(p).operation = all ? GrantOperator::any_of : GrantOperator::all_of;
            });
      }
    }
    if (!policy_.session_controls) return;
    const auto session = [](Policy& p) -> SessionControls& { return *p.session_controls; };
    const SessionControls& here = *policy_.session_controls;
    add_if(here.sign_in_frequency.has_value(), "its sign-in frequency is dropped",
           [&](Policy& p) { session(p).sign_in_frequency.reset(); });
    flag_off([&](Policy& p) -> bool& { return session(p).secure_sign_in_session; },
             "token protection is dropped");
    flag_off([&](Policy& p) -> bool& { return session(p).disable_resilience_defaults; },
             "resilience defaults are not disabled");
  }

  Policy policy_;
  std::size_t number_;
  const Names& names_;
  std::vector<Mutation>& out_;
};

}  // namespace

std::vector<Mutation> mutations_of(const PolicySet& set, const Names& names) {
  std::vector<Mutation> out;
  for (std::size_t i = 0; i < set.policies.size(); ++i) {
    if (set.policies[i].state != PolicyState::enabled) continue;
    Mutator(set.policies[i], i, names, out).mutate();
  }
  return out;
}

PolicySet variants_of(const PolicySet& set, const Names& names) {
  PolicySet out = set;
  out.policies.clear();
  for (Mutation& mutation : mutations_of(set, names)) {
    out.policies.push_back(std::move(mutation.edited));
  }
  return out;
}

}  // namespace sallyport::proof
