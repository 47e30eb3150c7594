#include "service/lockout_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "service/import.h"
#include "service/live.h"
#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

using testing::HasSubstr;

constexpr const char* account = "10000000-0000-4000-8000-0000000000e1";
constexpr const char* emergency = "20000000-0000-4000-8000-0000000000e0";
constexpr const char* staff = "20000000-0000-4000-8000-000000000001";
constexpr const char* outer = "20000000-0000-4000-8000-000000000002";
constexpr const char* office = "50000000-0000-4000-8000-000000000001";
constexpr const char* keys = "55000000-0000-4000-8000-000000000001";

std::string group(const std::string& id, const std::string& name, const std::string& members) {
  return R"({"@odata.type":"#microsoft.graph.group","id":")" + id + R"(","displayName":")" + name +
         R"(","members":[)" + members + "]}";
}
std::string user_member(const std::string& id) {
  return R"({"@odata.type":"#microsoft.graph.user","id":")" + id + "\"}";
}
std::string group_member(const std::string& id) {
  return R"({"@odata.type":"#microsoft.graph.group","id":")" + id + "\"}";
}
std::string location(const std::string& range) {
  return std::string(R"({"@odata.type":"#microsoft.graph.ipNamedLocation","id":")") + office +
         R"(","displayName":"Office","isTrusted":true,"ipRanges":[{"@odata.type":)"
         R"("#microsoft.graph.iPv4CidrRange","cidrAddress":")" +
         range + R"("}]})";
}
std::string strength(const std::string& combination) {
  return std::string(R"({"@odata.type":"#microsoft.graph.authenticationStrengthPolicy","id":")") +
         keys +
         R"(","displayName":"Keys","policyType":"custom","requirementsSatisfied":"mfa",)"
         R"("allowedCombinations":[")" +
         combination + R"("]})";
}
std::string settings(const std::string& accounts) {
  return R"({"@odata.type":"#sallyport.settings","id":"settings","breakGlass":{"accounts":[)" +
         accounts + R"(],"where":["ip:198.51.100.0/24"]}})";
}

// `users`, `locations` and `grant` are members of the policy, as JSON.
std::string policy(const std::string& number, const std::string& name, const std::string& users,
                   const std::string& grant, const std::string& locations = {},
                   const std::string& state = "enabled") {
  return R"({"@odata.type":"#microsoft.graph.conditionalAccessPolicy","id":)"
         R"("60000000-0000-4000-8000-0000000000)" +
         number + R"(","displayName":")" + name + R"(","state":")" + state +
         R"(","conditions":{"clientAppTypes":["all"],"applications":{"includeApplications":["All"]},)"
         R"("users":{)" +
         users + "}" + (locations.empty() ? "" : R"(,"locations":{)" + locations + "}") +
         R"(},"grantControls":{"operator":"OR",)" + grant + "}}";
}
const std::string everybody = R"("includeUsers":["All"])";
const std::string block = R"("builtInControls":["block"])";
std::string id_of_policy(const std::string& number) {
  return "60000000-0000-4000-8000-0000000000" + number;
}

class LockoutGate : public testing::Test {
 protected:
  LockoutGate() {
    store_ = std::move(*open_sqlite_store(folder_.file("store.db")));
    put("user", account,
        std::string(R"({"@odata.type":"#microsoft.graph.user","id":")") + account +
            R"(","userPrincipalName":"emergency@example.org","userType":"Member"})");
    put("group", emergency, group(emergency, "Emergency", user_member(account)));
    put("group", staff, group(staff, "Staff", ""));
    put("group", outer, group(outer, "Outer", ""));
    put("namedLocation", office, location("198.51.100.0/24"));
    put("authenticationStrengthPolicy", keys, strength("fido2"));
    put("sallyportSettings", "settings", settings('"' + std::string(account) + '"'));
    put("conditionalAccessPolicy", id_of_policy("01"),
        policy("01", "Nobody but emergency",
               everybody + R"(,"excludeGroups":[")" + emergency + "\"]", block));
    put("conditionalAccessPolicy", id_of_policy("02"),
        policy("02", "No staff", std::string(R"("includeGroups":[")") + staff + "\"]", block));
    put("conditionalAccessPolicy", id_of_policy("03"),
        policy(
            "03", "Only the office", everybody, block,
            std::string(R"("includeLocations":["All"],"excludeLocations":[")") + office + "\"]"));
    put("conditionalAccessPolicy", id_of_policy("04"),
        policy("04", "Keys", everybody,
               std::string(R"("builtInControls":[],"authenticationStrength":{"id":")") + keys +
                   "\"}"));
  }

  void put(const std::string& kind, const std::string& id, const std::string& json) {
    const auto done = store_->put(kind, id, json);
    ASSERT_TRUE(done.has_value()) << describe(done.error());
  }
  // What the gate says of a change, or of several at once; empty: nothing against it.
  std::string said(const std::vector<Write>& writes) {
    LiveTenant tenant(*store_);
    const auto ready = tenant.refresh();
    if (!ready) return "cannot load: " + describe(ready.error());
    const auto kept = check_lockout(*store_, *tenant.state(), {}, writes);
    return kept ? "" : kept.error().message;
  }
  std::string said(const std::string& kind, const std::string& id,
                   const std::optional<std::string>& json) {
    return said({{kind, id, json, std::nullopt}});
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(LockoutGate, a_change_that_locks_an_account_out_is_refused_and_says_by_what) {
  struct Case {
    const char* what;
    std::string kind;
    std::string id;
    std::optional<std::string> json;
    std::string said;  // empty: accepted
  };
  const Case cases[] = {
      {"a policy that blocks everybody", "conditionalAccessPolicy", id_of_policy("10"),
       policy("10", "New", everybody, block), "`New` would block"},
      {"and how it is mended", "conditionalAccessPolicy", id_of_policy("10"),
       policy("10", "New", everybody, block), "exclude group `Emergency` from `New`"},
      {"a policy that asks for what is not held", "conditionalAccessPolicy", id_of_policy("10"),
       policy("10", "New", everybody, R"("builtInControls":["compliantDevice"])"), "`New` would"},
      {"a policy that asks for what is held", "conditionalAccessPolicy", id_of_policy("10"),
       policy("10", "New", everybody, R"("builtInControls":["mfa"])"), ""},
      {"a policy that is not enforced", "conditionalAccessPolicy", id_of_policy("10"),
       policy("10", "New", everybody, block, "", "enabledForReportingButNotEnforced"), ""},
      {"a policy for others", "conditionalAccessPolicy", id_of_policy("10"),
       policy("10", "New", std::string(R"("includeGroups":[")") + outer + "\"]", block), ""},
      {"an exclusion taken away", "conditionalAccessPolicy", id_of_policy("01"),
       policy("01", "Nobody", everybody, block), "`Nobody` would block"},
      {"a member who comes", "group", staff, group(staff, "Staff", user_member(account)),
       "`No staff` would block"},
      {"a group nested", "group", staff, group(staff, "Staff", group_member(emergency)),
       "`No staff` would block"},
      {"a group nested where nothing happens", "group", outer,
       group(outer, "Outer", group_member(emergency)), ""},
      {"a member who goes", "group", emergency, group(emergency, "Emergency", ""),
       "`Nobody but emergency` would block"},
      {"a group that goes", "group", emergency, std::nullopt, "`Nobody but emergency` would block"},
      {"somebody else's membership", "group", staff,
       group(staff, "Staff", user_member("10000000-0000-4000-8000-000000000009")), ""},
      {"the user's own statement", "user", account,
       std::string(R"({"id":")") + account +
           R"(","userPrincipalName":"emergency@example.org","memberOf":[)" + group_member(staff) +
           "]}",
       "`No staff` would block"},
      {"a location moved", "namedLocation", office, location("203.0.113.0/24"),
       "`Only the office` would block"},
      {"a strength that other methods meet", "authenticationStrengthPolicy", keys,
       strength("x509CertificateMultiFactor"), "`Keys` would ask"},
      {"the account itself", "user", account, std::nullopt, "declare others before it is removed"},
      {"the account disabled", "user", account,
       std::string(R"({"id":")") + account +
           R"(","userPrincipalName":"emergency@example.org","accountEnabled":false})",
       "declare others before it is removed or disabled"},
      {"the declaration", "sallyportSettings", "settings", settings(""), ""},
      {"a declaration that is not understood", "sallyportSettings", "settings",
       R"({"id":"settings","breakGlass":{"accounts":[")" + std::string(account) +
           R"("],"where":["the moon"]}})",
       "the moon"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    const std::string answer = said(one.kind, one.id, one.json);
    if (one.said.empty()) {
      EXPECT_EQ(answer, "");
    } else {
      EXPECT_THAT(answer, HasSubstr(one.said));
    }
  }
}

TEST_F(LockoutGate, changes_made_at_once_are_seen_together) {
  // The nested group comes with the nesting, and the policy with the group it leaves out.
  const std::string fresh = "20000000-0000-4000-8000-0000000000f0";
  const Write inner{"group", fresh, group(fresh, "Fresh", user_member(account)), std::nullopt};
  const Write nesting{"group", staff, group(staff, "Staff", group_member(fresh)), std::nullopt};
  EXPECT_EQ(said({inner}), "");
  EXPECT_THAT(said({inner, nesting}), HasSubstr("`No staff` would block"));
  EXPECT_THAT(said({nesting, inner}), HasSubstr("`No staff` would block"));
  const Write excluding{"conditionalAccessPolicy", id_of_policy("02"),
                        policy("02", "No staff",
                               std::string(R"("includeGroups":[")") + staff +
                                   R"("],"excludeGroups":[")" + fresh + "\"]",
                               block),
                        std::nullopt};
  EXPECT_EQ(said({inner, nesting, excluding}), "");
}

TEST_F(LockoutGate, what_was_broken_may_stay_so_but_not_become_worse) {
  put("conditionalAccessPolicy", id_of_policy("20"),
      policy("20", "Not from half of it", everybody, block,
             std::string(R"("includeLocations":[")") + "50000000-0000-4000-8000-000000000002\"]"));
  put("namedLocation", "50000000-0000-4000-8000-000000000002",
      R"({"@odata.type":"#microsoft.graph.ipNamedLocation","id":"50000000-0000-4000-8000-000000000002",)"
      R"("displayName":"Half","ipRanges":[{"@odata.type":"#microsoft.graph.iPv4CidrRange",)"
      R"("cidrAddress":"198.51.100.0/25"}]})");
  const std::string half = R"("includeLocations":["50000000-0000-4000-8000-000000000002"])";
  // The same sign-ins, stopped by another policy, or by two.
  EXPECT_EQ(said("conditionalAccessPolicy", id_of_policy("21"),
                 policy("21", "Neither", everybody, block, half)),
            "");
  EXPECT_EQ(said("conditionalAccessPolicy", id_of_policy("20"), std::nullopt), "");
  // And the other half.
  EXPECT_THAT(said("conditionalAccessPolicy", id_of_policy("20"),
                   policy("20", "From nowhere", everybody, block)),
              HasSubstr("`From nowhere` would block"));
}

TEST_F(LockoutGate, nothing_is_asked_of_a_tenant_that_declares_nothing) {
  put("sallyportSettings", "settings", R"({"id":"settings","mfaTrustedIps":[]})");
  EXPECT_EQ(
      said("conditionalAccessPolicy", id_of_policy("10"), policy("10", "New", everybody, block)),
      "");
}

TEST_F(LockoutGate, what_is_declared_together_with_a_change_counts_for_it) {
  put("sallyportSettings", "settings", R"({"id":"settings","mfaTrustedIps":[]})");
  EXPECT_THAT(said({{"sallyportSettings", "settings", settings('"' + std::string(account) + '"'),
                     std::nullopt},
                    {"conditionalAccessPolicy", id_of_policy("10"),
                     policy("10", "New", everybody, block), std::nullopt}}),
              HasSubstr("`New` would block"));
}

// ---- import ----

class LockoutImport : public LockoutGate {
 protected:
  void write_file(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(files());
    std::ofstream(files() + "/" + name, std::ios::binary) << text;
  }
  std::string files() const { return folder_.file("files"); }
  std::string import(const ImportOptions& options = {}) {
    const std::vector<std::string> paths = {files()};
    const auto report = import_documents(*store_, paths, options);
    return report ? "" : report.error().message;
  }
};

TEST_F(LockoutImport, an_import_that_locks_out_stores_nothing) {
  write_file("new.json", policy("10", "New", everybody, block));
  write_file("fine.json", policy("11", "Fine", everybody, R"("builtInControls":["mfa"])"));
  const auto before = *store_->last_sequence();
  EXPECT_THAT(import(), testing::AllOf(HasSubstr("`emergency@example.org` would be locked out"),
                                       HasSubstr("--override-lockout")));
  ImportOptions dry;
  dry.dry_run = true;
  EXPECT_THAT(import(dry), HasSubstr("would be locked out"));
  EXPECT_EQ(*store_->last_sequence(), before);
}

TEST_F(LockoutImport, an_override_imports_and_its_reason_is_logged) {
  write_file("new.json", policy("10", "New", everybody, block));
  ImportOptions options;
  options.override_lockout = "the account is replaced tonight";
  EXPECT_EQ(import(options), "");
  EXPECT_TRUE(store_->get("conditionalAccessPolicy", id_of_policy("10")).has_value());
  const auto audits = store_->audits({}, std::nullopt, 10);
  ASSERT_TRUE(audits.has_value());
  ASSERT_EQ(audits->size(), 1U);
  EXPECT_THAT(audits->front().json,
              HasSubstr("lockout overridden: the account is replaced tonight"));
}

TEST_F(LockoutImport, the_first_import_of_all_is_held_to_what_it_declares) {
  TemporaryFolder other;
  store_ = std::move(*open_sqlite_store(other.file("empty.db")));
  write_file("settings.json", settings('"' + std::string(account) + '"'));
  write_file("staff.json", group(staff, "Staff", user_member(account)));
  write_file("user.json", std::string(R"({"@odata.type":"#microsoft.graph.user","id":")") +
                              account + R"(","userPrincipalName":"emergency@example.org"})");
  write_file("policy.json",
             policy("02", "No staff", std::string(R"("includeGroups":[")") + staff + "\"]", block));
  EXPECT_THAT(import(), HasSubstr("`No staff` would block"));
  EXPECT_EQ(*store_->last_sequence(), 0);
  std::filesystem::remove(files() + "/staff.json");
  EXPECT_EQ(import(), "");
  store_.reset();
}

}  // namespace
}  // namespace sallyport
