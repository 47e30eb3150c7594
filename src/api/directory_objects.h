// Objects of the directory wherever they are listed together: members, owners, memberships.
#pragma once

#include <span>

#include "api/operation.h"
#include "service/membership.h"

namespace sallyport::api {

// A collection of directoryObject; each says its type. Only those of the kind in a cast
// (`/microsoft.graph.group`), if the path has one.
Replied list_objects(const Call& call, const Result<std::vector<DirectoryObject>>& objects,
                     std::string_view only_kind = {});
Replied count_objects(const Call& call, const Result<std::vector<DirectoryObject>>& objects);

// The id in a body of `$ref`: {"@odata.id": "https://.../directoryObjects/{id}"}.
OrFailure<std::string> referenced_id(const Call& call);

}  // namespace sallyport::api
