// The letters of the filter language: words, texts in quotes, and values without quotes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "odata/filter_node.h"

namespace sallyport::odata {

tl::unexpected<Error> filter_error(std::size_t offset, std::string message,
                                   ErrorKind kind = ErrorKind::invalid_argument);
std::string in_backticks(std::string_view text);

// Views a text that must outlive it.
class FilterScanner {
 public:
  explicit FilterScanner(std::string_view text) : text_(text) {}

  void skip_blanks();
  bool at_end() const { return next_ == text_.size(); }
  std::size_t offset() const { return next_; }
  std::string_view rest() const { return text_.substr(next_); }
  bool at(char c) const { return !at_end() && text_[next_] == c; }
  bool take(char c);  // after blanks
  // Letters, digits, `_`, `.`, `$`, and anything beyond ASCII; empty when there is none.
  std::string_view peek_word() const;
  // The word, when it is this one in any letter case.
  bool take_word(std::string_view word);
  void skip(std::size_t length) { next_ += length; }
  // At a quote: the content, `''` being one quote; none when the closing quote is missing.
  std::optional<std::string> take_quoted();

 private:
  std::string_view text_;
  std::size_t next_ = 0;
};

struct ValueToken {
  enum class Form : unsigned char { null, boolean, number, guid, instant, text };
  Form form = Form::null;
  std::string text;  // the content of a text, the spelling of others
  std::size_t offset = 0;
};

// Whether a value stands here, and not a path or a function.
bool value_begins(const FilterScanner& scan);
[[nodiscard]] Result<ValueToken> take_value(FilterScanner& scan);
// The value as the property at the left of `node` takes it; `name` is how the filter names that.
[[nodiscard]] Result<Literal> as_literal(const ValueToken& token, const FilterNode& node,
                                         std::string_view name);

}  // namespace sallyport::odata
