#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "policy/tenant.h"

namespace sallyport {
namespace {

class Load : public testing::Test {
 protected:
  Load()
      : folder_(std::filesystem::temp_directory_path() /
                ("sallyport-load-" + std::to_string(::getpid()) + "-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(folder_);
  }
  ~Load() override { std::filesystem::remove_all(folder_); }

  void file(const std::string& name, std::string_view bytes) {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }
  LoadResult load_all() {
    const std::string paths[] = {folder_.string()};
    return load(paths);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  const std::filesystem::path folder_;
};

std::string policy(const std::string& id) {
  return R"({"id":")" + id + R"(","displayName":"P )" + id +
         R"(","state":"enabled","conditions":{}})";
}

const Finding* find(const LoadResult& loaded, std::string_view code) {
  const auto it =
      std::ranges::find_if(loaded.findings, [&](const Finding& f) { return f.code == code; });
  return it == loaded.findings.end() ? nullptr : &*it;
}

TEST_F(Load, knows_what_powershell_exports) {
  file("location.json",
       R"({"AdditionalProperties":{"@odata.type":"#microsoft.graph.countryNamedLocation",)"
       R"("countriesAndRegions":["FR"]},"DisplayName":"France","Id":"1"})");
  file("group.json", R"({"AdditionalProperties":{"@odata.context":)"
                     R"("https://graph.example/v1.0/$metadata#groups/$entity"},)"
                     R"("DisplayName":"Everybody","Id":"2"})");
  const auto loaded = load_all();
  ASSERT_EQ(loaded.tenant.policy_set.named_locations.size(), 1U);
  EXPECT_EQ(loaded.tenant.policy_set.named_locations[0].kind, LocationKind::country);
  EXPECT_EQ(loaded.tenant.policy_set.named_locations[0].countries_and_regions.size(), 1U);
  EXPECT_EQ(loaded.tenant.directory->groups().size(), 1U);
  EXPECT_TRUE(loaded.findings.empty());
}

TEST_F(Load, takes_every_container) {
  file("1-one.json", policy("1"));
  file("2-value.json",
       R"({"@odata.context":"x","value":[)" + policy("2") + "," + policy("3") + "]}");
  file("3-array.json", "[" + policy("4") + "]");
  file("sub/4-lines.jsonl", policy("5") + "\n\n" + policy("6") + "\n");
  file("ignored.txt", "{");
  const auto loaded = load_all();
  EXPECT_EQ(loaded.files, 4U);
  EXPECT_EQ(loaded.unreadable_files, 0U);
  std::string ids;
  for (const auto& document : loaded.documents) ids += document.id;
  EXPECT_EQ(ids, "123456");
  EXPECT_EQ(loaded.documents[2].json, policy("3"));
  EXPECT_EQ(loaded.tenant.policy_set.policies.size(), 6U);
  EXPECT_EQ(loaded.tenant.names.label("5"), "P 5");
}

TEST_F(Load, one_bad_file_never_stops_the_others) {
  file("a.json", "{\"id\": \"1\",\n \"id\": \"2\"}");
  file("b.json", policy("1"));
  file("c.json", std::string_view("\xff\xfe{\0}", 5));
  const std::string paths[] = {folder_.string(), path("missing.json")};
  const auto loaded = load(paths);
  EXPECT_EQ(loaded.unreadable_files, 3U);
  EXPECT_EQ(loaded.documents.size(), 1U);
  const auto* twice = find(loaded, "L-json");
  ASSERT_NE(twice, nullptr);
  EXPECT_EQ(twice->severity, Severity::error);
  EXPECT_EQ(twice->file, path("a.json"));
  EXPECT_EQ(twice->line, 2U);
  EXPECT_EQ(twice->column, 2U);
}

TEST_F(Load, a_line_that_is_no_json_is_said_and_passed_over) {
  file("a.jsonl", policy("1") + "\n{\"id\":}\n" + policy("2") + "\n");
  const auto loaded = load_all();
  EXPECT_EQ(loaded.unreadable_files, 1U);
  EXPECT_EQ(loaded.documents.size(), 2U);
  ASSERT_NE(find(loaded, "L-json"), nullptr);
  EXPECT_EQ(find(loaded, "L-json")->line, 2U);
}

TEST_F(Load, the_first_of_two_documents_with_one_id_counts) {
  file("a.json", policy("1"));
  file("b.json", R"({"id":"1","displayName":"second","state":"disabled","conditions":{}})");
  const auto loaded = load_all();
  ASSERT_EQ(loaded.tenant.policy_set.policies.size(), 1U);
  EXPECT_EQ(loaded.tenant.policy_set.policies[0].display_name, "P 1");
  ASSERT_NE(find(loaded, "L-duplicate-id"), nullptr);
  EXPECT_EQ(find(loaded, "L-duplicate-id")->file, path("b.json"));
}

TEST_F(Load, policies_without_id_are_never_lost) {
  const std::string nameless = R"({"displayName":"P","state":"enabled","conditions":{}})";
  file("a.json", nameless);
  file("b.json", nameless);
  const auto loaded = load_all();
  ASSERT_EQ(loaded.documents.size(), 2U);
  EXPECT_NE(loaded.documents[0].id, loaded.documents[1].id);
}

TEST_F(Load, findings_have_file_line_and_pointer) {
  file("a.json", "{\"value\": [\n{\"id\":\"1\",\"conditions\":{},\n\"state\": \"on\"}]}");
  const auto loaded = load_all();
  const auto* finding = find(loaded, "L-unknown-word");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->file, path("a.json"));
  EXPECT_EQ(finding->line, 3U);
  EXPECT_EQ(finding->column, 10U);
  EXPECT_EQ(finding->pointer, "/state");
}

TEST_F(Load, puts_people_groups_and_devices_together) {
  file("groups.json",
       R"({"@odata.context":"https://x/$metadata#groups","value":[)"
       R"({"id":"g1","displayName":"Inner","members":[{"@odata.type":"#microsoft.graph.user",)"
       R"("id":"u1"}]},{"id":"g2","displayName":"Outer","members":[)"
       R"({"@odata.type":"#microsoft.graph.group","id":"g1"}]}]})");
  file("users.jsonl", R"({"id":"u1","userPrincipalName":"kim@example.com","userType":"Member"})");
  file("devices.json", R"([{"@odata.type":"#microsoft.graph.device",)"
                       R"("deviceId":"11111111-1111-1111-1111-111111111111"}])");
  std::vector<std::string> seen;
  LoadOptions options;
  options.each = [&](const SourceDocument& d) {
    seen.push_back(std::string(name_of(d.kind)));
    return true;
  };
  const std::string paths[] = {folder_.string()};
  const auto loaded = load(paths, options);
  EXPECT_TRUE(loaded.tenant.has_directory);
  EXPECT_EQ(seen, (std::vector<std::string>{"device", "group", "group", "user"}));
  EXPECT_TRUE(loaded.documents.empty());
  const auto user = loaded.tenant.directory->find_user_by_name("kim@example.com");
  ASSERT_TRUE(user.has_value());
  ASSERT_EQ(user->groups.size(), 1U);
  const auto& groups = loaded.tenant.directory->groups();
  EXPECT_EQ(groups[user->groups[0]].display_name, "Inner");
  EXPECT_EQ(groups[user->groups[0]].member_of.size(), 1U);
  EXPECT_EQ(loaded.tenant.inventory->size(), 1U);
  EXPECT_EQ(loaded.tenant.names.find("g2"), "Outer");
  EXPECT_EQ(loaded.tenant.names.find("u1"), "kim@example.com");
}

TEST_F(Load, other_documents_are_kept_and_said_once_a_file) {
  const std::string other = R"({"@odata.type":"#microsoft.graph.iosCompliancePolicy","id":"x"})";
  file("a.json", "[" + other + "," + other + "]");
  const auto loaded = load_all();
  EXPECT_EQ(loaded.documents.size(), 2U);
  EXPECT_EQ(loaded.findings.size(), 1U);
  EXPECT_EQ(loaded.findings[0].severity, Severity::note);
}

std::string user_line(int number) {
  return R"({"id":"u)" + std::to_string(number) + R"(","userPrincipalName":"u)" +
         std::to_string(number) + R"(@example.com","userType":"Member"})";
}

// Far more than is read at a time, and one line that is longer than that.
TEST_F(Load, json_lines_are_read_whatever_their_number_and_length) {
  std::string text = "\xef\xbb\xbf";
  for (int i = 1; i <= 20000; ++i) {
    if (i == 5000) text += std::string(600000, ' ');
    text += i == 12345 ? "{\"id\": oops}" : user_line(i);
    text += i % 2 == 0 ? "\n" : "\r\n";
  }
  text += "\n  \n" + user_line(0) + "\n{\"userType\":\"Sometimes\",\"id\":\"last\"}";
  file("a.jsonl", text);
  std::vector<SourceDocument> seen;
  LoadOptions options;
  options.each = [&](const SourceDocument& one) {
    seen.push_back(one);
    return true;
  };
  const std::string paths[] = {folder_.string()};
  const auto loaded = load(paths, options);
  EXPECT_EQ(loaded.unreadable_files, 1U);
  EXPECT_EQ(loaded.taken, 20001U);
  ASSERT_EQ(seen.size(), 20001U);
  EXPECT_EQ(seen[12343].line, 12344U);
  EXPECT_EQ(seen[12344].line, 12346U);
  EXPECT_EQ(seen[4998].column, 1U);
  EXPECT_EQ(seen[4999].json, user_line(5000));
  EXPECT_EQ(seen[4999].column, 600001U);
  EXPECT_EQ(seen[19999].line, 20003U);
  EXPECT_EQ(loaded.tenant.directory->user_count(), 20001U);
  const auto* bad = find(loaded, "L-json");
  ASSERT_NE(bad, nullptr);
  EXPECT_EQ(bad->line, 12345U);
  EXPECT_EQ(bad->column, 8U);
  const auto* wrong = find(loaded, "1032");
  ASSERT_NE(wrong, nullptr);
  EXPECT_EQ(wrong->line, 20004U);
  EXPECT_EQ(wrong->pointer, "/userType");
}

TEST_F(Load, lines_are_known_by_how_they_begin_and_in_utf_16_too) {
  const auto lines = "\n" + policy("1") + "\n" + policy("2") + "\n";
  file("a.json", lines);
  std::string utf16 = "\xff\xfe";
  for (const char c : policy("3") + "\r\n{oops\r\n" + policy("4")) utf16 += {c, '\0'};
  file("b.jsonl", utf16);
  file("c.json", "{\n\"id\":\"5\",\"state\":\"enabled\",\"conditions\":{}}");
  file("d.jsonl", "");
  const auto loaded = load_all();
  std::string ids;
  for (const auto& document : loaded.documents) ids += document.id;
  EXPECT_EQ(ids, "12345");
  EXPECT_EQ(loaded.documents[1].line, 3U);
  EXPECT_EQ(loaded.documents[3].line, 3U);
  ASSERT_NE(find(loaded, "L-json"), nullptr);
  EXPECT_EQ(find(loaded, "L-json")->file, path("b.jsonl"));
  EXPECT_EQ(find(loaded, "L-json")->line, 2U);
}

TEST_F(Load, what_is_only_handed_on_is_not_kept) {
  file("a.jsonl", user_line(1) + "\n" + user_line(2) + "\n" + user_line(1) + "\n" + policy("1"));
  std::string ids;
  LoadOptions options;
  options.keep = TenantBuilder::Keep::ids;
  options.each = [&](const SourceDocument& one) {
    ids += one.id + ' ';
    return true;
  };
  const std::string paths[] = {folder_.string()};
  const auto loaded = load(paths, options);
  EXPECT_EQ(ids, "u1 u2 1 ");
  EXPECT_NE(find(loaded, "L-duplicate-id"), nullptr);
  EXPECT_TRUE(loaded.documents.empty());
  EXPECT_EQ(loaded.tenant.directory->user_count(), 0U);
}

TEST_F(Load, reads_no_further_than_the_caller_wants) {
  file("a.jsonl", user_line(1) + "\n" + user_line(2) + "\n" + user_line(3));
  file("b.json", "[" + user_line(4) + "]");
  LoadOptions options;
  std::size_t seen = 0;
  options.each = [&](const SourceDocument&) { return ++seen < 2; };
  const std::string paths[] = {folder_.string()};
  EXPECT_EQ(load(paths, options).taken, 2U);
  EXPECT_EQ(seen, 2U);
}

TEST_F(Load, a_million_bad_lines_are_a_thousand_remarks) {
  std::string text;
  for (int i = 0; i < 1500; ++i)
    text += "{oops\n{\"id\":\"v" + std::to_string(i) + "\",\"userType\":\"\"}\n";
  file("a.jsonl", text);
  const auto loaded = load_all();
  ASSERT_EQ(loaded.findings.size(), 1001U);
  EXPECT_EQ(loaded.findings[999].code, "L-json");
  EXPECT_EQ(loaded.findings[1000].code, "L-more");
  EXPECT_EQ(loaded.findings[1000].message,
            "2000 more remarks about this file are left out; correct these first");
  EXPECT_EQ(loaded.taken, 1500U);
}

TEST(BuildTenant, takes_documents_from_memory) {
  const auto text = policy("1");
  const StoredDocument documents[] = {
      {DocumentKind::conditional_access_policy, text, ""},
      {DocumentKind::authentication_context, R"({"id":"c7","displayName":"Secret"})", ""}};
  const auto tenant = build_tenant(documents);
  EXPECT_EQ(tenant.policy_set.policies.size(), 1U);
  EXPECT_EQ(tenant.policy_set.authentication_contexts, std::vector<std::uint8_t>{7});
  EXPECT_FALSE(tenant.has_directory);
  EXPECT_NE(tenant.directory, nullptr);
  EXPECT_NE(tenant.inventory, nullptr);
}

}  // namespace
}  // namespace sallyport
