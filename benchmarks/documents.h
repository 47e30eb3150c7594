// The company of world.h as Graph documents, for whoever has to read them.
//
// A user's department stands in the user's `memberOf`, the other nine groups in their `members`; a
// device's object id is not its device id, as in a real tenant. Nothing is written that world.h
// does not hold, so what is read again decides as world.h decides.
#pragma once

#include <string>
#include <vector>

#include "benchmarks/world.h"

namespace sallyport::benchmarks {

std::string user_json(const Directory::Editor::User& user);
std::string device_json(const Device& device, std::uint32_t i);
std::string device_object_id(std::uint32_t i);
std::string policy_json(const Policy& policy);
std::string location_json(const NamedLocation& location);
std::string assignment_json(const Directory::Editor::User& user, RoleId role, std::uint32_t i);
std::string assignment_id(std::uint32_t i);
// `members`: numbers of users.
std::string group_json(std::uint32_t group, const std::vector<std::uint32_t>& members);
// Which users each group's document names.
std::vector<std::vector<std::uint32_t>> members_of_groups(const Size& size);

}  // namespace sallyport::benchmarks
