// Objects of the directory wherever they are listed together: members, owners, memberships.
#pragma once

#include <optional>
#include <span>

#include "api/operation.h"
#include "service/membership.h"

namespace sallyport::api {

// A collection of directoryObject; each says its type. Only those of the kind in a cast
// (`/microsoft.graph.group`), if the path has one.
Replied list_objects(const Call& call, const Result<std::vector<DirectoryObject>>& objects,
                     std::string_view only_kind = {});
Replied count_objects(const Call& call, const Result<std::vector<DirectoryObject>>& objects);

// The object with its type; nothing when it has gone in the meantime.
[[nodiscard]] Result<std::optional<DocumentReader::Shown>> shown_object(
    const Call& call, const DirectoryObject& object);
const odata::Schema& directory_object_schema();

// The id in a body of `$ref`: {"@odata.id": "https://.../directoryObjects/{id}"}.
OrFailure<std::string> referenced_id(const Call& call);

}  // namespace sallyport::api
