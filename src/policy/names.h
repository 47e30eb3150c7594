// Names for ids, for tables people read: users, groups, roles, applications, locations, strengths.
// Threads: any number may read and copy. Cost: users and groups are looked up in the directory, not
// copied; a copy shares the names until one is added to it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/id.h"
#include "directory/directory.h"

namespace sallyport {

class Names {
 public:
  void add(std::string_view id, std::string_view name);
  // An id that is no GUID, as a document writes it: what to call it when nothing names it.
  void add_spelling(std::string_view id);
  void add(const Names& other);  // a name that is known stays
  void set_directory(std::shared_ptr<const Directory> directory);

  // Empty when the id has no name. Words such as `All` have none: they are their own.
  std::string find(std::string_view id) const;
  std::string find(const Guid& guid) const;
  // The name, or the id itself.
  std::string label(std::string_view id) const;

 private:
  using Map = std::unordered_map<Guid, std::string, GuidHash>;
  static Map& own(std::shared_ptr<Map>& map);
  // Neither is changed while it is shared.
  std::shared_ptr<Map> names_ = std::make_shared<Map>();
  std::shared_ptr<Map> spellings_ = std::make_shared<Map>();
  std::shared_ptr<const Directory> directory_;
};

}  // namespace sallyport
