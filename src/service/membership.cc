#include "service/membership.h"

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>

#include "base/json_edit.h"
#include "base/text.h"
#include "directory/read.h"
#include "service/audit.h"
#include "service/document_names.h"

namespace sallyport {
namespace {

using json::Value;

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

Error no_such(std::string_view what, std::string_view id) {
  return {ErrorKind::not_found,
          "there is no " + std::string(what) + " with the id `" + printable(id) + "`",
          {}};
}

bool is_in(std::span<const GroupIndex> groups, const std::set<GroupIndex>& wanted) {
  return std::ranges::any_of(groups, [&](GroupIndex one) { return wanted.contains(one); });
}

// The group and, transitively, all groups nested in it.
std::set<GroupIndex> groups_inside(const Directory& directory, GroupIndex outer, Reach reach) {
  std::set<GroupIndex> inside = {outer};
  if (reach == Reach::direct) return inside;
  for (bool grown = true; grown;) {
    grown = false;
    for (GroupIndex i = 0; i < directory.groups().size(); ++i) {
      if (inside.contains(i) || !is_in(directory.groups()[i].member_of, inside)) continue;
      inside.insert(i);
      grown = true;
    }
  }
  return inside;
}

void sort_by_id(std::vector<DirectoryObject>& objects) {
  std::ranges::sort(objects, {}, &DirectoryObject::id);
  objects.erase(std::unique(objects.begin(), objects.end()), objects.end());
}

// What a list of the document holds that the snapshot does not know of: devices and applications.
Result<void> add_others(Store& store, const json::Document& document, std::string_view list,
                        std::vector<DirectoryObject>& out) {
  const auto* items = document.root().find_ignoring_case(list);
  if (items == nullptr) return {};
  for (const auto& item : items->items()) {
    const auto* type = item.find_ignoring_case("@odata.type");
    if (type == nullptr) continue;
    auto word = type->text();
    if (word.starts_with('#')) word.remove_prefix(1);
    constexpr std::string_view space = "microsoft.graph.";
    if (word.starts_with(space)) word.remove_prefix(space.size());
    if (word != "device" && word != "servicePrincipal") continue;
    const auto id = store_id(id_of_reference(item));
    const auto there = store.get(word, id);
    if (there) out.push_back({std::string(word), id});
    if (!there && there.error().kind != ErrorKind::not_found) return failed(there.error());
  }
  return {};
}

std::shared_ptr<const TenantState> tenant_of(const DocumentReader& reader) {
  return reader.tenant();
}

Error not_loaded() { return {ErrorKind::unavailable, "the directory is still being loaded", {}}; }

Result<DirectoryObject> find_object(Draft& draft, std::string_view id) {
  for (const auto* kind : {"user", "group", "servicePrincipal", "device"}) {
    const auto found = draft.get(kind, store_id(id));
    if (found) return DirectoryObject{kind, found->id};
    if (found.error().kind != ErrorKind::not_found) return failed(found.error());
  }
  return failed(no_such("user, group, device or service principal", id));
}

Result<bool> exists(Store& store, std::string_view kind, const Guid& id) {
  const auto found = store.get(kind, to_string(id));
  if (!found && found.error().kind != ErrorKind::not_found) return failed(found.error());
  return found.has_value();
}

// The snapshot also has who was only named in a list, of whom it knows nothing but the id.
Result<bool> user_exists(Store& store, const UserView& user) {
  if (user.type_known || !user.name.empty()) return true;
  return exists(store, "user", user.id.guid);
}
Result<bool> group_exists(Store& store, const Group& group) {
  if (!group.display_name.empty()) return true;
  return exists(store, "group", group.id.guid);
}

// Which of the lists asked for, by number, a member of a group or the holder of a role is in.
struct Holders {
  std::unordered_map<GroupIndex, std::vector<std::size_t>> of_group;
  std::unordered_map<RoleIndex, std::vector<std::size_t>> of_role;

  template <class Groups, class Roles, class Visit>
  void each_list(const Groups& groups, const Roles& roles, Visit visit) const {
    for (const auto group : groups) {
      if (const auto found = of_group.find(group); found != of_group.end()) {
        for (const auto list : found->second) visit(list);
      }
    }
    for (const auto role : roles) {
      if (const auto found = of_role.find(role); found != of_role.end()) {
        for (const auto list : found->second) visit(list);
      }
    }
  }
};

constexpr auto everything = std::numeric_limits<std::size_t>::max();

// The smallest ids of many, each once.
class FirstIds {
 public:
  void add(const Guid& id, std::size_t count_max) {
    if (ids_.size() < count_max) {
      ids_.insert(id);
    } else if (const auto last = std::prev(ids_.end()); id < *last) {
      more_ = true;
      if (ids_.insert(id).second) ids_.erase(std::prev(ids_.end()));
    } else {
      more_ = more_ || *last < id;
    }
  }
  const std::set<Guid>& ids() const { return ids_; }
  bool more() const { return more_; }

 private:
  std::set<Guid> ids_;
  bool more_ = false;
};

void cut(FirstObjects& list, std::size_t count_max) {
  sort_by_id(list.objects);
  if (list.objects.size() <= count_max) return;
  list.objects.resize(count_max);
  list.more = true;
}

// One walk over all users and groups, for all lists.
Result<std::vector<FirstObjects>> collect(Store& store, const Directory& directory,
                                          const Holders& holders, std::size_t lists,
                                          std::size_t count_max) {
  std::vector<FirstIds> users(lists);
  std::optional<Error> problem;
  directory.each_user([&](const UserView& user) {
    std::optional<bool> there;  // asked at the first list
    holders.each_list(user.groups, user.roles, [&](std::size_t list) {
      if (!there) {
        const auto known = user_exists(store, user);
        if (!known) problem = known.error();
        there = known.value_or(false);
      }
      if (*there) users[list].add(user.id.guid, count_max);
    });
  });
  if (problem) return failed(*problem);
  std::vector<FirstObjects> found(lists);
  for (std::size_t i = 0; i < lists; ++i) {
    for (const auto& id : users[i].ids()) found[i].objects.push_back({"user", to_string(id)});
    found[i].more = users[i].more();
  }
  for (const auto& group : directory.groups()) {
    std::set<std::size_t> in;
    holders.each_list(group.member_of, group.roles, [&](std::size_t list) { in.insert(list); });
    if (in.empty()) continue;
    const auto there = group_exists(store, group);
    if (!there) return failed(there.error());
    for (const auto list : in) {
      if (*there) found[list].objects.push_back({"group", to_string(group.id)});
    }
  }
  for (auto& list : found) cut(list, count_max);
  return found;
}

bool names_container(const Value& item, const DocumentType& type, const Value& container) {
  if (type.kind == "group")
    return store_id(id_of_reference(item)) == store_id(id_of_reference(container));
  const auto* one = item.find_ignoring_case("roleTemplateId");
  const auto* other = container.find_ignoring_case("roleTemplateId");
  return one != nullptr && other != nullptr && store_id(one->text()) == store_id(other->text());
}

// Takes the group or role out of what the member's own document says. Whether it said so.
Result<bool> withdraw_own_statement(const ChangeContext& context, const DocumentType& type,
                                    Draft& draft, std::string_view member, const Value& container) {
  for (const auto* own : {&user_type, &group_type}) {
    const auto document = draft.get(own->kind, member);
    if (!document && document.error().kind == ErrorKind::not_found) continue;
    if (!document) return failed(document.error());
    const auto parsed = json::parse(document->json);
    if (!parsed) return failed(parsed.error());
    const auto* list = parsed->root().find_ignoring_case("memberOf");
    if (list == nullptr) return false;
    json::Arena arena;
    std::vector<Value> kept;
    for (const auto& item : list->items()) {
      if (!names_container(item, type, container)) kept.push_back(item);
    }
    if (kept.size() == list->items().size()) return false;
    std::vector<json::Member> members;
    for (const auto& one : parsed->root().members()) {
      const bool is_list = equal_ignoring_case(one.name, "memberOf");
      members.push_back({one.name, is_list ? arena.array(kept) : one.value, 0});
    }
    const auto now = arena.object(members);
    draft.write({document->kind, document->id, json::write(now), document->version});
    draft.audit(
        make_audit(context.caller, context.now,
                   {"Update " + std::string(own->noun), own->category, "Update", own->target_type,
                    document->id, display_name_of(now), &parsed->root(), &now}));
    return true;
  }
  return false;
}

}  // namespace

std::string_view id_of_reference(const Value& item) {
  if (item.is_string()) return item.text();
  const auto* id = item.find_ignoring_case("id");
  return id == nullptr ? std::string_view() : id->text();
}

Result<std::vector<FirstObjects>> first_members_of_groups(DocumentReader& reader,
                                                          std::span<const std::string> groups,
                                                          Reach reach, std::size_t count_max) {
  const auto tenant = tenant_of(reader);
  if (!tenant) return failed(not_loaded());
  const auto& directory = *tenant->directory;
  Holders holders;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto index = directory.find_group(GroupId::of(groups[i]));
    if (!index) continue;
    for (const auto inside : groups_inside(directory, *index, reach)) {
      holders.of_group[inside].push_back(i);
    }
  }
  auto found = collect(reader.store(), directory, holders, groups.size(), count_max);
  for (std::size_t i = 0; found && i < groups.size(); ++i) {
    const auto document = reader.store().get("group", store_id(groups[i]));
    if (!document && document.error().kind == ErrorKind::not_found) continue;
    if (!document) return failed(document.error());
    const auto parsed = json::parse(document->json);
    if (!parsed) return failed(parsed.error());
    std::vector<DirectoryObject> others;
    if (auto added = add_others(reader.store(), *parsed, "members", others); !added) {
      return failed(added.error());
    }
    // Never among its own, however its nested groups are nested.
    auto& objects = (*found)[i].objects;
    std::erase(objects, DirectoryObject{"group", store_id(groups[i])});
    objects.insert(objects.end(), others.begin(), others.end());
    cut((*found)[i], count_max);
  }
  return found;
}

Result<std::vector<FirstObjects>> first_members_of_roles(DocumentReader& reader,
                                                         std::span<const std::string> roles,
                                                         std::size_t count_max) {
  const auto tenant = tenant_of(reader);
  if (!tenant) return failed(not_loaded());
  const auto& directory = *tenant->directory;
  Holders holders;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const auto document = reader.store().get("directoryRole", store_id(roles[i]));
    if (!document && document.error().kind == ErrorKind::not_found) continue;
    if (!document) return failed(document.error());
    const auto parsed = json::parse(document->json);
    if (!parsed) return failed(parsed.error());
    const auto index = directory.find_role(read_directory_role(parsed->root()).value.id);
    if (index) holders.of_role[*index].push_back(i);
  }
  return collect(reader.store(), directory, holders, roles.size(), count_max);
}

Result<std::vector<DirectoryObject>> members_of_group(DocumentReader& reader,
                                                      std::string_view group, Reach reach) {
  const std::string id(group);
  if (const auto there = reader.store().get("group", store_id(id)); !there) {
    return failed(there.error());
  }
  auto found = first_members_of_groups(reader, {&id, 1}, reach, everything);
  if (!found) return failed(found.error());
  return std::move(found->front().objects);
}

Result<std::vector<DirectoryObject>> members_of_role(DocumentReader& reader,
                                                     std::string_view role) {
  const std::string id(role);
  if (const auto there = reader.store().get("directoryRole", store_id(id)); !there) {
    return failed(there.error());
  }
  auto found = first_members_of_roles(reader, {&id, 1}, everything);
  if (!found) return failed(found.error());
  return std::move(found->front().objects);
}

Result<std::vector<DirectoryObject>> memberships(DocumentReader& reader, const DirectoryObject& of,
                                                 Reach reach) {
  const auto tenant = tenant_of(reader);
  if (!tenant) return failed(not_loaded());
  const auto& directory = *tenant->directory;
  std::vector<GroupIndex> groups;
  std::set<RoleIndex> roles;
  if (of.kind == "user") {
    const auto user = directory.find_user(UserId::of(of.id));
    if (!user) return failed(no_such("user", of.id));
    groups.assign(user->groups.begin(), user->groups.end());
    roles.insert(user->roles.begin(), user->roles.end());
  } else {
    const auto group = directory.find_group(GroupId::of(of.id));
    if (!group) return failed(no_such("group", of.id));
    const auto& found = directory.groups()[*group];
    groups = found.member_of;
    roles.insert(found.roles.begin(), found.roles.end());
  }
  std::set<GroupIndex> seen(groups.begin(), groups.end());
  if (reach == Reach::transitive) {
    while (!groups.empty()) {
      const auto& group = directory.groups()[groups.back()];
      groups.pop_back();
      roles.insert(group.roles.begin(), group.roles.end());
      for (const auto outer : group.member_of) {
        if (seen.insert(outer).second) groups.push_back(outer);
      }
    }
  }
  std::vector<DirectoryObject> out;
  for (const auto group : seen) {
    const auto& one = directory.groups()[group];
    const auto there = group_exists(reader.store(), one);
    if (!there) return failed(there.error());
    if (*there) out.push_back({"group", to_string(one.id)});
  }
  for (const auto role : roles) {
    out.push_back({"directoryRole", to_string(directory.roles()[role].id)});
  }
  sort_by_id(out);
  return out;
}

Result<std::vector<DirectoryObject>> owners_of(DocumentReader& reader, std::string_view group) {
  const auto document = reader.store().get("group", store_id(group));
  if (!document) return failed(document.error());
  const auto parsed = json::parse(document->json);
  if (!parsed) return failed(parsed.error());
  std::vector<DirectoryObject> out;
  if (const auto* owners = parsed->root().find_ignoring_case("owners")) {
    for (const auto& item : owners->items()) {
      auto object = find_object(reader.store(), id_of_reference(item));
      if (object) out.push_back(std::move(*object));
    }
  }
  sort_by_id(out);
  return out;
}

Result<DirectoryObject> find_object(Store& store, std::string_view id) {
  for (const auto* kind : {"user", "group", "servicePrincipal", "device"}) {
    const auto found = store.get(kind, store_id(id));
    if (found) return DirectoryObject{kind, found->id};
    if (found.error().kind != ErrorKind::not_found) return failed(found.error());
  }
  return failed(no_such("user, group, device or service principal", id));
}

Result<void> add_to_list(const ChangeContext& context, const DocumentType& type,
                         std::string_view id, std::string_view list, std::string_view member,
                         std::optional<Version> seen) {
  const auto add = [&](const Value& before, Draft& draft, json::Arena& arena) -> Result<Value> {
    const auto object = find_object(draft, member);
    if (!object) return failed(object.error());
    const auto* items = before.find(list);
    std::vector<Value> out;
    if (items != nullptr) out.assign(items->items().begin(), items->items().end());
    const bool there = std::ranges::any_of(
        out, [&](const Value& item) { return store_id(id_of_reference(item)) == object->id; });
    if (there) {
      return fail(ErrorKind::invalid_argument, "`" + std::string(list) + "` holds this already");
    }
    if (object->kind == type.kind && object->id == store_id(id)) {
      return fail(ErrorKind::invalid_argument, "a group cannot be a member of itself");
    }
    // Who may change the inner group's members would give roles.
    const auto* holds_roles = before.find("isAssignableToRole");
    if (object->kind == "group" && list == "members" && holds_roles != nullptr &&
        holds_roles->truth()) {
      return fail(ErrorKind::invalid_argument,
                  "a group that can hold roles takes no groups as members");
    }
    const json::Member reference[] = {
        {"@odata.type", arena.string("#microsoft.graph." + object->kind), 0},
        {"id", arena.string(object->id), 0}};
    out.push_back(arena.object(reference));
    return json::with(before, list, arena.array(out), arena);
  };
  const auto done = edit_document(context, type, id, add, seen, Edits::memberships);
  if (!done) return failed(done.error());
  return {};
}

Result<void> remove_from_list(const ChangeContext& context, const DocumentType& type,
                              std::string_view id, std::string_view list, std::string_view member,
                              std::optional<Version> seen) {
  const auto wanted = store_id(member);
  const auto take = [&](const Value& before, Draft& draft, json::Arena& arena) -> Result<Value> {
    std::vector<Value> out;
    bool removed = false;
    if (const auto* items = before.find(list)) {
      for (const auto& item : items->items()) {
        if (store_id(id_of_reference(item)) == wanted) {
          removed = true;
        } else {
          out.push_back(item);
        }
      }
    }
    if (list == "members") {
      const auto stated = withdraw_own_statement(context, type, draft, wanted, before);
      if (!stated) return failed(stated.error());
      removed = removed || *stated;
    }
    if (!removed) return failed(no_such("member", member));
    return json::with(before, list, arena.array(out), arena);
  };
  const auto done = edit_document(context, type, id, take, seen, Edits::memberships);
  if (!done) return failed(done.error());
  return {};
}

}  // namespace sallyport
