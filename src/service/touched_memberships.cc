#include "service/touched_memberships.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "service/document_names.h"
#include "service/membership.h"

namespace sallyport {
namespace {

using json::Value;

std::set<std::string> ids_in(const Value& document, std::string_view list) {
  std::set<std::string> ids;
  const auto* items = document.find_ignoring_case(list);
  if (items == nullptr) return ids;
  for (const auto& item : items->items()) ids.insert(store_id(id_of_reference(item)));
  return ids;
}

// What one has and the other has not.
std::vector<std::string> differing(const Value& before, const Value& after, std::string_view list) {
  const auto was = ids_in(before, list);
  const auto is = ids_in(after, list);
  std::vector<std::string> out;
  std::ranges::set_symmetric_difference(was, is, std::back_inserter(out));
  return out;
}

std::vector<Membership> touched_by(const Write& write, const Value& before, const Value& after) {
  std::vector<Membership> touched;
  for (auto& group : differing(before, after, "memberOf")) {
    touched.push_back({std::move(group), write.id});
  }
  for (auto& member : differing(before, after, "members")) {
    touched.push_back({write.id, std::move(member)});
  }
  return touched;
}

std::vector<Membership> all_of(const Directory& directory, const std::string& user) {
  std::vector<Membership> held;
  const auto found = directory.find_user(UserId::of(user));
  if (!found) return held;
  for (const auto group : found->groups) {
    held.push_back({to_string(directory.groups()[group].id), user});
  }
  return held;
}

std::string written(const std::vector<Membership>& touched) {
  if (touched.empty()) return {};
  std::string text;
  json::Writer w(text);
  w.begin_array();
  for (const auto& one : touched) {
    w.begin_array();
    w.value(Value::string(one.group));
    w.value(Value::string(one.member));
    w.end_array();
  }
  w.end_array();
  return text;
}

}  // namespace

void note_memberships(Store& store, const Directory* directory, std::span<Write> writes) {
  for (auto& write : writes) {
    const bool is_user = write.kind == "user";
    if (!is_user && write.kind != "group") continue;
    if (!write.json) {
      if (is_user && directory != nullptr) write.note = written(all_of(*directory, write.id));
      continue;
    }
    const bool is_new = write.expected == Version{0};
    if (is_new && !is_user) continue;
    std::string was = "{}";
    if (!is_new) {
      if (auto stored = store.get(write.kind, write.id)) was = std::move(stored->json);
    }
    const auto before = json::parse(was);
    const auto after = json::parse(*write.json);
    // A document that cannot be read states no membership.
    if (before && after) write.note = written(touched_by(write, before->root(), after->root()));
  }
}

std::vector<Membership> touched_memberships(const Change& change) {
  std::vector<Membership> touched;
  const auto parsed = json::parse(change.note);
  if (!parsed) return touched;
  for (const auto& pair : parsed->root().items()) {
    if (pair.items().size() != 2) continue;
    touched.push_back({std::string(pair.items()[0].text()), std::string(pair.items()[1].text())});
  }
  return touched;
}

Result<bool> is_member(DocumentReader& reader, const Membership& membership) {
  const auto tenant = reader.tenant();
  if (!tenant) {
    return fail(ErrorKind::unavailable, "the directory is still being loaded");
  }
  const auto& directory = *tenant->directory;
  const auto group = directory.find_group(GroupId::of(membership.group));
  if (!group) return false;
  const auto user = directory.find_user(UserId::of(membership.member));
  if (user && std::ranges::find(user->groups, *group) != user->groups.end()) return true;
  const auto nested = directory.find_group(GroupId::of(membership.member));
  if (nested) {
    const auto& outer = directory.groups()[*nested].member_of;
    if (std::ranges::find(outer, *group) != outer.end()) return true;
  }
  if (user || nested) return false;
  // A device or an application: the snapshot does not know of them as members.
  const auto document = reader.store().get("group", membership.group);
  if (!document) {
    if (document.error().kind == ErrorKind::not_found) return false;
    return tl::unexpected<Error>(document.error());
  }
  const auto parsed = json::parse(document->json);
  return parsed && ids_in(parsed->root(), "members").contains(membership.member);
}

}  // namespace sallyport
