// The answers that most resources give alike: one document, and what becomes of one that is
// created, changed or deleted; and what all answers are made of.
#pragma once

#include <string>
#include <string_view>

#include "api/operation.h"
#include "odata/select.h"
#include "service/change_document.h"
#include "service/read_document.h"

namespace sallyport::api {

Replied get_document(const Call& call);
Replied create_document(const Call& call);
Replied update_document(const Call& call);
Replied delete_document(const Call& call);

std::string etag_of(Version version);
std::string context_url(const Call& call, std::string_view context);
// The document's members behind @odata.context (unless `context` is empty) and @odata.etag.
void append_entity(std::string& out, const Call& call, std::string_view context,
                   const ShownDocument& shown, const odata::Select* select);
// An answer that was made otherwise, without words the caller did not ask for (enum_words.h).
std::string shown_words(const Call& call, std::string text);
// One document as an entity, `context` being what follows `$metadata#`.
Replied entity(const Call& call, const ShownDocument& shown, std::string_view context);
// What was written, as an entity of the call's resource.
Replied written(const Call& call, const Result<VersionedDocument>& stored, int status);

ChangeContext change_context(const Call& call);
// What callers are told of an error, and of one in a query option.
tl::unexpected<Failure> failed(const Call& call, const Error& error);
tl::unexpected<Failure> failed_query(const Call& call, const Error& error);

}  // namespace sallyport::api
