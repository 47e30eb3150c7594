#include "toml_file.h"

#include <algorithm>

#include "base/text.h"
#include "console.h"

namespace sallyport::cli {

std::optional<toml::table> TomlFile::parse() {
  const auto text = read_input(file_);
  if (!text) {
    problems_.push_back({0, 0, text.error()});
    return std::nullopt;
  }
  auto parsed = toml::parse(std::string_view(*text), std::string_view(file_));
  if (!parsed) {
    note(parsed.error().source(), "this is no TOML: " + std::string(parsed.error().description()));
    return std::nullopt;
  }
  return std::move(parsed).table();
}

void TomlFile::note(const toml::source_region& region, std::string message) {
  const auto& at = region.begin;
  problems_.push_back({at.line,
                       at.column,
                       {ErrorKind::invalid_argument, std::move(message),
                        file_ + ':' + std::to_string(at.line) + ':' + std::to_string(at.column)}});
}

void TomlFile::note(const toml::node& node, std::string message) {
  note(node.source(), std::move(message));
}

std::vector<Error> TomlFile::problems() const {
  auto sorted = problems_;
  std::ranges::stable_sort(sorted, {},
                           [](const Problem& p) { return std::pair(p.line, p.column); });
  std::vector<Error> errors;
  for (auto& problem : sorted) errors.push_back(std::move(problem.error));
  return errors;
}

void TomlFile::read(const toml::table& table, const std::vector<Key>& keys) {
  for (const auto& member : table) {
    const std::string_view name = member.first.str();
    const auto found = std::ranges::find(keys, name, &Key::name);
    if (found == keys.end()) {
      std::string known;
      for (const auto& key : keys) known += (known.empty() ? "" : ", ") + std::string(key.name);
      note(member.first.source(), "unknown key `" + printable(name) + "`: known are " + known);
      continue;
    }
    key_ = std::string(name);
    found->take(member.second);
  }
}

TomlFile::Take TomlFile::text(std::string& into) {
  return [this, &into](const toml::node& node) {
    if (const auto* value = node.as_string()) {
      into = value->get();
    } else {
      note(node, '`' + key_ + "` must be a string");
    }
  };
}

TomlFile::Take TomlFile::texts(std::vector<std::string>& into) {
  return [this, &into](const toml::node& node) {
    const auto* list = node.as_array();
    into.clear();
    bool good = list != nullptr;
    if (good) {
      for (const auto& item : *list) {
        const auto* value = item.as_string();
        good = good && value != nullptr;
        if (value != nullptr) into.push_back(value->get());
      }
    }
    if (!good) note(node, '`' + key_ + "` must be a list of strings: [\"...\"]");
  };
}

TomlFile::Take TomlFile::number(int& into, int min, int max) {
  return [this, &into, min, max](const toml::node& node) {
    const auto* value = node.as_integer();
    if (value != nullptr && value->get() >= min && value->get() <= max) {
      into = static_cast<int>(value->get());
    } else {
      note(node, '`' + key_ + "` must be a number from " + std::to_string(min) + " to " +
                     std::to_string(max));
    }
  };
}

TomlFile::Take TomlFile::flag(bool& into) {
  return [this, &into](const toml::node& node) {
    if (const auto* value = node.as_boolean()) {
      into = value->get();
    } else {
      note(node, '`' + key_ + "` must be true or false");
    }
  };
}

TomlFile::Take TomlFile::word(std::size_t& into, std::vector<std::string_view> words) {
  return [this, &into, words = std::move(words)](const toml::node& node) {
    const auto* value = node.as_string();
    const auto found =
        value == nullptr ? words.end() : std::ranges::find(words, std::string_view(value->get()));
    if (found != words.end()) {
      into = static_cast<std::size_t>(found - words.begin());
      return;
    }
    std::string list;
    for (const auto word : words) list += (list.empty() ? "\"" : ", \"") + std::string(word) + '"';
    note(node, '`' + key_ + "` must be one of " + list);
  };
}

}  // namespace sallyport::cli
