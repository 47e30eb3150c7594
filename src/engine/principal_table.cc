#include "engine/principal_table.h"

#include <algorithm>
#include <map>

#include "engine/facts.h"

namespace sallyport {
namespace {

// By chunk; small.
using Draft = std::map<std::uint32_t, PrincipalOp>;

PrincipalOp& op_of(Draft& draft, std::uint32_t chunk) {
  auto& op = draft[chunk];
  op.chunk = chunk;
  return op;
}

void add(Draft& draft, std::size_t bit, bool exclude) {
  auto& op = op_of(draft, static_cast<std::uint32_t>(bit / 64 / row_chunk));
  (exclude ? op.exclude : op.include)[bit / 64 % row_chunk] |= Word{1} << (bit % 64);
}

void merge(Draft& into, const Draft& from) {
  for (const auto& [chunk, added] : from) {
    auto& op = op_of(into, chunk);
    for (std::size_t i = 0; i < row_chunk; ++i) {
      op.include[i] |= added.include[i];
      op.exclude[i] |= added.exclude[i];
    }
  }
}

class PrincipalTableMaker {
 public:
  PrincipalTableMaker(const Directory& directory, std::size_t width)
      : directory_(directory), width_(width) {
    groups_.resize(directory.groups().size());
    roles_.resize(directory.roles().size());
  }

  void add_policy(const CompiledPolicy& policy, std::size_t bit) {
    if (policy.users.condition == nullptr) return;
    const auto& include = policy.users.include;
    const bool unknown_type = std::ranges::any_of(
        include.lists->guests, [](const auto& guests) { return guests.unknown_type; });
    if (policy.users.condition->include_all || include.lists->unknown || unknown_type) {
      add(everybody_, bit, false);
    }
    add_side(include, bit, false);
    add_side(policy.users.exclude, bit, true);
  }

  PrincipalTable finish() {
    spread_over_nested_groups();
    for (const auto& draft : groups_) {
      t_.by_group.push_back(store(draft));
      t_.named_groups.push_back(draft.empty() ? 0 : 1);
    }
    t_.named_groups.push_back(0);
    for (const auto& draft : roles_) t_.by_role.push_back(store(draft));
    t_.by_user = IdMap<UserId, OpRange>(users_.size(), {});
    for (const auto& [user, draft] : users_) t_.by_user.insert(user, store(draft));
    t_.any_role = store(any_role_);
    make_kinds();
    return std::move(t_);
  }

 private:
  void add_side(const CompiledPrincipals& side, std::size_t bit, bool exclude) {
    for (const UserId user : side.lists->users) add(users_[user], bit, exclude);
    for (const GroupIndex group : side.groups) add(groups_[group], bit, exclude);
    for (const RoleIndex role : side.roles) add(roles_[role], bit, exclude);
    if (side.lists->all_groups) add(any_group_, bit, exclude);
    if (side.lists->all_roles) add(any_role_, bit, exclude);
    if (side.lists->all_agent_users) add(agent_user_, bit, exclude);
    for (const auto& guests : side.lists->guests) add_guests(guests, bit, exclude);
  }

  void add_guests(const GuestsOrExternalUsers& guests, std::size_t bit, bool exclude) {
    for (std::size_t i = 0; i < types_.size(); ++i) {
      const auto type = static_cast<UserType>(i);
      if ((guests.types & flag_of(type)) == 0) continue;
      if (guests.all_tenants || type == UserType::internal_guest) add(types_[i], bit, exclude);
    }
    if (!guests.all_tenants) {
      t_.by_tenant.push_back({&guests, static_cast<std::uint32_t>(bit), exclude});
    }
  }

  // A group's members get what the groups around it give, and the roles it holds.
  void spread_over_nested_groups() {
    const auto groups = directory_.groups();
    std::vector<std::vector<GroupIndex>> inside(groups.size());  // directly nested in it
    for (GroupIndex i = 0; i < groups.size(); ++i) {
      for (const GroupIndex outer : groups[i].member_of) inside[outer].push_back(i);
    }
    const auto own = [&] {
      auto drafts = groups_;
      for (GroupIndex i = 0; i < groups.size(); ++i) {
        for (const RoleIndex role : groups[i].roles) merge(drafts[i], roles_[role]);
      }
      return drafts;
    }();
    t_.group_reaches_role.assign(groups.size(), false);
    Marks seen;
    std::vector<GroupIndex> queue;
    for (GroupIndex i = 0; i < groups.size(); ++i) {
      const bool has_role = !groups[i].roles.empty();
      if (own[i].empty() && !has_role) continue;
      seen.reset(groups.size());
      seen.insert(i);
      queue.assign(1, i);
      for (std::size_t at = 0; at < queue.size(); ++at) {
        const GroupIndex inner = queue[at];
        merge(groups_[inner], own[i]);
        if (has_role) t_.group_reaches_role[inner] = true;
        for (const GroupIndex next : inside[inner]) {
          if (seen.insert(next)) queue.push_back(next);
        }
      }
    }
  }

  void make_kinds() {
    t_.by_kind.assign(PrincipalTable::kind_count * 2 * width_, 0);
    for (std::size_t type = 0; type < types_.size(); ++type) {
      for (const bool any_group : {false, true}) {
        for (const bool agent_user : {false, true}) {
          Draft draft = everybody_;
          merge(draft, types_[type]);
          if (any_group) merge(draft, any_group_);
          if (agent_user) merge(draft, agent_user_);
          const auto kind =
              PrincipalTable::kind_of(static_cast<UserType>(type), any_group, agent_user);
          Word* rows = t_.by_kind.data() + kind * 2 * width_;
          for (const auto& [chunk, op] : draft) {
            std::ranges::copy(op.include, rows + chunk * row_chunk);
            std::ranges::copy(op.exclude, rows + width_ + chunk * row_chunk);
          }
        }
      }
    }
  }

  OpRange store(const Draft& draft) {
    const auto begin = static_cast<std::uint32_t>(t_.ops.size());
    for (const auto& [chunk, op] : draft) t_.ops.push_back(op);
    return {begin, static_cast<std::uint32_t>(t_.ops.size())};
  }

  const Directory& directory_;
  std::size_t width_;
  PrincipalTable t_;
  std::map<UserId, Draft> users_;
  std::vector<Draft> groups_, roles_;
  Draft everybody_, any_group_, any_role_, agent_user_;
  std::array<Draft, 7> types_;
};

}  // namespace

PrincipalTable make_principal_table(const std::vector<CompiledPolicy>& compiled,
                                    const std::vector<std::uint32_t>& enforced,
                                    const Directory& directory, std::size_t width) {
  PrincipalTableMaker maker(directory, width);
  for (std::size_t bit = 0; bit < enforced.size(); ++bit) {
    maker.add_policy(compiled[enforced[bit]], bit);
  }
  return maker.finish();
}

}  // namespace sallyport
