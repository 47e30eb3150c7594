#include "policy/names.h"

#include <utility>

#include "directory/well_known.h"

namespace sallyport {

Names::Map& Names::own(std::shared_ptr<Map>& map) {
  if (map.use_count() > 1) map = std::make_shared<Map>(*map);
  return *map;
}

void Names::add(std::string_view id, std::string_view name) {
  if (!name.empty()) own(names_).try_emplace(guid_of_text(id), name);
}

void Names::add(const Names& other) {
  const auto join = [](std::shared_ptr<Map>& mine, const Map& theirs) {
    if (!theirs.empty()) own(mine).insert(theirs.begin(), theirs.end());
  };
  join(names_, *other.names_);
  join(spellings_, *other.spellings_);
}

void Names::add_spelling(std::string_view id) {
  if (!parse_guid(id)) own(spellings_).try_emplace(guid_of_text(id), id);
}

void Names::set_directory(std::shared_ptr<const Directory> directory) {
  directory_ = std::move(directory);
}

std::string Names::find(const Guid& guid) const {
  if (const auto known = names_->find(guid); known != names_->end()) return known->second;
  if (directory_ != nullptr) {
    if (const auto user = directory_->find_user(UserId{guid}); user && !user->name.empty()) {
      return std::string(user->name);
    }
    if (const auto group = directory_->find_group(GroupId{guid})) {
      const auto& name = directory_->groups()[*group].display_name;
      if (!name.empty()) return name;
    }
    if (const auto role = directory_->find_role(RoleId{guid})) {
      const auto& name = directory_->roles()[*role].display_name;
      if (!name.empty()) return name;
    }
    const auto* principal = directory_->find_service_principal(ServicePrincipalId{guid});
    if (principal == nullptr) {
      principal = directory_->find_service_principal_by_app(ApplicationId{guid});
    }
    if (principal != nullptr && !principal->display_name.empty()) return principal->display_name;
  }
  if (const auto spelt = spellings_->find(guid); spelt != spellings_->end()) return spelt->second;
  return std::string(well_known_name(to_string(guid)));
}

std::string Names::find(std::string_view id) const { return find(guid_of_text(id)); }

std::string Names::label(std::string_view id) const {
  auto name = find(id);
  return name.empty() ? std::string(id) : name;
}

}  // namespace sallyport
