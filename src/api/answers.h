// The answers that most resources give alike: a list, one document, and what becomes of one that is
// created, changed or deleted.
#pragma once

#include <string>
#include <string_view>

#include "api/operation.h"
#include "service/change_document.h"
#include "service/read_document.h"

namespace sallyport::api {

Replied list_documents(const Call& call);
Replied get_document(const Call& call);
Replied create_document(const Call& call);
Replied update_document(const Call& call);
Replied delete_document(const Call& call);

std::string etag_of(Version version);
// One document as an entity, `context` being what follows `$metadata#`.
Reply entity(const Call& call, const ShownDocument& shown, std::string_view context, int status);
// What change_document.h needs to know of the request.
ChangeContext change_context(const Call& call);
Failure failure_of(const Call& call, const Error& error);

}  // namespace sallyport::api
