// Every check by its cases (cases/*.json): policies that it finds fault with, and their nearest
// neighbours that it leaves alone.
#include "analysis/lint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "analysis/checks/catalogue.h"
#include "base/json.h"
#include "base/json_edit.h"

namespace sallyport {
namespace {

namespace fs = std::filesystem;

const fs::path cases_folder = SALLYPORT_SOURCE_DIR "/src/analysis/cases";

// What every case's policies are patches of (RFC 7396): everybody is asked for MFA, everywhere.
constexpr std::string_view base_policy = R"({"state": "enabled",
  "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]},
                 "clientAppTypes": ["all"]},
  "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}})";

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A folder of its own, gone with the object.
class Folder {
 public:
  Folder() {
    static int count = 0;
    path_ = fs::temp_directory_path() /
            ("sallyport-lint-" + std::to_string(::getpid()) + '-' + std::to_string(++count));
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

// A file a policy: `prefix` tells a baseline's from the set's. The members a case leaves out are
// the base policy's.
void write_policies(const json::Value* patches, const Folder& folder) {
  if (patches == nullptr) return;
  const auto base = json::parse(base_policy);
  ASSERT_TRUE(base.has_value());
  std::size_t number = 0;
  for (const auto& patch : patches->items()) {
    json::Arena arena;
    const auto digits = std::to_string(++number);
    auto policy = json::with(base->root(), "id",
                             arena.string("99999999-0000-4000-8000-00000000000" + digits), arena);
    policy =
        json::with(policy, "displayName", arena.string("10" + digits + " - All - Base"), arena);
    policy = json::merged(policy, patch, {}, arena);
    folder.write("policy-" + digits + ".json", json::write_pretty(policy));
  }
}

std::vector<Guid> ids_in(const json::Value& list) {
  std::vector<Guid> ids;
  for (const auto& item : list.items()) ids.push_back(guid_of_text(item.text()));
  return ids;
}

CheckSettings settings_of(const json::Value* written) {
  auto s = default_check_settings();
  if (written == nullptr) return s;
  for (const auto& [name, value, offset] : written->members()) {
    const auto number = static_cast<int>(value.integer().value_or(0));
    if (name == "emergency_accounts") s.emergency_accounts = ids_in(value);
    if (name == "emergency_groups") s.emergency_groups = ids_in(value);
    if (name == "sync_accounts") s.sync_accounts = ids_in(value);
    if (name == "approved_exclusions") s.approved_exclusions = ids_in(value);
    if (name == "licences") {
      for (const auto& item : value.items()) s.licences.emplace_back(item.text());
    }
    if (name == "os_minimum_versions") {
      for (const auto& system : value.members()) {
        s.os_minimum_versions[std::string(system.name)] = system.value.text();
      }
    }
    if (name == "name_pattern") s.name_pattern = value.text();
    if (name == "sign_in_frequency_days") s.sign_in_frequency_days = number;
    if (name == "policies_max") s.policies_max = number;
    if (name == "phishing_resistant_for_everyone") s.phishing_resistant_for_everyone = true;
    if (name == "private_access") s.private_access = true;
    if (name == "terms_of_use_for_guests") s.terms_of_use_for_guests = true;
    if (name == "medium_risk_blocked") s.medium_risk_blocked = true;
    if (name == "security_defaults") s.security_defaults = value.truth();
    if (name == "admin_roles_needed") s.admin_roles_needed = RolesNeeded::any;
  }
  return s;
}

std::vector<CheckFinding> lint_folder(const std::string& path, CheckRun run = {}) {
  const std::string paths[] = {path};
  const auto loaded = load_for_lint(paths, run.groups);
  run.now = *parse_instant("2026-09-01T00:00:00Z");
  return lint(loaded, run);
}

std::vector<CheckFinding> lint_case(const json::Value& one) {
  const Folder folder;
  write_policies(one.find("policies"), folder);
  if (const auto* documents = one.find("documents")) {
    std::size_t number = 0;
    for (const auto& document : documents->items()) {
      // A text stands for itself: what is no JSON.
      folder.write("document-" + std::to_string(++number) + ".json",
                   document.is_string() ? std::string(document.text()) : json::write(document));
    }
  }
  CheckRun run;
  run.settings = settings_of(one.find("settings"));
  const Folder baseline;
  LoadResult stored;
  if (const auto* before = one.find("baseline")) {
    write_policies(before, baseline);
    const std::string paths[] = {baseline.path()};
    stored = load(paths);
    run.baseline_set = &stored;
  }
  return lint_folder(folder.path(), run);
}

std::string list(const std::vector<CheckFinding>& findings) {
  std::string text;
  for (const auto& f : findings) {
    text += "  " + f.id + ' ' + std::string(name_of(f.severity)) + ' ' + f.pointer + ": " +
            f.message + '\n';
  }
  return text;
}

struct CaseFile {
  std::string name;
  json::Document document;
};

std::vector<CaseFile> case_files() {
  std::vector<CaseFile> files;
  for (const auto& entry : fs::directory_iterator(cases_folder)) {
    auto document = json::parse(bytes_of(entry.path()));
    EXPECT_TRUE(document.has_value()) << entry.path();
    if (document) files.push_back({entry.path().stem().string(), std::move(*document)});
  }
  return files;
}

class CasesOfChecks : public testing::TestWithParam<std::string> {};

TEST_P(CasesOfChecks, are_found_or_left_alone) {
  const auto document = json::parse(bytes_of(cases_folder / (GetParam() + ".json")));
  ASSERT_TRUE(document.has_value());
  for (const auto& check : document->root().members()) {
    const auto id = check.name;
    for (const auto& one : check.value.find("finds")->items()) {
      const auto findings = lint_case(one);
      const auto* at = one.find("at");
      const auto* severity = one.find("severity");
      EXPECT_TRUE(std::ranges::any_of(
          findings,
          [&](const CheckFinding& f) {
            return f.id == id && (at == nullptr || f.pointer == at->text()) &&
                   (severity == nullptr || name_of(f.severity) == severity->text());
          }))
          << id << " does not find: " << one.find("say")->text() << "\nbut\n"
          << list(findings);
    }
    for (const auto& one : check.value.find("passes")->items()) {
      const auto findings = lint_case(one);
      // What is merely told of a policy that does it (`info`, `low`) is not the failure itself.
      for (const auto& f : findings) {
        EXPECT_NE(f.id, id) << one.find("say")->text() << ": " << f.message;
      }
    }
  }
}

std::vector<std::string> case_file_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(cases_folder)) {
    names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, CasesOfChecks, testing::ValuesIn(case_file_names()),
                         [](const auto& row) { return row.param; });

TEST(Lint, has_cases_of_both_kinds_for_every_check_by_shape) {
  std::map<std::string, const json::Value*> cases;
  const auto files = case_files();
  for (const auto& file : files) {
    for (const auto& check : file.document.root().members()) {
      cases[std::string(check.name)] = &check.value;
    }
  }
  for (const auto& check : check_catalogue()) {
    if (check.decided != Decided::by_shape) continue;
    const auto found = cases.find(std::string(check.id));
    ASSERT_NE(found, cases.end()) << check.id;
    EXPECT_FALSE(found->second->find("finds")->items().empty()) << check.id;
    EXPECT_FALSE(found->second->find("passes")->items().empty()) << check.id;
  }
}

TEST(Lint, finds_every_coverage_missing_where_there_is_no_policy) {
  const Folder folder;
  folder.write("nothing.json", "[]");
  std::set<std::string> found;
  for (const auto& finding : lint_folder(folder.path())) found.insert(finding.id);
  for (const auto& check : check_catalogue()) {
    const bool asked = check.id.starts_with("COV-") && check.decided == Decided::by_shape &&
                       check.id != "COV-33" && check.id != "COV-34";  // only where settings say so
    if (asked) {
      EXPECT_TRUE(found.contains(std::string(check.id))) << check.id;
    }
  }
}

// Every case in one folder, under names in the one order and in the other.
TEST(Lint, finds_the_same_whatever_the_order_of_files) {
  const Folder forwards;
  const Folder backwards;
  std::size_t number = 0;
  for (const auto& file : case_files()) {
    for (const auto& check : file.document.root().members()) {
      for (const auto& one : check.value.find("finds")->items()) {
        const Folder folder;
        write_policies(one.find("policies"), folder);
        for (const auto& entry : fs::directory_iterator(folder.path())) {
          ++number;
          json::Arena arena;
          const auto policy = json::parse(bytes_of(entry.path()));
          const auto text =
              json::write(json::with(policy->root(), "id",
                                     arena.string("policy " + std::string(check.name) + ' ' +
                                                  std::string(one.find("say")->text()) + ' ' +
                                                  entry.path().stem().string()),
                                     arena));
          forwards.write(std::to_string(100000 + number) + ".json", text);
          backwards.write(std::to_string(900000 - number) + ".json", text);
        }
      }
    }
  }
  // Ids, not files, tell them apart.
  const auto lines_of = [](const std::vector<CheckFinding>& findings) {
    std::vector<std::string> lines;
    for (const auto& f : findings) {
      auto& line = lines.emplace_back(f.id + '|' + std::string(name_of(f.severity)) + '|' +
                                      f.pointer + '|' + f.message);
      for (const auto& policy : f.policies) line += '|' + policy.id;
      for (const auto& more : f.evidence) line += '|' + more;
    }
    return lines;
  };
  const auto one = lines_of(lint_folder(forwards.path()));
  const auto other = lines_of(lint_folder(backwards.path()));
  EXPECT_GT(number, 200U);
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) ASSERT_EQ(one[i], other[i]) << i;
}

TEST(Lint, says_where_a_value_stands_inside_a_list) {
  const Folder folder;
  folder.write("list.json", "{\"value\": [\n" + std::string(base_policy) + "]}");
  const auto findings = lint_folder(folder.path());
  const auto found = std::ranges::find(findings, "EXC-09", &CheckFinding::id);
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->pointer, "/conditions/users");
  EXPECT_EQ(found->line, 3U);
  EXPECT_EQ(found->policies.size(), 1U);
}

TEST(Lint, tells_the_rule_beside_the_check_that_says_the_same) {
  const Folder folder;
  folder.write("p.json", R"({"id": "1", "displayName": "P", "state": "enabled",
    "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}},
    "grantControls": {"operator": "OR", "builtInControls": ["block", "mfa"]}})");
  const auto findings = lint_folder(folder.path());
  const auto found = std::ranges::find(findings, "GRT-02", &CheckFinding::id);
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->rule, "V7");
  EXPECT_EQ(std::ranges::count(findings, "V7", &CheckFinding::id), 0);
}

TEST(Lint, takes_other_peoples_policies) {
  const fs::path corpus = SALLYPORT_SOURCE_DIR "/../shared/corpus";
  if (!fs::is_directory(corpus)) GTEST_SKIP() << "../shared/corpus is not here";
  for (const auto& entry : fs::directory_iterator(corpus)) {
    if (!entry.is_directory()) continue;
    const auto findings = lint_folder(entry.path().string());
    EXPECT_FALSE(findings.empty()) << entry.path();
    for (const auto& finding : findings) {
      EXPECT_FALSE(finding.message.empty());
      if (find_check(finding.id) != nullptr) {
        EXPECT_FALSE(finding.fix.empty()) << finding.id;
        EXPECT_FALSE(finding.title.empty()) << finding.id;
      }
    }
  }
}

}  // namespace
}  // namespace sallyport
