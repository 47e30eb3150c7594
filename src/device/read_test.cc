#include "device/read.h"

#include <gtest/gtest.h>

#include <string>

#include "device/filter.h"

namespace sallyport {
namespace {

struct Read {
  Result<DescribedDevice> device;
  std::vector<Finding> findings;
};

Read read(std::string_view text, MissingMember missing = MissingMember::absent) {
  const auto document = json::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  std::vector<Finding> findings;
  auto device = read_device(document->root(), json::Pointer(), missing, &findings);
  return {std::move(device), std::move(findings)};
}

Truth matches(const DescribedDevice& device, std::string_view rule) {
  const auto parsed = FilterRule::parse(rule, FilterSubject::device, FilterDialect::strict);
  EXPECT_TRUE(parsed.has_value()) << rule;
  const auto view = device.view();
  return parsed->matches(&view);
}

constexpr auto graph_device = R"({
  "@odata.type": "#microsoft.graph.device", "id": "aa5e8b3c-0000-4000-8000-000000000001",
  "accountEnabled": true, "approximateLastSignInDateTime": "2024-05-01T00:00:00Z",
  "deviceId": "4c299165-6e8f-4b45-a5ba-c5d250a707ff", "displayName": "LAPTOP-7",
  "isCompliant": true, "isManaged": true, "manufacturer": "Microsoft Corporation",
  "model": "Surface Pro", "operatingSystem": "Windows", "operatingSystemVersion": "10.0.19041",
  "trustType": "ServerAd", "profileType": "RegisteredDevice", "deviceOwnership": "Company",
  "enrollmentProfileName": null, "mdmAppId": "0000000a-0000-0000-c000-000000000000",
  "physicalIds": ["[HWID]:h:2"], "systemLabels": ["CloudPC"],
  "extensionAttributes": {"extensionAttribute1": "SAW", "extensionAttribute2": null}})";

TEST(ReadDevice, a_graph_device) {
  const auto [device, findings] = read(graph_device);
  ASSERT_TRUE(device.has_value());
  EXPECT_TRUE(findings.empty());
  EXPECT_TRUE(device->has_id);
  EXPECT_EQ(to_string(device->device.id), "4c299165-6e8f-4b45-a5ba-c5d250a707ff");
  EXPECT_EQ(device->device.display_name, "LAPTOP-7");
  EXPECT_EQ(device->device.physical_ids, std::vector<std::string>{"[HWID]:h:2"});
  for (const auto* rule :
       {"device.isCompliant -eq True", R"(device.model -eq "Surface Pro")",
        R"(device.trustType -eq "ServerAD")", R"(device.extensionAttribute1 -eq "SAW")",
        "device.extensionAttribute2 -eq null", "device.enrollmentProfileName -eq null",
        R"(device.systemLabels -contains "CloudPC")",
        R"(device.profileType -eq "RegisteredDevice")", R"(device.deviceOwnership -eq "Company")",
        R"(device.operatingSystemVersion -startsWith "10")",
        R"(device.manufacturer -contains "soft")",
        R"(device.mdmAppId -eq "0000000a-0000-0000-c000-000000000000")"}) {
    EXPECT_EQ(matches(*device, rule), Truth::yes) << rule;
  }
}

TEST(ReadDevice, case_84_the_words_of_what_if) {
  const auto [device, findings] = read(
      R"({"ownership": "Company", "isCompliant": true, "extensionAttribute15": "x",
          "Model": "y"})");
  ASSERT_TRUE(device.has_value());
  EXPECT_TRUE(findings.empty());
  EXPECT_EQ(matches(*device, R"(device.deviceOwnership -eq "Company")"), Truth::yes);
  EXPECT_EQ(matches(*device, R"(device.extensionAttribute15 -eq "x")"), Truth::yes);
  EXPECT_EQ(matches(*device, "device.model -eq y"), Truth::yes);
  EXPECT_FALSE(device->has_id);
}

TEST(ReadDevice, a_missing_member_is_absent_or_unknown_and_a_null_one_absent) {
  constexpr auto text = R"({"deviceId": "d", "model": null, "isCompliant": null,
                            "systemLabels": null, "extensionAttributes": null})";
  const auto absent = read(text, MissingMember::absent);
  const auto unknown = read(text, MissingMember::unknown);
  for (const auto* rule : {R"(device.model -eq "x")", "device.isCompliant -eq True",
                           R"(device.systemLabels -contains "x")"}) {
    EXPECT_EQ(matches(*absent.device, rule), Truth::no) << rule;
    EXPECT_EQ(matches(*unknown.device, rule), Truth::no) << rule;
  }
  for (const auto* rule : {R"(device.manufacturer -eq "x")", R"(device.physicalIds -contains "x")",
                           R"(device.displayName -eq "x")", R"(device.trustType -eq "ServerAD")"}) {
    EXPECT_EQ(matches(*absent.device, rule), Truth::no) << rule;
    EXPECT_EQ(matches(*unknown.device, rule), Truth::unknown) << rule;
  }
  EXPECT_EQ(matches(*unknown.device, R"(device.extensionAttribute1 -eq "x")"), Truth::no);
  EXPECT_TRUE(unknown.device->id_known);
  EXPECT_FALSE(read("{}", MissingMember::unknown).device->id_known);
}

TEST(ReadDevice, a_device_is_enabled_unless_its_account_is_not) {
  for (const auto missing : {MissingMember::absent, MissingMember::unknown}) {
    const auto enabled = [&](std::string_view text) {
      const auto device = read(text, missing).device;
      EXPECT_EQ(device->view().enabled, device->device.enabled);
      std::string written;
      json::Writer w(written);
      write_device(w, device->view());
      EXPECT_EQ(read(written, MissingMember::unknown).device->device.enabled,
                device->device.enabled)
          << written;
      return device->device.enabled;
    };
    EXPECT_EQ(enabled(R"({"deviceId": "d"})"), DeviceFlag::yes);
    EXPECT_EQ(enabled(R"({"deviceId": "d", "accountEnabled": null})"), DeviceFlag::yes);
    EXPECT_EQ(enabled(R"({"deviceId": "d", "accountEnabled": true})"), DeviceFlag::yes);
    EXPECT_EQ(enabled(R"({"deviceId": "d", "AccountEnabled": false})"), DeviceFlag::no);
    EXPECT_EQ(enabled(R"({"deviceId": "d", "accountEnabled": "False"})"), DeviceFlag::no);
    EXPECT_EQ(enabled(R"({"deviceId": "d", "accountEnabled": 1})"), DeviceFlag::unknown);
  }
}

TEST(ReadDevice, the_object_id_stands_in_for_a_missing_device_id) {
  for (const auto* text :
       {R"({"id": "a"})", R"({"id": "a", "deviceId": null})", R"({"deviceId": null, "id": "a"})"}) {
    EXPECT_EQ(read(text).device->device.id, DeviceId::of("a")) << text;
  }
  for (const auto* text : {R"({"id": "a", "deviceId": "b"})", R"({"deviceId": "b", "id": "a"})"}) {
    EXPECT_EQ(read(text).device->device.id, DeviceId::of("b")) << text;
  }
}

struct WrongTypeRow {
  const char* name;
  const char* text;
  const char* pointer;
  const char* rule;  // unknown, because the member could not be read
};
void PrintTo(const WrongTypeRow& row, std::ostream* out) { *out << row.text; }

class WrongType : public testing::TestWithParam<WrongTypeRow> {};

TEST_P(WrongType, is_found_and_satisfies_nothing) {
  const auto& row = GetParam();
  for (const auto missing : {MissingMember::absent, MissingMember::unknown}) {
    const auto [device, findings] = read(row.text, missing);
    ASSERT_TRUE(device.has_value());
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].severity, Severity::error);
    EXPECT_EQ(findings[0].pointer, row.pointer);
    EXPECT_EQ(matches(*device, row.rule), Truth::unknown);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, WrongType,
    testing::Values(
        WrongTypeRow{"text", R"({"model": 1})", "/model", "device.model -eq x"},
        WrongTypeRow{"flag", R"({"isCompliant": "maybe"})", "/isCompliant",
                     "device.isCompliant -eq True"},
        WrongTypeRow{"flag_number", R"({"isCompliant": 1})", "/isCompliant",
                     "device.isCompliant -eq True"},
        WrongTypeRow{"list", R"({"systemLabels": "a"})", "/systemLabels",
                     "device.systemLabels -contains a"},
        WrongTypeRow{"item", R"({"physicalIds": ["a", 1]})", "/physicalIds/1",
                     "device.physicalIds -contains a"},
        WrongTypeRow{"name", R"({"displayName": {}})", "/displayName", "device.displayName -eq x"},
        WrongTypeRow{"id", R"({"deviceId": 7, "id": "a"})", "/deviceId", "device.deviceId -eq a"},
        WrongTypeRow{"id_afterwards", R"({"id": 7, "deviceId": null})", "/id",
                     "device.deviceId -eq a"},
        WrongTypeRow{"extension",
                     R"({"isManaged": "True", "extensionAttributes": {"extensionAttribute1": 1}})",
                     "/extensionAttributes/extensionAttribute1",
                     "device.extensionAttribute1 -eq x"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ReadDevice, a_fact_said_twice_is_an_error) {
  for (const auto* text :
       {R"({"isCompliant": false, "IsCompliant": true})",
        R"({"ownership": "a", "deviceOwnership": "b"})",
        R"({"extensionAttribute1": "a", "extensionAttributes": {"extensionAttribute1": "a"}})"}) {
    const auto [device, findings] = read(text);
    ASSERT_FALSE(device.has_value()) << text;
    EXPECT_NE(device.error().message.find("said twice"), std::string::npos);
  }
}

TEST(ReadDevice, what_is_no_object_is_an_error) {
  for (const auto* text : {"[]", "null", R"("device")", R"({"extensionAttributes": []})"}) {
    EXPECT_FALSE(read(text).device.has_value()) << text;
  }
}

TEST(ReadDevice, a_member_graph_does_not_have_is_a_note) {
  const auto [device, findings] = read(R"({"isComplient": true, "extensionAttribute16": "x",
      "extensionAttributes": {"model": "x"}, "createdDateTime": "2024-01-01T00:00:00Z"})");
  ASSERT_TRUE(device.has_value());
  ASSERT_EQ(findings.size(), 3U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_EQ(findings[0].message, "devices have no member `isComplient`; it is not looked at");
  EXPECT_EQ(findings[2].pointer, "/extensionAttributes/model");
  EXPECT_EQ(matches(*device, "device.model -eq null"), Truth::yes);
}

TEST(ReadDevice, what_was_written_reads_back_the_same) {
  for (const auto* text :
       {graph_device, "{}", R"({"deviceId": "4c299165-6e8f-4b45-a5ba-c5d250a707ff", "model": ""})",
        R"({"isManaged": false, "extensionAttributes": {"extensionAttribute3": "x"}})"}) {
    for (const auto missing : {MissingMember::absent, MissingMember::unknown}) {
      const auto first = read(text, missing).device;
      std::string out;
      json::Writer writer(out);
      write_device(writer, first->view());
      const auto [second, findings] = read(out, MissingMember::unknown);
      ASSERT_TRUE(second.has_value()) << out;
      EXPECT_TRUE(findings.empty()) << out;
      EXPECT_EQ(second->device.id, first->device.id);
      EXPECT_EQ(second->id_known, first->id_known);
      EXPECT_EQ(second->device.display_name, first->device.display_name);
      EXPECT_EQ(second->display_name_known, first->display_name_known);
      EXPECT_EQ(second->device.physical_ids, first->device.physical_ids);
      EXPECT_EQ(second->physical_ids_known, first->physical_ids_known);
      EXPECT_TRUE(second->device.shape == first->device.shape) << out;
    }
  }
}

}  // namespace
}  // namespace sallyport
