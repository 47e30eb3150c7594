// Which devices and applications a rule matches (spec, sections 3.3 to 3.6).
#include "device/filter.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "device/inventory.h"

namespace sallyport {
namespace {

constexpr auto guid = "4c299165-6e8f-4b45-a5ba-c5d250a707ff";

Device windows_laptop() {
  Device device;
  device.id = DeviceId::of(guid);
  device.display_name = "LAPTOP-7";
  device.physical_ids = {"[ZTDId]:1", "[HWID]:h:2"};
  auto& shape = device.shape;
  shape.text(DeviceText::device_ownership) = DeviceAttribute::of("Company");
  shape.text(DeviceText::enrollment_profile_name) = DeviceAttribute::of("Autopilot Sales");
  shape.text(DeviceText::manufacturer) = DeviceAttribute::of("Microsoft Corporation");
  shape.text(DeviceText::mdm_app_id) = DeviceAttribute::of("0000000a-0000-0000-c000-000000000000");
  shape.text(DeviceText::model) = DeviceAttribute::of("Surface Pro");
  shape.text(DeviceText::operating_system) = DeviceAttribute::of("Windows");
  shape.text(DeviceText::operating_system_version) = DeviceAttribute::of("10.0.19041");
  shape.text(DeviceText::profile_type) = DeviceAttribute::of("RegisteredDevice");
  shape.text(DeviceText::trust_type) = DeviceAttribute::of("ServerAD");
  shape.text(DeviceText::extension_attribute_1) = DeviceAttribute::of("SAW");
  shape.is_compliant = DeviceFlag::yes;
  shape.is_managed = DeviceFlag::yes;
  shape.system_labels = {"M365Managed", "SurfaceHub"};
  return device;
}

DeviceView view_of(const Device& device) {
  DeviceView view;
  view.id = device.id;
  view.display_name = device.display_name;
  view.physical_ids = device.physical_ids;
  view.shape = &device.shape;
  return view;
}

Result<FilterRule> strict(std::string_view rule) {
  return FilterRule::parse(rule, FilterSubject::device, FilterDialect::strict);
}

Truth matches(std::string_view rule, const Device& device) {
  const auto parsed = strict(rule);
  EXPECT_TRUE(parsed.has_value()) << rule << ": " << describe(parsed.error());
  const auto view = view_of(device);
  return parsed ? parsed->matches(&view) : Truth::unknown;
}

Truth matches_unregistered(std::string_view rule) {
  const auto parsed = strict(rule);
  EXPECT_TRUE(parsed.has_value()) << rule << ": " << describe(parsed.error());
  return parsed ? parsed->matches(nullptr) : Truth::unknown;
}

template <class Row>
std::string row_name(const testing::TestParamInfo<Row>& info) {
  return info.param.name;
}

struct MatchRow {
  const char* name;
  const char* rule;
  Truth laptop;
  Truth unregistered;
};
void PrintTo(const MatchRow& row, std::ostream* out) { *out << row.rule; }

constexpr auto yes = Truth::yes;
constexpr auto no = Truth::no;

class Matches : public testing::TestWithParam<MatchRow> {};

TEST_P(Matches, as_the_fact_sheet_says) {
  const auto& row = GetParam();
  EXPECT_EQ(matches(row.rule, windows_laptop()), row.laptop);
  EXPECT_EQ(matches_unregistered(row.rule), row.unregistered);
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, Matches,
    testing::Values(
        MatchRow{"comparison", R"(device.model -eq "Surface Pro")", yes, no},
        MatchRow{
            "or_binds_weakest",
            R"(device.model -eq "Surface Pro" -or device.model -eq "b" -and device.model -eq "c")",
            yes, no},
        MatchRow{"parentheses_override",
                 R"((device.model -eq "Surface Pro" -or device.model -eq "b") )"
                 R"(-and device.model -eq "c")",
                 no, no},
        MatchRow{"not_binds_to_its_parenthesis",
                 R"(-not (device.model -contains "X") -and device.isCompliant -eq True)", yes, no},
        MatchRow{"not_binds_tighter_than_or",
                 R"(-not device.model -contains "Surf" -or device.operatingSystem -eq "Windows")",
                 yes, yes},
        MatchRow{"not_of_not", R"(-not -not device.operatingSystem -eq "Windows")", yes, no},
        MatchRow{"hyphens_are_optional",
                 R"(not device.model eq "x" and device.operatingSystem in ["Windows"] )"
                 R"(or device.model eq "x")",
                 yes, no},
        MatchRow{"letter_case_never_counts",
                 R"(DEVICE.DEVICEOWNERSHIP -EQ "company" -AND device.Model -Contains "SURF")", yes,
                 no},
        MatchRow{"lower_case_device_id",
                 R"(device.deviceid -eq "4C299165-6E8F-4B45-A5BA-C5D250A707FF")", yes, no},
        MatchRow{"typographic_dashes",
                 "device.model \xe2\x80\x93"
                 "eq \"Surface Pro\" \xe2\x80\x94"
                 "and device.model "
                 "\xe2\x88\x92ne \"x\"",
                 yes, no},
        MatchRow{
            "blanks_are_free",
            "(device.model-eq\"Surface Pro\")-and(device.model -in[\"Surface Pro\"\n,\t\"b\"])",
            yes, no},
        MatchRow{"no_break_space", "device.model\xc2\xa0-eq\xc2\xa0\"Surface Pro\"", yes, no},
        MatchRow{"bareword", "device.operatingSystem -eq Windows", yes, no},
        MatchRow{"barewords_in_a_list", "device.operatingSystem -in [iOS, Windows]", yes, no},
        MatchRow{"quoted_boolean", R"(device.isCompliant -eq "True")", yes, no},
        MatchRow{"lower_case_boolean", "device.isCompliant -eq true", yes, no}),
    row_name<MatchRow>);

INSTANTIATE_TEST_SUITE_P(
    Properties, Matches,
    testing::Values(
        MatchRow{"device_id_in",
                 R"(device.deviceId -in ["x","4c299165-6e8f-4b45-a5ba-c5d250a707ff"])", yes, no},
        MatchRow{"device_id_other", R"(device.deviceId -ne "4c299165-6e8f-4b45-a5ba-c5d250a707fe")",
                 yes, yes},
        MatchRow{"display_name", R"(device.displayName -startsWith "laptop-")", yes, no},
        MatchRow{"ownership", R"(device.deviceOwnership -ne "Personal")", yes, yes},
        MatchRow{"enrollment_profile", R"(device.enrollmentProfileName -endsWith "SALES")", yes,
                 no},
        MatchRow{"compliant_ne", "device.isCompliant -ne True", no, yes},
        MatchRow{"compliant_false", "device.isCompliant -eq False", no, no},
        MatchRow{"manufacturer", R"(device.manufacturer -contains "soft corp")", yes, no},
        MatchRow{"mdm_app", R"(device.mdmAppId -in ["0000000A-0000-0000-C000-000000000000"])", yes,
                 no},
        MatchRow{"version_is_text", R"(device.operatingSystemVersion -startsWith "10.0.1")", yes,
                 no},
        MatchRow{"version_in", R"(device.operatingSystemVersion -in ["10.0.18363","10.0.19041"])",
                 yes, no},
        MatchRow{"version_in_is_whole", R"(device.operatingSystemVersion -in ["10.0.19041.1"])", no,
                 no},
        MatchRow{"physical_id", R"(device.physicalIds -contains "[ztdid]:1")", yes, no},
        MatchRow{"physical_id_is_whole", R"(device.physicalIds -contains "[ZTDId]")", no, no},
        MatchRow{"physical_id_not", R"(device.physicalIds -notContains "[ZTDId]:1")", no, yes},
        MatchRow{"profile_type", R"(device.profileType -eq "RegisteredDevice")", yes, no},
        MatchRow{"system_label", R"(device.systemLabels -contains "SurfaceHub")", yes, no},
        MatchRow{"system_label_is_whole", R"(device.systemLabels -contains "Surf")", no, no},
        MatchRow{"trust_type_word_of_what_if", R"(device.trustType -eq "EntraID")", no, no},
        MatchRow{"extension_1", R"(device.extensionAttribute1 -eq "saw")", yes, no},
        MatchRow{"extension_15_is_null", R"(device.extensionAttribute15 -ne "saw")", yes, yes},
        MatchRow{"substring", R"(device.model -contains "Surf")", yes, no}),
    row_name<MatchRow>);

INSTANTIATE_TEST_SUITE_P(
    Operators, Matches,
    testing::Values(
        MatchRow{"eq", R"(device.model -eq "surface pro")", yes, no},
        MatchRow{"eq_other", R"(device.model -eq "surface")", no, no},
        MatchRow{"ne", R"(device.model -ne "surface pro")", no, yes},
        MatchRow{"starts_with", R"(device.model -startsWith "SURF")", yes, no},
        MatchRow{"starts_with_longer", R"(device.model -startsWith "Surface Pro 9")", no, no},
        MatchRow{"not_starts_with", R"(device.model -notStartsWith "surf")", no, yes},
        MatchRow{"ends_with", R"(device.model -endsWith " pro")", yes, no},
        MatchRow{"ends_with_longer", R"(device.model -endsWith "My Surface Pro")", no, no},
        MatchRow{"not_ends_with", R"(device.model -notEndsWith " pro")", no, yes},
        MatchRow{"contains_empty", R"(device.model -contains "")", yes, no},
        MatchRow{"not_contains", R"(device.model -notContains "face")", no, yes},
        MatchRow{"in", R"(device.model -in ["a","Surface Pro"])", yes, no},
        MatchRow{"not_in", R"(device.model -notIn ["a","b"])", yes, yes},
        MatchRow{"null_absent", "device.extensionAttribute2 -eq null", yes, yes},
        MatchRow{"null_present", "device.model -eq null", no, yes},
        MatchRow{"not_null", "device.model -ne null", yes, no},
        MatchRow{"quoted_null_is_text", R"(device.model -eq "null")", no, no},
        MatchRow{"null_id_of_registered", "device.deviceId -eq null", no, yes},
        MatchRow{"null_boolean", "device.isCompliant -ne null", yes, no}),
    row_name<MatchRow>);

// Section 11 of the fact sheet, by number. Include or exclude is the policy's business.
INSTANTIATE_TEST_SUITE_P(
    EdgeCases, Matches,
    testing::Values(
        MatchRow{"case_67", R"(device.trustType -eq "ServerAD")", yes, no},
        MatchRow{"case_68", R"(device.trustType -ne "ServerAD")", no, yes},
        MatchRow{"case_69", R"(device.extensionAttribute1 -eq "SAW")", yes, no},
        MatchRow{"case_70", R"(device.extensionAttribute1 -ne "SAW")", no, yes},
        MatchRow{"case_72", R"(device.trustType -ne "ServerAD" -or device.isCompliant -ne True)",
                 no, yes},
        MatchRow{"case_76", R"(device.operatingSystem -eq "windows")", yes, no},
        MatchRow{"case_85", R"(device.displayName -contains "a" -or device.model -notContains "b")",
                 yes, yes}),
    row_name<MatchRow>);

TEST(Filter, case_71_a_compliant_personal_device_is_not_a_company_one) {
  auto device = windows_laptop();
  constexpr auto rule = R"(device.isCompliant -eq True -and device.deviceOwnership -eq "Company")";
  EXPECT_EQ(matches(rule, device), Truth::yes);
  device.shape.text(DeviceText::device_ownership).text = "Personal";
  EXPECT_EQ(matches(rule, device), Truth::no);
}

TEST(Filter, case_73_hybrid_joined_but_not_compliant) {
  auto device = windows_laptop();
  device.shape.is_compliant = DeviceFlag::no;
  EXPECT_EQ(matches(R"(device.trustType -ne "ServerAD" -or device.isCompliant -ne True)", device),
            Truth::yes);
}

TEST(Filter, a_compliance_nobody_stated_is_neither_true_nor_false) {
  auto device = windows_laptop();
  device.shape.is_compliant = DeviceFlag::absent;
  EXPECT_EQ(matches("device.isCompliant -eq True", device), Truth::no);
  EXPECT_EQ(matches("device.isCompliant -eq False", device), Truth::no);
  EXPECT_EQ(matches("device.isCompliant -ne True", device), Truth::yes);
  EXPECT_EQ(matches("device.isCompliant -eq null", device), Truth::yes);
}

TEST(Filter, a_device_without_name_has_a_null_name) {
  auto device = windows_laptop();
  device.display_name.clear();
  EXPECT_EQ(matches("device.displayName -eq null", device), Truth::yes);
  EXPECT_EQ(matches(R"(device.displayName -contains "")", device), Truth::no);
}

struct AvailabilityRow {
  const char* name;
  DeviceFlag managed;
  DeviceFlag compliant;
  DeviceAttribute trust;
  Truth eq_its_value;  // `device.extensionAttribute1 -eq "SAW"`, which is its value
  Truth eq_another;    // `device.extensionAttribute1 -eq "other"`
};
void PrintTo(const AvailabilityRow& row, std::ostream* out) { *out << row.name; }

class Availability : public testing::TestWithParam<AvailabilityRow> {};

// Sections 3.5 and 3.6, and case 79: the negative operator is the opposite throughout.
TEST_P(Availability, of_extension_attributes) {
  const auto& row = GetParam();
  auto device = windows_laptop();
  device.shape.is_managed = row.managed;
  device.shape.is_compliant = row.compliant;
  device.shape.text(DeviceText::trust_type) = row.trust;
  EXPECT_EQ(matches(R"(device.extensionAttribute1 -eq "SAW")", device), row.eq_its_value);
  EXPECT_EQ(matches(R"(device.extensionAttribute1 -ne "SAW")", device), negate(row.eq_its_value));
  EXPECT_EQ(matches(R"(device.extensionAttribute1 -eq "other")", device), row.eq_another);
  EXPECT_EQ(matches(R"(device.extensionAttribute1 -ne "other")", device), negate(row.eq_another));
}

const auto joined = DeviceAttribute::of("AzureAD");
const auto hybrid = DeviceAttribute::of("serverad");

INSTANTIATE_TEST_SUITE_P(
    Rows, Availability,
    testing::Values(
        AvailabilityRow{"managed", DeviceFlag::yes, DeviceFlag::no, joined, yes, no},
        AvailabilityRow{"compliant", DeviceFlag::no, DeviceFlag::yes, joined, yes, no},
        AvailabilityRow{"hybrid_joined", DeviceFlag::no, DeviceFlag::no, hybrid, yes, no},
        AvailabilityRow{"none_case_79", DeviceFlag::no, DeviceFlag::no, joined, no, no},
        AvailabilityRow{"nothing_stated", DeviceFlag::absent, DeviceFlag::absent, {}, no, no},
        AvailabilityRow{"managed_is_enough", DeviceFlag::yes, DeviceFlag::unknown,
                        DeviceAttribute::unknown(), yes, no},
        AvailabilityRow{"managed_unknown", DeviceFlag::unknown, DeviceFlag::no, joined,
                        Truth::unknown, no},
        AvailabilityRow{"compliant_unknown", DeviceFlag::no, DeviceFlag::unknown, joined,
                        Truth::unknown, no},
        AvailabilityRow{"trust_unknown", DeviceFlag::no, DeviceFlag::no, DeviceAttribute::unknown(),
                        Truth::unknown, no}),
    row_name<AvailabilityRow>);

TEST(Filter, an_unknown_attribute_makes_its_comparisons_unknown_and_no_others) {
  auto device = windows_laptop();
  device.shape.text(DeviceText::model) = DeviceAttribute::unknown();
  device.shape.system_labels_known = false;
  EXPECT_EQ(matches(R"(device.model -eq "x")", device), Truth::unknown);
  EXPECT_EQ(matches(R"(device.model -notIn ["x"])", device), Truth::unknown);
  EXPECT_EQ(matches("device.model -eq null", device), Truth::unknown);
  EXPECT_EQ(matches(R"(device.systemLabels -contains "x")", device), Truth::unknown);
  EXPECT_EQ(matches(R"(device.model -eq "x" -or device.isCompliant -eq True)", device), Truth::yes);
  EXPECT_EQ(matches(R"(device.model -eq "x" -and device.isCompliant -eq False)", device),
            Truth::no);
  EXPECT_EQ(matches(R"(device.model -eq "x" -and device.isCompliant -eq True)", device),
            Truth::unknown);

  auto view = view_of(device);
  view.id_known = view.display_name_known = view.physical_ids_known = false;
  for (const auto* rule : {R"(device.deviceId -eq "x")", R"(device.displayName -ne "x")",
                           R"(device.physicalIds -notContains "x")"}) {
    EXPECT_EQ(strict(rule)->matches(&view), Truth::unknown) << rule;
  }
}

TEST(Filter, only_id_name_and_physical_ids_need_more_than_the_shape) {
  EXPECT_FALSE(
      strict("device.model -eq x -or -not device.isCompliant -eq True")->needs_more_than_shape());
  for (const auto* part :
       {"device.deviceId -eq x", "device.displayName -eq x", "device.physicalIds -contains x"}) {
    const auto rule =
        std::string("device.model -eq x -or -not (device.model -eq y -and ") + part + ")";
    EXPECT_TRUE(strict(rule)->needs_more_than_shape()) << rule;
  }
}

using Attributes = std::vector<std::pair<std::string, std::vector<std::string>>>;

struct ApplicationRow {
  const char* name;
  const char* rule;
  Truth tagged;  // Marketing_Project: Baker, Cascade; Marketing_Empty: nothing
  Truth without_attributes;
};
void PrintTo(const ApplicationRow& row, std::ostream* out) { *out << row.rule; }

class Applications : public testing::TestWithParam<ApplicationRow> {};

TEST_P(Applications, are_matched_by_their_security_attributes) {
  const auto& row = GetParam();
  const auto parsed =
      FilterRule::parse(row.rule, FilterSubject::application, FilterDialect::strict);
  ASSERT_TRUE(parsed.has_value()) << describe(parsed.error());
  const Attributes tagged = {{"Marketing_Empty", {}}, {"Marketing_Project", {"Baker", "Cascade"}}};
  EXPECT_EQ(parsed->matches(tagged), row.tagged);
  EXPECT_EQ(parsed->matches(Attributes()), row.without_attributes);
  const auto again =
      FilterRule::parse(parsed->canonical(), FilterSubject::application, FilterDialect::strict);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->canonical(), parsed->canonical());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Applications,
    testing::Values(
        ApplicationRow{"contains_a_whole_value",
                       R"(CustomSecurityAttribute.Marketing_Project -contains "baker")", yes, no},
        ApplicationRow{"contains_no_part",
                       R"(CustomSecurityAttribute.Marketing_Project -contains "bak")", no, no},
        ApplicationRow{"not_contains",
                       R"(CustomSecurityAttribute.Marketing_Project -notContains "Baker")", no,
                       yes},
        ApplicationRow{"eq_some_value",
                       R"(customsecurityattribute.marketing_project -eq "Cascade")", yes, no},
        ApplicationRow{"ne", R"(CustomSecurityAttribute.Marketing_Project -ne "Cascade")", no, yes},
        ApplicationRow{"in", R"(CustomSecurityAttribute.Marketing_Project -in ["x","Baker"])", yes,
                       no},
        ApplicationRow{"not_in", R"(CustomSecurityAttribute.Marketing_Project -notIn ["x"])", yes,
                       yes},
        ApplicationRow{"starts_with",
                       R"(CustomSecurityAttribute.Marketing_Project -startsWith "cas")", yes, no},
        ApplicationRow{"ends_with", R"(CustomSecurityAttribute.Marketing_Project -endsWith "cas")",
                       no, no},
        ApplicationRow{"null", "CustomSecurityAttribute.Marketing_Project -eq null", no, yes},
        ApplicationRow{"no_values_is_null", "CustomSecurityAttribute.Marketing_Empty -eq null", yes,
                       yes},
        ApplicationRow{"other_attribute", R"(CustomSecurityAttribute.Sales_Project -ne "Baker")",
                       yes, yes}),
    row_name<ApplicationRow>);

TEST(Filter, each_subject_has_properties_of_its_own) {
  for (const auto* rule : {R"(device.model -eq "x")", R"(CustomSecurityAttribute.NoSet -eq "x")",
                           R"(CustomSecurityAttribute._Name -eq "x")"}) {
    const auto parsed = FilterRule::parse(rule, FilterSubject::application, FilterDialect::strict);
    ASSERT_FALSE(parsed.has_value()) << rule;
    EXPECT_NE(parsed.error().message.find("CustomSecurityAttribute.<Set>_<Name>"),
              std::string::npos);
  }
  EXPECT_FALSE(strict(R"(CustomSecurityAttribute.A_B -eq "x")").has_value());
}

}  // namespace
}  // namespace sallyport
