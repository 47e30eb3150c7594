#include "directory/member_reader.h"

#include <algorithm>

#include "base/text.h"

namespace sallyport {
namespace {

bool is_annotation(std::string_view name) {
  return name.starts_with('#') || name.find('@') != std::string_view::npos;
}

// Where the PowerShell module of Graph keeps what its own types have no member for, such as the
// ranges of a location.
bool is_bag(const json::Member& member) {
  return member.value.is_object() && equal_ignoring_case(member.name, "AdditionalProperties");
}

std::string quoted(std::string_view text) { return '`' + printable(text) + '`'; }

}  // namespace

std::string_view short_type(std::string_view odata_type) {
  if (odata_type.starts_with('#')) odata_type.remove_prefix(1);
  constexpr std::string_view space = "microsoft.graph.";
  if (odata_type.starts_with(space)) odata_type.remove_prefix(space.size());
  return odata_type;
}

MemberReader::MemberReader(const json::Value& object, Dialect dialect,
                           std::vector<Finding>& findings, const json::Pointer& at)
    : object_(object), dialect_(dialect), findings_(findings), at_(at) {
  asked_.reserve(16);
  if (!object.is_object()) {
    report(Severity::error, shape_code,
           "expected an object, not " + std::string(json::name_of(object.kind())));
  }
}

const json::Member* MemberReader::member(std::string_view name) const {
  const json::Member* found = nullptr;
  const json::Value* bag = nullptr;
  for (const auto& member : object_.members()) {
    if (member.name == name) return &member;
    if (strict()) continue;
    if (is_bag(member)) bag = &member.value;
    if (found == nullptr && member.name.size() == name.size() &&
        equal_ignoring_case(member.name, name)) {
      found = &member;
    }
  }
  if (found != nullptr || bag == nullptr) return found;
  const auto in_bag = std::ranges::find_if(bag->members(), [&](const json::Member& member) {
    return equal_ignoring_case(member.name, name);
  });
  return in_bag == bag->members().end() ? nullptr : &*in_bag;
}

const json::Value* MemberReader::find(std::string_view name) {
  asked_.push_back(name);
  const auto* found = member(name);
  return found == nullptr || found->value.is_null() ? nullptr : &found->value;
}

const json::Value* MemberReader::find(std::string_view name, json::Kind kind) {
  const auto* value = find(name);
  if (value == nullptr || value->kind() == kind) return value;
  report(Severity::error, shape_code,
         quoted(name) + " must be " + std::string(json::name_of(kind)) + ", not " +
             std::string(json::name_of(value->kind())),
         name);
  return nullptr;
}

std::string_view MemberReader::text(std::string_view name) {
  const auto* value = find(name, json::Kind::string);
  return value == nullptr ? std::string_view() : value->text();
}

std::optional<bool> MemberReader::boolean(std::string_view name) {
  const auto* value = find(name, json::Kind::boolean);
  if (value == nullptr) return std::nullopt;
  return value->truth();
}

std::span<const json::Value> MemberReader::list(std::string_view name) {
  const auto* value = find(name, json::Kind::array);
  if (value == nullptr) return {};
  return value->items();
}

void MemberReader::pass(std::initializer_list<std::string_view> names) {
  asked_.insert(asked_.end(), names);
}

void MemberReader::finish() {
  for (const auto& member : object_.members()) {
    if (is_annotation(member.name) || (!strict() && is_bag(member))) continue;
    const bool known = std::any_of(asked_.begin(), asked_.end(), [&](std::string_view name) {
      return strict() ? name == member.name : equal_ignoring_case(name, member.name);
    });
    if (known) continue;
    add(refused(), shape_code,
        "unknown member " + quoted(member.name) +
            (strict() ? "; remove it or correct its spelling" : " is ignored"),
        at_.member(member.name), member.offset);
  }
}

void MemberReader::report(Severity severity, std::string_view code, std::string message) {
  add(severity, code, std::move(message), at_, object_.offset());
}

void MemberReader::report(Severity severity, std::string_view code, std::string message,
                          std::string_view name) {
  const auto* found = member(name);
  if (found == nullptr) return report(severity, code, std::move(message));
  add(severity, code, std::move(message), at_.member(found->name), found->value.offset());
}

void MemberReader::report(Severity severity, std::string_view code, std::string message,
                          std::string_view name, std::size_t item, const json::Value& value) {
  const auto* found = member(name);
  const auto list = at_.member(found == nullptr ? name : found->name);
  add(severity, code, std::move(message), list.item(item), value.offset());
}

void MemberReader::add(Severity severity, std::string_view code, std::string message,
                       const json::Pointer& pointer, std::uint32_t offset) {
  Finding finding;
  finding.severity = severity;
  finding.code = code;
  finding.message = std::move(message);
  finding.pointer = pointer.text();
  finding.offset = offset;
  findings_.push_back(std::move(finding));
}

bool read_enabled(MemberReader& reader) {
  return !reader.has("accountEnabled") || reader.boolean("accountEnabled").value_or(false);
}

}  // namespace sallyport
