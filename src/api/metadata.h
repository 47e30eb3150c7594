// `/$metadata`: what there is, as CSDL (OData 4.01, XML representation), written from the same
// tables that route. Members that are objects are Edm.Untyped: their shapes are in /openapi.json.
// Threads: free.
#pragma once

#include <string>

namespace sallyport::api {

std::string metadata_document();

}  // namespace sallyport::api
