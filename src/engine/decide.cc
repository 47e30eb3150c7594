// The fast road: which enforced policies apply is an intersection of rows, what they want is two
// masks each (docs/architecture.md, "The engine").
//
// It is for sign-ins whose conditions can all be looked up. A fact that is unknown, a service
// principal, an outage, the registration of security information and a device no inventory holds
// take the slow road through explain(), which means the same.
#include <algorithm>
#include <span>
#include <type_traits>

#include "engine/conditions/conditions.h"
#include "engine/outcome.h"
#include "engine/program_state.h"

namespace sallyport {
namespace {

// Reused from decision to decision on one thread, so that deciding does not allocate.
struct Scratch {
  std::vector<Word> applying;
  std::vector<Word> excluded;
  std::vector<Word> target;
  std::vector<Word> located;
  std::vector<Word> demands;       // of the applying policies
  std::vector<Word> requirements;  // for programs with more than a word of them
  Memberships memberships;
  Explanation explanation;
};

Scratch& scratch() {
  thread_local Scratch instance;
  return instance;
}

template <class Visit>
void each_bit(std::span<const Word> words, Visit visit) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (Word word = words[i]; word != 0; word &= word - 1) {
      visit(i * 64 + static_cast<std::size_t>(__builtin_ctzll(word)));
    }
  }
}

bool user_is_known(const SignIn& s) {
  return s.user.is_known() && s.user->type_known && s.user->home_tenant_known &&
         s.user->groups_known && s.user->roles_known;
}

bool target_has_row(const Target& target) {
  switch (target.kind) {
    case TargetKind::unknown: return false;
    case TargetKind::applications: return !target.applications.empty();
    case TargetKind::user_action: return target.user_action != UserAction::register_security_info;
    case TargetKind::authentication_context: return true;
  }
  return false;
}

// A fact that no enforced policy asks for may be unknown.
bool is_lookup(const SignIn& s, const Tables& t) {
  const bool device = !t.devices.used || s.device.is_absent() ||
                      (s.device.is_known() && s.device->shape_index < t.devices.by_shape.size());
  const auto settled = [](bool used, const auto& fact) { return !used || !fact.is_unknown(); };
  return s.identity == IdentityKind::user && !s.outage && device && user_is_known(s) &&
         target_has_row(s.target) && settled(t.platforms.used, s.device_platform) &&
         settled(t.client_apps.used, s.client_app_type) &&
         settled(t.locations.asks_address, s.ip_address) &&
         settled(t.locations.asks_country, s.country) &&
         settled(t.locations.asks_network, s.compliant_network) &&
         settled(t.sign_in_risk.used, s.sign_in_risk_level) &&
         settled(t.user_risk.used, s.user_risk_level) &&
         settled(t.service_principal_risk.used, s.service_principal_risk_level) &&
         settled(t.agent_id_risk.used, s.agent_id_risk_level) &&
         settled(t.insider_risk.used, s.insider_risk_level) &&
         settled(t.flows.used, s.authentication_flow);
}

// Which enforced policies apply: leaves them in the scratch.
class Applying {
 public:
  Applying(const ProgramState& program, const SignIn& sign_in)
      : program_(program), t_(program.tables), s_(sign_in), w_(scratch()) {}

  // False when the slow road has to be taken after all.
  bool run() {
    apply_principal();
    apply_rows();
    return test_special();
  }

 private:
  // ---- which policies apply ----

  void take(OpRange range) {
    for (auto i = range.begin; i < range.end; ++i) {
      const PrincipalOp& op = t_.principals.ops[i];
      w_.applying[op.word] |= op.include;
      w_.excluded[op.word] |= op.exclude;
    }
  }

  void apply_principal() {
    const PrincipalTable& table = t_.principals;
    const UserView& user = *s_.user;
    w_.applying = table.base;
    w_.excluded.assign(t_.width, 0);
    const bool asks_for_any_role = table.any_role.begin != table.any_role.end;
    bool any_role = !user.roles.empty();
    for (const GroupIndex group : user.groups) {
      if (group >= table.by_group.size()) continue;  // newer than the program: no policy names it
      take(table.by_group[group]);
      if (asks_for_any_role) any_role = any_role || table.group_reaches_role[group];
    }
    for (const RoleIndex role : user.roles) {
      if (role < table.by_role.size()) take(table.by_role[role]);
    }
    if (const auto* named = table.by_user.find(user.id)) take(*named);
    if (!user.groups.empty()) take(table.any_group);
    if (any_role) take(table.any_role);
    if (user.agent_user) take(table.agent_user);
    take(table.by_type[static_cast<std::size_t>(user.type)]);
    for (const auto& entry : table.by_tenant) take_tenant(entry, user);
  }

  void take_tenant(const PrincipalTable::TenantEntry& entry, const UserView& user) {
    const bool typed =
        (entry.guests->types & flag_of(user.type)) != 0 && user.type != UserType::internal_guest;
    if (!typed ||
        std::ranges::find(entry.guests->tenants, user.home_tenant) == entry.guests->tenants.end()) {
      return;
    }
    auto& side = entry.exclude ? w_.excluded : w_.applying;
    side[entry.bit / 64] |= Word{1} << (entry.bit % 64);
  }

  const Word* row(RowIndex index) const { return t_.rows[index]; }

  const Word* target_row() {
    const Target& target = s_.target;
    if (target.kind == TargetKind::user_action) {
      return row(t_.by_user_action[static_cast<std::size_t>(target.user_action)]);
    }
    if (target.kind == TargetKind::authentication_context) {
      return row(t_.by_context[target.authentication_context % t_.by_context.size()]);
    }
    const auto row_of = [&](ApplicationId application) {
      const auto* found = t_.by_application.find(application);
      return row(found == nullptr ? t_.other_application : *found);
    };
    const Word* first = row_of(target.applications.front());
    if (target.applications.size() == 1) return first;
    w_.target.assign(first, first + t_.width);
    for (const auto application : target.applications.subspan(1)) {
      const Word* next = row_of(application);
      for (std::size_t i = 0; i < t_.width; ++i) w_.target[i] |= next[i];
    }
    return w_.target.data();
  }

  template <std::size_t count, class T>
  const Word* value_row(const ValueTable<count>& table, const Fact<T>& fact) const {
    return row(table.rows[fact.is_known() ? static_cast<std::size_t>(*fact) : count - 1]);
  }

  void narrow(const Word* with) { narrowing_[narrowing_count_++] = with; }

  void apply_rows() {
    narrow(target_row());
    if (t_.platforms.used) narrow(value_row(t_.platforms, s_.device_platform));
    if (t_.client_apps.used) narrow(value_row(t_.client_apps, s_.client_app_type));
    if (t_.sign_in_risk.used) narrow(value_row(t_.sign_in_risk, s_.sign_in_risk_level));
    if (t_.user_risk.used) narrow(value_row(t_.user_risk, s_.user_risk_level));
    if (t_.service_principal_risk.used) {
      narrow(value_row(t_.service_principal_risk, s_.service_principal_risk_level));
    }
    if (t_.agent_id_risk.used) narrow(value_row(t_.agent_id_risk, s_.agent_id_risk_level));
    if (t_.insider_risk.used) narrow(value_row(t_.insider_risk, s_.insider_risk_level));
    if (t_.flows.used) narrow(value_row(t_.flows, s_.authentication_flow));
    if (t_.devices.used) {
      narrow(row(s_.device.is_absent() ? t_.devices.absent
                                       : t_.devices.by_shape[s_.device->shape_index]));
    }
    if (t_.locations.used) apply_locations();
    intersect();
  }

  // All rows at once, a chunk at a time, so that each word is loaded and stored once.
  void intersect() {
    Word* applying = w_.applying.data();
    const Word* excluded = w_.excluded.data();
    for (std::size_t at = 0; at < t_.width; at += row_chunk) {
      Word chunk[row_chunk];
      for (std::size_t i = 0; i < row_chunk; ++i) chunk[i] = applying[at + i] & ~excluded[at + i];
      for (std::size_t r = 0; r < narrowing_count_; ++r) {
        const Word* with = narrowing_[r] + at;
        for (std::size_t i = 0; i < row_chunk; ++i) chunk[i] &= with[i];
      }
      for (std::size_t i = 0; i < row_chunk; ++i) applying[at + i] = chunk[i];
    }
  }

  void apply_locations() {
    const LocationTable& table = t_.locations;
    const auto& by_set =
        table.by_set[s_.ip_address.is_known() ? table.space.set_of(*s_.ip_address) : 0];
    const auto& by_country =
        table.by_country[s_.country.is_known() ? country_index(*s_.country) : 26 * 26];
    const auto& network = s_.compliant_network.is(true) ? table.in_network : table.outside_network;
    const Word* always = row(table.always);
    const Word* special = row(table.special);
    const Word* include[] = {row(by_set.include), row(by_country.include), row(network.include)};
    const Word* exclude[] = {row(by_set.exclude), row(by_country.exclude), row(network.exclude)};
    w_.located.resize(t_.width);
    for (std::size_t i = 0; i < t_.width; ++i) {
      const Word included = always[i] | include[0][i] | include[1][i] | include[2][i];
      // A special policy stays in until it is tested on its own.
      const Word excluded = (exclude[0][i] | exclude[1][i] | exclude[2][i]) & ~special[i];
      w_.located[i] = included & ~excluded;
    }
    narrow(w_.located.data());
  }

  const CompiledPolicy& policy_at(std::size_t bit) const {
    return program_.compiled[program_.enforced[bit]];
  }

  void clear(std::size_t bit) { w_.applying[bit / 64] &= ~(Word{1} << (bit % 64)); }

  // The few policies that a table cannot decide.
  bool test_special() {
    const bool device = t_.devices.used && t_.devices.special != t_.none && s_.device.is_known();
    const bool location = t_.locations.used && t_.locations.special != t_.none;
    if (!device && !location) return true;
    bool certain = true;
    each_bit(w_.applying, [&](std::size_t bit) {
      const CompiledPolicy& policy = policy_at(bit);
      if (device && holds(t_.devices.special, bit) &&
          test_devices(*policy.policy->conditions.devices, s_.device).match == Match::no) {
        clear(bit);
        return;
      }
      if (!location || !holds(t_.locations.special, bit)) return;
      const Match match = test_location(policy);
      if (match == Match::no) clear(bit);
      // What the GPS country may still change is for the slow road to say.
      certain =
          certain && !(policy.uses_gps && (match == Match::unknown || match == Match::needs_gps));
    });
    return certain;
  }

  bool holds(RowIndex index, std::size_t bit) const {
    return (row(index)[bit / 64] >> (bit % 64) & 1U) != 0;
  }

  Match test_location(const CompiledPolicy& policy) const {
    Facts facts{s_, w_.memberships, {}, {}};
    if (s_.ip_address.is_known()) {
      const auto& space = t_.locations.space;
      facts.locations_of_address = space.locations_of(space.set_of(*s_.ip_address));
    }
    facts.in_trusted_location = match_trusted_locations(program_.policies, facts);
    return test_locations(policy.locations, program_.policies, facts).match;
  }

  static constexpr std::size_t narrowing_max = 12;  // a row for each condition but users

  const ProgramState& program_;
  const Tables& t_;
  const SignIn& s_;
  Scratch& w_;
  const Word* narrowing_[narrowing_max];
  std::size_t narrowing_count_ = 0;
};

// What the applying policies require. `word_count` is the number of words of a set of requirements
// where it is known while compiling (nearly always one, and then all of this stays in registers),
// or 0.
template <std::size_t word_count>
class Weighing {
 public:
  Weighing(const ProgramState& program, const SignIn& sign_in)
      : program_(program), s_(sign_in), traits_(sign_in) {
    if constexpr (word_count == 0) {
      scratch().requirements.assign(5 * width(), 0);
      Word* at = scratch().requirements.data();
      for (Word** set : {&failed_, &asked_, &looked_at_, &missing_blocked_, &missing_asked_}) {
        *set = at;
        at += width();
      }
    }
  }

  void run(Decision& out) {
    out.outcome = Outcome::granted;
    each_demand(
        [&](std::size_t demand) { out.outcome = std::max(out.outcome, weigh(demand * width())); });
    out.error_code = 0;
    out.missing = 0;
    out.missing_beyond.assign(width() - 1, 0);
    if (out.outcome == Outcome::granted) return;
    finish(out, std::span<Word>(out.outcome == Outcome::blocked ? missing_blocked_ : missing_asked_,
                                width()));
  }

 private:
  std::size_t width() const { return word_count != 0 ? word_count : program_.mask_width; }

  // Most policies ask for one of a few things: each distinct demand is weighed once. When they are
  // few, each looks for a policy of its own among those that apply; else the policies look theirs
  // up.
  template <class Visit>
  void each_demand(Visit visit) {
    const std::vector<Word>& applying = scratch().applying;
    if (!program_.demand_rows.empty()) {
      const Word* row = program_.demand_rows.data();
      const std::size_t row_width = applying.size();
      for (std::size_t demand = 0; demand < program_.demand_count; ++demand, row += row_width) {
        if (meet(row, applying.data(), row_width)) visit(demand);
      }
      return;
    }
    auto& demands = scratch().demands;
    demands.assign((program_.demand_count + 63) / 64, 0);
    each_bit(applying, [&](std::size_t bit) {
      const auto demand = program_.demand_of[bit];
      demands[demand / 64] |= Word{1} << (demand % 64);
    });
    each_bit(demands, visit);
  }

  static bool meet(const Word* a, const Word* b, std::size_t width) {
    for (std::size_t at = 0; at < width; at += row_chunk) {
      Word common = 0;
      for (std::size_t i = 0; i < row_chunk; ++i) common |= a[at + i] & b[at + i];
      if (common != 0) return true;
    }
    return false;
  }

  void look_at(std::size_t word, Word wanted) {
    for (Word todo = wanted & ~looked_at_[word]; todo != 0; todo &= todo - 1) {
      const auto bit = static_cast<std::size_t>(__builtin_ctzll(todo));
      const Status status = status_of(program_.specs[word * 64 + bit], s_, traits_, {});
      if (status.worst == Satisfaction::failed) failed_[word] |= Word{1} << bit;
      if (status.worst == Satisfaction::needs_user) asked_[word] |= Word{1} << bit;
    }
    looked_at_[word] |= wanted;
  }

  Outcome weigh(std::size_t at) {
    const Word* all = program_.all_of.data() + at;
    const Word* any = program_.any_of.data() + at;
    Word all_failed = 0, all_asked = 0, any_met = 0, any_open = 0, any_listed = 0;
    for (std::size_t i = 0; i < width(); ++i) {
      look_at(i, all[i] | any[i]);
      all_failed |= all[i] & failed_[i];
      all_asked |= all[i] & asked_[i];
      any_listed |= any[i];
      any_met |= any[i] & ~(failed_[i] | asked_[i]);
      any_open |= any[i] & asked_[i];
    }
    const bool choice_unmet = any_listed != 0 && any_met == 0;
    const bool choice_fails = choice_unmet && any_open == 0;
    if (all_failed != 0 || choice_fails) {
      for (std::size_t i = 0; i < width(); ++i) {
        missing_blocked_[i] |= (all[i] | (choice_fails ? any[i] : 0)) & failed_[i];
      }
      return Outcome::blocked;
    }
    if (all_asked == 0 && !choice_unmet) return Outcome::granted;
    for (std::size_t i = 0; i < width(); ++i) missing_asked_[i] |= all[i] & asked_[i];
    if (choice_unmet) ask_for_the_first(any);
    return Outcome::interrupted;
  }

  // Of several ways to go on, only the first is asked for.
  void ask_for_the_first(const Word* any) {
    for (std::size_t i = 0; i < width(); ++i) {
      const Word open = any[i] & asked_[i];
      if (open == 0) continue;
      missing_asked_[i] |= open & -open;
      return;
    }
  }

  void finish(Decision& out, std::span<Word> missing) {
    if (program_.shows_twice) show_each_once(missing);
    leave_out_password_change(missing);
    out.missing = missing[0];
    std::copy(missing.begin() + 1, missing.end(), out.missing_beyond.begin());
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (missing[i] == 0) continue;
      const auto first = i * 64 + static_cast<std::size_t>(__builtin_ctzll(missing[i]));
      out.error_code = error_code(program_, static_cast<std::uint32_t>(first), s_);
      return;
    }
  }

  void show_each_once(std::span<Word> missing) {
    each_bit(missing, [&](std::size_t number) {
      const std::size_t shown = program_.same_as[number];
      if (shown == number) return;
      missing[number / 64] &= ~(Word{1} << (number % 64));
      missing[shown / 64] |= Word{1} << (shown % 64);
    });
  }

  void leave_out_password_change(std::span<Word> missing) {
    bool remediation = false;
    const auto kind_of = [&](std::size_t number) { return program_.shown[number].kind; };
    each_bit(missing, [&](std::size_t number) {
      remediation = remediation || kind_of(number) == RequirementKind::risk_remediation;
    });
    if (!remediation) return;
    each_bit(missing, [&](std::size_t number) {
      if (kind_of(number) == RequirementKind::password_change) {
        missing[number / 64] &= ~(Word{1} << (number % 64));
      }
    });
  }

  // Sets of requirements: of those looked at, which failed and which the person can be asked for.
  using Set =
      std::conditional_t<word_count != 0, Word[std::max<std::size_t>(word_count, 1)], Word*>;
  const ProgramState& program_;
  const SignIn& s_;
  SignInTraits traits_;
  Set failed_{}, asked_{}, looked_at_{}, missing_blocked_{}, missing_asked_{};
};

void shorten(const Explanation& explanation, std::size_t mask_width, Decision& out) {
  out.outcome = explanation.outcome;
  out.error_code = explanation.error_code;
  out.missing = 0;
  out.missing_beyond.assign(mask_width - 1, 0);
  for (const auto number : explanation.missing) {
    auto& word = number < 64 ? out.missing : out.missing_beyond[number / 64 - 1];
    word |= Word{1} << (number % 64);
  }
}

}  // namespace

void Program::decide(const SignIn& sign_in, Decision& into) const {
  if (is_lookup(sign_in, state_->tables) && Applying(*state_, sign_in).run()) {
    if (state_->mask_width == 1) {
      Weighing<1>(*state_, sign_in).run(into);
    } else {
      Weighing<0>(*state_, sign_in).run(into);
    }
    return;
  }
  auto& explanation = scratch().explanation;
  explain(sign_in, Assume::worst, explanation);
  shorten(explanation, state_->mask_width, into);
}

Decision Program::decide(const SignIn& sign_in) const {
  Decision decision;
  decide(sign_in, decision);
  return decision;
}

}  // namespace sallyport
