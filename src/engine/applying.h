// Which enforced policies apply to a sign-in whose facts can all be looked up: an intersection of
// rows (docs/architecture.md, "The engine"). Internal to the engine.
//
//   Applying<4> applying;                       // rows of 4 words: up to 256 policies
//   if (applying.run(program, sign_in, device)) use(applying.policies());
//
// `width` is the number of words of a row, or 0 where it is found out at run time.
// Cost: a few cache lines a condition and two for each group of the user that some policy names. It
// branches on what is the same for most sign-ins, not on what differs.
#pragma once

#include <algorithm>
#include <array>

#include "engine/bits.h"
#include "engine/conditions/conditions.h"
#include "engine/program_state.h"

namespace sallyport {

template <std::size_t width>
class Applying {
 public:
  // False when the slow road has to be taken after all. REQUIRES: has_rows(sign_in); `device` is
  // what the table says of the sign-in's.
  bool run(const ProgramState& program, const SignIn& sign_in, const DeviceTable::Entry& device) {
    program_ = &program;
    t_ = &program.tables;
    s_ = &sign_in;
    make_room(policies_, size());
    if (!find_rows(device)) return false;
    apply_principal();
    intersect();
    return test_special();
  }

  // By bit. Valid until the next run.
  std::span<const Word> policies() const { return policies_; }

 private:
  std::size_t size() const { return width != 0 ? width : t_->width; }
  std::size_t chunks() const { return size() / row_chunk; }

  // ---- the user ----

  void take(OpRange range) {
    for (auto i = range.begin; i < range.end; ++i) {
      const PrincipalOp& op = t_->principals.ops[i];
      const std::size_t at = width == row_chunk ? 0 : op.chunk;
      included_[at] = included_[at] | Chunk(op.include.data());
      excluded_[at] = excluded_[at] | Chunk(op.exclude.data());
    }
  }

  void apply_principal() {
    const PrincipalTable& table = t_->principals;
    const UserView& user = *s_->user;
    make_room(included_, chunks());
    make_room(excluded_, chunks());
    const auto kind = PrincipalTable::kind_of(user.type, !user.groups.empty(), user.agent_user);
    const Word* rows = table.by_kind.data() + kind * 2 * size();
    for (std::size_t c = 0; c < chunks(); ++c) {
      included_[c] = Chunk(rows + c * row_chunk);
      excluded_[c] = Chunk(rows + size() + c * row_chunk);
    }
    take_groups(user.groups);
    for (const RoleIndex role : user.roles) {
      if (role < table.by_role.size()) take(table.by_role[role]);
    }
    take(table.by_user.find(user.id));
    if (table.any_role.begin != table.any_role.end && holds_any_role(user)) take(table.any_role);
    for (const auto& entry : table.by_tenant) take_tenant(entry, user);
  }

  // Most groups are named by no policy: those that are get picked out first.
  void take_groups(std::span<const GroupIndex> groups) {
    const PrincipalTable& table = t_->principals;
    const std::uint8_t* is_named = table.named_groups.data();
    const auto newer = static_cast<GroupIndex>(table.by_group.size());
    std::array<GroupIndex, 16> named;
    while (!groups.empty()) {
      const auto some = groups.first(std::min(groups.size(), named.size()));
      groups = groups.subspan(some.size());
      std::size_t count = 0;
      for (const GroupIndex group : some) {
        const GroupIndex known = std::min(group, newer);
        named[count] = known;
        count += is_named[known];
      }
      for (std::size_t i = 0; i < count; ++i) take(table.by_group[named[i]]);
    }
  }

  bool holds_any_role(const UserView& user) const {
    const auto& reaches = t_->principals.group_reaches_role;
    return !user.roles.empty() || std::ranges::any_of(user.groups, [&](GroupIndex group) {
      return group < reaches.size() && reaches[group];
    });
  }

  void take_tenant(const PrincipalTable::TenantEntry& entry, const UserView& user) {
    const bool typed =
        (entry.guests->types & flag_of(user.type)) != 0 && user.type != UserType::internal_guest;
    if (!typed ||
        std::ranges::find(entry.guests->tenants, user.home_tenant) == entry.guests->tenants.end()) {
      return;
    }
    std::array<Word, row_chunk> words{};
    words[entry.bit / 64 % row_chunk] |= Word{1} << (entry.bit % 64);
    auto& side = entry.exclude ? excluded_ : included_;
    const std::size_t at = width == row_chunk ? 0 : entry.bit / 64 / row_chunk;
    side[at] = side[at] | Chunk(words.data());
  }

  // ---- the other conditions ----

  const Word* row(RowIndex index) const { return t_->rows.data() + index * size(); }
  const Word* row_of(ApplicationId application) const {
    return row(t_->by_application.find(application));
  }

  const Word* target_row() {
    const Target& target = s_->target;
    if (target.kind == TargetKind::user_action) {
      return row(t_->by_user_action[static_cast<std::size_t>(target.user_action)]);
    }
    if (target.kind == TargetKind::authentication_context) {
      return row(t_->by_context[target.authentication_context % t_->by_context.size()]);
    }
    const Word* first = row_of(target.applications.front());
    if (target.applications.size() == 1) return first;
    clear(target_, size());
    for (const auto application : target.applications) {
      const Word* next = row_of(application);
      for (std::size_t i = 0; i < size(); ++i) target_[i] |= next[i];
    }
    return target_.data();
  }

  // False when there is none for a fact that is unknown. Where no policy asks, the row of all.
  bool find_rows(const DeviceTable::Entry& device) {
    narrowing_ = {t_->all, t_->all, t_->all, t_->all};
    auto& [clients, risks, workload_risks, devices] = narrowing_;
    if (t_->clients.used) {
      clients =
          t_->clients.row_of(s_->device_platform, s_->client_app_type, s_->authentication_flow);
    }
    if (t_->risks.used) {
      risks = t_->risks.row_of(s_->sign_in_risk_level, s_->user_risk_level, s_->insider_risk_level);
    }
    if (t_->workload_risks.used) {
      workload_risks =
          t_->workload_risks.row_of(s_->service_principal_risk_level, s_->agent_id_risk_level);
    }
    if (t_->devices.used) devices = device.row;
    RowIndex found = clients | risks | workload_risks | devices;
    if (t_->locations.used) {
      by_set_ = set_of(s_->ip_address);
      by_place_ = place_of(s_->country, s_->compliant_network);
      found |= by_set_.include | by_place_.include;
    }
    return (found & no_row_mark) == 0;
  }

  LocationTable::Pair set_of(const Fact<IpAddress>& address) const {
    const auto& table = t_->locations;
    if (address.is_known()) return table.by_set[table.space.set_of(*address)];
    return address.is_unknown() ? table.by_set.back() : table.by_set.front();
  }

  LocationTable::Pair place_of(const Fact<Country>& country, const Fact<bool>& network) const {
    const auto at = country.is_known() ? country_index(*country)
                                       : country_count + std::size_t{country.is_unknown()};
    return t_->locations.by_place[at][network.is_unknown() ? 2 : std::size_t{network.is(true)}];
  }

  // All rows at once, a chunk at a time.
  void intersect() {
    const Word* target = target_row();
    for (std::size_t c = 0; c < chunks(); ++c) {
      const std::size_t at = c * row_chunk;
      Chunk chunk = included_[c].without(excluded_[c]) & Chunk(target + at);
      for (const RowIndex index : narrowing_) chunk = chunk & Chunk(row(index) + at);
      if (t_->locations.used) chunk = narrowed_by_location(chunk, at);
      chunk.store(policies_.data() + at);
    }
  }

  Chunk narrowed_by_location(Chunk chunk, std::size_t at) const {
    const auto side = [&](RowIndex by_set, RowIndex by_place) {
      return Chunk(row(by_set) + at) | Chunk(row(by_place) + at);
    };
    return (chunk & side(by_set_.include, by_place_.include))
        .without(side(by_set_.exclude, by_place_.exclude));
  }

  // ---- the few policies that a table cannot decide ----

  const CompiledPolicy& policy_at(std::size_t bit) const {
    return program_->compiled[program_->enforced[bit]];
  }

  bool holds(RowIndex index, std::size_t bit) const {
    return (row(index)[bit / 64] >> (bit % 64) & 1U) != 0;
  }

  bool test_special() {
    const bool device =
        t_->devices.used && t_->devices.special != t_->none && s_->device.is_known();
    const bool location = t_->locations.used && t_->locations.special != t_->none;
    if (!device && !location) return true;
    bool certain = true;
    each_bit(policies_, [&](std::size_t bit) {
      const CompiledPolicy& policy = policy_at(bit);
      const auto leave_out = [&] { policies_[bit / 64] &= ~(Word{1} << (bit % 64)); };
      if (device && holds(t_->devices.special, bit) &&
          test_devices(*policy.policy->conditions.devices, s_->device).match() == Match::no) {
        leave_out();
        return;
      }
      if (!location || !holds(t_->locations.special, bit)) return;
      const Match match = test_location(policy);
      if (match == Match::no) leave_out();
      // What the GPS country may still change is for the slow road to say.
      certain =
          certain && !(policy.uses_gps && (match == Match::unknown || match == Match::needs_gps));
    });
    return certain;
  }

  Match test_location(const CompiledPolicy& policy) const {
    const Memberships nobody;  // places do not ask for them
    Facts facts{*s_, nobody, {}, {}};
    if (s_->ip_address.is_known()) {
      const auto& space = t_->locations.space;
      facts.locations_of_address = space.locations_of(space.set_of(*s_->ip_address));
    }
    facts.in_trusted_location = match_trusted_locations(program_->policies, facts);
    return test_locations(policy.locations, program_->policies, facts).match();
  }

  const ProgramState* program_ = nullptr;
  const Tables* t_ = nullptr;
  const SignIn* s_ = nullptr;
  Chunks<width> included_, excluded_;  // by the user
  Words<width> policies_;
  Words<width> target_;
  std::array<RowIndex, 4> narrowing_;  // rows that a policy has to be in
  LocationTable::Pair by_set_, by_place_;
};

}  // namespace sallyport
