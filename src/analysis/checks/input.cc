#include "analysis/checks/input.h"

#include <algorithm>

#include "analysis/checks/catalogue.h"
#include "base/text.h"

namespace sallyport {
namespace {

// Where a pointer leads, or as far as it does; `reached` tells which.
const json::Value& follow(const json::Value& root, std::string_view pointer, bool& reached) {
  const json::Value* at = &root;
  reached = true;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    const auto name = pointer.substr(0, end);
    pointer.remove_prefix(end);
    const json::Value* next = nullptr;
    if (at->is_array()) {
      std::size_t index = 0;
      for (const char c : name) index = index * 10 + static_cast<std::size_t>(c - '0');
      if (index < at->items().size()) next = &at->items()[index];
    } else {
      next = at->find_ignoring_case(name);
    }
    if (next == nullptr) {
      reached = false;
      break;
    }
    at = next;
  }
  return *at;
}

// A line of JSON lines or of a list begins somewhere in its file.
void place(CheckFinding& finding, const CheckedDocument& document, std::string pointer) {
  bool reached = false;
  const auto& value = follow(document.document.root(), pointer, reached);
  const auto position = document.document.position(value);
  const auto& source = *document.source;
  finding.file = source.file;
  finding.line = source.line + position.line - 1;
  finding.column = position.line == 1 ? source.column + position.column - 1 : position.column;
  finding.pointer = std::move(pointer);
}

}  // namespace

const json::Value* CheckedDocument::find(std::string_view pointer) const {
  bool reached = false;
  const auto& value = follow(document.root(), pointer, reached);
  return reached && !value.is_null() ? &value : nullptr;
}

std::vector<std::string_view> CheckedPolicy::texts(std::string_view pointer) const {
  std::vector<std::string_view> list;
  const auto* value = at(pointer);
  if (value == nullptr) return list;
  if (value->is_string()) list.push_back(value->text());
  for (const auto& item : value->items()) list.push_back(item.text());
  return list;
}

const NamedLocation* CheckInput::find_location(LocationId id) const {
  const auto& all = tenant.policy_set.named_locations;
  const auto found = std::ranges::find(all, id, &NamedLocation::id);
  return found == all.end() ? nullptr : &*found;
}

std::string CheckInput::label(std::string_view id) const {
  for (const auto& group : groups) {
    if (!group.name.empty() && group.id == guid_of_text(id)) return quoted(group.name);
  }
  return quoted(tenant.names.label(id));
}

std::string CheckInput::label(const Guid& id) const { return label(to_string(id)); }

CheckFinding& FindingList::add(std::string_view check, std::string message) {
  const auto* row = find_check(check);
  auto& finding = into_.emplace_back();
  finding.id = std::string(check);
  if (row != nullptr) {
    finding.severity = row->severity;
    finding.title = std::string(row->name);
    finding.fix = std::string(row->fix);
  }
  finding.message = std::move(message);
  return finding;
}

CheckFinding& FindingList::add(std::string_view check, const CheckedPolicy& policy,
                               std::string_view pointer, std::string message) {
  auto& finding = add(check, std::move(message));
  finding.policies.push_back(policy.named());
  place(finding, policy, policy.prefix + std::string(pointer));
  return finding;
}

CheckFinding& FindingList::add(std::string_view check, const CheckedDocument& document,
                               std::string_view pointer, std::string message) {
  auto& finding = add(check, std::move(message));
  finding.policies.push_back({document.source->id, document.source->display_name});
  place(finding, document, std::string(pointer));
  return finding;
}

Severity milder(Severity severity) {
  switch (severity) {
    case Severity::critical: return Severity::high;
    case Severity::error: return Severity::medium;
    case Severity::high: return Severity::medium;
    case Severity::medium: return Severity::low;
    case Severity::low:
    case Severity::info: return Severity::info;
  }
  return severity;
}

std::string quoted(std::string_view text) { return '`' + printable(text) + '`'; }

std::string list_of(const std::vector<std::string>& texts, std::size_t shown_max) {
  std::string list;
  const auto shown = texts.size() <= shown_max ? texts.size() : shown_max;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == texts.size();
    list += (i == 0 ? "" : last ? " and " : ", ") + texts[i];
  }
  if (texts.size() > shown) list += " and " + std::to_string(texts.size() - shown) + " more";
  return list;
}

}  // namespace sallyport
