// Grammar:
//
//   or     = and { "OR" and }
//   and    = factor { [ "AND" ] factor }
//   factor = "(" or ")" | clause
//   clause = '"' [ property ":" ] text '"'        \" and \\ stand for themselves
#include "odata/search.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "odata/scalar.h"

namespace sallyport::odata {
namespace {

bool is_searchable(const Property& property) { return property.searchable; }

// The words of a text, one after the other. Bytes beyond ASCII are small letters.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}
  // The next word, and all that follows it; empty at the end.
  std::string_view next() {
    while (next_ < text_.size() && kind(next_) == Kind::other) ++next_;
    const auto start = next_;
    if (next_ < text_.size()) ++next_;
    while (next_ < text_.size() && kind(next_) != Kind::other && !begins(next_)) ++next_;
    return text_.substr(start, next_ - start);
  }
  std::size_t end() const { return next_; }

 private:
  enum class Kind { other, digit, small, capital };
  Kind kind(std::size_t i) const {
    const char c = text_[i];
    if (c >= '0' && c <= '9') return Kind::digit;
    if (c >= 'A' && c <= 'Z') return Kind::capital;
    if ((c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80) return Kind::small;
    return Kind::other;
  }
  // REQUIRES: neither is `other`
  bool begins(std::size_t i) const {
    const auto before = kind(i - 1);
    const auto here = kind(i);
    if (before == here) return false;
    return before == Kind::digit || here == Kind::digit || before == Kind::small;
  }
  std::string_view text_;
  std::size_t next_ = 0;
};

// A wanted word may run over several of the text: `onevid` finds `OneVideo`.
bool has_word(std::string_view text, std::string_view wanted) {
  Words words(text);
  for (auto word = words.next(); !word.empty(); word = words.next()) {
    const auto start = words.end() - word.size();
    if (equal_texts(text.substr(start, wanted.size()), Letters::lower, wanted, Letters::as_is)) {
      return true;
    }
  }
  return false;
}

bool has_words(const json::Value& value, std::span<const std::string> words) {
  const auto text = value.text();
  return value.is_string() && std::all_of(words.begin(), words.end(),
                                          [&](const auto& word) { return has_word(text, word); });
}

bool holds(const SearchNode& node, const json::Value& document) {
  const auto child_holds = [&](const SearchNode& child) { return holds(child, document); };
  switch (node.kind) {
    case SearchNode::Kind::both:
      return std::all_of(node.children.begin(), node.children.end(), child_holds);
    case SearchNode::Kind::either:
      return std::any_of(node.children.begin(), node.children.end(), child_holds);
    case SearchNode::Kind::clause: break;
  }
  for (const auto* property : node.properties) {
    const auto* value = find_member(document, property->path);
    if (value == nullptr) continue;
    if (has_words(*value, node.words)) return true;
    for (const auto& item : value->items()) {
      if (has_words(item, node.words)) return true;
    }
  }
  return false;
}

class Parser {
 public:
  Parser(std::string_view text, const Schema& schema) : text_(text), schema_(schema) {}

  Result<SearchNode> search() {
    auto root = alternatives(0);
    if (root && !at_end()) return error("expected `AND`, `OR` or a text in double quotes");
    return root;
  }

 private:
  using Kind = SearchNode::Kind;
  Result<SearchNode> alternatives(int depth) {
    return joined(Kind::either, depth, [this] { return take("OR"); });
  }
  Result<SearchNode> conjunction(int depth) {
    return joined(Kind::both, depth, [this] {
      return take("AND") || (!at_end() && (text_[next_] == '"' || text_[next_] == '('));
    });
  }
  template <class More>
  Result<SearchNode> joined(Kind kind, int depth, More more) {
    SearchNode node;
    node.kind = kind;
    do {
      auto child = kind == Kind::either ? conjunction(depth) : factor(depth);
      if (!child) return child;
      node.children.push_back(std::move(*child));
    } while (more());
    if (node.children.size() > 1) return node;
    return SearchNode(std::move(node.children.front()));
  }
  Result<SearchNode> factor(int depth);
  Result<SearchNode> clause();
  Result<void> name(std::string_view written, std::size_t offset, SearchNode& node) const;

  bool at_end() {
    while (next_ < text_.size() && text_[next_] == ' ') ++next_;
    return next_ == text_.size();
  }
  bool take(std::string_view word) {
    if (at_end() || !text_.substr(next_).starts_with(word)) return false;
    next_ += word.size();
    return true;
  }
  static tl::unexpected<Error> error_at(std::size_t offset, std::string message,
                                        ErrorKind kind = ErrorKind::invalid_argument) {
    return fail(kind, std::move(message), "$search, column " + std::to_string(offset + 1));
  }
  tl::unexpected<Error> error(std::string expected) {
    if (at_end()) return error_at(next_, "the search ends too early: " + expected);
    return error_at(next_, expected + ", found `" + printable(text_.substr(next_, 20)) + "`");
  }

  std::string_view text_;
  const Schema& schema_;
  std::size_t next_ = 0;
  std::size_t clauses_ = 0;
};

Result<SearchNode> Parser::factor(int depth) {
  if (!take("(")) return clause();
  if (depth == search_depth_max) {
    return error_at(next_ - 1,
                    "brackets nest at most " + std::to_string(search_depth_max) + " deep",
                    ErrorKind::too_large);
  }
  auto inner = alternatives(depth + 1);
  if (inner && !take(")")) return error("expected `AND`, `OR` or `)`");
  return inner;
}

Result<SearchNode> Parser::clause() {
  if (!take("\"")) {
    return error("expected a text in double quotes, such as \"displayName:sales\"");
  }
  const auto begin = next_ - 1;
  if (++clauses_ > search_clauses_max) {
    return error_at(begin, "a search has at most " + std::to_string(search_clauses_max) + " texts",
                    ErrorKind::too_large);
  }
  std::string content;
  for (; next_ < text_.size() && text_[next_] != '"'; ++next_) {
    if (text_[next_] == '\\' && next_ + 1 < text_.size()) ++next_;
    content += text_[next_];
  }
  if (!take("\"")) return error_at(begin, "the text that begins here has no closing quote");
  SearchNode node;
  const auto colon = content.find(':');
  std::string_view wanted = content;
  if (colon == std::string::npos) {
    for (const auto& property : schema_.properties) {
      if (property.searchable) node.properties.push_back(&property);
    }
  } else {
    const auto written = trim(wanted.substr(0, colon));
    if (auto done = name(written, begin + 1, node); !done) {
      return tl::unexpected<Error>(std::move(done.error()));
    }
    wanted = wanted.substr(colon + 1);
  }
  Words words(wanted);
  for (auto word = words.next(); !word.empty(); word = words.next()) {
    node.words.push_back(to_lower(word));
    if (node.words.size() > search_words_max) {
      return error_at(begin, "a text has at most " + std::to_string(search_words_max) + " words",
                      ErrorKind::too_large);
    }
  }
  if (node.words.empty()) {
    return error_at(begin, "the text has no letter or digit to search for");
  }
  return node;
}

Result<void> Parser::name(std::string_view written, std::size_t offset, SearchNode& node) const {
  const auto* property = schema_.find(written);
  if (property != nullptr && property->searchable) {
    node.properties.push_back(property);
    return {};
  }
  return error_at(offset, "`" + printable(written) + "` cannot be searched; these can: " +
                              list_properties(schema_, is_searchable));
}

}  // namespace

Result<Search> Search::compile(std::string_view text, const Schema& schema) {
  if (text.size() > search_length_max) {
    return fail(ErrorKind::too_large,
                "a search has at most " + std::to_string(search_length_max) + " bytes", "$search");
  }
  if (std::none_of(schema.properties.begin(), schema.properties.end(), is_searchable)) {
    return fail(ErrorKind::invalid_argument, "nothing here can be searched; use `$filter`",
                "$search");
  }
  auto root = Parser(text, schema).search();
  if (!root) return tl::unexpected<Error>(std::move(root.error()));
  return Search(std::move(*root));
}

bool Search::matches(const json::Value& document) const { return holds(root_, document); }

}  // namespace sallyport::odata
