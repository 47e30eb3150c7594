// Members as most documents are read and written.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/json.h"

namespace sallyport::json {

// Empty when there is no such member; else what the value gives (Value::text, Value::items).
inline std::string_view text_of(const Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? std::string_view() : found->text();
}
inline std::span<const Value> list_of(const Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? std::span<const Value>() : found->items();
}

inline void write_texts(Writer& writer, std::string_view name, std::span<const std::string> texts) {
  writer.key(name);
  writer.begin_array();
  for (const auto& text : texts) writer.value(text);
  writer.end_array();
}

}  // namespace sallyport::json
