#include "odata/query_text.h"

#include <cstdint>

#include "base/text.h"
#include "odata/query.h"

namespace sallyport::odata {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t k) -> std::uint32_t {
      return k < text.size() ? static_cast<unsigned char>(text[k]) : 0;
    };
    const std::uint32_t first = byte(i);
    const std::size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if ((first >= 0x80 && first < 0xc2) || first > 0xf4) return false;
    std::uint32_t c = more == 0 ? first : first & (0x3fU >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      if ((byte(i + k) & 0xc0U) != 0x80) return false;
      c = c << 6U | (byte(i + k) & 0x3fU);
    }
    const bool surrogate = c >= 0xd800 && c < 0xe000;
    if (surrogate || c > 0x10ffff || (more == 2 && c < 0x800) || (more == 3 && c < 0x10000)) {
      return false;
    }
    i += more + 1;
  }
  return true;
}

void append_option(std::string& out, std::string_view separator, std::string_view name,
                   std::string_view value) {
  if (!out.empty()) out += separator;
  out += name;
  out += '=';
  out += value;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ",") + name;
  return out;
}

std::string expand_text(const std::vector<Expand>& items);

// Every option but the tokens and $format, each as name and text.
template <class Add>
void each_option(const Query& query, Add add) {
  if (query.filter) add("$filter", *query.filter);
  if (query.search) add("$search", *query.search);
  if (!query.select.empty()) add("$select", joined(query.select));
  if (!query.expand.empty()) add("$expand", expand_text(query.expand));
  if (!query.order_by.empty()) {
    std::string keys;
    for (const auto& key : query.order_by) {
      keys += (keys.empty() ? "" : ",") + key.path + (key.descending ? " desc" : "");
    }
    add("$orderby", keys);
  }
  if (query.count) add("$count", "true");
  if (query.top) add("$top", std::to_string(*query.top));
}

std::string expand_text(const std::vector<Expand>& items) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += ',';
    out += item.path;
    std::string options;
    const auto add = [&](std::string_view name, std::string_view value) {
      append_option(options, ";", name, value);
    };
    each_option(item.options, add);
    if (item.options.skip) add("$skip", std::to_string(*item.options.skip));
    if (!options.empty()) out += "(" + options + ")";
  }
  return out;
}

}  // namespace

Result<std::string> decode_parameter(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return fail(ErrorKind::invalid_argument, "`" + printable(text.substr(i, 3)) +
                                                   "` is no percent-encoding; write %25 for `%`");
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (!is_utf8(out)) return fail(ErrorKind::invalid_argument, "the text is not UTF-8");
  return out;
}

std::optional<std::vector<std::string_view>> split_outside(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  std::size_t brackets = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\' && quote == '"') {
        ++i;
      } else if (c == quote) {
        quote = 0;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(') {
      ++brackets;
    } else if (c == ')') {
      if (brackets == 0) return std::nullopt;
      --brackets;
    } else if (c == separator && brackets == 0) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  if (quote != 0 || brackets != 0) return std::nullopt;
  parts.push_back(text.substr(start));
  return parts;
}

// Only what cannot stand in the value of a parameter (RFC 3986, section 3.4) is encoded.
std::string encode_parameter(std::string_view text, bool is_name) {
  static constexpr char digits[] = "0123456789ABCDEF";
  constexpr std::string_view plain = "-._~!$'()*,;:@/?";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') {
      out += '+';
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               plain.find(c) != std::string_view::npos || (c == '=' && !is_name)) {
      out += c;
    } else {
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

std::string next_query(const Query& query, std::string_view skip_token) {
  std::string out;
  const auto add = [&](std::string_view name, std::string_view value) {
    append_option(out, "&", encode_parameter(name, true), encode_parameter(value, false));
  };
  each_option(query, add);
  if (query.format) add("$format", *query.format);
  for (const auto& [name, value] : query.others) add(name, value);
  add("$skiptoken", skip_token);
  return out;
}

}  // namespace sallyport::odata
