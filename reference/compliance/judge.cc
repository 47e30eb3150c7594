#include "reference/compliance/judge.h"

#include <algorithm>
#include <set>

#include "compliance/setting.h"

namespace sallyport::reference {
namespace {

using namespace compliance;

constexpr long long day = 86400;

class DeviceJudge {
 public:
  DeviceJudge(const Subject& subject, const TenantRules& rules, DeviceMemory& memory, Instant now)
      : subject_(subject),
        rules_(rules),
        memory_(memory),
        now_(std::max<long long>(seconds_of(now), memory.judged)) {
    memory.judged = now_;
    threshold_ = rules.settings.check_in_threshold_days * day;
    oldest_ = now_ > threshold_ ? now_ - threshold_ : 0;
    user_.fill({});
    system_.fill({});
    if (subject.facts == nullptr) return;
    subject.facts->fill(user_, Account::user, at(oldest_));
    subject.facts->fill(system_, Account::system, at(oldest_));
    const bool partner = subject.authority == Authority::partner;
    for (const auto& contact : subject.facts->contacts()) {
      if ((contact.source == Source::partner) != partner) continue;
      last_contact_ = std::max(last_contact_, static_cast<long long>(contact.received_at));
    }
  }

  DeviceAnswer answer(const std::vector<AppliedPolicy>& policies) {
    DeviceAnswer out;
    std::vector<std::string> standings;
    bool asks_for_something = false;
    std::set<std::string> judged = {"default"};
    if (subject_.authority == Authority::own) {
      for (const auto& applied : policies) {
        if (platform_of(applied.policy->type) != subject_.platform ||
            subject_.platform == Platform::unknown) {
          continue;
        }
        if (!applied.policy->settings.empty()) asks_for_something = true;
        judged.insert(applied.policy->id_text);
        out.policies.push_back(of_policy(applied));
        standings.push_back(memory_.policies[applied.policy->id_text].standing);
      }
    }
    const bool has_policy = std::any_of(standings.begin(), standings.end(),
                                        [](const auto& one) { return one != "notApplicable"; });
    out.policies.insert(out.policies.begin(), of_built_in(has_policy));
    standings.insert(standings.begin(), memory_.policies["default"].standing);
    forget_others(judged);
    decide(out, standings, asks_for_something);
    if (last_contact_ != 0) out.valid_until = last_contact_ + threshold_;
    return out;
  }

 private:
  static Instant at(long long seconds) { return instant_of(static_cast<Seconds>(seconds)); }

  SettingAnswer of_setting(const Setting& setting, bool system, const CompliancePolicy& policy,
                           const DeviceMemory::Policy& before) {
    const auto& known = system ? system_ : user_;
    auto ruling = rule_on(setting, known, subject_, rules_, at(oldest_), now_);
    SettingAnswer out;
    out.key = setting.key + (system ? "@system" : "");
    // macOS: a rule about passwords holds from the next password on.
    if (setting.row->at_next_change && ruling.status == ComplianceStatus::non_compliant) {
      const auto& changed = known[static_cast<std::size_t>(Fact::password_changed_at)];
      const auto when = parse_instant(changed.text);
      const auto last = before.settings.find(out.key);
      const bool was_met =
          before.applied_last &&
          (last == before.settings.end() || last->second.status == ComplianceStatus::compliant);
      if (was_met && changed.state == FactState::known && when && policy.last_modified &&
          *when < *policy.last_modified) {
        ruling.status = ComplianceStatus::compliant;
      }
    }
    out.status = ruling.status;
    out.error_code = ruling.error_code;
    return with_since(out, before, policy.edition);
  }

  // Since when: what is compliant counts from the last edit of the policy at the earliest.
  SettingAnswer with_since(SettingAnswer out, const DeviceMemory::Policy& before,
                           std::uint32_t edition) const {
    out.since = now_;
    const auto last = before.settings.find(out.key);
    const bool same_edition = before.applied_last && before.edition == edition;
    if (out.status == ComplianceStatus::compliant && !same_edition) return out;
    if (before.applied_last && last != before.settings.end() && last->second.status == out.status) {
      out.since = last->second.since;
    } else if (out.status == ComplianceStatus::compliant && last == before.settings.end()) {
      out.since = before.first_judged;
    }
    return out;
  }

  PolicyAnswer of_policy(const AppliedPolicy& applied) {
    const auto& policy = *applied.policy;
    const auto before = memory_.policies[policy.id_text];
    PolicyAnswer out;
    out.id = policy.id_text;
    const bool user = applied.for_user || !applied.for_system;
    const bool differs = subject_.facts != nullptr && subject_.facts->has_system_facts();
    if (user) {
      for (const auto& one : policy.settings) {
        out.settings.push_back(of_setting(one, false, policy, before));
      }
    }
    if (applied.for_system && (!user || differs)) {
      for (const auto& one : policy.settings) {
        out.settings.push_back(of_setting(one, true, policy, before));
      }
    }
    settle(out, before, policy.edition, policy.grace_hours);
    return out;
  }

  PolicyAnswer of_built_in(bool has_policy) {
    using enum ComplianceStatus;
    const auto before = memory_.policies["default"];
    PolicyAnswer out;
    out.id = "default";
    const auto add = [&](const std::string& name, ComplianceStatus status) {
      SettingAnswer one;
      one.key = "DefaultDeviceCompliancePolicy." + name;
      one.status = status;
      out.settings.push_back(with_since(one, before, 0));
    };
    const auto add_fact = [&](const std::string& name, Fact fact) {
      const auto& known = user_[static_cast<std::size_t>(fact)];
      add(name, known.state == FactState::unknown          ? unknown
                : known.state == FactState::error          ? error
                : known.state == FactState::not_applicable ? not_applicable
                : known.number == 1                        ? compliant
                                                           : non_compliant);
    };
    if (rules_.settings.secure_by_default && subject_.authority == Authority::own) {
      add("RequireDeviceCompliancePolicyAssigned", has_policy ? compliant : non_compliant);
    }
    if (last_contact_ == 0) {
      add("RequireRemainContact", unknown);
    } else {
      add("RequireRemainContact", now_ <= last_contact_ + threshold_ ? compliant : non_compliant);
    }
    if (subject_.user == EnrolledUser::valid) add("RequireUserExistence", compliant);
    if (subject_.user == EnrolledUser::missing) add("RequireUserExistence", non_compliant);
    if (subject_.user == EnrolledUser::unknown) add("RequireUserExistence", unknown);
    if (subject_.user == EnrolledUser::none && subject_.platform == Platform::macos) {
      add("RequireUserExistence", unknown);
    }
    if (subject_.authority == Authority::partner) {
      add_fact("RequirePartnerCompliance", Fact::partner_compliant);
    }
    if (subject_.authority == Authority::configuration_manager) {
      add_fact("RequireConfigurationManagerCompliance", Fact::configuration_manager_compliant);
    }
    settle(out, before, 0, 0);
    return out;
  }

  // Where a policy stands, from where its settings do.
  void settle(PolicyAnswer& out, const DeviceMemory::Policy& before, std::uint32_t edition,
              int grace_hours) {
    bool failed = false, unknown = false, met = false;
    std::optional<long long> error_since;
    for (const auto& setting : out.settings) {
      if (setting.status == ComplianceStatus::non_compliant) failed = true;
      if (setting.status == ComplianceStatus::unknown) unknown = true;
      if (setting.status == ComplianceStatus::compliant) met = true;
      if (setting.status == ComplianceStatus::error) {
        error_since = std::min(error_since.value_or(setting.since), setting.since);
      }
    }
    const bool too_long = !failed && error_since && now_ >= *error_since + 7 * day;
    std::string standing;
    if (failed || too_long) {
      standing = "noncompliant";
      out.status = ComplianceStatus::non_compliant;
    } else if (error_since) {
      out.status = ComplianceStatus::error;
      standing = before.standing;
      if (unknown || standing == "notApplicable") standing = "unknown";
    } else if (unknown) {
      standing = "unknown";
      out.status = ComplianceStatus::unknown;
    } else if (met) {
      standing = "compliant";
      out.status = ComplianceStatus::compliant;
    } else {
      standing = "notApplicable";
      out.status = ComplianceStatus::not_applicable;
    }

    out.noncompliant_since = standing == "compliant" ? 0 : before.noncompliant_since;
    if (standing == "noncompliant" && out.noncompliant_since == 0) {
      out.noncompliant_since = too_long ? *error_since + 7 * day : now_;
    }
    if (out.noncompliant_since != 0)
      out.grace_until = out.noncompliant_since + grace_hours * 3600LL;
    out.in_grace = standing == "noncompliant" && now_ < out.grace_until;
    if (too_long && rules_.settings.error_rule == ErrorRule::none_after_seven_days) {
      out.in_grace = false;
    }
    out.since = before.since != 0 && before.standing == standing ? before.since : now_;

    auto& memory = memory_.policies[out.id];
    if (!before.applied_last || before.edition != edition) memory.first_judged = now_;
    memory.standing = standing;
    memory.since = out.since;
    memory.noncompliant_since = out.noncompliant_since;
    memory.edition = edition;
    memory.applied_last = true;
    memory.settings.clear();
    for (const auto& setting : out.settings) memory.settings[setting.key] = setting;
  }

  // Of a policy that does not apply any more, only an open spell is remembered.
  void forget_others(const std::set<std::string>& judged) {
    std::erase_if(memory_.policies, [&](const auto& entry) {
      return !judged.contains(entry.first) && entry.second.noncompliant_since == 0;
    });
    for (auto& [id, policy] : memory_.policies) {
      if (judged.contains(id)) continue;
      policy.applied_last = false;
      policy.settings.clear();
    }
  }

  void decide(DeviceAnswer& out, const std::vector<std::string>& standings,
              bool asks_for_something) {
    bool failed = false, grace = false, unsure = false, unsure_error = false, met = false;
    bool held = false, hides_something = false;
    for (std::size_t i = 0; i < standings.size(); ++i) {
      const auto& policy = out.policies[i];
      const bool error = policy.status == ComplianceStatus::error;
      if (standings[i] == "noncompliant" && !policy.in_grace) failed = true;
      if (policy.in_grace) grace = true;
      if (standings[i] == "unknown") unsure = true;
      for (const auto& setting : policy.settings) {
        if (setting.status == ComplianceStatus::unknown) hides_something = true;
      }
      if (standings[i] == "unknown" && error) unsure_error = true;
      if (standings[i] == "compliant" && i != 0) met = true;
      if (error) held = true;
      if (policy.in_grace && (out.grace_until == 0 || policy.grace_until < out.grace_until)) {
        out.grace_until = policy.grace_until;
      }
    }
    const auto was = memory_.state;
    const bool was_judged = was == ComplianceState::compliant ||
                            was == ComplianceState::noncompliant ||
                            was == ComplianceState::in_grace_period;
    if (failed || (held && was == ComplianceState::noncompliant)) {
      out.state = ComplianceState::noncompliant;
    } else if (unsure_error) {
      out.state = ComplianceState::error;
    } else if (grace) {
      out.state = ComplianceState::in_grace_period;
    } else if (unsure) {
      out.state = was_judged ? ComplianceState::noncompliant : ComplianceState::unknown;
    } else if (met || !asks_for_something) {
      out.state = ComplianceState::compliant;
    } else {
      out.state = ComplianceState::unknown;
    }
    if (out.state != ComplianceState::in_grace_period) out.grace_until = 0;
    out.is_compliant =
        out.state == ComplianceState::compliant ||
        (out.state == ComplianceState::in_grace_period && !unsure && !hides_something);
    if (subject_.authority == Authority::configuration_manager) {
      out.state = ComplianceState::config_manager;
      out.grace_until = 0;
    }
    out.since = memory_.since != 0 && was == out.state ? memory_.since : now_;
    memory_.state = out.state;
    memory_.since = out.since;
  }

  const Subject& subject_;
  const TenantRules& rules_;
  DeviceMemory& memory_;
  const long long now_;
  long long threshold_ = 0;
  long long oldest_ = 0;
  long long last_contact_ = 0;
  FactTable user_;
  FactTable system_;
};

}  // namespace

DeviceAnswer judge_device(const Subject& subject, const std::vector<AppliedPolicy>& policies,
                          const TenantRules& rules, DeviceMemory& memory, Instant now) {
  return DeviceJudge(subject, rules, memory, now).answer(policies);
}

}  // namespace sallyport::reference
