#include "signin/object_reader.h"

namespace sallyport {
namespace {

bool is_annotation(std::string_view name) {
  return name.find('@') != std::string_view::npos || (!name.empty() && name.front() == '#');
}

}  // namespace

bool is_unknown(const json::Value& value) {
  return value.members().size() == 1 &&
         equal_ignoring_case(value.members().front().name, "unknown") &&
         value.members().front().value.truth();
}

ObjectReader::ObjectReader(const json::Value* value, const json::Pointer& where, Missing missing,
                           FirstError& error)
    : where_(where), missing_(missing), error_(error) {
  if (value == nullptr || value->is_null()) return;
  if (!value->is_object()) {
    error_.report(where_, "expected an object, not " + std::string(json::name_of(value->kind())));
    return;
  }
  members_ = value->members();
  taken_.resize(members_.size());
}

const json::Value* ObjectReader::take(std::string_view name) {
  const json::Value* found = nullptr;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!equal_ignoring_case(members_[i].name, name)) continue;
    taken_[i] = true;
    if (found != nullptr) {
      report(members_[i].name, "`" + std::string(name) + "` is given twice: say it once");
      return nullptr;
    }
    found = &members_[i].value;
  }
  return found;
}

Fact<bool> ObjectReader::flag_fact(std::string_view name) {
  const json::Value* value = take(name);
  if (value == nullptr) return left_out<bool>();
  if (value->is_null()) return Fact<bool>::absent();
  if (is_unknown(*value)) return Fact<bool>::unknown();
  if (value->is_boolean()) return Fact<bool>(value->truth());
  report(name, "expected true or false, not " + std::string(json::name_of(value->kind())));
  return Fact<bool>::unknown();
}

bool ObjectReader::flag(std::string_view name) {
  const json::Value* value = take(name);
  if (value == nullptr || value->is_null()) return false;
  if (!value->is_boolean()) {
    report(name, "expected true or false, not " + std::string(json::name_of(value->kind())));
  }
  return value->truth();
}

std::optional<std::string_view> ObjectReader::text(std::string_view name) {
  const json::Value* value = take(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_string()) {
    report(name, "expected a text, not " + std::string(json::name_of(value->kind())));
    return std::nullopt;
  }
  return value->text();
}

ObjectReader::Texts ObjectReader::texts(std::string_view name) {
  Texts texts;
  const json::Value* value = take(name);
  if (value == nullptr) return texts;
  texts.unknown = is_unknown(*value);
  texts.told = !texts.unknown;
  if (texts.unknown || value->is_null()) return texts;
  if (!value->is_array()) {
    report(name, "expected a list of texts, not " + std::string(json::name_of(value->kind())));
    return texts;
  }
  for (std::size_t i = 0; i < value->items().size(); ++i) {
    const json::Value& item = value->items()[i];
    if (item.is_string()) {
      texts.items.push_back(item.text());
      continue;
    }
    error_.report(where(name).item(i),
                  "expected a text, not " + std::string(json::name_of(item.kind())));
  }
  return texts;
}

void ObjectReader::refuse_rest() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (taken_[i] || is_annotation(members_[i].name)) continue;
    report(members_[i].name, "there is no member `" + printable(members_[i].name) + "` here");
    return;
  }
}

}  // namespace sallyport
