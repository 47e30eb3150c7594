// The lists of directory objects inside other directory objects: `members` and `memberOf`.
#pragma once

#include <vector>

#include "directory/member_reader.h"
#include "directory/read.h"

namespace sallyport {

// A user, group or something else: {"@odata.type", "id"}, or an id alone.
Principal read_principal(const json::Value& value);
std::vector<Principal> read_principals(MemberReader& reader, std::string_view name);

// `memberOf`: groups, and directory roles by their template. Administrative units are not
// memberships that policies know.
void read_member_of(MemberReader& reader, std::vector<GroupId>& groups, std::vector<RoleId>& roles);

}  // namespace sallyport
