// What passwd(1) demands of a new password: pam_pwquality(8) with its arguments and
// pwquality.conf(5), as far as a line of PAM asks it. A configuration that no line uses demands
// nothing, and what nothing demands is 0.
#include <algorithm>
#include <charconv>
#include <map>

#include "agent/collect.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

constexpr int include_depth_max = 8;
constexpr std::int64_t pwquality_minlen_floor = 6;  // the library takes nothing lower

using Settings = std::map<std::string, std::int64_t, std::less<>>;

struct Line {
  std::string control;
  std::string module;
  std::vector<std::string> arguments;
};

// `password [success=1 default=ignore] pam_unix.so obscure`: the control may hold blanks.
std::optional<Line> parse_password_line(std::string_view text) {
  text = trim(text.substr(0, text.find('#')));
  auto rest = words_of(text);
  if (rest.size() < 3) return std::nullopt;
  auto type = rest[0];
  if (type.starts_with('-')) type.remove_prefix(1);
  if (!equal_ignoring_case(type, "password")) return std::nullopt;
  Line line;
  std::size_t next = 1;
  do {
    line.control += (line.control.empty() ? "" : " ") + std::string(rest[next]);
  } while (line.control.starts_with('[') && !line.control.ends_with(']') && ++next < rest.size());
  if (++next >= rest.size()) return std::nullopt;
  line.module = rest[next].substr(rest[next].rfind('/') + 1);
  for (++next; next < rest.size(); ++next) line.arguments.emplace_back(rest[next]);
  return line;
}

// The lines about passwords, those of included files in their place.
Result<bool> read_stack(const Root& root, const std::string& service, int depth,
                        std::vector<Line>& lines) {
  const auto path = "/etc/pam.d/" + service;
  if (depth > include_depth_max) {
    return fail(ErrorKind::invalid_argument, "files include each other", path);
  }
  const auto text = root.read(path);
  if (!text) return tl::unexpected<Error>(text.error());
  if (!*text) return false;
  for (const auto one : lines_of(**text)) {
    const auto words = words_of(one);
    if (words.size() >= 2 && words[0] == "@include") {
      if (auto read = read_stack(root, std::string(words[1]), depth + 1, lines); !read) return read;
      continue;
    }
    auto line = parse_password_line(one);
    if (!line) continue;
    if (line->control == "include" || line->control == "substack") {
      if (auto read = read_stack(root, line->module, depth + 1, lines); !read) return read;
    } else {
      lines.push_back(std::move(*line));
    }
  }
  return true;
}

// Whether a password that the module refuses is refused by the stack.
bool is_binding(const std::string& control) {
  return control == "required" || control == "requisite" ||
         (control.starts_with('[') && (control.find("default=die") != control.npos ||
                                       control.find("default=bad") != control.npos));
}

void take_setting(std::string_view text, Settings& settings) {
  const auto equals = text.find('=');
  const auto name = trim(text.substr(0, equals));
  if (name.empty()) return;
  std::int64_t n = 1;  // a word alone switches something on
  if (equals != text.npos) {
    const auto digits = trim(text.substr(equals + 1));
    if (std::from_chars(digits.data(), digits.data() + digits.size(), n).ec != std::errc()) return;
  }
  settings.insert_or_assign(std::string(name), n);
}

Result<void> read_configuration(const Root& root, const std::string& path, Settings& settings) {
  const auto text = root.read(path);
  if (!text) return tl::unexpected<Error>(text.error());
  if (!*text) return {};
  for (const auto line : lines_of(**text)) {
    take_setting(trim(line.substr(0, line.find('#'))), settings);
  }
  return {};
}

// The files of pwquality.conf.d in order, then pwquality.conf, then the arguments of the line.
Result<Settings> settings_of(const Root& root, const Line& line) {
  Settings settings;
  const std::string main = "/etc/security/pwquality.conf";
  const auto parts = root.list(main + ".d");
  if (!parts) return tl::unexpected<Error>(parts.error());
  for (const auto& name : *parts) {
    if (!name.ends_with(".conf")) continue;
    if (auto read = read_configuration(root, main + ".d/" + name, settings); !read) {
      return tl::unexpected<Error>(read.error());
    }
  }
  if (auto read = read_configuration(root, main, settings); !read) {
    return tl::unexpected<Error>(read.error());
  }
  for (const auto& argument : line.arguments) take_setting(argument, settings);
  return settings;
}

std::int64_t value(const Settings& settings, std::string_view name, std::int64_t otherwise) {
  const auto it = settings.find(name);
  return it == settings.end() ? otherwise : it->second;
}

struct Credit {
  std::string_view fact;
  std::string_view setting;
};
constexpr Credit credits[] = {
    {"passwordMinimumDigits", "dcredit"},
    {"passwordMinimumLowercase", "lcredit"},
    {"passwordMinimumUppercase", "ucredit"},
    {"passwordMinimumSymbols", "ocredit"},
};

// A negative credit is a minimum; a positive one lets a password be shorter by as much.
void report(const Settings& settings, Readings& into) {
  const bool enforcing = value(settings, "enforcing", 1) != 0;
  if (!enforcing) into.note("passwordMinimumLength", "pwquality only warns: enforcing = 0");
  std::int64_t given = 0;
  for (const auto& credit : credits) {
    const auto n = value(settings, credit.setting, 0);
    into.set(credit.fact, enforcing && n < 0 ? -n : std::int64_t{0});
    if (n > 0) given += n;
  }
  const auto length = value(settings, "minlen", 8) - given;
  into.set("passwordMinimumLength", enforcing ? std::max(length, pwquality_minlen_floor) : 0);
}

void unreadable(const std::string& why, Readings& into) {
  into.unreadable("passwordMinimumLength", why);
  for (const auto& credit : credits) into.unreadable(credit.fact, why);
}

// Without pwquality pam_unix counts characters, when it is told how many.
std::int64_t unix_minimum(const std::vector<Line>& lines) {
  for (const auto& line : lines) {
    if (line.module != "pam_unix.so") continue;
    Settings settings;
    for (const auto& argument : line.arguments) take_setting(argument, settings);
    return value(settings, "minlen", 0);
  }
  return 0;
}

}  // namespace

void password_policy(const Root& root, Readings& into) {
  std::vector<Line> lines;
  const auto found = read_stack(root, "passwd", 0, lines);
  if (!found) return unreadable(describe(found.error()), into);
  if (!*found) return;  // no PAM here
  for (const auto& line : lines) {
    if (line.module == "pam_pwquality.so" && is_binding(line.control)) {
      const auto settings = settings_of(root, line);
      if (!settings) return unreadable(describe(settings.error()), into);
      return report(*settings, into);
    }
    // Whoever gets past here needs no later line.
    if (line.control == "sufficient") break;
  }
  into.note("passwordMinimumLength", "no line of PAM asks pam_pwquality");
  into.set("passwordMinimumLength", unix_minimum(lines));
  for (const auto& credit : credits) into.set(credit.fact, std::int64_t{0});
}

}  // namespace sallyport::agent
