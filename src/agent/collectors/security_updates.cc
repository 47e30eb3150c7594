// How many installed packages have a newer version in the distribution's security archive: what
// dpkg says is installed against the package lists that apt downloaded last. Nothing is downloaded
// here, so lists older than a week tell nothing. Distributions without dpkg: unknown.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "agent/collect.h"
#include "agent/debian_version.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

constexpr std::string_view fact = "pendingSecurityUpdates";
constexpr std::string_view dpkg_status = "/var/lib/dpkg/status";
constexpr std::string_view lists = "/var/lib/apt/lists";
constexpr auto list_age_max = std::chrono::days(7);

struct Stanza {
  std::string package;
  std::string architecture;
  std::string version;
  bool installed = false;
  std::string key() const { return package + ":" + architecture; }
};

// Each stanza of a control file.
Result<bool> each_stanza(const Root& root, const std::string& path,
                         const std::function<void(const Stanza&)>& use) {
  Stanza stanza;
  const auto value = [](std::string_view line, std::string_view name) {
    return std::string(trim(line.substr(name.size())));
  };
  auto read = root.lines(path, [&](std::string_view line) {
    if (trim(line).empty()) {
      if (!stanza.package.empty()) use(stanza);
      stanza = {};
    } else if (line.starts_with("Package:")) {
      stanza.package = value(line, "Package:");
    } else if (line.starts_with("Architecture:")) {
      stanza.architecture = value(line, "Architecture:");
    } else if (line.starts_with("Version:")) {
      stanza.version = value(line, "Version:");
    } else if (line.starts_with("Status:")) {
      stanza.installed = line.ends_with(" installed");
    }
    return true;
  });
  if (read && !stanza.package.empty()) use(stanza);
  return read;
}

using Versions = std::unordered_map<std::string, std::string>;

// Lists are named by their source:
// security.debian.org_debian-security_dists_bookworm-security_main_binary-amd64_Packages
bool is_security_list(std::string_view name) {
  const auto dists = name.find("_dists_");
  if (dists == name.npos || name.find("_Packages") == name.npos) return false;
  const auto suite = name.substr(dists + 7, name.find('_', dists + 7) - dists - 7);
  return suite.ends_with("-security") || name.starts_with("security.debian.org_");
}

// apt downloads into `partial` each time it asks, even when nothing is new.
bool are_fresh(const Root& root, Instant now) {
  Instant newest{};
  for (const auto& path : {std::string(lists), std::string(lists) + "/partial",
                           std::string("/var/lib/apt/periodic/update-success-stamp")}) {
    if (const auto changed = root.changed_at(path)) newest = std::max(newest, *changed);
  }
  return now - newest <= list_age_max;
}

Result<Versions> installed_packages(const Root& root) {
  Versions versions;
  const auto read = each_stanza(root, std::string(dpkg_status), [&](const Stanza& stanza) {
    if (stanza.installed) versions.insert_or_assign(stanza.key(), stanza.version);
  });
  if (!read) return tl::unexpected<Error>(read.error());
  return versions;
}

}  // namespace

void security_updates(const Root& root, Instant now, Readings& into) {
  if (!root.exists(dpkg_status)) return;
  const auto names = root.list(lists);
  if (!names) return into.unreadable(fact, describe(names.error()));
  std::vector<std::string> wanted;
  for (const auto& name : *names) {
    if (!is_security_list(name)) continue;
    if (!name.ends_with("_Packages")) {
      return into.unreadable(fact, std::string(lists) + "/" + name + ": is compressed");
    }
    wanted.push_back(std::string(lists) + "/" + name);
  }
  if (wanted.empty()) {
    return into.unreadable(
        fact, std::string(lists) + ": no list of the security archive; run `apt-get update`");
  }
  if (!are_fresh(root, now)) {
    return into.unreadable(fact, std::string(lists) + ": older than a week; run `apt-get update`");
  }
  const auto installed = installed_packages(root);
  if (!installed) return into.unreadable(fact, describe(installed.error()));
  std::unordered_set<std::string> pending;  // a package is in several lists or versions
  for (const auto& path : wanted) {
    const auto read = each_stanza(root, path, [&](const Stanza& stanza) {
      const auto it = installed->find(stanza.key());
      if (it != installed->end() && compare_debian_versions(it->second, stanza.version) < 0) {
        pending.insert(it->first);
      }
    });
    if (!read) return into.unreadable(fact, describe(read.error()));
  }
  into.set(fact, static_cast<std::int64_t>(pending.size()));
}

}  // namespace sallyport::agent
