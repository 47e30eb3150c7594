#include "odata/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sallyport::odata {
namespace {

std::weak_ordering compare_mixed(std::int64_t whole, double real) {
  constexpr double beyond = 9223372036854775808.0;  // 2^63
  if (real >= beyond) return std::weak_ordering::less;
  if (real < -beyond) return std::weak_ordering::greater;
  const auto truncated = static_cast<std::int64_t>(real);
  if (whole != truncated) return whole <=> truncated;
  const double fraction = real - static_cast<double>(truncated);
  if (fraction > 0) return std::weak_ordering::less;
  return fraction < 0 ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

constexpr std::array<std::array<char, 256>, 3> make_letters() {
  std::array<std::array<char, 256>, 3> table{};
  for (std::size_t i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    table[0][i] = c;
    table[1][i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    table[2][i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return table;
}
constexpr auto letters_table = make_letters();

const std::array<char, 256>& table_of(Letters letters) {
  return letters_table[static_cast<std::size_t>(letters)];
}

}  // namespace

std::weak_ordering operator<=>(const Number& a, const Number& b) {
  if (a.whole && b.whole) return a.integer <=> b.integer;
  if (a.whole) return compare_mixed(a.integer, b.real);
  if (b.whole) return 0 <=> compare_mixed(b.integer, a.real);
  if (a.real < b.real) return std::weak_ordering::less;
  return a.real > b.real ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

std::optional<Number> parse_number(std::string_view text) {
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  if (text.size() > bare_length_max || digits.empty() || digits[0] < '0' || digits[0] > '9') {
    return std::nullopt;
  }
  const char* end = text.data() + text.size();
  Number number;
  if (const auto read = std::from_chars(text.data(), end, number.integer);
      read.ec == std::errc() && read.ptr == end) {
    return number;
  }
  number.whole = false;
  number.integer = 0;
  const auto read = std::from_chars(text.data(), end, number.real);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

std::weak_ordering compare_texts(std::string_view a, Letters a_letters, std::string_view b,
                                 Letters b_letters) {
  const auto& at = table_of(a_letters);
  const auto& bt = table_of(b_letters);
  const std::size_t shared = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < shared; ++i) {
    const auto x = static_cast<unsigned char>(at[static_cast<unsigned char>(a[i])]);
    const auto y = static_cast<unsigned char>(bt[static_cast<unsigned char>(b[i])]);
    if (x != y) return x <=> y;
  }
  return a.size() <=> b.size();
}

bool equal_texts(std::string_view a, Letters a_letters, std::string_view b, Letters b_letters) {
  if (a.size() != b.size()) return false;
  const auto& at = table_of(a_letters);
  const auto& bt = table_of(b_letters);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (at[static_cast<unsigned char>(a[i])] != bt[static_cast<unsigned char>(b[i])]) return false;
  }
  return true;
}

bool contains_text(std::string_view text, Letters letters, std::string_view part,
                   Letters part_letters) {
  if (part.empty()) return true;
  const auto& table = table_of(letters);
  const char first = table_of(part_letters)[static_cast<unsigned char>(part[0])];
  for (std::size_t i = 0; i + part.size() <= text.size(); ++i) {
    if (table[static_cast<unsigned char>(text[i])] == first &&
        equal_texts(text.substr(i, part.size()), letters, part, part_letters)) {
      return true;
    }
  }
  return false;
}

bool is_text(PropertyKind kind) {
  return kind == PropertyKind::string || kind == PropertyKind::string_case_sensitive ||
         kind == PropertyKind::guid || kind == PropertyKind::enumeration;
}

Letters letters_of(PropertyKind kind) {
  return is_text(kind) && kind != PropertyKind::string_case_sensitive ? Letters::lower
                                                                      : Letters::as_is;
}

Scalar read_scalar(const json::Value* value, PropertyKind kind) {
  Scalar scalar;
  if (value == nullptr) return scalar;
  switch (kind) {
    case PropertyKind::boolean:
      scalar.null = !value->is_boolean();
      scalar.truth = value->truth();
      break;
    case PropertyKind::number:
      if (!value->is_number()) break;
      if (const auto number = parse_number(value->text())) {
        scalar.null = false;
        scalar.number = *number;
      }
      break;
    case PropertyKind::date_time:
      if (!value->is_string() || value->text().size() > bare_length_max) break;
      if (const auto instant = parse_instant(value->text())) {
        scalar.null = false;
        scalar.instant = *instant;
      }
      break;
    case PropertyKind::complex: scalar.null = !value->is_object(); break;
    default:
      scalar.null = !value->is_string();
      scalar.text = scalar.null ? std::string_view() : value->text();
  }
  return scalar;
}

const json::Value* find_member(const json::Value& document, std::string_view path) {
  const json::Value* value = &document;
  while (value != nullptr && !path.empty()) {
    const auto slash = path.find('/');
    value = value->find(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return value;
}

std::weak_ordering compare(const Scalar& a, const Scalar& b, PropertyKind kind) {
  if (a.null || b.null) return b.null <=> a.null;
  switch (kind) {
    case PropertyKind::boolean: return a.truth <=> b.truth;
    case PropertyKind::number: return a.number <=> b.number;
    case PropertyKind::date_time: return a.instant <=> b.instant;
    case PropertyKind::complex: return std::weak_ordering::equivalent;
    default: return compare_texts(a.text, letters_of(kind), b.text, letters_of(kind));
  }
}

}  // namespace sallyport::odata
