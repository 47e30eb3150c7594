// records.json: what a record tells, and what stays unknown, member by member and word by word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "analysis/replay/facts.h"
#include "analysis/replay/record_stream.h"
#include "base/json.h"
#include "service/facts.h"

namespace sallyport::replay {
namespace {

json::Document records() {
  std::ifstream file(SALLYPORT_SOURCE_DIR "/tests/replay/records.json");
  std::stringstream text;
  text << file.rdbuf();
  auto document = json::parse(text.str());
  EXPECT_TRUE(document.has_value()) << describe(document.error());
  return std::move(*document);
}

Side empty_side() {
  Side side;
  side.program =
      *compile(empty_policy_set(), std::make_shared<Directory>(), std::make_shared<Inventory>());
  return side;
}

// A fact that is unknown is null here, which suffices for a device.
void expect_device(const json::Value& expected, const SignIn& sign_in) {
  ASSERT_TRUE(sign_in.device.is_known());
  const auto& device = *sign_in.device;
  const auto flag = [&](const char* name, DeviceFlag is) {
    const auto& value = *expected.find(name);
    const auto wanted = value.is_null() ? DeviceFlag::unknown
                        : value.truth() ? DeviceFlag::yes
                                        : DeviceFlag::no;
    EXPECT_EQ(is, wanted) << name;
  };
  flag("isCompliant", device.shape->is_compliant);
  flag("isManaged", device.shape->is_managed);
  const auto& trust = device.shape->text(DeviceText::trust_type);
  EXPECT_EQ(trust.state == DeviceAttribute::State::unknown, expected.find("trustType")->is_null());
  EXPECT_EQ(trust.text, expected.find("trustType")->text());
  EXPECT_EQ(device.display_name_known, !expected.find("displayName")->is_null());
  EXPECT_EQ(device.display_name, expected.find("displayName")->text());
}

TEST(Facts, each_record_tells_what_it_tells_and_no_more) {
  const Side side = empty_side();
  Distinction distinction({&side, 1});
  Facts facts({&side, 1}, distinction);
  LogReader reader;
  Logged logged;
  const auto document = records();
  ASSERT_GT(document.root().items().size(), 40U);
  for (const auto& row : document.root().items()) {
    SCOPED_TRACE(row.find("name")->text());
    std::string text = json::write(*row.find("record"));
    const auto size = text.size();
    text.append(record_padding, '\0');
    auto done = reader.read({text.data(), size}, logged);
    if (done) done = facts.read(logged);
    if (const auto* problem = row.find("problem")) {
      ASSERT_FALSE(done.has_value());
      EXPECT_THAT(done.error().message, testing::HasSubstr(std::string(problem->text())));
      continue;
    }
    ASSERT_TRUE(done.has_value()) << describe(done.error());
    const SignIn& sign_in = facts.sign_ins().front();
    if (const auto* device = row.find("device")) {
      expect_device(*device, sign_in);
      continue;
    }
    std::string written;
    json::Writer writer(written);
    write_facts(sign_in, side.directory(), writer);
    json::Arena arena;
    auto expected = json::write(*row.find("facts"));
    // Who signs in unknown is an empty object.
    const std::string nobody = R"({"@odata.type":"#microsoft.graph.userSignIn"})";
    if (const auto at = expected.find(nobody); at != std::string::npos) {
      expected.replace(at, nobody.size(), "{}");
    }
    EXPECT_EQ(written, expected);
  }
}

TEST(Facts, what_is_cut_short_or_followed_by_something_is_no_record) {
  LogReader reader;
  Logged logged;
  const std::string whole = R"({"createdDateTime":"2026-03-01T08:00:00Z","userId":"a"})";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    std::string text = whole.substr(0, length) + std::string(record_padding, '\0');
    EXPECT_FALSE(reader.read({text.data(), length}, logged).has_value()) << length;
  }
  std::string text = whole + "x" + std::string(record_padding, '\0');
  EXPECT_TRUE(reader.read({text.data(), whole.size()}, logged).has_value());
  EXPECT_FALSE(reader.read({text.data(), whole.size() + 1}, logged).has_value());
}

}  // namespace
}  // namespace sallyport::replay
