// The letters of the rule language (spec, section 3.2). What a run of letters means depends on
// where it stands, so the parser asks for what it expects: a name, an operator, a value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

std::size_t count_code_points(std::string_view text);

// Views a text of at most 2^32 bytes, which must outlive it.
class FilterScanner {
 public:
  explicit FilterScanner(std::string_view text) : text_(text) {}

  struct Word {
    std::string_view text;  // without the hyphen
    bool hyphen = false;    // `-`, or one of the dashes that documents put in its place
    std::size_t end = 0;
  };

  void skip_blanks();
  bool at_end() const { return next_ == text_.size(); }
  std::size_t offset() const { return next_; }
  std::size_t column(std::size_t offset) const;  // from 1, in characters
  bool take(char c);
  Word peek_word() const;  // a hyphen if there is one, then letters, digits, `_`; both may be empty
  void skip(const Word& word) { next_ = word.end; }
  std::string_view take_name();   // letters, digits, `_` and `.`
  std::string_view take_loose();  // up to a blank, a quote, a comma, or a bracket of any kind
  // After the opening quote: the content without escapes, or none when the closing quote is
  // missing.
  std::optional<std::string> take_string();
  bool at_delimiter() const;  // the end, a blank, or one of `)],`
  std::string_view rest() const { return text_.substr(next_); }

 private:
  std::size_t blank_at(std::size_t i) const;  // its length in bytes, or 0
  std::size_t hyphen_at(std::size_t i) const;
  std::size_t letter_at(std::size_t i) const;
  std::string_view text_;
  std::size_t next_ = 0;
};

}  // namespace sallyport
