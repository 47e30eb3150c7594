// Completion scripts. Each shell is told, for every command, its options, the words an option
// takes, and that everything else is a file.
#include <algorithm>

#include "command_tree.h"
#include "commands.h"

namespace sallyport::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// 'text' for a shell, whatever it holds.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + '\'';
}

std::vector<std::string> option_names(const CommandTree& command) {
  std::vector<std::string> names;
  for (const CommandOption& option : command.options) {
    if (!option.positional) names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

// What may stand first behind the command: its commands and the words of its first positional.
std::vector<std::string> first_words(const CommandTree& command) {
  std::vector<std::string> words;
  for (const CommandTree& inner : command.commands) words.push_back(inner.name);
  for (const CommandOption& option : command.options) {
    if (!option.positional) continue;
    words.insert(words.end(), option.choices.begin(), option.choices.end());
    break;
  }
  return words;
}

std::string alternatives(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : "|") + word;
  return text;
}

// `[text]` and `:` mean something in _arguments.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_option(const CommandOption& option) {
  std::string action;
  if (!option.value.empty()) {
    action = ':' + zsh_text(option.value) + ':';
    action += option.choices.empty() ? "_files" : '(' + joined(option.choices) + ')';
  }
  if (option.positional) {
    return ' ' + quoted((option.many ? std::string("*") : std::string()) + action);
  }
  std::string text;
  for (const std::string& name : option.names) {
    text += ' ' + quoted((option.many ? "*" : "") + name + '[' + zsh_text(option.description) +
                         ']' + action);
  }
  return text;
}

void bash_case(std::string& out, const CommandTree& command, const std::string& pattern) {
  out += "    " + pattern + ")\n";
  out += "      options=" + quoted(joined(option_names(command))) + '\n';
  out += "      first=" + quoted(joined(first_words(command))) + '\n';
  out += "      case $before in\n";
  for (const CommandOption& option : command.options) {
    if (option.positional || option.value.empty()) continue;
    out += "        " + alternatives(option.names) + ")\n          COMPREPLY=($(compgen ";
    out += option.choices.empty() ? "-f" : "-W " + quoted(joined(option.choices));
    out += " -- \"$word\"))\n          return ;;\n";
  }
  out += "      esac ;;\n";
}

std::string zsh_arguments(const CommandTree& command) {
  std::string out = "_arguments";
  for (const CommandOption& option : command.options) out += zsh_option(option);
  return out;
}

void fish_options(std::string& out, const CommandTree& command, const std::string& when) {
  for (const CommandOption& option : command.options) {
    if (option.positional) continue;
    out += when;
    for (const std::string& name : option.names) {
      out += name.size() == 2 ? " -s " + name.substr(1) : " -l " + name.substr(2);
    }
    if (!option.value.empty()) out += option.choices.empty() ? " -r" : " -x -a ";
    if (!option.choices.empty()) out += quoted(joined(option.choices));
    out += " -d " + quoted(option.description) + '\n';
  }
}

}  // namespace

std::string bash_completion(const CommandTree& tree) {
  std::string out =
      "_sallyport() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local options= first=\n"
      "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
      "    COMPREPLY=($(compgen -W ";
  std::vector<std::string> names;
  for (const CommandTree& command : tree.commands) names.push_back(command.name);
  const auto global = option_names(tree);
  names.insert(names.end(), global.begin(), global.end());
  out += quoted(joined(names)) +
         " -- \"$word\"))\n    return\n  fi\n  case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n";
  for (const CommandTree& command : tree.commands) {
    for (const CommandTree& inner : command.commands) {
      bash_case(out, inner, quoted(command.name + ' ' + inner.name));
    }
    bash_case(out, command, quoted(command.name + ' ') + '*');
  }
  out +=
      "  esac\n"
      "  if [[ $word == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
      "  elif [ \"$COMP_CWORD\" = 2 ] && [ -n \"$first\" ]; then\n"
      "    COMPREPLY=($(compgen -W \"$first\" -- \"$word\") $(compgen -f -- \"$word\"))\n"
      "  else\n"
      "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
      "  fi\n"
      "}\n"
      "complete -o filenames -F _sallyport sallyport\n";
  return out;
}

std::string zsh_completion(const CommandTree& tree) {
  std::string out =
      "#compdef sallyport\n"
      "_sallyport() {\n"
      "  if (( CURRENT == 2 )); then\n"
      "    local -a commands=(\n";
  for (const CommandTree& command : tree.commands) {
    out += "      " + quoted(command.name + ':' + zsh_text(command.description)) + '\n';
  }
  out +=
      "    )\n    _describe command commands\n    return\n  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n  (( CURRENT-- ))\n"
      "  case $command in\n";
  for (const CommandTree& command : tree.commands) {
    out += "    " + command.name + ")\n";
    if (!command.commands.empty()) {
      out += "      if (( CURRENT > 2 )); then\n        case $words[2] in\n";
      for (const CommandTree& inner : command.commands) {
        out += "          " + inner.name + ") shift words; (( CURRENT-- )); " +
               zsh_arguments(inner) + "; return ;;\n";
      }
      out += "        esac\n      else\n        compadd " + joined(first_words(command)) +
             "\n      fi\n";
    }
    out += "      " + zsh_arguments(command) + " ;;\n";
  }
  out += "  esac\n}\ncompdef _sallyport sallyport\n";
  return out;
}

std::string fish_completion(const CommandTree& tree) {
  std::string out;
  for (const CommandTree& command : tree.commands) {
    out += "complete -c sallyport -n __fish_use_subcommand -f -a " + quoted(command.name) + " -d " +
           quoted(command.description) + '\n';
  }
  for (const CommandTree& command : tree.commands) {
    const std::string seen = "__fish_seen_subcommand_from " + command.name;
    const std::string when = "complete -c sallyport -n " + quoted(seen);
    const auto first = first_words(command);
    if (!first.empty()) out += when + " -a " + quoted(joined(first)) + '\n';
    fish_options(out, command, when);
    for (const CommandTree& inner : command.commands) {
      fish_options(out, inner,
                   "complete -c sallyport -n " +
                       quoted(seen + "; and __fish_seen_subcommand_from " + inner.name));
    }
  }
  return out;
}

Exit completion(std::string_view shell, const CommandTree& tree) {
  auto output = Output::open({});
  if (!output) return could_not_run(output.error());
  output->write(shell == "bash"  ? bash_completion(tree)
                : shell == "zsh" ? zsh_completion(tree)
                                 : fish_completion(tree));
  const auto finished = output->finish();
  return finished ? Exit::nothing_found : could_not_run(finished.error());
}

}  // namespace sallyport::cli
