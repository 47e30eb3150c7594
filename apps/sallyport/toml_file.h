// Small TOML files of known keys, as the checks' settings and the accepted exceptions are. Every
// mistake is a problem with its line; an unknown key is one.
#pragma once

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport::cli {

class TomlFile {
 public:
  using Take = std::function<void(const toml::node&)>;
  struct Key {
    std::string_view name;
    Take take;
  };

  explicit TomlFile(std::string file) : file_(std::move(file)) {}

  // All of the file; nothing when it cannot be read or is no TOML, which is then a problem.
  std::optional<toml::table> parse();

  // Every key of the table must be one of `keys`.
  void read(const toml::table& table, const std::vector<Key>& keys);

  Take text(std::string& into);
  Take texts(std::vector<std::string>& into);
  Take number(int& into, int min, int max);
  Take flag(bool& into);
  // One of `words`, whose number goes to `into`.
  Take word(std::size_t& into, std::vector<std::string_view> words);

  void note(const toml::node& node, std::string message);
  void note(const toml::source_region& region, std::string message);
  std::vector<Error> problems() const;  // in the order of the file

 private:
  struct Problem {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    Error error;
  };
  std::string file_;
  std::string key_;  // being read
  std::vector<Problem> problems_;
};

}  // namespace sallyport::cli
