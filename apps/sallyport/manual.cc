// The manual page, sallyport(1), in the man macros.
#include <sstream>
#include <utility>

#include "command_tree.h"
#include "commands.h"

namespace sallyport::cli {
namespace {

// A line that starts with `.` or `'` is a request, and a backslash escapes; a `-` is a minus that
// can be copied only when it is written `\-`.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    line_start = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string synopsis(const CommandTree& command, const std::string& name) {
  std::string line = bold(name);
  if (!command.commands.empty()) line += " [" + italic("COMMAND") + ']';
  bool options = false;
  for (const CommandOption& option : command.options) options = options || !option.positional;
  if (options) line += " [" + italic("OPTION") + " ...]";
  for (const CommandOption& option : command.options) {
    if (!option.positional) continue;
    const std::string value = italic(option.value) + (option.many ? " ..." : "");
    line += ' ' + (option.required ? value : '[' + value + ']');
  }
  return line + '\n';
}

std::string options_of(const CommandTree& command) {
  std::string out;
  for (const CommandOption& option : command.options) {
    if (option.names.back() == "--help") continue;
    out += ".TP\n";
    std::string names;
    for (const std::string& name : option.names) {
      if (option.positional) continue;
      names += (names.empty() ? "" : ", ") + bold(name);
    }
    if (!option.value.empty()) names += (names.empty() ? "" : " ") + italic(option.value);
    out += names + '\n' + roff(option.description);
    if (!option.choices.empty()) {
      out += ".\nOne of";
      std::string separator = " ";
      for (const std::string& choice : option.choices) {
        out += separator + bold(choice);
        separator = ", ";
      }
    }
    out += ".\n";
  }
  return out;
}

std::string footer_of(const CommandTree& command) {
  std::string out;
  std::istringstream lines(command.footer);
  bool prose = true;
  for (std::string line; std::getline(lines, line);) {
    const bool was_prose = std::exchange(prose, is_prose(line));
    if (prose) {
      out += ".PP\n" + roff(line) + '\n';
    } else {
      out += (was_prose ? ".PP\n.nf\n" : "") + roff(line) + '\n';
    }
  }
  return out + (prose ? "" : ".fi\n");
}

void append_command(std::string& out, const CommandTree& command, const std::string& name) {
  out += ".SS " + name + '\n' + roff(command.description) + ".\n.PP\n" + synopsis(command, name) +
         options_of(command) + footer_of(command);
  for (const CommandTree& inner : command.commands) {
    append_command(out, inner, name + ' ' + inner.name);
  }
}

}  // namespace

std::string manual_page(const CommandTree& tree, const std::string& version) {
  std::string out = ".TH SALLYPORT 1 \"\" \"sallyport " + version + "\" \"User Commands\"\n";
  out += ".SH NAME\nsallyport \\- open conditional access\n.SH SYNOPSIS\n";
  out += bold("sallyport") + ' ' + italic("COMMAND") + " [" + italic("OPTION") + " ...]\n";
  out += ".SH DESCRIPTION\n" + roff(tree.description) + "\n.SH COMMANDS\n";
  for (const CommandTree& command : tree.commands) append_command(out, command, command.name);
  out += ".SH EXIT STATUS\n" + roff(tree.footer) + '\n';
  out += ".SH ENVIRONMENT\n.TP\n" + bold("NO_COLOR") +
         "\nNo colours, when set to anything.\n.TP\n" + bold("COLUMNS") +
         "\nHow wide tables may be.\n";
  return out;
}

Exit manual(const CommandTree& tree) {
  auto output = Output::open({});
  if (!output) return could_not_run(output.error());
  output->write(manual_page(tree, SALLYPORT_VERSION));
  const auto finished = output->finish();
  return finished ? Exit::nothing_found : could_not_run(finished.error());
}

Exit version() {
  auto output = Output::open({});
  if (!output) return could_not_run(output.error());
  output->write("sallyport " SALLYPORT_VERSION "\n");
  const auto finished = output->finish();
  return finished ? Exit::nothing_found : could_not_run(finished.error());
}

}  // namespace sallyport::cli
