#include "service/enrolment/enrol.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "enrolment/test_csr.h"
#include "service/compliance/partner_report.h"
#include "service/enrolment/records.h"
#include "service/live.h"
#include "service/test_request.h"

namespace sallyport {
namespace {

const Instant now = *parse_instant("2026-11-26T03:00:00Z");
constexpr std::chrono::days a_day{1};

class EnrolTest : public ::testing::Test {
 protected:
  TestTenant tenant_;
  LiveTenant live_{*tenant_.store};
  IssuingAuthority authority_ =
      std::move(*IssuingAuthority::open({tenant_.folder.file("authority"), ""}, now));
  CertificateIndex index_{*tenant_.store};
  EnrolmentRules rules_;

  EnrolTest() {
    rules_.certificate_life = std::chrono::days(365);
    rules_.renewal_window = std::chrono::days(60);
    rules_.devices_per_user_max = 2;
    EXPECT_TRUE(live_.refresh().has_value());
    EXPECT_TRUE(index_.refresh(now).has_value());
  }
  Enrolment enrolment() { return {*tenant_.store, live_, authority_, index_, rules_}; }
  std::string token(const std::string& user = std::string(ada), const std::string& device = {}) {
    NewEnrolmentToken wanted;
    wanted.user = user;
    wanted.device_id = device;
    wanted.expires = now + a_day;
    const auto issued = create_enrolment_token(*tenant_.store, wanted, now);
    EXPECT_TRUE(issued.has_value());
    return issued ? issued->secret : "";
  }
  static Enrollee enrollee(const std::string& der) {
    Enrollee out;
    auto request = read_certificate_request(der);
    EXPECT_TRUE(request.has_value());
    out.request = std::move(*request);
    return out;
  }
  static Enrollee enrollee() { return enrollee(TestDevice().request()); }
};

TEST_F(EnrolTest, an_enrolled_device_is_in_the_directory_at_once) {
  auto room = enrolment();
  const auto issued = room.enrol(enrollee(), token(), now);
  ASSERT_TRUE(issued.has_value()) << describe(issued.error());
  EXPECT_TRUE(live_.state()->inventory->find(DeviceId::of(issued->device_id)).has_value());
  EXPECT_EQ(parse_guid(issued->device_id), index_.find(issued->serial)->device);
}

// Another machine may stand behind the same id now.
TEST_F(EnrolTest, what_partners_said_of_a_device_is_over_when_it_enrols_anew) {
  auto room = enrolment();
  const auto first = room.enrol(enrollee(), token(), now);
  ASSERT_TRUE(first.has_value()) << describe(first.error());
  const auto& device = first->device_id;
  ASSERT_TRUE(tenant_.store
                  ->put(partner_reports_kind, device,
                        R"({"p":{"threatState":"secured","timestamp":"2026-11-26T02:00:00Z"}})")
                  .has_value());
  const auto again = room.enrol(enrollee(), token(std::string(ada), device), now);
  ASSERT_TRUE(again.has_value()) << describe(again.error());
  EXPECT_EQ(again->device_id, device);
  EXPECT_FALSE(tenant_.store->get(partner_reports_kind, device).has_value());
}

TEST_F(EnrolTest, a_token_asked_with_by_many_at_once_makes_one_device) {
  const auto secret = token();
  std::vector<Result<DeviceCertificate>> answers(8);
  std::vector<std::thread> threads;
  auto room = enrolment();
  for (auto& answer : answers) {
    threads.emplace_back([&] { answer = room.enrol(enrollee(), secret, now); });
  }
  for (auto& thread : threads) thread.join();
  const auto good = std::ranges::count_if(answers, [](const auto& a) { return a.has_value(); });
  EXPECT_EQ(good, 1);
  for (const auto& answer : answers) {
    if (!answer) {
      EXPECT_EQ(answer.error().kind, ErrorKind::denied) << describe(answer.error());
    }
  }
  EXPECT_EQ(*tenant_.store->count(device_certificate_kind), 1);
}

TEST_F(EnrolTest, the_same_key_by_many_at_once_gets_the_same_certificate) {
  const auto secret = token();
  const auto request = TestDevice().request();
  std::vector<Result<DeviceCertificate>> answers(8);
  std::vector<std::thread> threads;
  auto room = enrolment();
  for (auto& answer : answers) {
    threads.emplace_back([&] { answer = room.enrol(enrollee(request), secret, now); });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> serials;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer.has_value()) << describe(answer.error());
    serials.insert(answer->serial);
  }
  EXPECT_EQ(serials.size(), 1U);
}

TEST_F(EnrolTest, a_token_counts_until_its_end_and_not_after_it) {
  auto room = enrolment();
  const auto late = room.enrol(enrollee(), token(), now + a_day);
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().kind, ErrorKind::denied);
  EXPECT_TRUE(room.enrol(enrollee(), token(), now + a_day - std::chrono::seconds(1)).has_value());
}

TEST_F(EnrolTest, a_user_has_as_many_devices_as_allowed_and_no_removed_one_counts) {
  auto room = enrolment();
  const auto first = room.enrol(enrollee(), token(), now);
  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(room.enrol(enrollee(), token(), now).has_value());
  const auto secret = token();
  const auto third = room.enrol(enrollee(), secret, now);
  ASSERT_FALSE(third.has_value());
  EXPECT_EQ(third.error().kind, ErrorKind::conflict);
  EXPECT_TRUE(room.enrol(enrollee(), token(std::string(alan)), now).has_value());
  ASSERT_TRUE(tenant_.store->remove("device", first->device_id).has_value());
  EXPECT_TRUE(room.enrol(enrollee(), secret, now).has_value());
}

TEST_F(EnrolTest, a_token_for_a_known_device_makes_no_other) {
  const auto devices = *tenant_.store->count("device");
  auto room = enrolment();
  const auto issued = room.enrol(enrollee(), token(std::string(ada), std::string(ada_laptop)), now);
  ASSERT_TRUE(issued.has_value()) << describe(issued.error());
  EXPECT_EQ(issued->device_id, ada_laptop);
  EXPECT_EQ(*tenant_.store->count("device"), devices);
}

TEST_F(EnrolTest, a_request_that_claims_another_device_is_refused_and_uses_nothing_up) {
  auto room = enrolment();
  const auto secret = token();
  const auto claims = TestDevice().request({"x", "URI:urn:uuid:" + std::string(alan_laptop), {}});
  const auto refused = room.enrol(enrollee(claims), secret, now);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_EQ(*tenant_.store->count(device_certificate_kind), 0);
  EXPECT_TRUE(room.enrol(enrollee(), secret, now).has_value());
}

TEST_F(EnrolTest, a_certificate_is_renewed_in_its_window_only) {
  auto room = enrolment();
  const auto issued = room.enrol(enrollee(), token(), now);
  ASSERT_TRUE(issued.has_value());
  const auto next = enrollee(TestDevice().request(TestDevice::Wanted{}));
  struct Case {
    Instant at;
    std::optional<ErrorKind> refused;
  };
  const Case cases[] = {{now, ErrorKind::conflict},
                        {now - std::chrono::days(400), ErrorKind::denied},  // the clock jumped
                        {issued->not_after - std::chrono::days(61), ErrorKind::conflict},
                        {issued->not_after + std::chrono::seconds(1), ErrorKind::denied},
                        {issued->not_after - std::chrono::days(59), std::nullopt}};
  for (const auto& one : cases) {
    const auto renewed = room.renew(next, issued->serial, one.at);
    ASSERT_EQ(renewed.has_value(), !one.refused) << to_string(one.at);
    if (one.refused) {
      EXPECT_EQ(renewed.error().kind, *one.refused) << describe(renewed.error());
    }
  }
}

TEST_F(EnrolTest, a_device_that_lost_its_new_key_gets_another_and_the_lost_one_is_revoked) {
  rules_.renewal_window = std::chrono::days(400);
  auto room = enrolment();
  const auto issued = room.enrol(enrollee(), token(), now);
  const auto lost =
      room.renew(enrollee(TestDevice().request(TestDevice::Wanted{})), issued->serial, now);
  ASSERT_TRUE(lost.has_value()) << describe(lost.error());
  const auto kept = enrollee(TestDevice().request(TestDevice::Wanted{}));
  const auto second = room.renew(kept, issued->serial, now);
  ASSERT_TRUE(second.has_value()) << describe(second.error());
  EXPECT_EQ(index_.find(lost->serial)->state, CertificateState::revoked);
  const auto again = room.renew(kept, issued->serial, now);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->serial, second->serial);
}

TEST_F(EnrolTest, a_new_certificate_ends_the_older_ones_when_it_is_used_and_not_before) {
  rules_.renewal_window = std::chrono::days(400);
  auto room = enrolment();
  const auto state_of = [&](const Result<DeviceCertificate>& one) {
    return index_.find(one->serial)->state;
  };
  const auto first = room.enrol(enrollee(), token(), now);
  ASSERT_TRUE(first.has_value()) << describe(first.error());
  EXPECT_FALSE(index_.find(first->serial)->supersedes);
  const auto again = [&] {  // `sallyport-agent enrol --device`
    return room.enrol(enrollee(), token(std::string(ada), first->device_id), now);
  };
  const auto lost = again();
  const auto second = again();
  ASSERT_TRUE(lost.has_value() && second.has_value());
  const auto third =
      room.renew(enrollee(TestDevice().request(TestDevice::Wanted{})), second->serial, now);
  ASSERT_TRUE(third.has_value()) << describe(third.error());
  for (const auto& one : {first, lost, second, third}) {
    EXPECT_EQ(state_of(one), CertificateState::active) << "none was used since";
  }
  ASSERT_TRUE(index_.find(second->serial)->supersedes);
  ASSERT_TRUE(room.end_superseded(second->serial, now).has_value());
  EXPECT_EQ(state_of(first), CertificateState::revoked);
  EXPECT_EQ(state_of(lost), CertificateState::revoked);
  EXPECT_EQ(index_.find(first->serial)->reason, RevocationReason::superseded);
  EXPECT_EQ(state_of(second), CertificateState::active);
  EXPECT_EQ(state_of(third), CertificateState::active);
  EXPECT_FALSE(index_.find(second->serial)->supersedes);
  ASSERT_TRUE(room.end_superseded(third->serial, now).has_value());
  EXPECT_EQ(state_of(second), CertificateState::revoked);
  EXPECT_EQ(state_of(third), CertificateState::active);
  EXPECT_EQ(index_.revoked(now).size(), 3U);
}

TEST_F(EnrolTest, a_revoked_certificate_ends_no_other) {
  auto room = enrolment();
  const auto first = room.enrol(enrollee(), token(), now);
  const auto second = room.enrol(enrollee(), token(std::string(ada), first->device_id), now);
  ASSERT_TRUE(revoke_certificates(*tenant_.store, second->serial, RevocationReason::key_compromise,
                                  command_line_caller(), now)
                  .has_value());
  ASSERT_TRUE(room.end_superseded(second->serial, now).has_value());
  ASSERT_TRUE(index_.refresh(now).has_value());
  EXPECT_EQ(index_.find(first->serial)->state, CertificateState::active);
}

TEST_F(EnrolTest, a_removed_or_disabled_device_renews_nothing) {
  rules_.renewal_window = std::chrono::days(400);
  auto room = enrolment();
  const auto issued = room.enrol(enrollee(), token(), now);
  const auto next = enrollee(TestDevice().request(TestDevice::Wanted{}));
  const auto disabled = tenant_.edited("device", issued->device_id, "\"accountEnabled\":true",
                                       "\"accountEnabled\":false");
  ASSERT_TRUE(tenant_.store->put("device", issued->device_id, disabled).has_value());
  EXPECT_FALSE(room.renew(next, issued->serial, now).has_value());
  ASSERT_TRUE(tenant_.store->remove("device", issued->device_id).has_value());
  EXPECT_FALSE(room.renew(next, issued->serial, now).has_value());
}

TEST_F(EnrolTest, revoking_a_device_revokes_all_that_is_still_good) {
  rules_.renewal_window = std::chrono::days(400);
  auto room = enrolment();
  const auto first = room.enrol(enrollee(), token(), now);
  const auto second =
      room.renew(enrollee(TestDevice().request(TestDevice::Wanted{})), first->serial, now);
  ASSERT_TRUE(second.has_value());
  const auto revoked =
      revoke_certificates(*tenant_.store, first->device_id, RevocationReason::key_compromise,
                          command_line_caller(), now);
  ASSERT_TRUE(revoked.has_value());
  EXPECT_EQ(*revoked, 2U);
  ASSERT_TRUE(index_.refresh(now).has_value());
  for (const auto& serial : {first->serial, second->serial}) {
    EXPECT_EQ(index_.find(serial)->state, CertificateState::revoked);
  }
  const auto next = enrollee(TestDevice().request(TestDevice::Wanted{}));
  EXPECT_FALSE(room.renew(next, second->serial, now).has_value());
  EXPECT_FALSE(revoke_certificates(*tenant_.store, "nothing", RevocationReason::unspecified,
                                   command_line_caller(), now)
                   .has_value());
}

TEST_F(EnrolTest, a_used_token_stays_used_whatever_the_clock_says) {
  auto room = enrolment();
  const auto secret = token();
  ASSERT_TRUE(room.enrol(enrollee(), secret, now).has_value());
  for (const auto hours : {-24 * 400, -1, 0, 23, 48, 24 * 400}) {
    const auto again = room.enrol(enrollee(), secret, now + std::chrono::hours(hours));
    ASSERT_FALSE(again.has_value()) << hours;
    EXPECT_EQ(again.error().kind, ErrorKind::denied);
    EXPECT_NE(again.error().message.find("used already"), std::string::npos);
  }
}

TEST_F(EnrolTest, a_token_is_forgotten_a_while_after_its_end) {
  auto room = enrolment();
  const auto used = token();
  const auto unused = token();
  ASSERT_TRUE(room.enrol(enrollee(), used, now).has_value());
  const auto refused = [&](const std::string& secret) {
    const auto again = room.enrol(enrollee(), secret, now + 2 * a_day);
    return again ? "" : again.error().message;
  };
  const auto forget = [&](Instant at) {
    return *forget_enrolment_tokens(*tenant_.store, at - enrolment_tokens_kept, 100);
  };
  EXPECT_EQ(forget(now + enrolment_tokens_kept), 0U);
  EXPECT_NE(refused(used).find("used already"), std::string::npos) << refused(used);
  EXPECT_EQ(forget(now + enrolment_tokens_kept + std::chrono::seconds(1)), 1U);
  EXPECT_NE(refused(used).find("not known"), std::string::npos) << refused(used);
  EXPECT_NE(refused(unused).find("expired"), std::string::npos) << refused(unused);
  EXPECT_EQ(forget(now + enrolment_tokens_kept + 2 * a_day), 1U);
  EXPECT_TRUE(list_enrolment_tokens(*tenant_.store)->empty());
}

TEST_F(EnrolTest, the_token_of_an_osquery_host_stays_as_long_as_its_device) {
  auto room = enrolment();
  const auto secret = token();
  const auto host = enrollee();
  const auto device = room.admit(host, secret, {}, now);
  ASSERT_TRUE(device.has_value()) << describe(device.error());
  const auto later = now + 400 * a_day;
  ASSERT_EQ(*forget_enrolment_tokens(*tenant_.store, later, 100), 0U);
  EXPECT_EQ(room.admit(host, secret, {}, later)->device_id, device->device_id);
  ASSERT_TRUE(tenant_.store->remove("device", device->device_id).has_value());
  EXPECT_EQ(*forget_enrolment_tokens(*tenant_.store, later, 100), 1U);
}

TEST_F(EnrolTest, certificates_forgotten_by_a_clock_that_ran_ahead_are_known_when_it_is_set_back) {
  auto room = enrolment();
  const auto good = room.enrol(enrollee(), token(), now);
  const auto revoked = room.enrol(enrollee(), token(), now);
  ASSERT_TRUE(good.has_value() && revoked.has_value());
  ASSERT_TRUE(revoke_certificates(*tenant_.store, revoked->serial, RevocationReason::key_compromise,
                                  command_line_caller(), now)
                  .has_value());
  CertificateIndex index(*tenant_.store);
  ASSERT_TRUE(index.refresh(now + 400 * a_day).has_value());
  EXPECT_FALSE(index.find(good->serial).has_value());
  ASSERT_TRUE(index.refresh(now).has_value());
  ASSERT_TRUE(index.find(good->serial).has_value());
  EXPECT_EQ(index.find(good->serial)->state, CertificateState::active);
  ASSERT_EQ(index.revoked(now).size(), 1U) << "lists of revoked certificates must not lack it";
  EXPECT_EQ(index.revoked(now).front().serial, revoked->serial);
}

TEST_F(EnrolTest, a_disabled_device_gets_no_certificate_by_a_token_that_names_it) {
  auto room = enrolment();
  const auto secret = token({}, std::string(ada_laptop));
  const auto stored = find_device_document(*tenant_.store, ada_laptop);
  auto disabled = stored->json;
  disabled.insert(disabled.find('{') + 1, R"("accountEnabled":false,)");
  ASSERT_TRUE(tenant_.store->put("device", stored->id, disabled).has_value());
  const auto refused = room.enrol(enrollee(), secret, now);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("disabled"), std::string::npos);
  ASSERT_TRUE(tenant_.store->put("device", stored->id, stored->json).has_value());
  EXPECT_TRUE(room.enrol(enrollee(), secret, now).has_value()) << "the token was not used up";
}

TEST_F(EnrolTest, a_token_is_for_somebody_who_exists) {
  NewEnrolmentToken wanted;
  wanted.expires = now + a_day;
  wanted.user = "nobody@example.org";
  EXPECT_EQ(create_enrolment_token(*tenant_.store, wanted, now).error().kind, ErrorKind::not_found);
  wanted.user.clear();
  wanted.device_id = "99999999-0000-4000-8000-000000000000";
  EXPECT_EQ(create_enrolment_token(*tenant_.store, wanted, now).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace sallyport
