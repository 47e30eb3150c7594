// Changes of an object's members that know whether anything is another in the end. Internal to
// managed_devices/.
#pragma once

#include <string_view>

#include "base/json_edit.h"

namespace sallyport {

class MemberEdits {
 public:
  MemberEdits(const json::Value& object, json::Arena& arena) : value_(object), arena_(arena) {}

  // Null where nothing is, and nothing, are the same.
  void set(std::string_view name, const json::Value& value) {
    const auto* found = value_.find(name);
    if (found == nullptr ? value.is_null() : *found == value) return;
    value_ = json::with(value_, name, value, arena_);
    changed_ = true;
  }
  void set(std::string_view name, std::string_view text) { set(name, arena_.string(text)); }
  void set(std::string_view name, const char* text) { set(name, std::string_view(text)); }
  void set(std::string_view name, bool flag) { set(name, json::Value::boolean(flag)); }
  void fill(std::string_view name, const json::Value& value) {
    if (value_.find(name) == nullptr) set(name, value);
  }
  std::string_view text(std::string_view name) const {
    const auto* found = value_.find(name);
    return found == nullptr ? std::string_view() : found->text();
  }
  const json::Value& value() const { return value_; }
  bool changed() const { return changed_; }

 private:
  json::Value value_;
  json::Arena& arena_;
  bool changed_ = false;
};

}  // namespace sallyport
