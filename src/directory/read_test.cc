// Graph documents of the directory, in and out.
#include "directory/read.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/text.h"
#include "directory/write.h"

namespace sallyport {
namespace {

json::Document parse(const std::string& text) {
  auto document = json::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  return std::move(*document);
}

template <class T>
std::string findings_text(const Reading<T>& reading) {
  std::string out;
  for (const auto& finding : reading.findings) {
    out += finding.severity == Severity::error ? "error " : "";
    out += finding.pointer + ": " + finding.message + "\n";
  }
  return out;
}

std::string location_json(const std::string& members) {
  return R"({"@odata.type":"#microsoft.graph.ipNamedLocation","displayName":"l","isTrusted":true)" +
         (members.empty() ? "" : "," + members) + "}";
}
std::string range_json(const std::string& cidr, const std::string& family = "iPv4") {
  return R"("ipRanges":[{"@odata.type":"#microsoft.graph.)" + family +
         R"(CidrRange","cidrAddress":")" + cidr + R"("}])";
}
std::string country_json(const std::string& members) {
  return R"({"@odata.type":"#microsoft.graph.countryNamedLocation","displayName":"c",)" + members +
         "}";
}

TEST(ReadNamedLocation, strict_errors_are_those_of_the_service) {
  std::string many = R"("ipRanges":[)";
  for (int i = 0; i < 2001; ++i) {
    many += (i == 0 ? "" : ",") +
            std::string(R"({"@odata.type":"#microsoft.graph.iPv4CidrRange",)") +
            R"("cidrAddress":"203.0.113.0/24"})";
  }
  const struct {
    const char* name;
    std::string text;
    const char* pointer;  // of the one error; null: there is none
  } rows[] = {
      {"sound", location_json(range_json("203.0.113.7/24")), nullptr},
      {"/9", location_json(range_json("12.0.0.0/9")), nullptr},
      {"/8", location_json(range_json("12.0.0.0/8")), "/ipRanges/0/cidrAddress"},
      {"/0", location_json(range_json("0.0.0.0/0")), "/ipRanges/0/cidrAddress"},
      {"IPv6", location_json(range_json("2001:db8::/32", "iPv6")), nullptr},
      {"IPv6 /8", location_json(range_json("2000::/8", "iPv6")), "/ipRanges/0/cidrAddress"},
      {"wrong family", location_json(range_json("2001:db8::/32")), "/ipRanges/0"},
      {"no range", location_json(range_json("203.0.113.0")), "/ipRanges/0/cidrAddress"},
      {"not an address", location_json(range_json("office/24")), "/ipRanges/0/cidrAddress"},
      {"2001 ranges", location_json(many + "]"), "/ipRanges"},
      {"ranges are no list", location_json(R"("ipRanges":"203.0.113.0/24")"), "/ipRanges"},
      {"range without a type", location_json(R"("ipRanges":[{"cidrAddress":"1.2.3.0/24"}])"),
       "/ipRanges/0"},
      {"location without a type", R"({"displayName":"l",)" + range_json("203.0.113.0/24") + "}",
       ""},
      {"unknown type", R"({"@odata.type":"#microsoft.graph.moonLocation","displayName":"l"})",
       "/@odata.type"},
      {"unknown member", location_json(range_json("203.0.113.0/24") + R"(,"note":"x")"), "/note"},
      {"member in another case",
       R"({"@odata.type":"#microsoft.graph.ipNamedLocation","DisplayName":"l","displayName":"l",)" +
           range_json("203.0.113.0/24") + "}",
       "/DisplayName"},
      {"annotation", location_json(range_json("203.0.113.0/24") + R"(,"@odata.id":"x")"), nullptr},
      {"no name",
       R"({"@odata.type":"#microsoft.graph.ipNamedLocation",)" + range_json("203.0.113.0/24") + "}",
       ""},
      {"country", country_json(R"("countriesAndRegions":["FR","nl"])"), nullptr},
      {"only unknown countries",
       country_json(R"("countriesAndRegions":[],"includeUnknownCountriesAndRegions":true)"),
       nullptr},
      {"no such country", country_json(R"("countriesAndRegions":["FR","France"])"),
       "/countriesAndRegions/1"},
      {"country is a number", country_json(R"("countriesAndRegions":[33])"),
       "/countriesAndRegions/0"},
      {"empty lookup method",
       country_json(R"("countriesAndRegions":["FR"],"countryLookupMethod":"")"),
       "/countryLookupMethod"},
      {"GPS",
       country_json(R"("countriesAndRegions":["FR"],"countryLookupMethod":"authenticatorAppGps")"),
       nullptr},
      {"compliant network",
       R"({"@odata.type":"#microsoft.graph.compliantNetworkNamedLocation","displayName":"n",)"
       R"("compliantNetworkType":"allTenantCompliantNetworks","isTrusted":true})",
       nullptr},
      {"not an object", "[]", ""},
  };
  for (const auto& row : rows) {
    const auto document = parse(row.text);
    const auto reading = read_named_location(document.root(), Dialect::strict);
    const auto errors = std::count_if(reading.findings.begin(), reading.findings.end(),
                                      [](auto& f) { return f.severity == Severity::error; });
    EXPECT_EQ(errors, row.pointer == nullptr ? 0 : 1) << row.name << "\n" << findings_text(reading);
    for (const auto& finding : reading.findings) {
      if (finding.severity == Severity::error && row.pointer != nullptr) {
        EXPECT_EQ(finding.pointer, row.pointer) << row.name;
      }
    }
  }
}

TEST(ReadNamedLocation, an_import_takes_what_people_write) {
  const auto document = parse(R"({"DisplayName":"Offices","locationType":"ipNamedLocation",
      "isTrusted":true,"note":"ours","deletedDateTime":null,
      "#microsoft.graph.restore":{},"isTrusted@odata.type":"#Boolean",
      "ipRanges":[{"description":"x","cidrAddress":"203.0.113.7/24"},
                  {"cidrAddress":"198.51.100.1"},{"cidrAddress":"::ffff:192.0.2.0/120"},
                  {"cidrAddress":"11.0.0.0/8"}]})");
  const auto reading = read_named_location(document.root());
  const auto& location = reading.value;
  EXPECT_FALSE(reading.has_errors()) << findings_text(reading);
  EXPECT_EQ(reading.findings.size(), 3U) << findings_text(reading);  // note, no prefix, too wide
  EXPECT_EQ(location.kind, LocationKind::ip);
  EXPECT_TRUE(location.is_trusted);
  EXPECT_EQ(location.id, LocationId::of("Offices"));
  ASSERT_EQ(location.ip_ranges.size(), 4U);
  EXPECT_EQ(to_string(location.ip_ranges[0]), "203.0.113.0/24");
  EXPECT_EQ(to_string(location.ip_ranges[1]), "198.51.100.1/32");
  EXPECT_EQ(to_string(location.ip_ranges[2]), "192.0.2.0/24");
  for (const auto& finding : reading.findings) {
    if (finding.pointer == "/note") {
      EXPECT_EQ(document.text().substr(finding.offset, 6), "\"note\"");
    }
  }
}

TEST(ReadNamedLocation, what_cannot_be_read_may_be_anywhere) {
  for (
      const auto* text :
      {R"({"displayName":"l","ipRanges":[{"cidrAddress":"203.0.113.0/24"},{"cidrAddress":"<OFFICE>"}]})",
       R"({"displayName":"l","ipRanges":"203.0.113.0/24"})",
       R"({"displayName":"c","countriesAndRegions":["FR","Narnia"]})",
       R"({"displayName":"c","countriesAndRegions":["FR"],"countryLookupMethod":"stars"})",
       R"({"displayName":"l"})", R"("l")",
       R"({"@odata.type":"#microsoft.graph.serviceTagNamedLocation","displayName":"s","serviceTags":["AzureCloud"]})"}) {
    const auto document = parse(text);
    EXPECT_EQ(read_named_location(document.root()).value.kind, LocationKind::other) << text;
  }
}

TEST(ReadNamedLocation, what_is_written_reads_the_same) {
  for (
      const auto& text :
      {location_json(range_json("203.0.113.7/24") + R"(,"id":"l1")"),
       location_json(range_json("2001:db8::/33", "iPv6") + R"(,"id":"l2")"),
       country_json(
           R"("id":"c1","countriesAndRegions":["NL","FR"],"countryLookupMethod":"authenticatorAppGps")"),
       std::string(
           R"({"@odata.type":"microsoft.graph.compliantNetworkNamedLocation","id":"n","displayName":"n","isTrusted":true})")}) {
    const auto document = parse(text);
    const auto first = read_named_location(document.root()).value;
    std::string written;
    json::Writer writer(written);
    write_named_location(first, writer);
    const auto again = parse(written);
    const auto second = read_named_location(again.root(), Dialect::strict);
    EXPECT_FALSE(second.has_errors()) << written << "\n" << findings_text(second);
    EXPECT_EQ(second.value.id_text, first.id_text);
    EXPECT_EQ(second.value.kind, first.kind);
    EXPECT_EQ(second.value.is_trusted, first.is_trusted);
    EXPECT_EQ(second.value.ip_ranges, first.ip_ranges);
    EXPECT_EQ(second.value.countries_and_regions, first.countries_and_regions);
    EXPECT_EQ(second.value.lookup_by_gps, first.lookup_by_gps);
  }
}

TEST(WriteNamedLocation, has_the_order_of_graph) {
  const auto document = parse(country_json(R"("countriesAndRegions":["fr"],"id":"1")"));
  std::string written;
  json::Writer writer(written);
  write_named_location(read_named_location(document.root()).value, writer);
  EXPECT_EQ(written,
            R"({"@odata.type":"#microsoft.graph.countryNamedLocation","id":"1","displayName":"c",)"
            R"("countriesAndRegions":["FR"],"includeUnknownCountriesAndRegions":false,)"
            R"("countryLookupMethod":"clientIpAddress"})");
}

TEST(ReadStrength, configurations_narrow_and_the_unknown_satisfies_nothing) {
  const auto document = parse(R"({"id":"s1","displayName":"Keys","policyType":"custom",
      "requirementsSatisfied":"mfa","allowedCombinations":["fido2","SMS, password","brainWave"],
      "combinationConfigurations":[
        {"@odata.type":"#microsoft.graph.fido2CombinationConfiguration","id":"c1",
         "appliesToCombinations":["fido2"],"allowedAAGUIDs":["DE1E552D-DB1D-4423-A619-566B625CDC84"]},
        {"@odata.type":"#microsoft.graph.x509CertificateCombinationConfiguration",
         "appliesToCombinations":["x509CertificateMultiFactor"],"allowedIssuerSkis":["9A4248"],
         "allowedPolicyOIDs":["1.2.3"]},
        {"@odata.type":"#microsoft.graph.fido2CombinationConfiguration",
         "appliesToCombinations":["fido2"],"allowedAAGUIDs":[]},
        {"@odata.type":"#microsoft.graph.moonConfiguration","appliesToCombinations":["fido2"]},
        {"@odata.type":"#microsoft.graph.fido2CombinationConfiguration","allowedAAGUIDs":["a"]}]})");
  const auto reading = read_authentication_strength(document.root());
  const auto& strength = reading.value;
  EXPECT_FALSE(reading.has_errors()) << findings_text(reading);
  EXPECT_EQ(strength.allowed_combinations,
            (std::vector{method::fido2, method::password | method::sms}));
  ASSERT_EQ(strength.combination_configurations.size(), 5U);
  const auto& configurations = strength.combination_configurations;
  EXPECT_EQ(configurations[0].allowed_aaguids,
            std::vector<std::string>{"de1e552d-db1d-4423-a619-566b625cdc84"});
  EXPECT_FALSE(configurations[0].unknown);
  EXPECT_FALSE(configurations[1].unknown);
  EXPECT_EQ(configurations[1].allowed_issuer_skis, std::vector<std::string>{"9a4248"});
  EXPECT_TRUE(configurations[2].unknown);
  EXPECT_TRUE(configurations[3].unknown);
  EXPECT_TRUE(configurations[4].unknown);
  EXPECT_EQ(configurations[4].applies_to, strength.allowed_combinations);
  EXPECT_TRUE(read_authentication_strength(document.root(), Dialect::strict).has_errors());
}

TEST(ReadStrength, built_in_ones_read_as_they_are_written) {
  for (const auto& strength : built_in_strengths()) {
    std::string written;
    json::Writer writer(written);
    write_authentication_strength(strength, writer);
    const auto document = parse(written);
    const auto reading = read_authentication_strength(document.root(), Dialect::strict);
    EXPECT_TRUE(reading.findings.empty()) << findings_text(reading);
    EXPECT_EQ(reading.value.id, strength.id);
    EXPECT_TRUE(reading.value.built_in);
    EXPECT_TRUE(reading.value.requires_mfa);
    EXPECT_EQ(reading.value.allowed_combinations, strength.allowed_combinations);
  }
}

TEST(ReadUser, is_classified_by_user_type_and_where_it_authenticates) {
  const struct {
    const char* name;
    const char* members;
    UserType type;
    bool known;
  } rows[] = {
      {"member", R"("userType":"Member")", UserType::member, true},
      {"internal guest", R"("userType":"guest")", UserType::internal_guest, true},
      {"invited guest", R"("userType":"Guest","externalUserState":"PendingAcceptance")",
       UserType::b2b_collaboration_guest, true},
      {"invited member", R"("userType":"Member","creationType":"Invitation")",
       UserType::b2b_collaboration_member, true},
      {"federated identity",
       R"("userType":"Guest","identities":[{"signInType":"federated","issuer":"ExternalAzureAD"}])",
       UserType::b2b_collaboration_guest, true},
      {"own identity",
       R"("userType":"Guest","identities":[{"signInType":"userPrincipalName","issuer":"a.example"}])",
       UserType::internal_guest, true},
      {"telling name", R"("userType":"Guest","userPrincipalName":"b_c.example#ext#@a.example")",
       UserType::b2b_collaboration_guest, true},
      {"explicit nulls", R"("userType":"Member","externalUserState":null,"creationType":null)",
       UserType::member, true},
      {"no user type", R"("displayName":"x")", UserType::member, false},
      {"odd user type", R"("userType":"Robot")", UserType::member, false},
      {"our own member", R"("userType":"Member","externalUserType":"serviceProvider")",
       UserType::service_provider, true},
      {"our own member, odd", R"("externalUserType":"martian")", UserType::member, false},
  };
  for (const auto& row : rows) {
    const auto document = parse(R"({"id":"u",)" + std::string(row.members) + "}");
    const auto user = read_user(document.root()).value.user;
    EXPECT_EQ(user.type_known, row.known) << row.name;
    EXPECT_EQ(user.type, row.type) << row.name;
  }
}

TEST(ReadUser, the_home_tenant_of_an_external_user_is_unknown_until_told) {
  const auto read = [](const char* text) {
    const auto document = parse(text);
    return read_user(document.root()).value.user;
  };
  const auto guest = read(R"({"id":"u","userType":"Guest","creationType":"Invitation"})");
  EXPECT_FALSE(guest.home_tenant_known);
  const auto told = read(R"({"id":"u","userType":"Guest","creationType":"Invitation",
      "externalTenantId":"11111111-2222-3333-4444-555555555555"})");
  EXPECT_TRUE(told.home_tenant_known);
  EXPECT_EQ(told.home_tenant, TenantId::of("11111111-2222-3333-4444-555555555555"));
  EXPECT_TRUE(read(R"({"id":"u","userType":"Member"})").home_tenant_known);
}

TEST(ReadDirectory, documents_together_say_who_is_in_what) {
  const auto user = parse(R"({"id":"u1","userPrincipalName":"a@x","userType":"Member","memberOf":[
      {"@odata.type":"#microsoft.graph.group","id":"g1"},
      {"@odata.type":"#microsoft.graph.directoryRole","id":"r-object","roleTemplateId":"r1"},
      {"@odata.type":"#microsoft.graph.administrativeUnit","id":"au"}]})");
  const auto group = parse(R"({"id":"g2","displayName":"Two","members":[
      {"@odata.type":"#microsoft.graph.user","id":"u1"},
      {"@odata.type":"#microsoft.graph.device","id":"d1"},"g1","u2"],
      "memberOf":[{"@odata.type":"#microsoft.graph.group","id":"g3"}]})");
  const auto role =
      parse(R"({"id":"r2-object","roleTemplateId":"r2","members":[{"id":"g1"},{"id":"u2"}]})");
  const auto user_document = read_user(user.root()).value;
  const auto group_document = read_group(group.root()).value;
  const auto role_document = read_directory_role(role.root()).value;
  Directory::Editor editor;
  apply(user_document, editor);
  apply(group_document, editor);
  apply(role_document, editor);
  const auto directory = std::move(editor).build();
  EXPECT_EQ(directory->user_count(), 2U);  // the device is nobody
  const auto one = directory->find_user(UserId::of("u1"));
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(one->groups.size(), 2U);
  ASSERT_EQ(one->roles.size(), 1U);
  EXPECT_EQ(directory->roles()[one->roles[0]].id, RoleId::of("r1"));
  EXPECT_EQ(directory->find_user(UserId::of("u2"))->roles.size(), 1U);
  const auto g1 = directory->groups()[*directory->find_group(GroupId::of("g1"))];
  EXPECT_EQ(g1.member_of, std::vector{*directory->find_group(GroupId::of("g2"))});
  EXPECT_EQ(g1.roles.size(), 1U);

  Directory::Editor second(directory);
  withdraw(group_document, second);
  withdraw(role_document, second);
  const auto less = std::move(second).build();
  EXPECT_EQ(less->find_user(UserId::of("u1"))->groups.size(), 1U);
  EXPECT_TRUE(less->find_user(UserId::of("u2"))->roles.empty());
  EXPECT_TRUE(less->groups()[*less->find_group(GroupId::of("g1"))].member_of.empty());
}

TEST(ReadRoleAssignment, counts_when_it_is_built_in_active_and_tenant_wide) {
  const struct {
    const char* name;
    const char* members;
    bool counts;
  } rows[] = {
      {"tenant-wide", R"("directoryScopeId":"/")", true},
      {"administrative unit", R"("directoryScopeId":"/administrativeUnits/1")", false},
      {"one application", R"("directoryScopeId":"/9f0e0d")", false},
      {"no scope", R"("x":1)", false},
      {"application scope", R"("directoryScopeId":"/","appScopeId":"/")", false},
      {"custom role", R"("directoryScopeId":"/","roleDefinition":{"isBuiltIn":false})", false},
      {"built-in role", R"("directoryScopeId":"/","roleDefinition":{"isBuiltIn":true})", true},
      {"eligible",
       R"("directoryScopeId":"/","@odata.type":"#microsoft.graph.unifiedRoleEligibilityScheduleInstance")",
       false},
      {"eligible, type left out", R"("directoryScopeId":"/","roleEligibilityScheduleId":"e")",
       false},
      {"activated",
       R"("directoryScopeId":"/","@odata.type":"#microsoft.graph.unifiedRoleAssignmentScheduleInstance")",
       true},
  };
  for (const auto& row : rows) {
    const auto document =
        parse(R"({"principalId":"u1","roleDefinitionId":"r1",)" + std::string(row.members) + "}");
    const auto reading = read_role_assignment(document.root());
    EXPECT_EQ(reading.value.has_value(), row.counts) << row.name;
    EXPECT_FALSE(reading.has_errors()) << row.name << findings_text(reading);
  }
}

TEST(ReadServicePrincipal, scope_and_attributes) {
  const auto own = TenantId::of("11111111-2222-3333-4444-555555555555");
  const struct {
    const char* name;
    const char* members;
    ServicePrincipalKind kind;
    bool in_scope;
  } rows[] = {
      {"single tenant", R"("signInAudience":"AzureADMyOrg")", ServicePrincipalKind::application,
       true},
      {"multi tenant", R"("signInAudience":"AzureADMultipleOrgs")",
       ServicePrincipalKind::application, false},
      {"foreign", R"("appOwnerOrganizationId":"99999999-2222-3333-4444-555555555555")",
       ServicePrincipalKind::application, false},
      {"managed identity", R"("servicePrincipalType":"ManagedIdentity")",
       ServicePrincipalKind::managed_identity, false},
      {"agent identity", R"("@odata.type":"#microsoft.graph.agentIdentity")",
       ServicePrincipalKind::agent_identity, false},
      {"nothing told", R"("tags":[])", ServicePrincipalKind::application, true},
  };
  for (const auto& row : rows) {
    const auto document = parse(R"({"id":"o","appId":"a",)" + std::string(row.members) + "}");
    const auto principal = read_service_principal(document.root(), Dialect::lenient, own).value;
    EXPECT_EQ(principal.kind, row.kind) << row.name;
    EXPECT_EQ(principal.in_scope_of_workload_policies, row.in_scope) << row.name;
  }
  const auto document =
      parse(R"json({"id":"o","appId":"a","customSecurityAttributes":{"Engineering":{
      "@odata.type":"#microsoft.graph.customSecurityAttributeValue","Level":"top",
      "Project@odata.type":"#Collection(String)","Project":["Baker","Able"],"Sealed":true}}})json");
  const auto principal = read_service_principal(document.root()).value;
  ASSERT_EQ(principal.attributes.size(), 2U);
  EXPECT_EQ(principal.attributes[0].first, "Engineering_Level");
  EXPECT_EQ(principal.attributes[1].second, (std::vector<std::string>{"Baker", "Able"}));
}

TEST(ReadCorpus, every_named_location_and_strength_is_understood) {
  const std::filesystem::path corpus = SALLYPORT_SOURCE_DIR "/../shared/corpus";
  if (!std::filesystem::exists(corpus)) {
    GTEST_SKIP() << "the corpus is not beside the source tree";
  }
  std::size_t locations = 0;
  std::size_t strengths = 0;
  const auto check = [&](const json::Value& object, const std::string& file) {
    const bool is_location = object.find("ipRanges") != nullptr ||
                             object.find("countriesAndRegions") != nullptr ||
                             object.find("compliantNetworkType") != nullptr;
    if (is_location) {
      const auto reading = read_named_location(object);
      EXPECT_FALSE(reading.has_errors()) << file << "\n" << findings_text(reading);
      EXPECT_NE(reading.value.kind, LocationKind::other) << file;
      ++locations;
    } else if (object.find("allowedCombinations") != nullptr) {
      const auto reading = read_authentication_strength(object);
      EXPECT_TRUE(reading.findings.empty()) << file << "\n" << findings_text(reading);
      ++strengths;
    }
  };
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const auto text = decode_text(bytes);
    ASSERT_TRUE(text.has_value());
    const auto document = json::parse(*text);
    if (!document) continue;
    check(document->root(), entry.path());
    if (const auto* list = document->root().find("value")) {
      for (const auto& item : list->items()) check(item, entry.path());
    }
  }
  EXPECT_GE(locations, 23U);
  EXPECT_GE(strengths, 2U);
}

}  // namespace
}  // namespace sallyport
