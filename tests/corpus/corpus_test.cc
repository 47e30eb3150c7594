// Policies that other people wrote: every file loads, says what was not understood, and survives
// being written. The files are not part of the project; without them these tests are skipped.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "base/text.h"
#include "policy/describe_policy.h"
#include "policy/read.h"
#include "policy/source_text.h"
#include "policy/tenant.h"
#include "policy/write.h"

namespace sallyport {
namespace {

const std::string corpus = SALLYPORT_SOURCE_DIR "/../shared/corpus";

class Corpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(corpus)) {
      GTEST_SKIP() << "../shared/corpus is not here; clone it beside the project to run this test";
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
      if (entry.path().extension() == ".json") files_.push_back(entry.path().string());
    }
    std::ranges::sort(files_);
  }
  std::vector<std::string> files_;
};

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Holds `sessionControls` twice, once as null: loaded without the null, reported as an error.
bool has_a_duplicate_member(const std::string& file) {
  return std::filesystem::path(file).filename().string().starts_with(
      "209 - RING - Base protection");
}

std::vector<json::Value> documents_in(const json::Value& root) {
  const auto* list = list_in(root);
  if (list == nullptr) return {root};
  return {list->items().begin(), list->items().end()};
}

TEST_F(Corpus, every_file_loads) {
  // Each file on its own: the repositories share ids, as copies of one tenant do.
  std::map<DocumentKind, int> counts;
  std::vector<std::string> faulty;
  for (const auto& file : files_) {
    const std::string paths[] = {file};
    const auto loaded = load(paths);
    for (const auto& document : loaded.documents) ++counts[document.kind];
    for (const auto& finding : loaded.findings) {
      if (finding.severity == Severity::error) faulty.push_back(file);
      EXPECT_FALSE(finding.message.empty());
      EXPECT_NE(finding.line, 0U) << finding.message;
    }
  }
  EXPECT_EQ(files_.size(), 306U);
  EXPECT_EQ(counts[DocumentKind::conditional_access_policy] + counts[DocumentKind::policy_template],
            269);
  EXPECT_EQ(counts[DocumentKind::policy_template], 18);
  EXPECT_EQ(counts[DocumentKind::named_location], 23);
  EXPECT_EQ(counts[DocumentKind::authentication_strength_policy], 2);
  EXPECT_EQ(counts[DocumentKind::other], 16);
  ASSERT_EQ(faulty.size(), 1U);
  EXPECT_TRUE(has_a_duplicate_member(faulty[0])) << faulty[0];
}

void collect_names(const json::Value& value, std::multiset<std::string>& names) {
  for (const auto& item : value.items()) collect_names(item, names);
  for (const auto& member : value.members()) {
    names.insert(to_lower(member.name));
    collect_names(member.value, names);
  }
}

TEST_F(Corpus, formatting_is_idempotent_and_loses_nothing) {
  for (const auto& file : files_) {
    if (has_a_duplicate_member(file)) continue;
    const auto bytes = bytes_of(file);
    const auto once = format_text(bytes);
    ASSERT_TRUE(once.has_value()) << file << ": " << once.error().message;
    EXPECT_EQ(format_text(*once).value(), *once) << file;

    const auto before = json::parse(decode_text(bytes).value());
    const auto after = json::parse(*once);
    ASSERT_TRUE(before.has_value() && after.has_value()) << file;
    std::multiset<std::string> names_before;
    std::multiset<std::string> names_after;
    collect_names(before->root(), names_before);
    collect_names(after->root(), names_after);
    EXPECT_EQ(names_before, names_after) << file;

    const auto documents_before = documents_in(before->root());
    const auto documents_after = documents_in(after->root());
    ASSERT_EQ(documents_before.size(), documents_after.size()) << file;
    for (std::size_t i = 0; i < documents_before.size(); ++i) {
      EXPECT_EQ(describe(read_policy(documents_before[i]).policy),
                describe(read_policy(documents_after[i]).policy))
          << file;
    }
  }
}

TEST_F(Corpus, every_device_filter_can_be_read) {
  int filters = 0;
  for (const auto& file : files_) {
    const std::string paths[] = {file};
    for (const auto& policy : load(paths).tenant.policy_set.policies) {
      if (!policy.conditions.devices || !policy.conditions.devices->filter) continue;
      ++filters;
      EXPECT_TRUE(policy.conditions.devices->filter->rule.has_value())
          << file << ": " << policy.conditions.devices->filter->text;
    }
  }
  EXPECT_EQ(filters, 18);
}

TEST_F(Corpus, agents_and_workloads_are_understood) {
  int agent_users = 0;
  int agents = 0;
  int workloads = 0;
  for (const auto& file : files_) {
    const std::string paths[] = {file};
    for (const auto& policy : load(paths).tenant.policy_set.policies) {
      const auto& c = policy.conditions;
      if (c.users && c.users->include.all_agent_users) ++agent_users;
      if (!c.client_applications) continue;
      if (c.client_applications->include.all_agents) ++agents;
      if (c.client_applications->include.all_in_my_tenant) ++workloads;
    }
  }
  EXPECT_EQ(agent_users, 6);
  EXPECT_EQ(agents, 4);
  EXPECT_EQ(workloads, 2);
}

}  // namespace
}  // namespace sallyport
