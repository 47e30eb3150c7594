#include "directory/named_location.h"

namespace sallyport {

std::optional<Country> parse_country(std::string_view text) {
  if (text.size() != 2) return std::nullopt;
  Country country;
  for (std::size_t i = 0; i < 2; ++i) {
    const char c = text[i];
    const bool small = c >= 'a' && c <= 'z';
    if (!small && (c < 'A' || c > 'Z')) return std::nullopt;
    country.letters[i] = small ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return country;
}

std::string to_string(Country country) { return {country.letters[0], country.letters[1]}; }

}  // namespace sallyport
