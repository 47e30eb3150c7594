#include "service/kinds/shapes.h"

#include <algorithm>

#include "base/json_edit.h"
#include "base/text.h"

namespace sallyport::shapes {
namespace {

using json::Value;
using schema::Shape;

bool fits(const Value& value, Shape shape) {
  switch (shape) {
    case Shape::text: return value.is_string();
    case Shape::boolean: return value.is_boolean();
    case Shape::number: return value.integer().has_value();
    case Shape::ids:
    case Shape::objects: return value.is_array();
    case Shape::object: return value.is_object();
    default: return true;
  }
}

std::string_view words_of(Shape shape) {
  switch (shape) {
    case Shape::text: return "a text";
    case Shape::boolean: return "true or false";
    case Shape::number: return "a whole number";
    case Shape::ids:
    case Shape::objects: return "a list";
    default: return "an object";
  }
}

// The word as it is spelt; empty when it is none of these.
std::string_view spelt(std::string_view word, Words words) {
  const auto found = std::ranges::find_if(
      words, [&](std::string_view one) { return equal_ignoring_case(one, word); });
  return found == words.end() ? std::string_view() : *found;
}

tl::unexpected<Error> refuse_word(std::string_view name, std::string_view word, Words words) {
  std::string list;
  for (const auto one : words) list += (list.empty() ? "`" : ", `") + std::string(one) + "`";
  return refuse(
      "`" + printable(word) + "` is no word for `" + std::string(name) + "`; there are " + list,
      name);
}

}  // namespace

tl::unexpected<Error> refuse(std::string message, std::string_view member) {
  return fail(ErrorKind::invalid_argument, std::move(message),
              member.empty() ? std::string() : "/" + std::string(member));
}

Result<void> check_shapes(const Value& document, std::span<const schema::Member> members) {
  for (const auto& member : members) {
    const auto* value = document.find(member.name);
    if (value == nullptr || value->is_null() || fits(*value, member.shape)) continue;
    return refuse(
        "`" + std::string(member.name) + "` must be " + std::string(words_of(member.shape)),
        member.name);
  }
  return {};
}

Result<void> check_present(const Value& document, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    const auto* value = document.find(name);
    if (value == nullptr || trim(value->text()).empty()) {
      return refuse("`" + std::string(name) + "` is missing or empty", name);
    }
  }
  return {};
}

std::size_t characters_in(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

Result<void> check_length(const Value& document, std::string_view name,
                          std::size_t characters_max) {
  if (characters_in(text_of(document, name)) <= characters_max) return {};
  return refuse(
      "`" + std::string(name) + "` has at most " + std::to_string(characters_max) + " characters",
      name);
}

Result<Value> with_word(const Value& document, std::string_view name, Words words,
                        json::Arena& arena) {
  const auto* value = document.find(name);
  if (value == nullptr || value->is_null()) return document;
  const auto word = spelt(value->text(), words);
  if (word.empty()) return refuse_word(name, value->text(), words);
  return json::with(document, name, Value::string(word), arena);
}

Result<Value> with_flags(const Value& document, std::string_view name, Words words,
                         json::Arena& arena) {
  const auto* value = document.find(name);
  if (value == nullptr || value->is_null()) return document;
  std::string flags;
  auto rest = value->text();
  do {
    const auto end = rest.find(',');
    const auto word = spelt(trim(rest.substr(0, end)), words);
    if (word.empty()) return refuse_word(name, rest.substr(0, end), words);
    flags += (flags.empty() ? "" : ",") + std::string(word);
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  } while (!rest.empty());
  return json::with(document, name, arena.string(flags), arena);
}

Value with_default(const Value& document, std::string_view name, const Value& value,
                   json::Arena& arena) {
  const auto* found = document.find(name);
  if (found != nullptr && !found->is_null()) return document;
  return json::with(document, name, value, arena);
}

}  // namespace sallyport::shapes
