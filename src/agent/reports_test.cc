#include "agent/reports.h"

#include <gtest/gtest.h>

#include "agent/collect.h"
#include "agent/service.h"
#include "agent/test_tree.h"
#include "base/json.h"
#include "compliance/report.h"

namespace sallyport::agent {
namespace {

const Instant now = *parse_instant("2026-11-26T03:00:00Z");

TEST(Reports, say_what_is_known_and_why_something_is_not) {
  Readings readings;
  readings.set("storageEncrypted", false);
  readings.note("storageEncrypted", "for the user alone");
  readings.set("passwordMinimumLength", std::int64_t{14});
  readings.set("distribution", "ubuntu");
  readings.unreadable("firewallEnabled", "nft:\n\"denied\"");
  EXPECT_EQ(
      report_json(readings, {{"5a0f0c9e-6a43-4d0e-9d7e-0d8c5b1f2a34", 0, "{\"a\":1}"}}, 17, now),
      R"({"source":"agent","reportedAt":"2026-11-26T03:00:00Z","sequence":17,"facts":)"
      R"({"distribution":"ubuntu","storageEncrypted":false,)"
      R"("firewallEnabled":{"error":"nft: \"denied\""},"passwordMinimumLength":14},)"
      R"("discoveryScripts":{"5a0f0c9e-6a43-4d0e-9d7e-0d8c5b1f2a34":)"
      R"({"exitCode":0,"output":"{\"a\":1}"}}})");
}

TEST(Reports, every_fact_is_one_that_the_server_knows) {
  TestTree tree;
  tree.file("/etc/os-release", "ID=ubuntu\nVERSION_ID=22.04\n")
      .file("/proc/sys/kernel/osrelease", "6.8.0-45-generic\n")
      .file("/proc/sys/kernel/hostname", "anna-laptop\n")
      .file("/sys/class/tpm/tpm0/tpm_version_major", "2\n")
      .file("/sys/class/dmi/id/sys_vendor", "LENOVO\n")
      .file("/sys/class/dmi/id/product_name", "21HM\n")
      .file("/sys/class/dmi/id/product_serial", "PF1\n")
      .file("/sys/firmware/dmi/x", "")
      .file("/etc/pam.d/passwd", "password requisite pam_pwquality.so\n")
      .file("/proc/self/mountinfo", "")
      .file("/var/lib/dpkg/status", "");
  auto readings = collect_all(tree.root(), now);
  firewall_of(tree.root(), Ruleset(), readings);
  readings.set("screenLockMinutes", std::int64_t{5});
  std::vector<Finding> notes;
  const auto report = compliance::parse_report(report_json(readings, {}, 1, now), &notes);
  ASSERT_TRUE(report.has_value()) << describe(report.error());
  EXPECT_TRUE(notes.empty());
  EXPECT_EQ(report->facts.size(), readings.facts().size());
  EXPECT_EQ(report->facts.size(), 19U);  // all that docs/agent.md tells of
}

TEST(Reports, long_and_broken_texts_become_fit_to_send) {
  Readings readings;
  std::string umlauts;
  for (int i = 0; i < 1000; ++i) umlauts += "\xc3\xa4";
  readings.set("model", "x" + umlauts);
  readings.set("manufacturer", "\xff\xfe");
  const auto document = json::parse(report_json(readings, {}, 1, now));
  ASSERT_TRUE(document.has_value());
  const auto* facts = document->root().find("facts");
  EXPECT_EQ(facts->find("model")->text().size(), 1023U);
  EXPECT_EQ(facts->find("manufacturer")->text(), "??");
}

TEST(Spool, keeps_the_newest) {
  const TestTree tree;
  const StateFolder folder(tree.path());
  for (std::uint64_t i = 1; i <= spool_max + 20; ++i) {
    ASSERT_TRUE(add_report(folder, i, "{}").has_value());
  }
  const auto kept = waiting(folder);
  ASSERT_TRUE(kept.has_value());
  ASSERT_EQ(kept->size(), spool_max);
  EXPECT_EQ(kept->front(), 21U);
  EXPECT_EQ(kept->back(), spool_max + 20);
}

TEST(Spool, what_is_unfinished_or_a_strangers_is_no_report) {
  TestTree tree;
  tree.file("/spool/00000000000000000001.json.part", "{").file("/spool/notes.txt", "");
  tree.file("/spool/00000000000000000002.json", "{}");
  EXPECT_EQ(waiting(StateFolder(tree.path())).value(), std::vector<std::uint64_t>{2});
}

TEST(Contacts, are_read_as_they_were_written) {
  const TestTree tree;
  const StateFolder folder(tree.path());
  Contact contact;
  contact.sequence = 17;
  contact.at = now;
  contact.verdict = R"({"complianceState":"compliant","policies":[]})";
  contact.next_seconds = 60;
  contact.problem = "no `route`";
  contact.problem_at = now;
  contact.results = {{"a", "remoteLock", false, "why"}, {"b", "retire", true, ""}};
  ASSERT_TRUE(write_contact(folder, contact).has_value());
  const auto read = read_contact(folder);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->sequence, 17U);
  EXPECT_EQ(read->at, contact.at);
  EXPECT_EQ(read->verdict, contact.verdict);
  EXPECT_EQ(read->next_seconds, 60);
  EXPECT_EQ(read->problem, contact.problem);
  ASSERT_EQ(read->results.size(), 2U);
  EXPECT_EQ(read->results[1].action, "retire");
  EXPECT_TRUE(read->results[1].done);
  EXPECT_EQ(read->results[0].detail, "why");
}

TEST(Contacts, damaged_ones_are_forgotten_and_stop_nothing) {
  TestTree tree;
  for (const auto* text : {"", "{", "[]", "7", R"({"sequence":"x","results":{}})"}) {
    tree.file("/contact.json", text);
    EXPECT_TRUE(read_contact(StateFolder(tree.path())).has_value()) << text;
  }
}

TEST(HoldBack, grows_spreads_and_respects_the_server) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  EXPECT_EQ(hold_back(1, 0, seconds(0)), seconds(7) + milliseconds(500));
  EXPECT_LT(hold_back(1, 999, seconds(0)), seconds(15));
  EXPECT_EQ(hold_back(3, 0, seconds(0)), seconds(30));
  for (const unsigned failures : {6U, 40U, 1000U}) {
    EXPECT_EQ(hold_back(failures, 0, seconds(0)), seconds(150));
  }
  EXPECT_GE(hold_back(1, 0, seconds(600)), seconds(600));
  EXPECT_NE(hold_back(5, 1, seconds(600)), hold_back(5, 900, seconds(600)));
}

}  // namespace
}  // namespace sallyport::agent
