// Findings in the forms that other programs read, with the worst names somebody may have given.
#include "findings_report.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "base/json.h"
#include "findings_acceptance.h"

namespace sallyport::cli {
namespace {

ReportedFinding finding(std::string id, Severity severity, std::string policy,
                        std::string pointer = "/state") {
  ReportedFinding reported;
  auto& f = reported.finding;
  f.id = std::move(id);
  f.severity = severity;
  f.title = "Title <of> \"it\"";
  f.message = "a message & more";
  f.fix = "Do it.";
  f.policies.push_back({policy + "-id", policy});
  f.file = "folder with blanks/p\xc3\xa9.json";
  f.line = 7;
  f.column = 3;
  f.pointer = std::move(pointer);
  f.evidence = {"line one", "]]> line two"};
  f.assumption = "no directory data";
  f.would_pass_if_enforced = {"other"};
  return reported;
}

FindingsReport hostile_report() {
  FindingsReport report;
  report.command = "lint";
  report.fail_on = Severity::medium;
  report.checked = {"COV-01", "COV-02", "EXC-08"};
  report.findings.push_back(
      finding("EXC-08", Severity::high, "</testcase><x a='1'>&\"\x01\x1b[31m\xef\xbf\xbf"));
  report.findings.push_back(finding("L-json", Severity::medium, "\n\t\r"));
  report.findings.push_back(finding("GRT-05", Severity::low, "ordinary"));
  auto accepted = finding("SES-06", Severity::high, "accepted one");
  accepted.standing = Standing::accepted;
  accepted.remark = "by Ada until 2026-12-31, reviewed";
  report.findings.push_back(accepted);
  auto whole = finding("COV-01", Severity::critical, "x");
  whole.finding.policies.clear();
  whole.finding.file.clear();
  whole.finding.line = 0;
  whole.standing = Standing::known;
  report.findings.push_back(whole);
  return report;
}

// The members that SARIF 2.1.0 requires of a log, a run, a result and what they hold.
TEST(FindingsAsSarif, have_what_the_standard_requires) {
  const auto report = hostile_report();
  const auto document = json::parse(findings_as_sarif(report));
  ASSERT_TRUE(document.has_value());
  const auto& log = document->root();
  EXPECT_EQ(log.find("version")->text(), "2.1.0");
  ASSERT_EQ(log.find("runs")->items().size(), 1U);
  const auto& run = log.find("runs")->items()[0];
  const auto& driver = *run.find("tool")->find("driver");
  EXPECT_FALSE(driver.find("name")->text().empty());
  const auto& rules = driver.find("rules")->items();
  for (const auto& rule : rules) EXPECT_FALSE(rule.find("id")->text().empty());
  const auto& results = run.find("results")->items();
  ASSERT_EQ(results.size(), report.findings.size());
  for (const auto& result : results) {
    EXPECT_FALSE(result.find("message")->find("text")->text().empty());
    const auto index = static_cast<std::size_t>(*result.find("ruleIndex")->integer());
    ASSERT_LT(index, rules.size());
    EXPECT_EQ(rules[index].find("id")->text(), result.find("ruleId")->text());
    const auto level = result.find("level")->text();
    EXPECT_TRUE(level == "error" || level == "warning" || level == "note") << level;
    EXPECT_EQ(result.find("partialFingerprints")->members().size(), 1U);
    const auto* locations = result.find("locations");
    if (locations == nullptr) continue;
    const auto& place = *locations->items()[0].find("physicalLocation");
    EXPECT_EQ(place.find("artifactLocation")->find("uri")->text(),
              "folder%20with%20blanks/p%C3%A9.json");
    EXPECT_EQ(place.find("region")->find("startLine")->integer(), 7);
  }
  EXPECT_EQ(results[3].find("suppressions")->items()[0].find("kind")->text(), "external");
  EXPECT_EQ(results[4].find("baselineState")->text(), "unchanged");
  EXPECT_EQ(results[4].find("locations"), nullptr);
}

// Reads XML far enough to know that tags nest and attributes are quoted.
std::string problem_of(std::string_view xml) {
  std::vector<std::string> open;
  while (!xml.empty()) {
    const auto tag = xml.find('<');
    const auto text = xml.substr(0, tag);
    for (const char c : text) {
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n') return "a control character";
    }
    if (tag == std::string_view::npos) break;
    xml.remove_prefix(tag);
    const auto end = xml.find('>');
    if (end == std::string_view::npos) return "an open tag";
    auto inside = xml.substr(1, end - 1);
    xml.remove_prefix(end + 1);
    if (std::count(inside.begin(), inside.end(), '"') % 2 != 0) return "a lone quote";
    if (inside.starts_with('?')) continue;
    const std::string name(inside.substr(0, inside.find(' ')));
    if (inside.starts_with('/')) {
      if (open.empty() || open.back() != name.substr(1)) return "wrong nesting at " + name;
      open.pop_back();
    } else if (!inside.ends_with('/')) {
      open.push_back(name);
    }
  }
  return open.empty() ? "" : "unclosed " + open.back();
}

TEST(FindingsAsJunit, are_well_formed_whatever_the_names) {
  const auto xml = findings_as_junit(hostile_report());
  EXPECT_EQ(problem_of(xml), "") << xml;
  EXPECT_EQ(xml.find('\x1b'), std::string::npos);
  EXPECT_EQ(xml.find("\xef\xbf\xbf"), std::string::npos);
  // Five findings and COV-02, which found nothing; EXC-08 and the medium one fail.
  EXPECT_NE(xml.find("tests=\"6\" failures=\"2\" errors=\"0\" skipped=\"2\""), std::string::npos)
      << xml;
}

TEST(FindingsForPeople, never_send_control_characters_to_a_terminal) {
  const auto text = findings_for_people(hostile_report(), {Format::table, false, 80});
  for (const char c : text) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
}

std::string temporary(std::string_view text) {
  static int count = 0;
  const auto path =
      std::filesystem::temp_directory_path() /
      ("sallyport-findings-" + std::to_string(getpid()) + '-' + std::to_string(++count));
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

TEST(Baseline, knows_every_finding_of_the_run_it_was_written_by) {
  for (const bool lines : {false, true}) {
    auto report = hostile_report();
    for (auto& reported : report.findings) reported.standing = Standing::open;
    const auto keys = read_baseline(temporary(findings_as_json(report, lines)));
    ASSERT_TRUE(keys.has_value()) << keys.error().message;
    EXPECT_TRUE(fails(report));
    report.findings.push_back(finding("EXC-08", Severity::high, "a new one"));
    apply_baseline(*keys, report.findings);
    EXPECT_TRUE(fails(report));
    report.findings.pop_back();
    EXPECT_FALSE(fails(report));
  }
  EXPECT_FALSE(read_baseline(temporary("{\"value\": []}")).has_value());
  EXPECT_FALSE(read_baseline(temporary("[{\"id\": 1}]")).has_value());
}

TEST(Acceptances, count_to_the_end_of_their_last_day_and_then_say_so) {
  const auto reading = read_acceptances(temporary(
      "[[accept]]\ncheck = \"EXC-08\"\npolicy = \"P\"\nowner = \"Ada\"\nreason = \"lab\"\n"
      "expires = 2026-12-31\n"));
  ASSERT_TRUE(reading.problems.empty()) << describe(reading.problems.front());
  for (const auto& [now, covered] :
       {std::pair("2026-12-31T23:59:59Z", true), std::pair("2027-01-01T00:00:00Z", false)}) {
    std::vector<ReportedFinding> findings{finding("EXC-08", Severity::high, "P"),
                                          finding("EXC-08", Severity::high, "Q"),
                                          finding("EXC-05", Severity::high, "P")};
    EXPECT_TRUE(apply_acceptances(reading.acceptances, *parse_instant(now), findings).empty());
    EXPECT_EQ(findings[0].standing, covered ? Standing::accepted : Standing::open);
    EXPECT_EQ(findings[0].finding.evidence.size(), covered ? 2U : 3U);
    EXPECT_EQ(findings[1].standing, Standing::open);
    EXPECT_EQ(findings[2].standing, Standing::open);
  }
  std::vector<ReportedFinding> none;
  EXPECT_EQ(apply_acceptances(reading.acceptances, Instant{}, none).size(), 1U);
}

TEST(Acceptances, need_an_owner_a_reason_and_an_end) {
  const auto reading = read_acceptances(temporary("[[accept]]\ncheck = \"EXC-08\"\n"));
  EXPECT_EQ(reading.problems.size(), 3U);
}

}  // namespace
}  // namespace sallyport::cli
