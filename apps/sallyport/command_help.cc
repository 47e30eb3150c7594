#include "command_help.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>
#include <vector>

#include "base/text.h"
#include "command_tree.h"
#include "console.h"
#include "did_you_mean.h"

namespace sallyport::cli {
namespace {

constexpr std::size_t name_columns = 34;  // of options
constexpr std::size_t command_columns = 16;
constexpr std::size_t columns_max = 100;

std::size_t columns() {
  const int width = presentation_of(Format::table, is_terminal(stdout)).width;
  const auto wanted = width > 0 ? static_cast<std::size_t>(width) : columns_max;
  return std::clamp<std::size_t>(wanted, name_columns + 20, columns_max);
}

std::string wrapped(const std::string& text, std::size_t width) {
  std::string out;
  for (const std::string& line : wrap(text, width)) out += (out.empty() ? "" : "\n") + line;
  return out;
}

class FittedHelp : public CLI::Formatter {
 public:
  FittedHelp() { column_width(name_columns); }
  std::string make_description(const CLI::App* app) const override {
    return wrapped(app->get_description(), columns()) + '\n';
  }
  std::string make_footer(const CLI::App* app) const override {
    std::string out;
    std::istringstream lines(app->get_footer());
    for (std::string line; std::getline(lines, line);) {
      out += (is_prose(line) ? wrapped(line, columns()) : line) + '\n';
    }
    return out;
  }
  std::string make_subcommand(const CLI::App* command) const override {
    std::stringstream out;
    CLI::detail::format_help(out, command->get_name(),
                             wrapped(command->get_description(), columns() - command_columns),
                             command_columns);
    return out.str();
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string out;
    if (option->get_type_size() == 0) return out;
    if (!option->get_type_name().empty()) out += ' ' + option->get_type_name();
    if (option->get_expected_max() == CLI::detail::expected_max_vector_size) out += " ...";
    if (option->get_required()) out += " REQUIRED";
    return out;
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    std::string text = option->get_description();
    for (const CLI::Option* other : option->get_excludes())
      text += "; not with " + other->get_name();
    for (const CLI::Option* other : option->get_needs()) text += "; with " + other->get_name();
    return wrapped(text, columns() - name_columns);
  }
};

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::string in_a_row(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// The innermost command that the words named, and what it is called: `sallyport token create`.
const CLI::App* command_of(const CLI::App& app, std::string& name) {
  const CLI::App* command = &app;
  name = app.get_name();
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    name += ' ' + command->get_name();
  }
  return command;
}

std::string not_expected(const CLI::App& command, const std::string& name,
                         const std::string& written) {
  if (written.rfind('-', 0) != 0) {
    const auto commands = command_names(command);
    const auto meant = did_you_mean(written, commands);
    if (!meant.empty() || command.get_require_subcommand_min() > 0) {
      return "`" + printable(written) + "` is no command of `" + name + "`" +
             (meant.empty() ? ": " + in_a_row(commands) : meant);
    }
    return "`" + printable(written) + "` is one word too many for `" + name + "`";
  }
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& one : option->get_lnames()) names.push_back("--" + one);
    for (const std::string& one : option->get_snames()) names.push_back("-" + one);
  }
  const std::string option = written.substr(0, written.find('='));
  return "`" + printable(option) + "` is no option of `" + name + "`" + did_you_mean(option, names);
}

bool is(const CLI::Error& error, CLI::ExitCodes code) {
  return error.get_exit_code() == static_cast<int>(code);
}

// CLI11 tells the name of what is missing.
std::string missing(const CLI::App& command, const std::string& name, const std::string& told) {
  for (const CLI::Option* option : command.get_options()) {
    if (told != option->get_name() + " is required") continue;
    const std::string what = option->get_positional()
                                 ? option->get_type_name()
                                 : option->get_name() + ' ' + option->get_type_name();
    return "`" + name + "` needs " + what + ": " + option->get_description();
  }
  if (command.get_require_subcommand_min() > 0) {
    return "say a command: " + name + " " + in_a_row(command_names(command));
  }
  return told;
}

}  // namespace

std::shared_ptr<CLI::Formatter> help_formatter() { return std::make_shared<FittedHelp>(); }

std::string usage_problem(const CLI::App& app, const CLI::Error& error) {
  std::string name;
  const CLI::App* command = command_of(app, name);
  std::string text = error.what();
  const auto extras = app.remaining(true);
  const bool of_no_command =
      command->get_require_subcommand_min() > 0 && command->get_subcommands().empty();
  if (!extras.empty() && (is(error, CLI::ExitCodes::ExtrasError) || of_no_command)) {
    text = not_expected(*command, name, extras.front());
  } else if (is(error, CLI::ExitCodes::RequiredError)) {
    text = missing(*command, name, text);
  } else if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return "sallyport: " + text + "\n" + name + " --help tells more\n";
}

std::string no_such_command(const CLI::App& app, const std::string& written) {
  const auto names = command_names(app);
  if (written.empty()) return "say a command: " + in_a_row(names);
  const auto meant = did_you_mean(written, names);
  return "`" + printable(written) + "` is no command" +
         (meant.empty() ? ": " + in_a_row(names) : meant);
}

}  // namespace sallyport::cli
