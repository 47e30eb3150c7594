// What a resource of the interface is: where it is found, what may be asked of it, and how its
// documents are stored. The tables of operations (operation.h) refer to these.
#pragma once

#include <span>
#include <string_view>

#include "api/failure.h"
#include "odata/schema.h"
#include "policy/schema.h"
#include "service/document_type.h"

namespace sallyport::api {

using Permissions = std::span<const std::string_view>;  // one of them is enough

// How many documents a list may have to go through.
enum class Size : bool {
  few,   // all are read, and any query is answered
  many,  // read in order of id, or by an index
};

struct Navigation;           // expand.h
struct ContainedNavigation;  // expand.h

struct Resource {
  std::string_view path;     // `/identity/conditionalAccess/policies`
  std::string_view context;  // in @odata.context: `identity/conditionalAccess/policies`
  std::string_view type;     // `microsoft.graph.conditionalAccessPolicy`
  std::string_view kind;     // in the store
  const odata::Schema* schema = nullptr;    // what queries may name
  const schema::Object* members = nullptr;  // its whole shape, where it is fixed
  const DocumentType* document = nullptr;   // how it is changed; null: it is not
  ErrorStyle error_style = ErrorStyle::conditional_access;
  Size size = Size::few;
  bool pages = true;                                    // takes $top, $skip and $count
  std::span<const Navigation> navigations = {};         // what $expand may name
  std::span<const ContainedNavigation> contained = {};  // likewise; not shown otherwise
  std::string_view alternate_key = {};  // an indexed member by which one can be named, too
};

}  // namespace sallyport::api
