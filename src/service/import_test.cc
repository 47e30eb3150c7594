#include "service/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "service/document_names.h"
#include "service/export.h"
#include "service/test_tenant.h"

namespace sallyport {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

class ImportTest : public testing::Test {
 protected:
  ImportTest() { store_ = std::move(*open_sqlite_store(folder_.file("store.db"))); }
  void write_file(const std::string& name, const std::string& text) {
    fs::create_directories(fs::path(files()) / fs::path(name).parent_path());
    std::ofstream(fs::path(files()) / name, std::ios::binary) << text;
  }
  std::string files() const { return folder_.file("files"); }
  ImportReport import(ImportOptions options = {}) {
    const std::vector<std::string> paths = {files()};
    documents_.clear();
    options.each = [&](const ImportedDocument& one) { documents_.push_back(one); };
    auto report = import_documents(*store_, paths, options);
    EXPECT_TRUE(report.has_value()) << describe(report.error());
    return report.value_or(ImportReport{});
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  std::vector<ImportedDocument> documents_;  // that the last import told of
};

const char* const policy_text =
    R"({"id":"60000000-0000-4000-8000-00000000000A","displayName":"One","state":"disabled",)"
    R"("conditions":{},"ours":[1.0]})";

TEST_F(ImportTest, a_document_is_kept_exactly_as_it_came) {
  write_file("one.json", policy_text);
  import();
  ASSERT_EQ(documents_.size(), 1U);
  EXPECT_EQ(documents_[0].action, ImportAction::added);
  EXPECT_EQ(documents_[0].kind, "conditionalAccessPolicy");
  EXPECT_EQ(documents_[0].id, "60000000-0000-4000-8000-00000000000a");
  EXPECT_EQ(store_->get("conditionalAccessPolicy", documents_[0].id)->json, policy_text);
}

TEST_F(ImportTest, what_is_imported_again_changes_nothing_unless_its_meaning_did) {
  write_file("one.json", policy_text);
  import();
  EXPECT_EQ(import().count(ImportAction::unchanged), 1U);
  write_file("one.json", "\n  " + std::string(policy_text) + "\n");
  EXPECT_EQ(import().count(ImportAction::unchanged), 1U) << "blanks mean nothing";
  EXPECT_EQ(*store_->last_sequence(), 1);
  auto changed = std::string(policy_text);
  changed.replace(changed.find("disabled"), 8, "enabled");
  write_file("one.json", changed);
  EXPECT_EQ(import().count(ImportAction::changed), 1U);
  EXPECT_EQ(*store_->last_sequence(), 2);
}

TEST_F(ImportTest, a_dry_run_tells_the_same_and_writes_nothing) {
  write_file("one.json", policy_text);
  ImportOptions options;
  options.dry_run = true;
  EXPECT_EQ(import(options).count(ImportAction::added), 1U);
  EXPECT_EQ(*store_->last_sequence(), 0);
}

TEST_F(ImportTest, a_document_without_an_id_gets_the_same_one_each_time) {
  write_file("one.json", R"({"displayName":"No id","state":"enabled","conditions":{}})");
  import();
  ASSERT_EQ(documents_.size(), 1U);
  const auto id = documents_[0].id;
  EXPECT_NE(id, "");
  import();
  EXPECT_EQ(documents_[0].id, id);
  EXPECT_EQ(documents_[0].action, ImportAction::unchanged);
}

TEST_F(ImportTest, a_file_that_cannot_be_read_is_counted_and_does_not_stop_the_others) {
  write_file("bad.json", "{ \"displayName\": ");
  write_file("good.json", policy_text);
  const auto report = import();
  EXPECT_EQ(report.unreadable_files, 1U);
  EXPECT_EQ(report.count(ImportAction::added), 1U);
  ASSERT_FALSE(report.findings.empty());
  EXPECT_THAT(report.findings[0].file, HasSubstr("bad.json"));
}

TEST_F(ImportTest, the_second_document_with_an_id_is_refused_with_the_reason) {
  write_file("a.json", policy_text);
  write_file("b.json", policy_text);
  const auto report = import();
  EXPECT_EQ(report.count(ImportAction::added), 1U);
  // The loader may keep the second back already; then it says so.
  const auto told = report.count(ImportAction::refused) + report.findings.size();
  EXPECT_GE(told, 1U);
}

TEST_F(ImportTest, documents_of_device_management_go_out_and_come_in_as_what_they_are) {
  write_file("devices.json", R"({"@odata.context":"x/$metadata#deviceManagement/managedDevices",
    "value":[{"id":"51000000-0000-4000-8000-000000000001","deviceName":"A",
    "azureADDeviceId":"42000000-0000-4000-8000-000000000001","operatingSystem":"Linux",
    "userPrincipalName":"ada@example.org"}]})");
  write_file("more.json", R"([
    {"@odata.type":"#microsoft.graph.iosCompliancePolicy","id":"61000000-0000-4000-8000-000000000001",
     "displayName":"Phones","passcodeRequired":true},
    {"id":"62000000-0000-4000-8000-000000000001","name":"Linux","technologies":"linuxMdm","settings":[]},
    {"id":"63000000-0000-4000-8000-000000000001","displayName":"F","platform":"macOS","rule":"x"},
    {"id":"64000000-0000-4000-8000-000000000001","displayName":"T","brandingOptions":"none"},
    {"id":"65000000-0000-4000-8000-000000000001","partnerState":"enabled","iosEnabled":true},
    {"id":"66000000-0000-4000-8000-000000000001","partnerState":"enabled","macOsOnboarded":true},
    {"id":"67000000-0000-4000-8000-000000000001","displayName":"S","detectionScriptContent":"eA==",
     "runAsAccount":"system"},
    {"id":"deviceManagement","settings":{"deviceComplianceCheckinThresholdDays":20}}])");
  import();
  const auto kinds = [](Store& store) {
    std::vector<std::string> names;
    const auto counts = store.kinds();
    for (const auto& kind : *counts) names.push_back(kind.kind);
    return names;
  };
  EXPECT_THAT(
      kinds(*store_),
      testing::ElementsAre("complianceManagementPartner", "deviceAndAppManagementAssignmentFilter",
                           "deviceCompliancePolicy", "deviceComplianceScript", "deviceManagement",
                           "deviceManagementCompliancePolicy", "managedDevice",
                           "mobileThreatDefenseConnector", "notificationMessageTemplate"));
  const auto folder = folder_.file("exported");
  ASSERT_TRUE(export_documents(*store_, folder).has_value());
  auto other = std::move(*open_sqlite_store(folder_.file("other.db")));
  const std::vector<std::string> paths = {folder};
  const auto imported = import_documents(*other, paths, {});
  ASSERT_TRUE(imported.has_value());
  for (const auto& finding : imported->findings) {
    EXPECT_NE(finding.code, "L-other") << finding.file << ": they take part";
  }
  EXPECT_EQ(kinds(*other), kinds(*store_));
  EXPECT_TRUE(other->get("managedDevice", "51000000-0000-4000-8000-000000000001").has_value());
}

TEST_F(ImportTest, a_locked_store_takes_nothing) {
  SqliteOptions options;
  options.size_max = 128 * 1024;
  const auto full = open_sqlite_store(folder_.file("full.db"), options);
  ASSERT_TRUE(full.has_value());
  write_file("a.json", policy_text);
  auto large = std::string(policy_text);
  large.replace(large.find("00A"), 3, "00B");
  large.insert(large.size() - 1, ",\"description\":\"" + std::string(200'000, 'x') + "\"");
  write_file("b.json", large);
  const std::vector<std::string> paths = {files()};
  const auto report = import_documents(**full, paths);
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(*(*full)->last_sequence(), 0) << "all or nothing";
}

std::string user_line(int number) {
  return R"({"id":"10000000-0000-4000-8000-)" + std::to_string(100000000000 + number) +
         R"(","userPrincipalName":"u)" + std::to_string(number) +
         R"(@example.com","userType":"Member"})";
}

TEST_F(ImportTest, a_large_import_goes_in_part_by_part_and_its_policies_with_the_last) {
  std::string lines = std::string(policy_text) + "\n";
  for (int i = 0; i < 1000; ++i) lines += user_line(i) + "\n";
  write_file("all.jsonl", lines);
  ImportOptions options;
  options.part_bytes = 10'000;
  std::size_t read = 0;
  options.on_read = [&] { ++read; };
  const auto report = import(options);
  EXPECT_EQ(report.count(ImportAction::added), 1001U);
  EXPECT_EQ(read, 1001U);
  const auto changes = store_->changes_after(0, 2000);
  ASSERT_TRUE(changes.has_value());
  ASSERT_EQ(changes->size(), 1001U);
  const auto policy = std::ranges::find(*changes, "conditionalAccessPolicy", &Change::kind);
  EXPECT_GT(policy->sequence, 850) << "it waits for the last part";
  EXPECT_EQ(import(options).count(ImportAction::unchanged), 1001U);
}

TEST_F(ImportTest, a_bad_line_is_named_and_the_others_go_in) {
  write_file("users.jsonl", user_line(1) + "\n{\"id\":\n" + user_line(2) + "\n");
  const auto report = import();
  EXPECT_EQ(report.count(ImportAction::added), 2U);
  EXPECT_EQ(report.unreadable_files, 1U);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_THAT(report.findings[0].file, HasSubstr("users.jsonl"));
  EXPECT_EQ(report.findings[0].line, 2U);
}

TEST_F(ImportTest, the_first_of_an_id_counts_however_far_the_second_is) {
  const std::string device = R"({"id":"d1","deviceId":"11111111-1111-4111-8111-11111111111)";
  const std::string rest = R"(","operatingSystem":"Windows"})";
  std::string lines = user_line(0) + "\n" + device + "1" + rest + "\n";
  for (int i = 1; i < 200; ++i) lines += user_line(i) + "\n";
  auto second = user_line(0);
  second.replace(second.find("Member"), 6, "Guest");
  lines += second + "\n" + device + "2" + rest + "\n";
  write_file("all.jsonl", lines);
  ImportOptions options;
  options.part_bytes = 5'000;
  const auto report = import(options);
  EXPECT_EQ(report.count(ImportAction::added), 201U);
  EXPECT_EQ(report.count(ImportAction::changed), 0U);
  EXPECT_EQ(report.count(ImportAction::refused), 1U) << "the second object of that id";
  ASSERT_EQ(report.findings.size(), 1U) << "the second user";
  EXPECT_EQ(report.findings[0].code, "L-duplicate-id");
  EXPECT_EQ(documents_.back().reason, "its id was given before");
}

TEST_F(ImportTest, documents_without_an_id_stay_apart_and_are_known_again) {
  const auto assignment = [](const std::string& who) {
    return R"({"roleDefinitionId":"r","directoryScopeId":"/","principalId":")" + who + "\"}\n";
  };
  write_file("a.jsonl", assignment("u1") + assignment("u2") + assignment("u1"));
  write_file("b.jsonl", R"({"userPrincipalName":"a@example.com","userType":"Member"})"
                        "\n"
                        R"({"userPrincipalName":"b@example.com","userType":"Member"})");
  const auto report = import();
  EXPECT_EQ(report.count(ImportAction::added), 4U);
  EXPECT_EQ(report.count(ImportAction::refused), 1U);
  EXPECT_EQ(import().count(ImportAction::unchanged), 4U);
}

TEST_F(ImportTest, an_import_that_breaks_off_says_what_is_in_and_can_be_repeated) {
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += user_line(i) + "\n";
  write_file("users.jsonl", lines + policy_text);
  SqliteOptions small;
  small.size_max = 300 * 1024;
  const auto path = folder_.file("small.db");
  const std::vector<std::string> paths = {files()};
  ImportOptions options;
  options.part_bytes = 20'000;
  {
    const auto store = open_sqlite_store(path, small);
    const auto report = import_documents(**store, paths, options);
    ASSERT_FALSE(report.has_value());
    EXPECT_THAT(report.error().message, HasSubstr("documents are in the store already"));
    EXPECT_EQ((*store)->list("conditionalAccessPolicy", "", 1)->size(), 0U);
  }
  const auto store = open_sqlite_store(path);
  const auto report = import_documents(**store, paths, options);
  ASSERT_TRUE(report.has_value()) << describe(report.error());
  EXPECT_GT(report->count(ImportAction::unchanged), 0U);
  EXPECT_EQ(report->total(), 2001U);
}

TEST(Export, what_is_exported_and_imported_again_is_the_same_tenant) {
  const TestTenant tenant;
  const auto folder = tenant.folder.file("export");
  const auto first = export_documents(*tenant.store, folder);
  ASSERT_TRUE(first.has_value()) << describe(first.error());
  EXPECT_GT(first->written, 20U);
  EXPECT_TRUE(fs::exists(fs::path(folder) / "conditionalAccessPolicy" /
                         "003-block-legacy-authentication--60000000.json"));

  const std::vector<std::string> paths = {folder};
  const auto same = import_documents(*tenant.store, paths);
  ASSERT_TRUE(same.has_value());
  EXPECT_EQ(same->count(ImportAction::unchanged), same->total());
  EXPECT_EQ(same->total(), first->written);

  const auto fresh = open_sqlite_store(tenant.folder.file("fresh.db"));
  ASSERT_TRUE(import_documents(**fresh, paths).has_value());
  const auto second = export_documents(**fresh, folder);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->written, 0U) << "the same documents give the same files";
  EXPECT_EQ(second->unchanged, first->written);
  EXPECT_THAT(second->left_over, IsEmpty());
}

TEST(Export, a_kind_that_only_the_wrapper_told_survives) {
  const TemporaryFolder folder;
  const auto store = open_sqlite_store(folder.file("store.db"));
  ASSERT_TRUE((*store)->put("group", "g1", R"({"id":"g1","displayName":"Plain"})").has_value());
  ASSERT_TRUE(export_documents(**store, folder.file("out")).has_value());
  const auto fresh = open_sqlite_store(folder.file("fresh.db"));
  const std::vector<std::string> paths = {folder.file("out")};
  ASSERT_TRUE(import_documents(**fresh, paths).has_value());
  EXPECT_TRUE((*fresh)->get("group", "g1").has_value());
  EXPECT_EQ(import_documents(**store, paths)->count(ImportAction::unchanged), 1U);
}

TEST(Export, a_file_of_no_document_stays_and_is_named) {
  const TestTenant tenant;
  const auto folder = tenant.folder.file("export");
  fs::create_directories(folder);
  std::ofstream(folder + "/mine.json") << "{}";
  const auto report = export_documents(*tenant.store, folder);
  ASSERT_TRUE(report.has_value());
  EXPECT_THAT(report->left_over, testing::ElementsAre(folder + "/mine.json"));
  EXPECT_TRUE(fs::exists(folder + "/mine.json"));
}

TEST(DocumentNames, are_plain_and_stay_apart) {
  EXPECT_EQ(file_stem("CA001: Block  legacy (all)!", "1F0A2B3C-0000-4000-8000-000000000000"),
            "ca001-block-legacy-all--1f0a2b3c");
  EXPECT_EQ(file_stem("\xe2\x98\x83", "x").substr(0, 9), "unnamed--");
  EXPECT_EQ(file_stem("../../etc/passwd", "x").find('/'), std::string::npos);
  EXPECT_NE(file_stem("a", "x"), file_stem("a", "y"));
}

}  // namespace
}  // namespace sallyport
