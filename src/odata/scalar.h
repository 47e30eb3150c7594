// A single JSON value, read as the kind of its property says. Filters and orders compare these.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/instant.h"
#include "base/json.h"
#include "odata/schema.h"

namespace sallyport::odata {

// Exact: a whole number that fits 64 bits keeps all its digits, anything else is the nearest
// double. Ordered as real numbers, so that 9007199254740993 is more than 9007199254740992.0.
struct Number {
  bool whole = true;
  std::int64_t integer = 0;
  double real = 0;
  friend std::weak_ordering operator<=>(const Number& a, const Number& b);
  friend bool operator==(const Number& a, const Number& b) { return (a <=> b) == 0; }
};

inline constexpr std::size_t bare_length_max = 64;  // of a number or an instant; longer is none
std::optional<Number> parse_number(std::string_view text);  // as JSON writes one, in range

// What is done to letters before texts are compared.
enum class Letters : std::uint8_t { as_is, lower, upper };
std::weak_ordering compare_texts(std::string_view a, Letters a_letters, std::string_view b,
                                 Letters b_letters);
bool equal_texts(std::string_view a, Letters a_letters, std::string_view b, Letters b_letters);
bool contains_text(std::string_view text, Letters letters, std::string_view part,
                   Letters part_letters);
bool is_text(PropertyKind kind);  // strings, GUIDs and enumerations
// How the texts of this kind are compared; as_is for kinds without letters.
Letters letters_of(PropertyKind kind);

struct Scalar {
  bool null = true;
  bool truth = false;
  std::string_view text;  // of texts
  Number number;
  Instant instant{};
};

// Null when there is no value, it is null, or it is not of that kind. Views the value.
Scalar read_scalar(const json::Value* value, PropertyKind kind);

// The value at a path of member names joined by `/`; null when it is not there.
const json::Value* find_member(const json::Value& document, std::string_view path);

// Null comes first. A complex value has no order: two that are not null are equal.
std::weak_ordering compare(const Scalar& a, const Scalar& b, PropertyKind kind);

}  // namespace sallyport::odata
