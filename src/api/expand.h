// `$expand`: beside a document, the objects it is related to.
//
//   /groups?$expand=members($select=id,displayName)
//
// As in Graph, the first 20 by id of each; where there are more, `members@odata.nextLink` leads to
// the list itself. Expanding needs the permission to read that list. Threads: free.
// Cost: of members, one walk over the users for all documents of a page.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/operation.h"
#include "odata/query.h"
#include "odata/select.h"
#include "service/membership.h"

namespace sallyport::api {

inline constexpr std::size_t expanded_max = 20;

// A relation of the documents of a resource.
struct Navigation {
  std::string_view name;  // `members`; also the path below the document, where there is one
  Permissions permissions;
  // Of each of these documents, in their order, the first `expanded_max`.
  Result<std::vector<FirstObjects>> (*objects)(DocumentReader& reader,
                                               std::span<const std::string> ids);
  bool single = false;  // one object, or null
};

// A list that is a member of the document itself, and is shown only where it is expanded. So are,
// inside its items, those that it contains: `$expand=a($expand=b)`.
struct ContainedNavigation {
  std::string_view name;
  std::string_view inside = {};
};

// For relations that are asked for document by document. `list` gives all objects of an id.
template <class List>
Result<std::vector<FirstObjects>> first_of_each(std::span<const std::string> ids,
                                                std::size_t count_max, List list) {
  std::vector<FirstObjects> out;
  for (const auto& id : ids) {
    Result<std::vector<DirectoryObject>> objects = list(id);
    if (!objects && objects.error().kind == ErrorKind::not_found) objects.emplace();
    if (!objects) return tl::unexpected<Error>(objects.error());
    FirstObjects first;
    first.more = objects->size() > count_max;
    if (first.more) objects->resize(count_max);
    first.objects = std::move(*objects);
    out.push_back(std::move(first));
  }
  return out;
}

// The document without what is shown only where it is expanded; the same when it has none.
json::Value without_contained(const json::Value& document, const Resource& resource,
                              json::Arena& arena);

class Expansion {
 public:
  // What the query wants expanded; refused are unknown names, other options than $select, and
  // callers that may not read it.
  [[nodiscard]] static OrFailure<Expansion> compile(const Call& call, const odata::Query& query);

  // Reads what belongs to these documents. Before append().
  [[nodiscard]] OrFailure<void> load(const Call& call, std::vector<std::string> ids);
  // Puts it into the entity of a document, the last thing in `out`. REQUIRES: it was loaded.
  [[nodiscard]] OrFailure<void> append(std::string& out, const Call& call,
                                       const ShownDocument& document) const;
  // What the context says of it, behind `select`'s: `(id,members())`.
  std::string context(const odata::Select& select) const;

 private:
  struct Part {
    const Navigation* navigation;
    odata::Select select;
    std::string options;  // for the link to the rest
    std::vector<FirstObjects> objects;
  };
  struct ContainedPart {
    const ContainedNavigation* navigation;
    bool with_inside = false;
  };
  static OrFailure<bool> add_contained(const Call& call, const odata::Expand& wanted,
                                       Expansion& out);
  static void append_contained(std::string& out, const ContainedPart& part,
                               const ShownDocument& document);
  OrFailure<void> append_part(std::string& out, const Call& call, const Part& part,
                              std::size_t index) const;
  std::vector<Part> parts_;
  std::vector<ContainedPart> contained_;
  std::vector<std::string> ids_;
};

}  // namespace sallyport::api
