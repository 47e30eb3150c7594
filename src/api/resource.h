// What a resource of the interface is: where it is found, what may be done with it, and how its
// documents are stored. The tables of operations (operation.h) refer to these.
#pragma once

#include <span>
#include <string_view>

#include "api/failure.h"
#include "policy/schema.h"
#include "service/document_type.h"

namespace sallyport::api {

using Permissions = std::span<const std::string_view>;  // one of them is enough

struct Resource {
  std::string_view path;     // `/identity/conditionalAccess/policies`
  std::string_view context;  // in @odata.context: `identity/conditionalAccess/policies`
  std::string_view type;     // `microsoft.graph.conditionalAccessPolicy`
  std::string_view kind;     // in the store
  const DocumentType* document = nullptr;  // how it is changed; null: it is not
  const schema::Object* members = nullptr;
  ErrorStyle error_style = ErrorStyle::conditional_access;
};

extern const Resource policies;
extern const Resource named_locations;

}  // namespace sallyport::api
