// `$search` as Graph has it for directory objects: quoted clauses joined by AND and OR.
//
//   $search="displayName:sales" AND ("mail:contoso" OR "description:pilot")
//
// A clause without a property asks all searchable ones. Its text is cut into words, and so is the
// property: at what is neither letter nor digit, between a small and a capital letter, and between
// a letter and a digit. Every word of the clause has to begin a word of the property, in any letter
// case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "odata/schema.h"

namespace sallyport::odata {

inline constexpr std::size_t search_length_max = 2'048;  // bytes
inline constexpr std::size_t search_clauses_max = 32;
inline constexpr std::size_t search_words_max = 32;  // of one clause
inline constexpr int search_depth_max = 8;

struct SearchNode {
  enum class Kind : unsigned char { clause, both, either };
  Kind kind = Kind::clause;
  std::vector<const Property*> properties;  // of a clause; one of them has to hold all words
  std::vector<std::string> words;           // lower case
  std::vector<SearchNode> children;
};

class Search {
 public:
  // `where` of an error is `$search, column N`, counted from 1 in bytes.
  [[nodiscard]] static Result<Search> compile(std::string_view text, const Schema& schema);
  bool matches(const json::Value& document) const;  // allocates nothing

 private:
  explicit Search(SearchNode root) : root_(std::move(root)) {}
  SearchNode root_;
};

}  // namespace sallyport::odata
