// What readers of conditions and controls share: looking into one object of a canonical document.
// Internal to policy/.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/canonical.h"
#include "base/json.h"
#include "base/text.h"
#include "policy/schema.h"
#include "policy/words.h"

namespace sallyport {

// One object of the document and where it stands. A view; null is an object without members.
class DocumentPart {
 public:
  DocumentPart(const json::Value& value, const json::Pointer& pointer, Remarks& remarks)
      : value_(value), pointer_(pointer), remarks_(remarks) {}

  const json::Value& value() const { return value_; }
  const json::Pointer& pointer() const { return pointer_; }
  Remarks& remarks() const { return remarks_; }

  // The member, unless it is absent or null: both mean not set.
  const json::Value* get(std::string_view name) const {
    const auto* found = value_.find(name);
    return found == nullptr || found->is_null() ? nullptr : found;
  }
  // Set, and not merely to an empty list.
  bool has(std::string_view name) const {
    const auto* found = get(name);
    return found != nullptr && !(found->is_array() && found->items().empty());
  }
  bool truth(std::string_view name) const {
    const auto* found = get(name);
    return found != nullptr && found->truth();
  }
  std::string_view text(std::string_view name) const {
    const auto* found = get(name);
    return found == nullptr || !found->is_string() ? std::string_view{} : found->text();
  }

  // Calls visit(text, index) for the texts of a list. False when something else was set, which
  // therefore was not understood.
  template <class Visit>
  bool each_text(std::string_view name, Visit visit) const {
    const auto* found = get(name);
    if (found == nullptr) return true;
    bool understood = found->is_array();
    for (std::size_t i = 0; i < found->items().size(); ++i) {
      const auto& item = found->items()[i];
      if (item.is_string()) {
        visit(item.text(), i);
      } else {
        understood = false;
      }
    }
    return understood;
  }

  // As each_text, over the words of a flags text.
  template <class Visit>
  bool each_flag(std::string_view name, Visit visit) const {
    const auto* found = get(name);
    if (found == nullptr) return true;
    if (!found->is_string()) return false;
    auto rest = found->text();
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      if (const auto word = trim(rest.substr(0, comma)); !word.empty()) visit(word);
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    return true;
  }

  // A member that begins with `include`, holds something, and is none of `known`. Nobody can say
  // what it would have included.
  bool has_unknown_include(std::initializer_list<std::string_view> known) const {
    for (const auto& member : value_.members()) {
      if (schema::is_annotation(member.name) || !has(member.name)) continue;
      if (!equal_ignoring_case(member.name.substr(0, 7), "include")) continue;
      bool is_known = false;
      for (const auto name : known) is_known = is_known || name == member.name;
      if (!is_known) return true;
    }
    return false;
  }

  template <class Word>
  WordSet<Word> word_list(std::string_view name,
                          std::optional<Word> (*parse)(std::string_view)) const {
    WordSet<Word> set;
    const bool understood =
        each_text(name, [&](std::string_view text, std::size_t) { insert(set, text, parse); });
    if (!understood) set.unknown = true;
    return set;
  }

  // Of flags, `none` is the word for no flag at all.
  template <class Word>
  WordSet<Word> word_flags(std::string_view name,
                           std::optional<Word> (*parse)(std::string_view)) const {
    WordSet<Word> set;
    const bool understood = each_flag(name, [&](std::string_view text) {
      if (!equal_ignoring_case(text, "none")) insert(set, text, parse);
    });
    if (!understood) set.unknown = true;
    return set;
  }

 private:
  template <class Word>
  static void insert(WordSet<Word>& set, std::string_view text,
                     std::optional<Word> (*parse)(std::string_view)) {
    if (const auto word = parse(text)) {
      set.insert(*word);
    } else if (equal_ignoring_case(text, "all")) {
      set.all = true;
    } else {
      set.unknown = true;
    }
  }

  const json::Value& value_;
  const json::Pointer& pointer_;
  Remarks& remarks_;
};

}  // namespace sallyport
