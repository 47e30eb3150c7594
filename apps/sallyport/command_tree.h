// The commands and their options as data, taken from the one definition in command_line.cc: shell
// completion and the manual page are written from it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::cli {

struct CommandOption {
  std::vector<std::string> names;  // `-o`, `--output`; one name without dashes: a positional
  std::string description;
  std::string value;                 // `FILE`; empty: takes none
  std::vector<std::string> choices;  // words it takes, where they are few
  bool positional = false;
  bool many = false;
  bool required = false;
};

struct CommandTree {
  std::string name;
  std::string description;
  std::string footer;  // examples, exit codes: lines, of which only prose may be broken
  std::vector<CommandOption> options;
  std::vector<CommandTree> commands;
};

// The rest are commands to copy.
inline bool is_prose(std::string_view footer_line) {
  return !footer_line.starts_with("Example:") && !footer_line.starts_with(' ');
}

std::string bash_completion(const CommandTree& tree);
std::string zsh_completion(const CommandTree& tree);
std::string fish_completion(const CommandTree& tree);
std::string manual_page(const CommandTree& tree, const std::string& version);

}  // namespace sallyport::cli
