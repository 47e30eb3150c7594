#include "base/json_edit.h"

#include <algorithm>
#include <vector>

namespace sallyport::json {
namespace {

std::string_view type_of(const Value& object) {
  const auto* type = object.find("@odata.type");
  auto text = type == nullptr ? std::string_view() : type->text();
  if (text.starts_with('#')) text.remove_prefix(1);  // both spellings are in use
  return text;
}

bool of_different_types(const Value& a, const Value& b) {
  const auto one = type_of(a);
  const auto other = type_of(b);
  return !one.empty() && !other.empty() && one != other;
}

}  // namespace

Value with(const Value& object, std::string_view name, const Value& value, Arena& arena) {
  std::vector<Member> members(object.members().begin(), object.members().end());
  const auto found = std::ranges::find(members, name, &Member::name);
  if (found != members.end()) {
    found->value = value;
  } else {
    members.push_back({arena.copy(name), value, 0});
  }
  return arena.object(members);
}

Value without(const Value& object, std::string_view name, Arena& arena) {
  std::vector<Member> members;
  for (const auto& member : object.members()) {
    if (member.name != name) members.push_back(member);
  }
  return arena.object(members);
}

Value merged(const Value& target, const Value& patch, std::span<const std::string_view> whole,
             Arena& arena) {
  if (!target.is_object() || !patch.is_object() || of_different_types(target, patch)) return patch;
  std::vector<Member> members(target.members().begin(), target.members().end());
  for (const auto& change : patch.members()) {
    const auto found = std::ranges::find(members, change.name, &Member::name);
    if (found == members.end()) {
      members.push_back(change);
    } else if (std::ranges::find(whole, change.name) != whole.end()) {
      found->value = change.value;
    } else {
      found->value = merged(found->value, change.value, whole, arena);
    }
  }
  return arena.object(members);
}

}  // namespace sallyport::json
