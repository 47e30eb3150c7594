// The interface described in OpenAPI 3.1, and as a page for people; both written from the tables
// that route and check (operation.h, resource.h), so that they cannot say anything else.
// Threads: free.
#pragma once

#include <string>
#include <string_view>

namespace sallyport::api {

std::string openapi_document(std::string_view base);  // `https://host`
std::string openapi_page();  // HTML that needs nothing else: no scripts, nothing to load

}  // namespace sallyport::api
