// Policies that other people wrote, sent to the interface and read back: what was sent is there.
// The files are not part of the project; without them this is skipped.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/json_edit.h"
#include "base/text.h"
#include "policy/schema.h"
#include "policy/tenant.h"
#include "policy/write.h"
#include "tests/api/api_client.h"
#include "tests/support/expectation.h"

namespace sallyport::test {
namespace {

const std::string corpus = SALLYPORT_SOURCE_DIR "/../shared/corpus";
const std::string policies = "/v1.0/identity/conditionalAccess/policies";

// What the service sets itself, and what it makes of a document that it stores (spec, section 1.3).
bool is_set_by_the_service(std::string_view name) {
  return name == "id" || name == "createdDateTime" || name == "modifiedDateTime" ||
         name == "deletedDateTime" || name == "operator" || name == "authenticationStrength" ||
         name == "sessionControls" || schema::is_annotation(name);
}

json::Value comparable(const json::Value& value, json::Arena& arena) {
  if (!value.is_object()) return value;
  std::vector<json::Member> members;
  for (const auto& member : value.members()) {
    const bool empty =
        member.value.is_null() || (member.value.is_array() && member.value.items().empty());
    if (empty || is_set_by_the_service(member.name)) continue;
    members.push_back({member.name, comparable(member.value, arena), 0});
  }
  return arena.object(members);
}

// Locations and strengths that exist in the tenant the policy came from.
void create_references(ApiClient& client, const json::Value& policy) {
  const auto put = [&](std::string_view kind, std::string_view id, const std::string& text) {
    if (!client.store().get(kind, to_lower(id))) {
      ASSERT_TRUE(client.store().put(kind, to_lower(id), text).has_value());
    }
  };
  for (const auto* side : {"includeLocations", "excludeLocations"}) {
    const auto* ids = find_pointer(policy, std::string("/conditions/locations/") + side);
    if (ids == nullptr) continue;
    for (const auto& id : ids->items()) {
      if (!parse_guid(id.text())) continue;
      put("namedLocation", id.text(),
          R"({"@odata.type":"#microsoft.graph.countryNamedLocation","id":")" +
              std::string(id.text()) + R"(","displayName":"X","countriesAndRegions":["FR"]})");
    }
  }
  const auto* strength = find_pointer(policy, "/grantControls/authenticationStrength/id");
  if (strength != nullptr && strength->is_string()) {
    put("authenticationStrengthPolicy", strength->text(),
        R"({"id":")" + std::string(strength->text()) + R"(","displayName":"S)" +
            std::string(strength->text()) +
            R"(","policyType":"custom","allowedCombinations":["fido2"]})");
  }
}

TEST(CorpusRoundTrip, what_was_sent_is_read_back) {
  if (!std::filesystem::is_directory(corpus)) {
    GTEST_SKIP() << "../shared/corpus is not here; clone it beside the project to run this test";
  }
  const std::string paths[] = {corpus};
  std::vector<SourceDocument> documents;
  LoadOptions options;
  options.each = [&](const SourceDocument& document) {
    if (document.kind == DocumentKind::conditional_access_policy) documents.push_back(document);
    return true;
  };
  load(paths, options);
  ASSERT_GT(documents.size(), 200U);
  ApiClient client;
  std::map<std::string, int> refused;
  std::size_t accepted = 0;
  for (const auto& document : documents) {
    const auto parsed = json::parse(document.json);
    ASSERT_TRUE(parsed.has_value());
    json::Arena arena;
    const auto sent = canonical(parsed->root(), arena);
    create_references(client, sent);
    ASSERT_TRUE(client.tenant().refresh().has_value());
    const auto created = client.send("POST", policies, json::write(sent));
    if (created.status != 201) {
      ASSERT_EQ(created.status, 400) << created.body;
      ++refused[created.text("/error/message").substr(0, 60)];
      continue;
    }
    ++accepted;
    const auto url = policies + "/" + created.text("/id");
    const auto read = client.send("GET", url, {}, {{"Prefer", "include-unknown-enum-members"}});
    const auto lines = differences(comparable(sent, arena), read.json.root());
    std::string text;
    for (const auto& line : lines) text += "\n  " + line;
    EXPECT_EQ(text, "") << document.file;
    // And what is read can be sent again, to the same effect.
    const auto again = client.send("POST", policies, read.body);
    EXPECT_EQ(again.status, 201) << document.file << again.body;
    for (const auto& id : {created.text("/id"), again.text("/id")}) {
      client.send("DELETE", policies + "/" + id);
    }
  }
  std::string why;
  for (const auto& [message, count] : refused) why += std::to_string(count) + " " + message + "\n";
  RecordProperty("refused", why);
  std::printf("%zu of %zu policies round-trip; refused:\n%s", accepted, documents.size(),
              why.c_str());
  EXPECT_GT(accepted, documents.size() * 8 / 10) << why;
}

}  // namespace
}  // namespace sallyport::test
