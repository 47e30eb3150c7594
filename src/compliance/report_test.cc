#include "compliance/report.h"

#include <gtest/gtest.h>

#include "compliance/facts.h"

namespace sallyport::compliance {
namespace {

constexpr const char* whole =
    R"({"source":"agent","reportedAt":"2026-11-26T03:00:00Z","sequence":17,"facts":{)"
    R"("distribution":"ubuntu","osVersion":"22.04","storageEncrypted":false,)"
    R"("tpmVersion":{"notApplicable":true},"firewallEnabled":{"error":"nft: permission denied"},)"
    R"("passwordType":"alphanumeric","installedApps":["a","b c"],)"
    R"("wslDistributions":[{"name":"ubuntu","version":"22.04"},{"name":"own","version":""}],)"
    R"("threatLevel":{"p1":"secured","p2":"highSeverity"}},)"
    R"("systemFacts":{"firewallEnabled":true},)"
    R"("discoveryScripts":{"11111111-1111-4111-8111-111111111111":)"
    R"({"exitCode":0,"output":"{\"BiosVersion\":\"1.2\"}"}}})";

Report report(std::string_view text) {
  auto read = parse_report(text);
  EXPECT_TRUE(read.has_value()) << (read ? "" : describe(read.error()));
  return read.value_or(Report{});
}

std::string with_facts(const std::string& facts, int sequence = 1, const char* source = "agent") {
  return R"({"source":")" + std::string(source) +
         R"(","reportedAt":"2026-11-26T03:00:00Z","sequence":)" + std::to_string(sequence) +
         R"(,"facts":)" + facts + "}";
}

TEST(Report, is_the_same_after_writing_and_reading_it) {
  const auto once = to_json(report(whole));
  EXPECT_EQ(to_json(report(once)), once);
  EXPECT_NE(once.find(R"("wslDistributions":[{"name":"ubuntu","version":"22.04"})"),
            std::string::npos)
      << once;
}

TEST(Report, says_where_it_is_wrong) {
  const std::pair<std::string, std::string> wrong[] = {
      {R"([])", ""},
      {R"({"source":"me"})", "/source"},
      {R"({"source":"agent"})", "/reportedAt"},
      {R"({"source":"agent","reportedAt":"2026-11-26T03:00:00Z"})", "/sequence"},
      {with_facts(R"({"storageEncrypted":"yes"})"), "/facts/storageEncrypted"},
      {with_facts(R"({"screenLockMinutes":-1})"), "/facts/screenLockMinutes"},
      {with_facts(R"({"passwordType":"long"})"), "/facts/passwordType"},
      {with_facts(R"({"installedApps":["a",3]})"), "/facts/installedApps/1"},
      {with_facts(R"({"installedApps":[""]})"), "/facts/installedApps/0"},
      {with_facts(R"({"wslDistributions":[{"version":"1"}]})"), "/facts/wslDistributions/0"},
      {with_facts(R"({"model":"a\nb"})"), "/facts/model"},
      {with_facts(R"({"model":{"error":5}})"), "/facts/model/error"},
      {with_facts(R"({"model":{"notApplicable":false}})"), "/facts/model/notApplicable"},
      {with_facts(R"({"threatLevel":{"p":"bad"}})"), "/facts/threatLevel/p"},
      {with_facts("{\"model\":\"" + std::string(2000, 'x') + "\"}"), "/facts/model"},
      {R"({"source":"agent","reportedAt":"2026-11-26T03:00:00Z","sequence":1,)"
       R"("discoveryScripts":{"s":{"output":"x"}}})",
       "/discoveryScripts/s/exitCode"},
  };
  for (const auto& [text, where] : wrong) {
    const auto read = parse_report(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().where, where) << text;
    EXPECT_FALSE(read.error().message.empty());
  }
}

TEST(Report, leaves_out_facts_of_newer_agents_and_says_so) {
  std::vector<Finding> notes;
  const auto read = parse_report(with_facts(R"({"colour":"red","model":"X1"})"), &notes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->facts.size(), 1U);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].pointer, "/facts/colour");
}

const Instant noon = *parse_instant("2026-11-26T12:00:00Z");

TEST(Facts, ignore_a_replay) {
  Facts facts;
  EXPECT_TRUE(facts.merge(report(with_facts(R"({"model":"new"})", 7)), noon));
  EXPECT_FALSE(facts.merge(report(with_facts(R"({"model":"old"})", 7)), noon));
  EXPECT_FALSE(facts.merge(report(with_facts(R"({"model":"old"})", 6)), noon));
  EXPECT_EQ(facts.find(Fact::model).text, "new");
  EXPECT_TRUE(facts.merge(report(with_facts(R"({"model":"other"})", 1, "osquery")), noon));
}

TEST(Facts, forget_what_a_source_no_longer_tells) {
  Facts facts;
  facts.merge(report(with_facts(R"({"model":"X1","storageEncrypted":true})", 1)), noon);
  facts.merge(report(with_facts(R"({"model":"X1"})", 2)), noon);
  EXPECT_EQ(facts.find(Fact::storage_encrypted).state, FactState::unknown);
  EXPECT_EQ(facts.find(Fact::model).text, "X1");
}

TEST(Facts, believe_who_was_heard_of_last) {
  Facts facts;
  facts.merge(report(with_facts(R"({"storageEncrypted":true})", 1, "osquery")), noon);
  facts.merge(report(with_facts(R"({"storageEncrypted":false})", 1, "agent")),
              noon + std::chrono::minutes(1));
  EXPECT_EQ(facts.find(Fact::storage_encrypted).number, 0);
  EXPECT_EQ(facts.find(Fact::storage_encrypted).source, Source::agent);
  facts.merge(report(with_facts(R"({"storageEncrypted":true})", 2, "osquery")),
              noon + std::chrono::minutes(2));
  EXPECT_EQ(facts.find(Fact::storage_encrypted).number, 1);
}

TEST(Facts, believe_who_came_last_although_the_clock_was_set_back) {
  Facts facts;
  facts.merge(report(with_facts(R"({"storageEncrypted":true})", 1, "osquery")), noon);
  facts.merge(report(with_facts(R"({"storageEncrypted":false})", 1, "agent")),
              noon - std::chrono::hours(1));
  EXPECT_EQ(facts.find(Fact::storage_encrypted).number, 0);
  facts.merge(report(with_facts(R"({"storageEncrypted":true})", 2, "osquery")),
              noon - std::chrono::hours(2));
  EXPECT_EQ(facts.find(Fact::storage_encrypted).number, 1);
}

TEST(Facts, let_nothing_count_that_is_too_old) {
  Facts facts;
  facts.merge(report(with_facts(R"({"storageEncrypted":true})", 1, "osquery")), noon);
  const auto later = noon + std::chrono::hours(1);
  EXPECT_EQ(facts.find(Fact::storage_encrypted, Account::user, later).state, FactState::unknown);
}

TEST(Facts, tell_apart_what_the_system_account_sees) {
  Facts facts;
  facts.merge(report(whole), noon);
  EXPECT_EQ(facts.find(Fact::firewall_enabled).state, FactState::error);
  EXPECT_EQ(facts.find(Fact::firewall_enabled).text, "nft: permission denied");
  EXPECT_EQ(facts.find(Fact::firewall_enabled, Account::system).number, 1);
  EXPECT_EQ(facts.find(Fact::os_version, Account::system).text, "22.04");
}

TEST(Facts, are_not_heard_of_through_a_partner) {
  Facts facts;
  facts.merge(report(with_facts(R"({"threatLevel":"secured"})", 1, "partner")), noon);
  EXPECT_FALSE(facts.last_contact().has_value());
  facts.merge(report(with_facts(R"({})", 1, "mdm")), noon);
  EXPECT_EQ(facts.last_contact(), noon);
}

TEST(Facts, are_the_same_after_storing_them) {
  Facts facts;
  facts.merge(report(whole), noon);
  facts.merge(report(with_facts(R"({"model":"X1"})", 3, "osquery")), noon);
  const auto stored = [](const Facts& of) {
    std::string text;
    json::Writer writer(text);
    of.write(writer);
    return text;
  };
  const auto text = stored(facts);
  const auto document = json::parse(text);
  ASSERT_TRUE(document.has_value());
  const auto read = Facts::read(document->root());
  ASSERT_TRUE(read.has_value()) << describe(read.error());
  EXPECT_EQ(stored(*read), text);
  EXPECT_EQ(read->scripts().size(), 1U);
  // Another source's report does not take the scripts' results with it.
  const Facts copy = facts;
  EXPECT_EQ(stored(copy), text);
}

}  // namespace
}  // namespace sallyport::compliance
