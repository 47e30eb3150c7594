#include "compliance/judge.h"

#include <algorithm>

#include "compliance/built_in_policy.h"
#include "compliance/compare.h"
#include "compliance/threat.h"

namespace sallyport::compliance {
namespace {

constexpr Seconds hour = 3600;
constexpr Seconds day = 24 * hour;
constexpr Seconds error_hold = 7 * day;
constexpr std::size_t spells_kept_max = 64;

// What the settings of one policy came to.
struct Tally {
  bool compliant = false;
  bool unknown = false;
  bool failed = false;
  Seconds error_since = 0;  // of the oldest error; 0: none
};

class Judge {
 public:
  Judge(const Subject& subject, const TenantRules& rules, const History& before, Instant now,
        Judgement& out)
      : subject_(subject),
        rules_(rules),
        before_(before),
        now_(std::max(seconds_of(now), before.judged)),
        threshold_(static_cast<Seconds>(rules.settings.check_in_threshold_days) * day),
        out_(out) {}

  void run(std::span<const AppliedPolicy> policies, Instant now);

 private:
  void prepare(Instant now);
  void built_in(std::span<const AppliedPolicy> policies);
  SettingJudgement& begin_setting(const Setting& setting, bool system, PolicyJudgement& judged) {
    auto& out = out_.settings.emplace_back();
    out.setting = &setting;
    out.system_account = system;
    ++judged.setting_count;
    return out;
  }
  bool is_for_device(const AppliedPolicy& applied) const {
    return applied.policy != nullptr && subject_.platform != Platform::unknown &&
           platform_of(applied.policy->type) == subject_.platform;
  }
  void policy(const AppliedPolicy& applied);
  void settings_of(const CompliancePolicy& policy, bool system, const PolicyHistory* before,
                   PolicyJudgement& judged, Tally& tally);
  void settle(PolicyJudgement& judged, const Tally& tally, const PolicyHistory* before, PolicyId id,
              std::uint32_t edition, int grace_hours);
  // These fill in what a setting came to.
  void judge_setting(const CompliancePolicy& policy, const FactTable& facts,
                     const PolicyHistory* before, SettingJudgement& judged);
  void by_fact(const FactTable& facts, SettingJudgement& judged) const;
  void by_rule(SettingJudgement& judged);
  bool was_met(const Setting& setting, bool system, const PolicyHistory* before) const;
  void remember(const PolicyHistory* before, bool same_edition, Seconds first,
                SettingJudgement& judged);
  void device_state(bool has_settings);
  void keep_open_spells();
  void changes_at(Seconds at) {
    if (at > now_ && (out_.next_change == 0 || at < out_.next_change)) out_.next_change = at;
  }

  const SettingHistory* find_setting(std::uint64_t key) const {
    const auto found = std::ranges::lower_bound(before_.settings, key, {}, &SettingHistory::key);
    return found == before_.settings.end() || found->key != key ? nullptr : &*found;
  }
  const PolicyHistory* find_policy(PolicyId id) const {
    const auto found = std::ranges::lower_bound(before_.policies, id, {}, &PolicyHistory::policy);
    return found == before_.policies.end() || found->policy != id ? nullptr : &*found;
  }

  // What one discovery script printed, read once a judgement.
  struct Printed {
    ScriptId script;
    std::uint16_t error_code = 0;
    json::Document document;
  };
  const Printed* printed(ScriptId script);

  const Subject& subject_;
  const TenantRules& rules_;
  const History& before_;
  const Seconds now_;
  const Seconds threshold_;
  Judgement& out_;
  FactTable user_facts_;
  FactTable system_facts_;
  bool has_system_facts_ = false;
  std::optional<Seconds> last_contact_;
  std::vector<std::unique_ptr<Printed>> printed_;
};

PolicyId built_in_id() {
  static const auto id = PolicyId::of(built_in_policy_id);
  return id;
}

void Judge::prepare(Instant now) {
  out_.state = ComplianceState::unknown;
  out_.is_compliant = false;
  out_.evaluated_at = now;
  out_.since = out_.grace_until = out_.valid_until = out_.next_change = 0;
  out_.facts_from = now_ > threshold_ ? now_ - threshold_ : 0;
  out_.policies.clear();
  out_.settings.clear();
  out_.history.policies.clear();
  out_.history.settings.clear();
  const auto* facts = subject_.facts;
  if (facts == nullptr) {
    user_facts_.fill({});
    return;
  }
  const auto oldest = instant_of(out_.facts_from);
  facts->fill(user_facts_, Account::user, oldest);
  has_system_facts_ = facts->has_system_facts();
  if (has_system_facts_) facts->fill(system_facts_, Account::system, oldest);
  const bool by_partner = subject_.authority == Authority::partner;
  for (const auto& contact : facts->contacts()) {
    changes_at(contact.received_at + threshold_ + 1);
    if ((contact.source == Source::partner) != by_partner) continue;
    last_contact_ = std::max(last_contact_.value_or(0), contact.received_at);
  }
  if (last_contact_) out_.valid_until = *last_contact_ + threshold_;
}

const Judge::Printed* Judge::printed(ScriptId script) {
  for (const auto& one : printed_) {
    if (one->script == script) return one.get();
  }
  const auto scripts = subject_.facts == nullptr
                           ? std::span<const ScriptResult>{}
                           : subject_.facts->scripts(instant_of(out_.facts_from));
  const auto result = std::ranges::find(scripts, script, &ScriptResult::script);
  if (result == scripts.end()) return nullptr;
  auto made = std::make_unique<Printed>();
  made->script = script;
  if (result->exit_code != 0) {
    made->error_code = script_failed;
  } else {
    auto document = json::parse(result->output);
    if (!document || !document->root().is_object()) {
      made->error_code = output_invalid;
    } else {
      made->document = std::move(*document);
    }
  }
  printed_.push_back(std::move(made));
  return printed_.back().get();
}

void Judge::by_rule(SettingJudgement& judged) {
  const auto* output = printed(judged.setting->script);
  if (output == nullptr) return;
  judged.source = subject_.facts->scripts_source();
  RuleOutcome ruled{ComplianceStatus::error, output->error_code};
  if (output->error_code == 0) ruled = judge_rule(*judged.setting->rule, output->document.root());
  judged.status = ruled.status;
  judged.error_code = ruled.error_code;
  judged.reported = ruled.error_code == 0 ? FactState::known : FactState::error;
}

void Judge::by_fact(const FactTable& facts, SettingJudgement& judged) const {
  const auto& row = *judged.setting->row;
  const auto& fact = facts[static_cast<std::size_t>(row.fact)];
  judged.reported = fact.state;
  if (fact.state == FactState::unknown) return;
  judged.source = fact.source;
  switch (fact.state) {
    case FactState::unknown: break;
    case FactState::error: judged.status = ComplianceStatus::error; break;
    case FactState::not_applicable:
      judged.status =
          row.absence_fails ? ComplianceStatus::non_compliant : ComplianceStatus::not_applicable;
      break;
    case FactState::known: {
      const auto met = meets(*judged.setting, fact, facts);
      if (!met) break;  // it stays unknown
      judged.status = *met ? ComplianceStatus::compliant : ComplianceStatus::non_compliant;
      break;
    }
  }
}

// That the setting was judged before, and compliant.
bool Judge::was_met(const Setting& setting, bool system, const PolicyHistory* before) const {
  if (before == nullptr || before->first == 0) return false;
  const auto* last = find_setting(setting.hash | (system ? 1U : 0U));
  return last == nullptr || last->status == ComplianceStatus::compliant;
}

void Judge::judge_setting(const CompliancePolicy& policy, const FactTable& facts,
                          const PolicyHistory* before, SettingJudgement& judged) {
  const auto& setting = *judged.setting;
  const auto& row = *setting.row;
  if (!setting.understood || row.test == SettingTest::cannot_tell) return;
  if (row.test == SettingTest::never) {
    judged.status = ComplianceStatus::non_compliant;
    return;
  }
  if (row.on_phones_only) {
    judged.status = ComplianceStatus::not_applicable;
    return;
  }
  if (row.test == SettingTest::custom) return by_rule(judged);
  if (row.test == SettingTest::threat_at_most) {
    const auto& fact = facts[static_cast<std::size_t>(row.fact)];
    judged.reported = fact.state;
    if (fact.state != FactState::unknown) judged.source = fact.source;
    judged.status = judge_threat(setting, fact, subject_.platform, rules_.connectors, now_);
    for (const auto& connector : rules_.connectors) changes_at(silent_from(connector, now_));
    return;
  }
  by_fact(facts, judged);
  if (judged.status == ComplianceStatus::non_compliant && row.at_next_change &&
      policy.last_modified && was_met(setting, judged.system_account, before)) {
    // A stricter rule does not make the password wrong that was right when it was chosen.
    const auto& changed = facts[static_cast<std::size_t>(Fact::password_changed_at)];
    const auto at = changed.state == FactState::known ? parse_instant(changed.text) : std::nullopt;
    if (at && *at < *policy.last_modified) judged.status = ComplianceStatus::compliant;
  }
}

void Judge::remember(const PolicyHistory* before, bool same_edition, Seconds first,
                     SettingJudgement& judged) {
  const auto key = judged.setting->hash | (judged.system_account ? 1U : 0U);
  const auto* last = before == nullptr ? nullptr : find_setting(key);
  const bool compliant = judged.status == ComplianceStatus::compliant;
  auto since = now_;
  if (last != nullptr && last->status == judged.status && (same_edition || !compliant)) {
    since = last->since;
  } else if (last == nullptr && compliant && same_edition) {
    since = first;
  }
  judged.since = since;
  if (!compliant || since != first) out_.history.settings.push_back({key, since, judged.status});
}

void count(Tally& tally, const SettingJudgement& judged) {
  switch (judged.status) {
    case ComplianceStatus::compliant:
    case ComplianceStatus::remediated: tally.compliant = true; break;
    case ComplianceStatus::non_compliant:
    case ComplianceStatus::conflict: tally.failed = true; break;
    case ComplianceStatus::error:
      if (tally.error_since == 0 || judged.since < tally.error_since) {
        tally.error_since = judged.since;
      }
      break;
    case ComplianceStatus::unknown: tally.unknown = true; break;
    case ComplianceStatus::not_applicable:
    case ComplianceStatus::not_assigned: break;
  }
}

void Judge::settings_of(const CompliancePolicy& policy, bool system, const PolicyHistory* before,
                        PolicyJudgement& judged, Tally& tally) {
  const bool same_edition = before != nullptr && before->edition == policy.edition;
  const auto first = same_edition && before->first != 0 ? before->first : now_;
  const auto& facts = system && has_system_facts_ ? system_facts_ : user_facts_;
  for (const auto& setting : policy.settings) {
    auto& one = begin_setting(setting, system, judged);
    judge_setting(policy, facts, before, one);
    remember(before, same_edition, first, one);
    count(tally, one);
  }
}

// From what its settings came to, to where the policy stands: errors held, the spell, the grace.
void Judge::settle(PolicyJudgement& judged, const Tally& tally, const PolicyHistory* before,
                   PolicyId id, std::uint32_t edition, int grace_hours) {
  using enum Standing;
  bool error_expired = false;
  if (tally.failed) {
    judged.status = ComplianceStatus::non_compliant;
    judged.standing = non_compliant;
  } else if (tally.error_since != 0) {
    judged.status = ComplianceStatus::error;
    error_expired = now_ - tally.error_since >= error_hold;
    if (error_expired) {
      judged.status = ComplianceStatus::non_compliant;
      judged.standing = non_compliant;
    } else {
      changes_at(tally.error_since + error_hold);
      const auto last = before == nullptr ? unknown : before->standing;
      judged.standing = tally.unknown || last == not_applicable ? unknown : last;
    }
  } else if (tally.unknown) {
    judged.status = ComplianceStatus::unknown;
    judged.standing = unknown;
  } else if (tally.compliant) {
    judged.status = ComplianceStatus::compliant;
    judged.standing = compliant;
  } else {
    judged.status = ComplianceStatus::not_applicable;
    judged.standing = not_applicable;
  }

  judged.has_unknown = tally.unknown;
  judged.since = before != nullptr && before->standing == judged.standing ? before->since : now_;
  // Only compliance ends a spell: falling silent must not begin a new grace period.
  auto spell = before == nullptr || judged.standing == compliant ? 0 : before->noncompliant_since;
  if (spell == 0 && judged.standing == non_compliant) {
    spell = error_expired ? tally.error_since + error_hold : now_;
  }
  judged.noncompliant_since = spell;
  if (spell != 0) judged.grace_until = spell + static_cast<Seconds>(grace_hours) * hour;
  const bool grace_applies =
      !error_expired || rules_.settings.error_rule == ErrorRule::grace_after_seven_days;
  judged.in_grace = judged.standing == non_compliant && grace_applies && now_ < judged.grace_until;
  if (judged.in_grace) changes_at(judged.grace_until);

  const bool same_edition = before != nullptr && before->edition == edition && before->first != 0;
  PolicyHistory kept;
  kept.policy = id;
  kept.edition = edition;
  kept.first = same_edition ? before->first : now_;
  kept.since = judged.since;
  kept.noncompliant_since = spell;
  kept.standing = judged.standing;
  out_.history.policies.push_back(kept);
}

void Judge::policy(const AppliedPolicy& applied) {
  const auto& policy = *applied.policy;
  const auto* before = find_policy(policy.id);
  PolicyJudgement judged;
  judged.policy = &policy;
  judged.first_setting = static_cast<std::uint32_t>(out_.settings.size());
  Tally tally;
  // Where the system account sees what the user sees, one answer is both answers.
  const bool for_user = applied.for_user || !applied.for_system;
  if (for_user) settings_of(policy, false, before, judged, tally);
  if (applied.for_system && (!for_user || has_system_facts_)) {
    settings_of(policy, true, before, judged, tally);
  }
  settle(judged, tally, before, policy.id, policy.edition, policy.grace_hours);
  out_.policies.push_back(judged);
}

void Judge::built_in(std::span<const AppliedPolicy> policies) {
  using enum ComplianceStatus;
  const auto* before = find_policy(built_in_id());
  PolicyJudgement judged;
  judged.first_setting = static_cast<std::uint32_t>(out_.settings.size());
  Tally tally;
  const bool same = before != nullptr && before->first != 0;
  const auto finish = [&](SettingJudgement& one) {
    remember(before, same, same ? before->first : now_, one);
    count(tally, one);
  };
  const auto add = [&](const Setting& setting, ComplianceStatus status) {
    auto& one = begin_setting(setting, false, judged);
    one.status = status;
    one.reported = FactState::known;
    finish(one);
  };
  const auto add_fact = [&](const Setting& setting) {
    auto& one = begin_setting(setting, false, judged);
    by_fact(user_facts_, one);
    finish(one);
  };
  if (rules_.settings.secure_by_default && subject_.authority == Authority::own) {
    // A policy counts when something of it applies to the device.
    const bool has_policy = std::ranges::any_of(out_.policies, [](const PolicyJudgement& one) {
      return one.standing != Standing::not_applicable;
    });
    add(has_policy_setting, has_policy ? compliant : non_compliant);
  }
  add(keeps_contact_setting, !last_contact_                       ? unknown
                             : now_ > *last_contact_ + threshold_ ? non_compliant
                                                                  : compliant);
  const bool not_evaluated =
      subject_.user == EnrolledUser::none && subject_.platform == Platform::macos;
  if (subject_.user != EnrolledUser::none || not_evaluated) {
    add(user_exists_setting, subject_.user == EnrolledUser::valid     ? compliant
                             : subject_.user == EnrolledUser::missing ? non_compliant
                                                                      : unknown);
  }
  if (subject_.authority == Authority::partner) {
    add_fact(partner_setting);
  } else if (subject_.authority == Authority::configuration_manager) {
    add_fact(configuration_manager_setting);
  }
  settle(judged, tally, before, built_in_id(), 0, 0);
  out_.policies.insert(out_.policies.begin(), judged);
  device_state(std::ranges::any_of(policies, [&](const AppliedPolicy& applied) {
    return is_for_device(applied) && !applied.policy->settings.empty();
  }));
}

// The worst of all policies, the built-in one included (spec, section 2.1).
void Judge::device_state(bool has_settings) {
  using enum ComplianceState;
  bool failed = false, grace = false, unsure = false, unsure_error = false, held = false;
  bool met = false, all_known = true;
  for (const auto& policy : out_.policies) {
    all_known = all_known && !policy.has_unknown && policy.standing != Standing::unknown;
    const bool is_error = policy.status == ComplianceStatus::error;
    failed = failed || (policy.standing == Standing::non_compliant && !policy.in_grace);
    grace = grace || policy.in_grace;
    unsure = unsure || policy.standing == Standing::unknown;
    unsure_error = unsure_error || (policy.standing == Standing::unknown && is_error);
    held = held || is_error;
    met = met || (policy.policy != nullptr && policy.standing == Standing::compliant);
    if (policy.in_grace && (out_.grace_until == 0 || policy.grace_until < out_.grace_until)) {
      out_.grace_until = policy.grace_until;
    }
  }
  // Blocked stays blocked until something succeeds, and who was judged is never unjudged again.
  if (held && before_.state == noncompliant) failed = true;
  const bool was_judged = before_.state == compliant || before_.state == noncompliant ||
                          before_.state == in_grace_period;
  const bool by_others = subject_.authority != Authority::own;
  if (failed) {
    out_.state = noncompliant;
  } else if (unsure_error) {
    out_.state = error;
  } else if (grace) {
    out_.state = in_grace_period;
  } else if (unsure) {
    out_.state = was_judged ? noncompliant : unknown;
  } else if (met || by_others || !has_settings) {
    out_.state = compliant;
  } else {
    out_.state = unknown;
  }
  // A grace period is for what is known not to be met: hiding something never opens a door.
  out_.is_compliant = out_.state == compliant || (out_.state == in_grace_period && all_known);
  if (subject_.authority == Authority::configuration_manager) out_.state = config_manager;
  if (out_.state != in_grace_period) out_.grace_until = 0;
}

// Of policies that do not apply now: a device that leaves a group and comes back is not let off.
void Judge::keep_open_spells() {
  auto& kept = out_.history.policies;
  const auto judged = static_cast<std::ptrdiff_t>(kept.size());
  std::ranges::sort(kept, {}, &PolicyHistory::policy);
  std::size_t open = 0;
  for (const auto& policy : before_.policies) {
    if (policy.noncompliant_since == 0 || open == spells_kept_max) continue;
    const auto end = kept.begin() + judged;
    const auto found =
        std::lower_bound(kept.begin(), end, policy.policy,
                         [](const PolicyHistory& one, PolicyId id) { return one.policy < id; });
    if (found != end && found->policy == policy.policy) continue;
    ++open;
    kept.push_back(policy);
    kept.back().first = 0;  // of its settings nothing is remembered
  }
  if (open != 0) std::ranges::sort(kept, {}, &PolicyHistory::policy);
  std::ranges::sort(out_.history.settings, {}, &SettingHistory::key);
}

void Judge::run(std::span<const AppliedPolicy> policies, Instant now) {
  prepare(now);
  if (subject_.authority == Authority::own) {
    for (const auto& applied : policies) {
      if (is_for_device(applied)) policy(applied);
    }
  }
  built_in(subject_.authority == Authority::own ? policies : std::span<const AppliedPolicy>{});
  keep_open_spells();
  const bool same = before_.since != 0 && before_.state == out_.state;
  out_.since = same ? before_.since : now_;
  out_.history.state = out_.state;
  out_.history.since = out_.since;
  out_.history.judged = now_;
}

}  // namespace

Judgement judge(const Subject& subject, std::span<const AppliedPolicy> policies,
                const TenantRules& rules, const History& history, Instant now) {
  Judgement out;
  judge(subject, policies, rules, history, now, out);
  return out;
}

void judge(const Subject& subject, std::span<const AppliedPolicy> policies,
           const TenantRules& rules, const History& history, Instant now, Judgement& out) {
  Judge(subject, rules, history, now, out).run(policies, now);
}

}  // namespace sallyport::compliance
