// Whether the kernel refuses what comes to this machine and no rule speaks of, over IPv4 and, where
// the machine speaks it, IPv6. That is what ufw, firewalld and hand-written rules amount to; a
// service that is enabled but loaded no rules protects nothing, and a rule for one address is no
// firewall.
#include "agent/collect.h"
#include "agent/ruleset.h"

namespace sallyport::agent {
namespace {

constexpr std::string_view fact = "firewallEnabled";

bool speaks_ipv6(const Root& root) { return !root.word("/proc/net/if_inet6").empty(); }

// Old iptables filters by tables of its own, which nf_tables does not show.
bool has_legacy_rules(const Root& root) {
  for (const auto* path : {"/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"}) {
    if (root.word(path).find("filter") != std::string::npos) return true;
  }
  return false;
}

}  // namespace

void firewall(const Root& root, Readings& into) {
  if (!root.is_live()) return;  // the rules are this kernel's, not those of a tree
  firewall_of(root, kernel_ruleset(), into);
}

void firewall_of(const Root& root, const Result<Ruleset>& rules, Readings& into) {
  if (!rules) return into.unreadable(fact, describe(rules.error()));
  const bool v4 = rules->refuses_unspoken(false);
  const bool v6 = !speaks_ipv6(root) || rules->refuses_unspoken(true);
  if (v4 && v6) return into.set(fact, true);
  if (has_legacy_rules(root)) {
    return into.unreadable(fact, "there are rules of iptables-legacy, which cannot be read");
  }
  if (v4) into.note(fact, "IPv6 is let in");
  into.set(fact, false);
}

}  // namespace sallyport::agent
