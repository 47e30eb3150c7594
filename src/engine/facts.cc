#include "engine/facts.h"

namespace sallyport {

void Memberships::walk(const Directory& directory, const UserView& user) {
  const auto all_groups = directory.groups();
  groups.reset(all_groups.size());
  roles.reset(directory.roles().size());
  queue.clear();
  any_role = false;
  const auto take_role = [&](RoleIndex role) {
    roles.insert(role);
    any_role = true;
  };
  for (const RoleIndex role : user.roles) take_role(role);
  for (const GroupIndex group : user.groups) {
    if (group < all_groups.size() && groups.insert(group)) queue.push_back(group);
  }
  // The queue only grows, and each group enters it once: a cycle ends where it began.
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const Group& group = all_groups[queue[i]];
    for (const RoleIndex role : group.roles) take_role(role);
    for (const GroupIndex outer : group.member_of) {
      if (groups.insert(outer)) queue.push_back(outer);
    }
  }
  any_group = !queue.empty();
}

}  // namespace sallyport
