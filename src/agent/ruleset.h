// The kernel's packet filter, as far as it answers one question: what meets a packet to this
// machine that no rule speaks of? ufw, firewalld, nft and iptables all end up there.
//
// The bytes are messages of nf_tables over netlink (linux/netfilter/nf_tables.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport::agent {

enum class Fate : std::uint8_t { undecided, accepted, refused };

struct Rule {
  bool conditional = false;  // it speaks of some packets only
  enum class Verdict : std::uint8_t { none, accept, refuse, jump, go, back } verdict{};
  std::string target;  // of jump and go: a chain of the same table
};

struct Chain {
  bool takes_input = false;  // the kernel sends it what comes to this machine
  bool refuses = false;      // its policy
  std::vector<Rule> rules;
};

class Ruleset {
 public:
  // Messages that carry chains or rules, one after the other; chains first.
  // Errors: a message is not of the form it should be.
  [[nodiscard]] Result<void> add(std::string_view messages);

  // For packets of IPv4 or IPv6: refused when some chain that takes input refuses what no rule
  // speaks of. A condition is never taken to hold.
  bool refuses_unspoken(bool v6) const;

 private:
  struct Key {
    std::uint8_t family = 0;
    std::string table;
    std::string chain;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  Result<void> add_chain(std::string_view message);
  Result<void> add_rule(std::string_view message);
  Fate fate(const Key& chain, int depth) const;

  std::map<Key, Chain> chains_;
};

// What the running kernel filters by. Errors: the caller may not ask (it takes CAP_NET_ADMIN).
[[nodiscard]] Result<Ruleset> kernel_ruleset();

}  // namespace sallyport::agent
