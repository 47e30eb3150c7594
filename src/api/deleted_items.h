// What was deleted and can be brought back for 30 days (spec, section 8.4). The resource's kind is
// the one deleted documents wait under, its document type the one they had.
#pragma once

#include "api/operation.h"

namespace sallyport::api {

Replied list_deleted(const Call& call);
Replied get_deleted(const Call& call);
Replied restore_deleted(const Call& call);
Replied delete_deleted(const Call& call);

}  // namespace sallyport::api
