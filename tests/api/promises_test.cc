// What the interface promises, whoever asks and whatever happens meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "api/operation.h"
#include "service/permissions.h"
#include "service/tokens.h"
#include "service/used_assertions.h"
#include "tests/api/api_client.h"

namespace sallyport::test {
namespace {

using testing::HasSubstr;

const std::string policies = "/v1.0/identity/conditionalAccess/policies";

std::string policy_body(const std::string& name, const std::string& more = {}) {
  return R"({"displayName":")" + name +
         R"(","state":"disabled","conditions":{"clientAppTypes":["all"],
    "applications":{"includeApplications":["All"]},"users":{"includeUsers":["All"]}},
    "grantControls":{"operator":"OR","builtInControls":["mfa"]})" +
         more + "}";
}

// The path of a row with ids in it that nothing has.
std::string path_of(const api::Operation& operation) {
  std::string path = "/v1.0" + std::string(operation.path);
  for (auto open = path.find('{'); open != path.npos; open = path.find('{')) {
    path.replace(open, path.find('}') - open + 1, "00000000-1111-4000-8000-000000000000");
  }
  return path;
}

TEST(Promises, nothing_is_answered_without_a_token) {
  ApiClient client;
  for (const auto& operation : api::operations()) {
    for (const auto* bearer : {"", "sallyport_guess"}) {
      const auto answered = client.send_as(bearer, operation.method, path_of(operation), "{}");
      EXPECT_EQ(answered.status, 401) << operation.method << operation.path;
      EXPECT_EQ(answered.text("/error/code"), "InvalidAuthenticationToken");
    }
  }
}

// For every row and every permission there is: the row is answered by those it names alone.
TEST(Promises, each_permission_opens_its_rows_and_no_other) {
  ApiClient client;
  for (const auto& permission : known_permissions()) {
    const auto bearer = client.token({std::string(permission.name)});
    for (const auto& operation : api::operations()) {
      if (operation.any_caller) continue;
      const auto answered = client.send_as(bearer, operation.method, path_of(operation), "{}");
      const bool may =
          std::ranges::find(operation.permissions, permission.name) != operation.permissions.end();
      EXPECT_EQ(answered.status != 403, may)
          << permission.name << ": " << operation.method << ' ' << operation.path << ": "
          << answered.status << answered.body;
    }
  }
}

TEST(Promises, a_permission_that_only_reads_never_writes) {
  std::set<std::string_view> reads;
  for (const auto& permission : known_permissions()) {
    if (!permission.writes) reads.insert(permission.name);
  }
  for (const auto& operation : api::operations()) {
    const bool changes = operation.method != "GET" && operation.changes;
    for (const auto permission : operation.permissions) {
      EXPECT_FALSE(changes && reads.contains(permission))
          << operation.method << operation.path << permission;
    }
  }
}

TEST(Promises, a_part_of_a_batch_may_do_what_its_caller_may_and_no_more) {
  ApiClient client;
  const auto reader = client.token({"reader"});
  for (const auto& operation : api::operations()) {
    if (operation.any_caller || operation.method == "GET") continue;
    const char* body = operation.method == "DELETE" ? "" : R"(,"body":{})";
    const std::string request = R"({"requests":[{"id":"1","method":")" +
                                std::string(operation.method) + R"(","url":")" +
                                path_of(operation).substr(5) +
                                R"(","headers":{"Content-Type":"application/json"})" + body + "}]}";
    const auto answered = client.send_as(reader, "POST", "/v1.0/$batch", request);
    ASSERT_EQ(answered.status, 200) << answered.body;
    if (operation.path.ends_with("/evaluate")) continue;
    EXPECT_EQ(answered.text("/responses/0/status"), operation.in_batch ? "403" : "400")
        << answered.body;
  }
  // Neither another's token nor a batch in a batch.
  EXPECT_EQ(client
                .send("POST", "/v1.0/$batch",
                      R"({"requests":[{"id":"1","method":"GET","url":"/users",
                            "headers":{"Authorization":"Bearer x"}}]})")
                .status,
            400);
  const auto nested = client.send("POST", "/v1.0/$batch",
                                  R"({"requests":[{"id":"1","method":"POST","url":"/$batch",
                                      "headers":{"Content-Type":"application/json"},
                                      "body":{"requests":[]}}]})");
  EXPECT_EQ(nested.status, 400) << nested.body;
}

TEST(Promises, two_administrators_never_overwrite_each_other) {
  ApiClient client;
  const auto created = client.send("POST", policies, policy_body("0"));
  ASSERT_EQ(created.status, 201) << created.body;
  const auto url = policies + "/" + created.text("/id");
  constexpr int changes = 500;
  // Each reads the number in the name, adds one, and tries again when somebody was quicker.
  const auto administrator = [&] {
    for (int i = 0; i < changes;) {
      const auto seen = client.send("GET", url);
      const auto next = std::to_string(std::stoi(seen.text("/displayName")) + 1);
      const auto changed = client.send("PATCH", url, R"({"displayName":")" + next + "\"}",
                                       {{"If-Match", std::string(seen.header("ETag"))}});
      const bool done = changed.status == 204;
      ASSERT_TRUE(done || changed.status == 412) << changed.body;
      if (done) ++i;
    }
  };
  std::thread other(administrator);
  administrator();
  other.join();
  EXPECT_EQ(client.send("GET", url).text("/displayName"), std::to_string(2 * changes));
}

// Without If-Match a change is merged into the newest version: different members are all kept.
TEST(Promises, changes_of_different_members_are_all_kept) {
  ApiClient client;
  const auto created = client.send("POST", policies, policy_body("A"));
  const auto url = policies + "/" + created.text("/id");
  const auto change = [&](const std::string& member, const std::string& kind) {
    for (int i = 1; i <= 100; ++i) {
      const auto body = R"({")" + member + R"(":")" + kind + std::to_string(i) + R"("})";
      ASSERT_EQ(client.send("PATCH", url, body).status, 204);
    }
  };
  std::thread other([&] { change("description", "d"); });
  change("displayName", "n");
  other.join();
  const auto after = client.send("GET", url);
  EXPECT_EQ(after.text("/displayName"), "n100");
  EXPECT_EQ(after.text("/description"), "d100");
}

// Each has a queue of its own, so here it is the store that tells them of each other.
TEST(Promises, two_servers_of_one_store_lose_no_change) {
  ApiClient client;
  ApiClient other(client);
  const auto created = client.send("POST", policies, policy_body("A"));
  const auto url = policies + "/" + created.text("/id");
  std::atomic<int> busy{0};
  const auto change = [&](ApiClient& server, const std::string& member) {
    for (int i = 1; i <= 60;) {
      const auto status =
          server.send("PATCH", url, R"({")" + member + R"(":"v)" + std::to_string(i) + R"("})")
              .status;
      ASSERT_TRUE(status == 204 || status == 409) << status;
      if (status == 204) ++i;
      if (status == 409) ++busy;  // told so, after several tries
    }
  };
  std::thread second([&] { change(other, "description"); });
  change(client, "displayName");
  second.join();
  for (auto* server : {&client, &other}) {
    const auto after = server->send("GET", url);
    EXPECT_EQ(after.text("/displayName"), "v60");
    EXPECT_EQ(after.text("/description"), "v60");
  }
  EXPECT_LT(busy, 60);
}

// Who creates a policy with a location races with who deletes the location: never both succeed.
TEST(Promises, a_policy_never_refers_to_a_location_that_is_gone) {
  ApiClient client;
  const std::string locations = "/v1.0/identity/conditionalAccess/namedLocations";
  for (int round = 0; round < 30; ++round) {
    const auto location =
        client.send("POST", locations,
                    R"({"@odata.type":"#microsoft.graph.countryNamedLocation","displayName":"X",
            "countriesAndRegions":["FR"]})");
    ASSERT_EQ(location.status, 201) << location.body;
    const auto id = location.text("/id");
    int deleted = 0;
    std::thread other([&] { deleted = client.send("DELETE", locations + "/" + id).status; });
    const auto created =
        client.send("POST", policies,
                    R"({"displayName":"P","state":"enabled","conditions":{"clientAppTypes":["all"],
            "applications":{"includeApplications":["All"]},"users":{"includeUsers":["All"]},
            "locations":{"includeLocations":[")" +
                        id + R"("]}},
            "grantControls":{"operator":"OR","builtInControls":["block"]}})");
    other.join();
    EXPECT_NE(created.status == 201, deleted == 204) << created.status << " " << deleted;
    if (created.status == 201) client.send("DELETE", policies + "/" + created.text("/id"));
  }
}

TEST(Promises, paging_misses_and_repeats_nothing_while_users_come_and_go) {
  ApiClient client;
  const auto user = [&](int i) {
    return R"({"displayName":"U","userPrincipalName":"u)" + std::to_string(i) + R"(@example.org"})";
  };
  std::set<std::string> there;
  for (int i = 0; i < 120; ++i) {
    const auto created = client.send("POST", "/v1.0/users", user(i));
    ASSERT_EQ(created.status, 201) << created.body;
    there.insert(created.text("/id"));
  }
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 1000; !done; ++i) {
      const auto created = client.send("POST", "/v1.0/users", user(i));
      if (i % 2 == 0) client.send("DELETE", "/v1.0/users/" + created.text("/id"));
    }
  });
  for (int round = 0; round < 5; ++round) {
    std::multiset<std::string> seen;
    std::string target = "/v1.0/users?$top=9&$select=id";
    while (!target.empty()) {
      const auto page = client.send("GET", target);
      ASSERT_EQ(page.status, 200) << page.body;
      for (const auto& one : page.json.root().find("value")->items()) {
        seen.insert(std::string(one.find("id")->text()));
      }
      const auto next = page.text("/@odata.nextLink");
      target = next.empty() ? "" : next.substr(next.find("/v1.0"));
    }
    for (const auto& id : there) EXPECT_EQ(seen.count(id), 1U);
    for (const auto& id : seen) EXPECT_EQ(seen.count(id), 1U);
  }
  done = true;
  writer.join();
}

TEST(Promises, what_is_wrong_with_a_path_is_said_and_leads_nowhere_else) {
  ApiClient client;
  for (const auto* path :
       {"/v1.0/identity%2fconditionalAccess/policies", "/v1.0//users", "/v1.0/users/..",
        "/v1.0/users/%2e%2e/groups", "/v1.0/users/a%00b", "/v1.0/users/%ff", "/v1.0/users/%zz",
        "/v1.0/users/a%5cb", "/v1.0/users('a'b')"}) {
    const auto answered = client.send("GET", path);
    EXPECT_EQ(answered.status, 400) << path << answered.body;
    EXPECT_EQ(answered.text("/error/code"), "BadRequest");
  }
  EXPECT_EQ(client.send("GET", "/v1.0/users/$value").status, 404);
  EXPECT_EQ(client.send("GET", "/v1.0").status, 404);
  EXPECT_EQ(client.send("TRACE", "/v1.0/users").status, 405);
}

TEST(Promises, a_change_that_was_refused_is_audited_with_its_reason) {
  ApiClient client;
  const auto reader = client.token({"reader"});
  for (const auto& operation : api::operations()) {
    if (operation.method == "GET" || !operation.changes || operation.any_caller) continue;
    ASSERT_EQ(client.send_as(reader, operation.method, path_of(operation), "{}").status, 403);
    const auto audits = client.send("GET", "/v1.0/auditLogs/directoryAudits?$top=1");
    EXPECT_EQ(audits.text("/value/0/result"), "failure") << operation.method << operation.path;
    EXPECT_EQ(audits.text("/value/0/activityDisplayName"), operation.summary);
    EXPECT_THAT(audits.text("/value/0/resultReason"), HasSubstr("needs the permission"));
  }
  ASSERT_EQ(client.send("POST", policies, R"({"displayName":1})").status, 400);
  const auto audits = client.send("GET", "/v1.0/auditLogs/directoryAudits?$top=1");
  EXPECT_THAT(audits.text("/value/0/resultReason"), HasSubstr("1007"));
  const auto count = [&] { return client.store().audits({}, std::nullopt, 10'000)->size(); };
  const auto before = count();
  EXPECT_EQ(client.send("GET", policies + "/none").status, 404);
  EXPECT_EQ(client.send_as("guess", "POST", policies, "{}").status, 401);
  EXPECT_EQ(client.send("POST", "/v1.0/identity/conditionalAccess/evaluate", "{}").status, 400);
  EXPECT_EQ(count(), before) << "reads and strangers are not";
}

TEST(Promises, a_deep_or_doubled_body_is_refused) {
  ApiClient client;
  const auto deep = std::string(2000, '[') + std::string(2000, ']');
  EXPECT_EQ(client.send("POST", policies, deep).status, 400);
  const auto twice = client.send("POST", policies, R"({"state":"enabled","state":"disabled"})");
  EXPECT_EQ(twice.status, 400);
  EXPECT_THAT(twice.text("/error/message"), HasSubstr("1007"));
}

TEST(Promises, passwords_are_not_kept_and_not_audited) {
  ApiClient client;
  const auto created = client.send(
      "POST", "/v1.0/users",
      R"({"displayName":"A","userPrincipalName":"a@example.org","passwordProfile":{"password":"hunter2"}})");
  ASSERT_EQ(created.status, 201);
  EXPECT_EQ(client.store().get("user", created.text("/id"))->json.find("hunter2"),
            std::string::npos);
  EXPECT_EQ(client.send("GET", "/v1.0/auditLogs/directoryAudits").body.find("hunter2"),
            std::string::npos);
}

TEST(Promises, a_token_that_was_revoked_or_has_expired_is_refused) {
  ApiClient client;
  const auto issued = create_token(
      client.store(), {"short", {"Policy.Read.All"}, {}, client.now + std::chrono::hours(1)},
      client.now);
  ASSERT_TRUE(issued.has_value());
  EXPECT_EQ(client.send_as(issued->secret, "GET", policies).status, 200);
  client.now += std::chrono::hours(1);
  EXPECT_EQ(client.send_as(issued->secret, "GET", policies).status, 401);
  const auto other = client.token({"reader"});
  EXPECT_EQ(client.send_as(other, "GET", policies).status, 200);
  const auto listed = list_credentials(client.store());
  ASSERT_TRUE(listed.has_value());
  for (const auto& one : *listed) {
    const auto revoked = revoke_credential(client.store(), one.id, client.now);
    ASSERT_TRUE(revoked.has_value()) << describe(revoked.error());
  }
  EXPECT_EQ(client.send_as(other, "GET", policies).status, 401) << "from the next request on";
}

TEST(Promises, what_was_deleted_is_gone_for_good_after_thirty_days) {
  ApiClient client;
  const auto created = client.send("POST", policies, policy_body("P"));
  ASSERT_EQ(client.send("DELETE", policies + "/" + created.text("/id")).status, 204);
  const auto waiting = [&] {
    return *client.store().count(conditional_access_policy_type.deleted_kind);
  };
  const auto forget = [&](Instant at) {
    return *forget_deleted(client.store(), conditional_access_policy_type, at - deleted_kept, 100);
  };
  const auto restore = policies.substr(0, policies.rfind('/')) + "/deletedItems/policies/" +
                       created.text("/id") + "/restore";
  EXPECT_EQ(forget(client.now + std::chrono::days(29)), 0U);
  EXPECT_EQ(waiting(), 1);
  client.now += deleted_kept;
  EXPECT_EQ(client.send("POST", restore).status, 404) << "removed from the store or not";
  EXPECT_EQ(forget(client.now + std::chrono::seconds(1)), 1U);
  EXPECT_EQ(waiting(), 0);
}

TEST(Promises, members_of_a_role_group_are_changed_by_who_is_trusted_with_roles) {
  ApiClient client;
  const auto group =
      client.send("POST", "/v1.0/groups", R"({"displayName":"Admins","isAssignableToRole":true})");
  const auto user = client.send("POST", "/v1.0/users",
                                R"({"displayName":"A","userPrincipalName":"a@example.org"})");
  const auto url = "/v1.0/groups/" + group.text("/id") + "/members/$ref";
  const auto body = R"({"@odata.id":"https://x/v1.0/directoryObjects/)" + user.text("/id") + "\"}";
  const auto writer = client.token({"Group.ReadWrite.All", "GroupMember.ReadWrite.All"});
  EXPECT_EQ(client.send_as(writer, "POST", url, body).status, 403);
  const auto owners = "/v1.0/groups/" + group.text("/id") + "/owners/$ref";
  EXPECT_EQ(client.send_as(writer, "POST", owners, body).status, 403);
  EXPECT_EQ(client.send("POST", url, body, {{"If-Match", "W/\"1\""}}).status, 412);
  EXPECT_EQ(client.send("POST", url, body).status, 204);
}

// Older versions let such records into the logs.
TEST(Promises, a_record_that_is_damaged_hides_no_other) {
  ApiClient client;
  const auto id = [](int n) { return "d0000000-0000-4000-8000-00000000000" + std::to_string(n); };
  const auto good = [&](int n, std::string_view date, const std::string& agent) {
    return R"({"id":")" + id(n) + R"(",")" + std::string(date) +
           R"(":"2026-11-26T03:00:00Z","userAgent":")" + agent + "\"}";
  };
  const std::string cut = R"({"id":")";
  const Instant at = *parse_instant("2026-11-26T03:00:00Z");
  const SignInRecord sign_ins[] = {
      {id(1), at, "u", "a", "granted", good(1, "createdDateTime", "whole"), 0},
      {id(2), at, "u", "a", "granted", good(2, "createdDateTime", "curl\xff"), 0},
      {id(3), at, "u", "a", "granted", cut, 0}};
  ASSERT_TRUE(client.store().append(sign_ins).has_value());
  const AuditRecord audits[] = {{id(1), at, "", "", good(1, "activityDateTime", "whole"), 0},
                                {id(2), at, "", "", good(2, "activityDateTime", "curl\xff"), 0},
                                {id(3), at, "", "", cut, 0}};
  ASSERT_TRUE(client.store().write({}, audits).has_value());
  for (const std::string path : {"/v1.0/auditLogs/signIns", "/v1.0/auditLogs/directoryAudits"}) {
    const auto listed = client.send("GET", path);
    ASSERT_EQ(listed.status, 200) << listed.body;
    for (const auto* part : {"\"whole\"", "curl\xef\xbf\xbd", "\"@sallyport.unreadable\":true"}) {
      EXPECT_THAT(listed.body, HasSubstr(part));
    }
    for (int n = 1; n <= 3; ++n) {
      EXPECT_THAT(listed.body, HasSubstr(id(n)));
      EXPECT_EQ(client.send("GET", path + "/" + id(n)).text("/id"), id(n));
    }
    const auto filtered = client.send("GET", path + "?$filter=id%20eq%20'" + id(2) + "'");
    EXPECT_EQ(filtered.status, 200) << filtered.body;
  }
}

// Not by another server, or this one started anew, either.
TEST(Promises, an_assertion_is_taken_once) {
  ApiClient client;
  Credential who;
  who.id = "31f637b5-0b90-4036-b926-5e7ff2ae578c";
  const auto expires = client.now + std::chrono::minutes(10);
  Tokens before(client.store());
  Tokens after(client.store());
  EXPECT_TRUE(before.use_assertion(who, "one", expires).has_value());
  EXPECT_EQ(after.use_assertion(who, "one", expires).error().kind, ErrorKind::denied);
  EXPECT_TRUE(after.use_assertion(who, "another", expires).has_value());
  const auto kept = [&] { return *client.store().count("sallyport.usedAssertion"); };
  // A clock that ran ahead for a while, and was set back, makes none good again.
  ASSERT_TRUE(after.tidy_up(expires + std::chrono::days(2)).has_value());
  EXPECT_EQ(after.use_assertion(who, "one", expires).error().kind, ErrorKind::denied);
  const auto forget = [&](Instant now) {
    return *forget_used_assertions(client.store(), now - used_assertions_kept, 1);
  };
  EXPECT_EQ(forget(expires + used_assertions_kept), 0U);
  EXPECT_EQ(kept(), 2);
  EXPECT_EQ(forget(expires + used_assertions_kept + std::chrono::seconds(1)), 1U);
  EXPECT_EQ(forget(expires + used_assertions_kept + std::chrono::seconds(1)), 1U);
  EXPECT_EQ(kept(), 0);
}

TEST(Promises, how_a_device_is_joined_is_told_by_who_synchronises_the_directory) {
  ApiClient client;
  const auto device = [&](const std::string& name) {
    return R"({"displayName":")" + name +
           R"(","operatingSystem":"Windows","trustType":"ServerAd"})";
  };
  const auto registrar = client.token({"Device.ReadWrite.All"});
  const std::string devices = "/v1.0/devices";
  EXPECT_EQ(client.send_as(registrar, "POST", devices, device("a")).status, 403);
  const auto plain = client.send_as(registrar, "POST", devices, R"({"displayName":"b"})");
  ASSERT_EQ(plain.status, 201);
  const auto url = devices + "/" + plain.text("/id");
  EXPECT_EQ(client.send_as(registrar, "PATCH", url, R"({"TrustType":"ServerAd"})").status, 403);
  const auto synchronising = client.token({"Directory.ReadWrite.All"});
  EXPECT_EQ(client.send_as(synchronising, "PATCH", url, R"({"trustType":"ServerAd"})").status, 204);
  EXPECT_EQ(client.send_as(registrar, "PATCH", url, R"({"trustType":"ServerAd"})").status, 204)
      << "it is so already";
}

// By an index or by looking at all: the same users, in pages that miss and repeat nothing.
TEST(Promises, a_filter_finds_the_same_with_and_without_an_index) {
  ApiClient client;
  std::set<std::string> expected;
  for (int i = 0; i < 150; ++i) {
    const std::string name = (i % 3 == 0   ? "Al"
                              : i % 3 == 1 ? "aL"
                                           : "Bo") +
                             std::to_string(i % 50);
    const auto created = client.send("POST", "/v1.0/users",
                                     R"({"displayName":")" + name + R"(","userPrincipalName":"u)" +
                                         std::to_string(i) + R"(@example.org","department":")" +
                                         (i % 2 == 0 ? "even" : "odd") + R"("})");
    ASSERT_EQ(created.status, 201) << created.body;
    if (i % 3 != 2 && i % 2 == 0) expected.insert(created.text("/id"));
  }
  const auto all_of = [&](std::string target) {
    std::multiset<std::string> ids;
    while (!target.empty()) {
      const auto page = client.send("GET", target);
      EXPECT_EQ(page.status, 200) << page.body;
      if (page.status != 200) break;
      for (const auto& one : page.json.root().find("value")->items()) {
        ids.insert(std::string(one.find("id")->text()));
      }
      const auto next = page.text("/@odata.nextLink");
      target = next.empty() ? "" : next.substr(next.find("/v1.0"));
    }
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size()) << "repeated";
    return std::set<std::string>(ids.begin(), ids.end());
  };
  const std::string even = "department%20eq%20'even'";
  const std::string users = "/v1.0/users?$top=7&$filter=";
  EXPECT_EQ(all_of(users + "startswith(displayName,'al')%20and%20" + even), expected);
  EXPECT_EQ(all_of(users + "contains(displayName,'l')%20and%20" + even), expected);
  EXPECT_EQ(
      all_of(users + "displayName%20ge%20'AL'%20and%20displayName%20lt%20'b'%20and%20" + even),
      expected);
  EXPECT_EQ(all_of(users + "startswith(displayName,'al')%20and%20" + even +
                   "&$orderby=userPrincipalName"),
            expected);
  EXPECT_EQ(all_of(users + "userPrincipalName%20eq%20'U7@EXAMPLE.ORG'").size(), 1U);
  EXPECT_EQ(all_of(users + "userPrincipalName%20in%20('u7@example.org','u8@example.org')").size(),
            2U);
  EXPECT_EQ(client.send("GET", "/v1.0/users/$count?$filter=startswith(displayName,'al')").body,
            "100");
}

}  // namespace
}  // namespace sallyport::test
