#include "odata/filter_scan.h"

#include <algorithm>

#include "base/id.h"
#include "base/text.h"

namespace sallyport::odata {
namespace {

using Form = ValueToken::Form;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '.'; }
// What numbers, GUIDs and instants are made of.
bool is_bare(char c) { return is_word(c) || c == '-' || c == '+' || c == ':'; }

template <class Test>
std::string_view run(std::string_view text, Test test) {
  const auto end = std::find_if_not(text.begin(), text.end(), test);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

bool looks_like_instant(std::string_view text) {
  return text.size() >= 8 && is_digit(text[0]) && is_digit(text[3]) && text[4] == '-';
}

std::string instant_hint(std::string_view text) {
  const auto t = text.find_first_of("Tt");
  if (t == std::string_view::npos) return "";
  const bool has_offset = text.find_first_of("Zz+-", t) != std::string_view::npos;
  return has_offset ? "" : "; a time needs `Z` or an offset, and `+` is %2B in a URL";
}

Result<ValueToken> quoted_value(FilterScanner& scan, std::size_t offset) {
  auto text = scan.take_quoted();
  if (!text) return filter_error(offset, "the text that begins here has no closing quote");
  return ValueToken{Form::text, std::move(*text), offset};
}

// `microsoft.graph.riskLevel'high'` is OData's long form of an enumeration's word.
Result<ValueToken> prefixed_value(FilterScanner& scan, std::string_view prefix,
                                  std::size_t offset) {
  if (prefix.find('.') == std::string_view::npos) {
    return filter_error(offset, in_backticks(std::string(prefix) + "'...'") +
                                    " is no value of OData 4: leave out " + in_backticks(prefix) +
                                    ", and the quotes of a GUID or of a date and time");
  }
  scan.skip(prefix.size());
  return quoted_value(scan, offset);
}

}  // namespace

tl::unexpected<Error> filter_error(std::size_t offset, std::string message, ErrorKind kind) {
  return fail(kind, std::move(message), "$filter, column " + std::to_string(offset + 1));
}

std::string in_backticks(std::string_view text) { return "`" + printable(text) + "`"; }

void FilterScanner::skip_blanks() {
  while (at(' ') || at('\t') || at('\n') || at('\r')) ++next_;
}

bool FilterScanner::take(char c) {
  skip_blanks();
  if (!at(c)) return false;
  ++next_;
  return true;
}

std::string_view FilterScanner::peek_word() const {
  return at_end() || !is_letter(text_[next_]) ? std::string_view() : run(rest(), is_word);
}

bool FilterScanner::take_word(std::string_view word) {
  skip_blanks();
  if (!equal_ignoring_case(peek_word(), word)) return false;
  next_ += word.size();
  return true;
}

std::optional<std::string> FilterScanner::take_quoted() {
  std::string content;
  for (std::size_t i = next_ + 1; i < text_.size(); ++i) {
    if (text_[i] != '\'') {
      content += text_[i];
    } else if (i + 1 < text_.size() && text_[i + 1] == '\'') {
      content += '\'';
      ++i;
    } else {
      next_ = i + 1;
      return content;
    }
  }
  return std::nullopt;
}

bool value_begins(const FilterScanner& scan) {
  if (scan.at_end()) return false;
  const auto rest = scan.rest();
  if (rest[0] == '\'' || rest[0] == '-' || is_digit(rest[0])) return true;
  if (parse_guid(run(rest, is_bare))) return true;
  const auto word = scan.peek_word();
  const char after = word.size() < rest.size() ? rest[word.size()] : ' ';
  if (!word.empty() && after == '\'') return true;
  if (after == '/' || after == '(') return false;
  return equal_ignoring_case(word, "null") || equal_ignoring_case(word, "true") ||
         equal_ignoring_case(word, "false");
}

Result<ValueToken> take_value(FilterScanner& scan) {
  scan.skip_blanks();
  const auto offset = scan.offset();
  if (scan.at_end()) return filter_error(offset, "the filter ends where a value is expected");
  if (scan.at('\'')) return quoted_value(scan, offset);
  if (scan.at('"')) return filter_error(offset, "texts stand in single quotes: 'like this'");
  const auto word = scan.peek_word();
  if (!word.empty() && scan.rest().substr(word.size()).starts_with('\'')) {
    return prefixed_value(scan, word, offset);
  }
  const auto bare = run(scan.rest(), is_bare);
  if (bare.empty()) {
    return filter_error(offset,
                        "expected a value, found " + in_backticks(scan.rest().substr(0, 20)));
  }
  ValueToken token{Form::null, std::string(bare), offset};
  scan.skip(bare.size());
  if (equal_ignoring_case(bare, "null")) return token;
  if (equal_ignoring_case(bare, "true") || equal_ignoring_case(bare, "false")) {
    token.form = Form::boolean;
    token.text = to_lower(bare);
  } else if (parse_guid(bare)) {
    token.form = Form::guid;
  } else if (looks_like_instant(bare)) {
    if (bare.size() > bare_length_max || !parse_instant(bare)) {
      return filter_error(offset, in_backticks(bare) +
                                      " is not a date or a date and time such as "
                                      "2026-08-20T09:15:30Z" +
                                      instant_hint(bare));
    }
    token.form = Form::instant;
  } else if (is_digit(bare[0]) || bare[0] == '-') {
    if (!parse_number(bare)) {
      return filter_error(offset, in_backticks(bare) + " is not a number, or is out of range");
    }
    token.form = Form::number;
  } else {
    return filter_error(
        offset, "expected a value; a text stands in single quotes: '" + printable(bare) + "'");
  }
  return token;
}

namespace {

// What a value of this kind looks like, for a message.
std::string_view example_of(PropertyKind kind) {
  switch (kind) {
    case PropertyKind::boolean: return "`true` or `false`";
    case PropertyKind::number: return "a number such as 3, without quotes";
    case PropertyKind::date_time:
      return "a date or a date and time without quotes, such as 2026-08-20T09:15:30Z";
    case PropertyKind::guid: return "a GUID, or a text in single quotes";
    case PropertyKind::complex: return "`null` only";
    default: return "a text in single quotes";
  }
}

bool fits(Form form, PropertyKind kind) {
  switch (kind) {
    case PropertyKind::boolean: return form == Form::boolean;
    case PropertyKind::number: return form == Form::number;
    case PropertyKind::date_time: return form == Form::instant;
    case PropertyKind::guid: return form == Form::text || form == Form::guid;
    case PropertyKind::complex: return false;
    default: return form == Form::text;
  }
}

Result<void> check_word(const ValueToken& token, const Property& property, std::string_view name) {
  if (property.words.empty()) return {};
  std::string words;
  for (const auto word : property.words) {
    if (equal_ignoring_case(word, token.text)) return {};
    words += (words.empty() ? "" : ", ") + in_backticks(word);
  }
  return filter_error(token.offset, in_backticks(name) + " is never " + in_backticks(token.text) +
                                        "; it is one of " + words);
}

}  // namespace

Result<Literal> as_literal(const ValueToken& token, const FilterNode& node, std::string_view name) {
  const auto kind = node.value_kind();
  Literal literal;
  if (token.form == Form::null) return literal;
  if (!fits(token.form, kind)) {
    return filter_error(token.offset,
                        in_backticks(name) + " is compared with " + std::string(example_of(kind)));
  }
  if (kind == PropertyKind::enumeration) {
    if (auto known = check_word(token, *node.path.property, name); !known) {
      return tl::unexpected<Error>(std::move(known.error()));
    }
  }
  literal.text = token.text;
  literal.value.null = false;
  if (kind == PropertyKind::boolean) literal.value.truth = token.text == "true";
  if (kind == PropertyKind::number) literal.value.number = *parse_number(token.text);
  if (kind == PropertyKind::date_time) literal.value.instant = *parse_instant(token.text);
  return literal;
}

}  // namespace sallyport::odata
