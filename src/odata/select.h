// `$select`: a document with only the members that were asked for.
//
// Kept besides them: `id`, and `@odata.*` members of every object that is written. A path may go
// into objects and lists of objects (`conditions/users`); `*` is everything.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "odata/schema.h"

namespace sallyport::odata {

class Select {
 public:
  // `where` of an error is `$select`. No paths: everything.
  [[nodiscard]] static Result<Select> compile(std::span<const std::string> paths,
                                              const Schema& schema);

  // A member that is written besides what was selected; the name must outlive this.
  void keep(std::string_view name) { root_.members.push_back({name, true, {}}); }

  void write(json::Writer& out, const json::Value& document) const;
  // "(id,displayName)" for the `@odata.context`; empty when everything is written.
  std::string context() const;

 private:
  struct Node {
    std::string_view name;
    bool whole = false;
    std::vector<Node> members;
  };
  static void write(json::Writer& out, const json::Value& value, const Node& node);
  static void write_members(json::Writer& out, const json::Value& object, const Node& node,
                            bool with_id);
  Node root_;
  std::vector<std::string> paths_;
};

}  // namespace sallyport::odata
