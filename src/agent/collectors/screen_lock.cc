// After how many minutes without input the screen locks, where an administrator settled it for all:
// keys of GNOME in a system database of dconf, locked so that no user can change them. What is
// not locked is each user's own choice and stays unknown.
//
// Read are the texts that `dconf update` compiles; with texts newer than what was compiled, what is
// in effect is unknown.
#include <charconv>
#include <map>
#include <set>

#include "agent/collect.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

constexpr std::string_view fact = "screenLockMinutes";
constexpr std::string_view lock_enabled = "/org/gnome/desktop/screensaver/lock-enabled";
constexpr std::string_view lock_delay = "/org/gnome/desktop/screensaver/lock-delay";
constexpr std::string_view idle_delay = "/org/gnome/desktop/session/idle-delay";

struct Database {
  std::map<std::string, std::string, std::less<>> values;
  std::set<std::string, std::less<>> locks;
};

// The system databases that sessions use, the first of which wins.
Result<std::vector<std::string>> databases(const Root& root) {
  const auto text = root.read("/etc/dconf/profile/user");
  if (!text) return tl::unexpected<Error>(text.error());
  std::vector<std::string> names;
  if (!*text) return names;
  for (const auto line : lines_of(**text)) {
    const auto word = trim(line.substr(0, line.find('#')));
    if (word.starts_with("system-db:")) names.emplace_back(word.substr(10));
  }
  return names;
}

void read_keys(std::string_view text, Database& into) {
  std::string folder;
  for (auto line : lines_of(text)) {
    line = trim(line.substr(0, line.find('#')));
    if (line.starts_with('[') && line.ends_with(']')) {
      folder = line.substr(1, line.size() - 2);
      continue;
    }
    const auto equals = line.find('=');
    if (equals == line.npos || folder.empty()) continue;
    into.values.insert_or_assign("/" + folder + "/" + std::string(trim(line.substr(0, equals))),
                                 std::string(trim(line.substr(equals + 1))));
  }
}

// Fails when a text was changed after the database was compiled.
Result<void> check_compiled(const Root& root, const std::string& database,
                            const std::string& text) {
  const auto compiled = root.changed_at(database);
  const auto changed = root.changed_at(text);
  if (compiled && changed && *changed <= *compiled) return {};
  return fail(ErrorKind::unavailable, "was changed after the last `dconf update`", text);
}

Result<Database> read_database(const Root& root, const std::string& name) {
  const auto compiled = "/etc/dconf/db/" + name;
  Database database;
  for (const bool locks : {false, true}) {
    const auto folder = compiled + ".d" + (locks ? "/locks" : "");
    const auto names = root.list(folder);
    if (!names) return tl::unexpected<Error>(names.error());
    for (const auto& one : *names) {
      const auto path = folder + "/" + one;
      if (path == compiled + ".d/locks" || one.starts_with('.')) continue;
      if (auto fresh = check_compiled(root, compiled, path); !fresh) {
        return tl::unexpected<Error>(fresh.error());
      }
      const auto text = root.read(path);
      if (!text) return tl::unexpected<Error>(text.error());
      if (!*text) continue;
      if (!locks) read_keys(**text, database);
      for (const auto line : lines_of(**text)) {
        if (locks && line.starts_with('/')) database.locks.emplace(trim(line));
      }
    }
  }
  return database;
}

// `uint32 300` or `300`.
std::optional<std::int64_t> seconds(std::string_view text) {
  if (text.starts_with("uint32 ")) text = trim(text.substr(7));
  std::int64_t n = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), n);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || n < 0) return std::nullopt;
  return n;
}

// The value of a key that nobody can change; nothing when users can.
std::optional<std::string> settled(const std::vector<Database>& databases, std::string_view key) {
  bool locked = false;
  for (const auto& database : databases) locked = locked || database.locks.contains(key);
  if (!locked) return std::nullopt;
  for (const auto& database : databases) {
    if (const auto it = database.values.find(key); it != database.values.end()) return it->second;
  }
  return std::nullopt;
}

}  // namespace

void screen_lock(const Root& root, Readings& into) {
  const auto names = databases(root);
  if (!names) return into.unreadable(fact, describe(names.error()));
  std::vector<Database> all;
  for (const auto& name : *names) {
    auto database = read_database(root, name);
    if (!database) return into.unreadable(fact, describe(database.error()));
    all.push_back(std::move(*database));
  }
  const auto enabled = settled(all, lock_enabled);
  if (!enabled) return;
  if (*enabled != "true") return into.set(fact, std::int64_t{0});
  const auto idle = settled(all, idle_delay);
  const auto delay = settled(all, lock_delay);
  if (!idle || !delay) return;
  const auto idle_seconds = seconds(*idle);
  const auto delay_seconds = seconds(*delay);
  if (!idle_seconds || !delay_seconds) return;
  if (*idle_seconds == 0) return into.set(fact, std::int64_t{0});  // never idle, never locked
  into.set(fact, (*idle_seconds + *delay_seconds + 59) / 60);
}

}  // namespace sallyport::agent
