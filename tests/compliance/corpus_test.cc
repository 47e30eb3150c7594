// Compliance policies that other people wrote: each loads, says what was not understood, survives
// being written, and judges. The files are not part of the project; without them these are skipped.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "compliance/judge.h"
#include "policy/tenant.h"

namespace sallyport::compliance {
namespace {

const std::string corpus = SALLYPORT_SOURCE_DIR "/../shared/corpus";

class ComplianceCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(corpus)) {
      GTEST_SKIP() << "../shared/corpus is not here; clone it beside the project to run this test";
    }
    const std::string paths[] = {corpus};
    for (auto& document : load(paths).documents) {
      auto parsed = json::parse(document.json);
      ASSERT_TRUE(parsed.has_value());
      if (is_compliance_policy(parsed->root())) documents_.push_back(std::move(*parsed));
    }
  }
  std::vector<json::Document> documents_;
};

TEST_F(ComplianceCorpus, is_understood_but_for_the_places_to_fill_in) {
  EXPECT_EQ(documents_.size(), 8U);
  std::size_t settings = 0;
  for (const auto& document : documents_) {
    const auto reading = read_compliance_policy(document.root());
    settings += reading.policy.settings.size();
    for (const auto& finding : reading.findings) {
      // `REPLACE_RULES_BASE64` is no rules file, and the script beside it is none of Graph's.
      const bool placeholder = finding.pointer.starts_with("/deviceCompliancePolicyScript");
      EXPECT_TRUE(placeholder || finding.severity == Severity::note)
          << reading.policy.display_name << finding.pointer << ": " << finding.message;
    }
  }
  EXPECT_EQ(settings, 103U);
}

TEST_F(ComplianceCorpus, loses_nothing_by_being_written) {
  for (const auto& document : documents_) {
    json::Arena arena;
    const auto once = json::write(canonical_compliance_policy(document.root(), arena));
    EXPECT_EQ(once.size(), json::write(document.root()).size());
    const auto again = json::parse(once);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(json::write(canonical_compliance_policy(again->root(), arena)), once);
    EXPECT_EQ(read_compliance_policy(again->root()).policy.settings.size(),
              read_compliance_policy(document.root()).policy.settings.size());
  }
}

TEST_F(ComplianceCorpus, judges) {
  const auto now = *parse_instant("2026-11-26T12:00:00Z");
  for (const auto& document : documents_) {
    const auto policy = read_compliance_policy(document.root()).policy;
    Facts facts;
    Report report;
    report.reported_at = now;
    report.sequence = 1;
    facts.merge(report, now);
    const Subject subject{&facts, platform_of(policy.type), EnrolledUser::valid, Authority::own};
    const AppliedPolicy applied[] = {{&policy, true, false}};
    const auto judgement = judge(subject, applied, {}, {}, now);
    EXPECT_FALSE(judgement.is_compliant) << policy.display_name;
    const auto verdict = explain(judgement, subject);
    ASSERT_EQ(verdict.policies.size(), 2U);
    for (const auto& setting : verdict.policies[1].settings) {
      EXPECT_FALSE(setting.required.empty()) << setting.setting;
      EXPECT_FALSE(setting.remedy.empty()) << setting.setting;
    }
  }
}

}  // namespace
}  // namespace sallyport::compliance
