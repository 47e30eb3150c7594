#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <cstring>

#include "agent/collect.h"
#include "agent/test_tree.h"

namespace sallyport::agent {
namespace {

// ---- messages as the kernel writes them ----
template <class T>
std::string raw(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}
std::string number(std::uint32_t n) { return raw(htonl(n)); }
std::string attribute(int type, std::string payload) {
  nlattr head{};
  head.nla_len = static_cast<std::uint16_t>(sizeof head + payload.size());
  head.nla_type = static_cast<std::uint16_t>(type);
  payload.resize((payload.size() + 3) / 4 * 4);
  return raw(head) + payload;
}
std::string text(int type, const std::string& value) { return attribute(type, value + '\0'); }
std::string message(int kind, int family, const std::string& attributes) {
  nfgenmsg inner{};
  inner.nfgen_family = static_cast<std::uint8_t>(family);
  nlmsghdr head{};
  head.nlmsg_len = static_cast<std::uint32_t>(sizeof head + sizeof inner + attributes.size());
  head.nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | kind);
  return raw(head) + raw(inner) + attributes;
}

std::string base_chain(const std::string& name, int policy, int family = NFPROTO_INET,
                       int hook = NF_INET_LOCAL_IN) {
  return message(
      NFT_MSG_NEWCHAIN, family,
      text(NFTA_CHAIN_TABLE, "filter") + text(NFTA_CHAIN_NAME, name) +
          attribute(NFTA_CHAIN_HOOK,
                    attribute(NFTA_HOOK_HOOKNUM, number(static_cast<std::uint32_t>(hook)))) +
          attribute(NFTA_CHAIN_POLICY, number(static_cast<std::uint32_t>(policy))) +
          text(NFTA_CHAIN_TYPE, "filter"));
}
std::string expression(const std::string& name, const std::string& data = {}) {
  return attribute(NFTA_LIST_ELEM, text(NFTA_EXPR_NAME, name) + attribute(NFTA_EXPR_DATA, data));
}
std::string verdict(std::int32_t code, const std::string& chain = {}) {
  return expression(
      "immediate",
      attribute(NFTA_IMMEDIATE_DATA,
                attribute(NFTA_DATA_VERDICT,
                          attribute(NFTA_VERDICT_CODE, number(static_cast<std::uint32_t>(code))) +
                              (chain.empty() ? "" : text(NFTA_VERDICT_CHAIN, chain)))));
}
std::string rule(const std::string& chain, const std::string& expressions,
                 int family = NFPROTO_INET) {
  return message(NFT_MSG_NEWRULE, family,
                 text(NFTA_RULE_TABLE, "filter") + text(NFTA_RULE_CHAIN, chain) +
                     attribute(NFTA_RULE_EXPRESSIONS, expressions));
}

std::string enabled(const std::string& messages, const TestTree& tree = TestTree()) {
  Ruleset rules;
  const auto added = rules.add(messages);
  if (!added) return "damaged";
  Readings readings;
  firewall_of(tree.root(), rules, readings);
  return told(readings, "firewallEnabled");
}

const std::string of_an_address = expression("payload") + expression("cmp");

TEST(Firewall, no_rules_are_no_firewall) { EXPECT_EQ(enabled(""), "false"); }

TEST(Firewall, a_policy_that_drops_is_one) {
  EXPECT_EQ(enabled(base_chain("input", NF_DROP)), "true");
  EXPECT_EQ(enabled(base_chain("input", NF_ACCEPT)), "false");
}

TEST(Firewall, what_is_forwarded_is_not_what_comes_in) {
  EXPECT_EQ(enabled(base_chain("forward", NF_DROP, NFPROTO_INET, NF_INET_FORWARD)), "false");
}

TEST(Firewall, a_last_rule_that_rejects_is_one) {  // as firewalld has it
  const auto chain = base_chain("input", NF_ACCEPT);
  EXPECT_EQ(enabled(chain + rule("input", of_an_address + verdict(NF_ACCEPT)) +
                    rule("input", expression("counter") + expression("reject"))),
            "true");
}

TEST(Firewall, a_rule_for_one_address_is_none) {
  EXPECT_EQ(
      enabled(base_chain("input", NF_ACCEPT) + rule("input", of_an_address + verdict(NF_DROP))),
      "false");
}

TEST(Firewall, a_rule_that_accepts_everything_goes_before_the_policy) {
  EXPECT_EQ(enabled(base_chain("input", NF_DROP) + rule("input", verdict(NF_ACCEPT))), "false");
}

TEST(Firewall, chains_are_followed) {
  const auto chains = base_chain("input", NF_ACCEPT) +
                      message(NFT_MSG_NEWCHAIN, NFPROTO_INET,
                              text(NFTA_CHAIN_TABLE, "filter") + text(NFTA_CHAIN_NAME, "last"));
  EXPECT_EQ(
      enabled(chains + rule("last", verdict(NF_DROP)) + rule("input", verdict(NFT_JUMP, "last"))),
      "true");
  EXPECT_EQ(enabled(chains + rule("last", verdict(NF_DROP)) +
                    rule("input", of_an_address + verdict(NFT_JUMP, "last"))),
            "false");
  EXPECT_EQ(enabled(chains + rule("last", verdict(NFT_RETURN)) + rule("last", verdict(NF_DROP)) +
                    rule("input", verdict(NFT_GOTO, "last"))),
            "false");
  EXPECT_EQ(enabled(chains + rule("last", verdict(NFT_JUMP, "last")) +
                    rule("input", verdict(NFT_JUMP, "last"))),
            "false");
}

TEST(Firewall, old_targets_of_iptables_are_understood) {
  const auto chain = base_chain("INPUT", NF_ACCEPT, NFPROTO_IPV4);
  const auto target = [](const std::string& name) {
    return expression("target", text(NFTA_TARGET_NAME, name));
  };
  EXPECT_EQ(enabled(chain + rule("INPUT", target("REJECT"), NFPROTO_IPV4)), "true");
  EXPECT_EQ(enabled(chain + rule("INPUT", target("LOG"), NFPROTO_IPV4)), "false");
  EXPECT_EQ(enabled(chain + rule("INPUT", expression("match") + target("REJECT"), NFPROTO_IPV4)),
            "false");
}

TEST(Firewall, a_machine_that_speaks_ipv6_needs_it_for_both) {
  TestTree tree;
  tree.file("/proc/net/if_inet6", "00000000000000000000000000000001 01 80 10 80 lo\n");
  const auto v4 = base_chain("INPUT", NF_DROP, NFPROTO_IPV4);
  EXPECT_EQ(enabled(v4), "true");
  EXPECT_EQ(enabled(v4, tree), "false");
  EXPECT_EQ(enabled(v4 + base_chain("INPUT", NF_DROP, NFPROTO_IPV6), tree), "true");
}

TEST(Firewall, rules_that_cannot_be_seen_are_an_error_and_no_guess) {
  TestTree tree;
  tree.file("/proc/net/ip_tables_names", "filter\n");
  EXPECT_TRUE(enabled("", tree).starts_with("error: "));
  Readings readings;
  firewall_of(tree.root(), fail(ErrorKind::unavailable, "operation not permitted"), readings);
  EXPECT_EQ(told(readings, "firewallEnabled"), "error: operation not permitted");
}

TEST(Firewall, a_message_cut_anywhere_is_no_crash) {
  const auto whole = base_chain("input", NF_DROP) + rule("input", of_an_address + verdict(NF_DROP));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Ruleset rules;
    (void)rules.add(std::string_view(whole).substr(0, size));
    (void)rules.refuses_unspoken(false);
  }
}

}  // namespace
}  // namespace sallyport::agent
