#include "status.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace sallyport::agent {
namespace {

const Instant now = *parse_instant("2026-11-26T03:00:00Z");

Status status_with(std::string state, std::string until = "2026-12-26T03:00:00Z") {
  Status status;
  status.enrolled = true;
  status.contact.at = now - std::chrono::minutes(5);
  status.contact.verdict =
      R"({"complianceState":")" + state +
      R"(","since":"2026-11-20T08:00:00Z","graceUntil":"2026-11-27T08:00:00Z","validUntil":")" +
      until +
      R"(","policies":[{"settings":[{"name":"Disk encryption","required":"on","reported":"off",)"
      R"("state":"nonCompliant","remedy":"Switch on the encryption of \u001bdisks."},)"
      R"({"name":"Firewall","required":"on","reported":"on","state":"compliant"}]}]})";
  return status;
}

struct Case {
  const char* name;
  Status status;
  Standing standing;
  const char* headline;
};

class StatusOf : public testing::TestWithParam<Case> {};

TEST_P(StatusOf, is_worth_what_the_verdict_is_worth_now) {
  EXPECT_EQ(standing_of(GetParam().status, now), GetParam().standing);
  const auto text = status_text(GetParam().status, now, {});
  EXPECT_EQ(text.substr(0, text.find('\n')), GetParam().headline);
}

Status enrolled() {
  Status status;
  status.enrolled = true;
  return status;
}

Status left() {
  auto status = status_with("compliant");
  status.enrolled = false;
  return status;
}

INSTANTIATE_TEST_SUITE_P(
    All, StatusOf,
    testing::Values(Case{"compliant", status_with("compliant"), Standing::compliant,
                         "Compliant, since 2026-11-20 08:00 UTC"},
                    Case{"noncompliant", status_with("noncompliant"), Standing::not_compliant,
                         "Not compliant, since 2026-11-20 08:00 UTC"},
                    Case{"in_grace", status_with("inGracePeriod"), Standing::not_compliant,
                         "Not compliant, and let in until 2026-11-27 08:00 UTC"},
                    Case{"error", status_with("error"), Standing::not_compliant,
                         "Not compliant, since 2026-11-20 08:00 UTC"},
                    Case{"unknown", status_with("unknown"), Standing::unknown, "Unknown"},
                    Case{"over", status_with("compliant", "2026-11-26T02:00:00Z"),
                         Standing::unknown,
                         "Unknown: the last verdict was good until 2026-11-26 02:00 UTC"},
                    Case{"not_judged", enrolled(), Standing::unknown, "Not judged yet"},
                    Case{"left", left(), Standing::unknown, "This device is not enrolled"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(StatusText, says_what_to_mend_and_nothing_else) {
  auto status = status_with("noncompliant");
  status.waiting = 2;
  status.contact.problem = "no connection";
  status.contact.problem_at = now - std::chrono::hours(3);
  EXPECT_EQ(status_text(status, now, {}),
            "Not compliant, since 2026-11-20 08:00 UTC\n"
            "  Disk encryption       must be on, is off\n"
            "                        Switch on the encryption of \\x1bdisks.\n"
            "\n"
            "  Last contact          2026-11-26 02:55 UTC, 5 minutes ago\n"
            "  Waiting               2 reports to be sent\n"
            "  Problem               no connection (3 hours ago)\n");
}

TEST(StatusText, has_colours_where_they_are_wanted) {
  cli::Presentation presentation;
  presentation.colour = true;
  EXPECT_NE(status_text(status_with("noncompliant"), now, presentation).find("\x1b["),
            std::string::npos);
}

TEST(StatusJson, holds_the_verdict_as_it_came) {
  const auto document = json::parse(status_json(status_with("noncompliant"), now));
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->root().find("standing")->text(), "notCompliant");
  EXPECT_EQ(document->root().find("verdict")->find("complianceState")->text(), "noncompliant");
  const auto none = json::parse(status_json(Status(), now));
  ASSERT_TRUE(none.has_value());
  EXPECT_TRUE(none->root().find("verdict")->is_null());
}

}  // namespace
}  // namespace sallyport::agent
