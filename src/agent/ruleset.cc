#include "agent/ruleset.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <optional>

namespace sallyport::agent {
namespace {

constexpr int depth_max = 16;  // as deep as the kernel lets chains jump

template <class T>
std::optional<T> front(std::string_view bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::size_t aligned(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

tl::unexpected<Error> damaged() {
  return fail(ErrorKind::internal, "the kernel's rules are not in the form they should be");
}

// Each attribute of a list: type and payload. False: the list is damaged.
bool each_attribute(std::string_view list, const std::function<void(int, std::string_view)>& use) {
  while (list.size() >= sizeof(nlattr)) {
    const auto head = *front<nlattr>(list);
    if (head.nla_len < sizeof(nlattr) || head.nla_len > list.size()) return false;
    use(head.nla_type & NLA_TYPE_MASK, list.substr(sizeof(nlattr), head.nla_len - sizeof(nlattr)));
    list.remove_prefix(std::min(aligned(head.nla_len), list.size()));
  }
  return true;
}

std::string text(std::string_view payload) {
  return std::string(payload.substr(0, payload.find('\0')));
}
std::uint32_t number(std::string_view payload) {
  return ntohl(front<std::uint32_t>(payload).value_or(0));
}
// The payload of one attribute of a list; empty: it has none.
std::string_view attribute(std::string_view list, int wanted) {
  std::string_view found;
  each_attribute(list, [&](int type, std::string_view payload) {
    if (type == wanted) found = payload;
  });
  return found;
}

void take_verdict(std::string_view data, Rule& rule) {
  const auto verdict = attribute(data, NFTA_DATA_VERDICT);
  if (verdict.empty()) return;  // a value for a register
  switch (static_cast<std::int32_t>(number(attribute(verdict, NFTA_VERDICT_CODE)))) {
    case NF_ACCEPT: rule.verdict = Rule::Verdict::accept; break;
    case NF_DROP: rule.verdict = Rule::Verdict::refuse; break;
    case NFT_JUMP: rule.verdict = Rule::Verdict::jump; break;
    case NFT_GOTO: rule.verdict = Rule::Verdict::go; break;
    case NFT_RETURN: rule.verdict = Rule::Verdict::back; break;
    default: break;  // continue, queue
  }
  rule.target = text(attribute(verdict, NFTA_VERDICT_CHAIN));
}

// Expressions that look at no packet. Any other makes the rule conditional.
constexpr std::array<std::string_view, 3> unconditional = {"counter", "log", "notrack"};

void take_expression(std::string_view expression, Rule& rule) {
  const auto name = text(attribute(expression, NFTA_EXPR_NAME));
  const auto data = attribute(expression, NFTA_EXPR_DATA);
  if (name == "immediate") {
    take_verdict(attribute(data, NFTA_IMMEDIATE_DATA), rule);
  } else if (name == "reject") {
    rule.verdict = Rule::Verdict::refuse;
  } else if (name == "target") {  // of iptables
    const auto target = text(attribute(data, NFTA_TARGET_NAME));
    if (target == "REJECT" || target == "DROP") {
      rule.verdict = Rule::Verdict::refuse;
    } else if (target != "LOG") {
      rule.conditional = true;
    }
  } else if (std::ranges::find(unconditional, name) == unconditional.end()) {
    rule.conditional = true;
  }
}

}  // namespace

Result<void> Ruleset::add(std::string_view messages) {
  while (messages.size() >= sizeof(nlmsghdr)) {
    const auto head = *front<nlmsghdr>(messages);
    if (head.nlmsg_len < sizeof(nlmsghdr) || head.nlmsg_len > messages.size()) return damaged();
    const auto body = messages.substr(sizeof(nlmsghdr), head.nlmsg_len - sizeof(nlmsghdr));
    Result<void> added;
    if (head.nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWCHAIN)) added = add_chain(body);
    if (head.nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWRULE)) added = add_rule(body);
    if (!added) return added;
    messages.remove_prefix(std::min(aligned(head.nlmsg_len), messages.size()));
  }
  return {};
}

Result<void> Ruleset::add_chain(std::string_view message) {
  const auto head = front<nfgenmsg>(message);
  if (!head) return damaged();
  Key key{head->nfgen_family, {}, {}};
  Chain chain;
  bool filters = false;
  const bool whole =
      each_attribute(message.substr(sizeof(nfgenmsg)), [&](int type, std::string_view payload) {
        if (type == NFTA_CHAIN_TABLE) key.table = text(payload);
        if (type == NFTA_CHAIN_NAME) key.chain = text(payload);
        if (type == NFTA_CHAIN_TYPE) filters = text(payload) == "filter";
        if (type == NFTA_CHAIN_POLICY) chain.refuses = number(payload) == NF_DROP;
        if (type == NFTA_CHAIN_HOOK) {
          chain.takes_input = number(attribute(payload, NFTA_HOOK_HOOKNUM)) == NF_INET_LOCAL_IN;
        }
      });
  if (!whole) return damaged();
  chain.takes_input = chain.takes_input && filters;
  chains_.insert_or_assign(std::move(key), std::move(chain));
  return {};
}

Result<void> Ruleset::add_rule(std::string_view message) {
  const auto head = front<nfgenmsg>(message);
  if (!head) return damaged();
  Key key{head->nfgen_family, {}, {}};
  Rule rule;
  const bool whole =
      each_attribute(message.substr(sizeof(nfgenmsg)), [&](int type, std::string_view payload) {
        if (type == NFTA_RULE_TABLE) key.table = text(payload);
        if (type == NFTA_RULE_CHAIN) key.chain = text(payload);
        if (type != NFTA_RULE_EXPRESSIONS) return;
        each_attribute(payload, [&](int element, std::string_view expression) {
          if (element == NFTA_LIST_ELEM) take_expression(expression, rule);
        });
      });
  if (!whole) return damaged();
  chains_[std::move(key)].rules.push_back(std::move(rule));
  return {};
}

Fate Ruleset::fate(const Key& key, int depth) const {
  const auto it = chains_.find(key);
  if (it == chains_.end() || depth > depth_max) return Fate::undecided;
  for (const auto& rule : it->second.rules) {
    // A rule that speaks of some packets only may always miss this one.
    if (rule.conditional) continue;
    switch (rule.verdict) {
      case Rule::Verdict::none: break;
      case Rule::Verdict::accept: return Fate::accepted;
      case Rule::Verdict::refuse: return Fate::refused;
      case Rule::Verdict::back: return Fate::undecided;
      case Rule::Verdict::go: return fate({key.family, key.table, rule.target}, depth + 1);
      case Rule::Verdict::jump: {
        const auto there = fate({key.family, key.table, rule.target}, depth + 1);
        if (there != Fate::undecided) return there;
      }
    }
  }
  return Fate::undecided;
}

bool Ruleset::refuses_unspoken(bool v6) const {
  return std::ranges::any_of(chains_, [&](const auto& entry) {
    const auto& [key, chain] = entry;
    const bool of_family =
        key.family == NFPROTO_INET || key.family == (v6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
    if (!of_family || !chain.takes_input) return false;
    const auto met = fate(key, 0);
    return met == Fate::refused || (met == Fate::undecided && chain.refuses);
  });
}

}  // namespace sallyport::agent
