// A device's life with its verdict: reports, edits of what it is judged by, and time.
#include "service/compliance/judging.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "service/compliance/device_faults.h"
#include "service/compliance/keeper.h"
#include "service/compliance/partner_report.h"
#include "service/compliance/posture.h"
#include "service/document_type.h"
#include "service/managed_devices/record.h"
#include "service/managed_devices/remote_actions.h"
#include "service/membership.h"
#include "service/test_tenant.h"
#include "store/faulty_store.h"

namespace sallyport {
namespace {

constexpr std::string_view laptop = "42000000-0000-4000-8000-000000000001";

Guid guid(std::string_view text) { return *parse_guid(text); }

std::string linux_policy(std::string_view target, int grace_hours = 0) {
  return R"({"id":"c0000000-0000-4000-8000-000000000001","name":"Linux","platforms":"linux",
    "technologies":"linuxMdm","@odata.type":"#microsoft.graph.deviceManagementCompliancePolicy",
    "settings":[{"settingInstance":{
      "@odata.type":"#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
      "settingDefinitionId":"linux_deviceencryption_required",
      "choiceSettingValue":{"value":"linux_deviceencryption_required_true","children":[]}}}],
    "assignments":[{"target":)" +
         std::string(target) +
         R"(}],"scheduledActionsForRule":[{"scheduledActionConfigurations":[
      {"actionType":"block","gracePeriodHours":)" +
         std::to_string(grace_hours) + R"(}]}]})";
}
const std::string everybody = R"({"@odata.type":"#microsoft.graph.allDevicesAssignmentTarget"})";

class JudgingTest : public ::testing::Test {
 protected:
  JudgingTest()
      : live_(*tenant_.store),
        judging_(*tenant_.store, live_),
        keeper_(*tenant_.store, live_, judging_, {[this] { return now_; }, nullptr}) {
    EXPECT_TRUE(live_.refresh().has_value());
    put("deviceManagementCompliancePolicy", linux_policy(everybody));
    enrol();
    keep();
  }

  void put(std::string_view kind, const std::string& json) {
    const auto parsed = json::parse(json);
    ASSERT_TRUE(parsed.has_value()) << json;
    const std::string id(parsed->root().find("id")->text());
    ASSERT_TRUE(tenant_.store->put(kind, id, json).has_value());
  }
  void enrol() {
    ChangeQueue queue(*tenant_.store, live_);
    const Caller caller{.kind = CallerKind::person, .id = "t", .name = "test"};
    const auto members = json::parse(
        R"({"deviceName":"laptop","operatingSystem":"Linux","osVersion":"22.04",
            "userId":"10000000-0000-4000-8000-000000000001"})");
    const auto keys = find_device(*tenant_.store, laptop).value();
    const auto done = queue.run([&](Draft& draft) {
      return enrol_device(draft, caller, {keys, members->root(), now_});
    });
    ASSERT_TRUE(done.has_value()) << describe(done.error());
  }
  // What the keeper does when there is news, or time has passed.
  void keep() {
    const auto done = keeper_.round();
    ASSERT_TRUE(done.has_value()) << describe(done.error());
  }
  static CheckIn check_in(int sequence, std::string_view encrypted,
                          std::string_view source = "agent") {
    auto parsed = parse_check_in(
        R"({"report":{"source":")" + std::string(source) +
        R"(","reportedAt":"2026-11-26T03:00:00Z","sequence":)" + std::to_string(sequence) +
        R"(,"facts":{"operatingSystem":"Linux","distribution":"ubuntu","osVersion":"22.04")" +
        (encrypted.empty() ? "" : R"(,"storageEncrypted":)" + std::string(encrypted)) + "}}}");
    EXPECT_TRUE(parsed.has_value()) << describe(parsed.error());
    return std::move(*parsed);
  }
  Result<CheckInAnswer> report(int sequence, std::string_view encrypted) {
    return judging_.check_in(guid(laptop), check_in(sequence, encrypted), now_);
  }
  std::string state() {
    const auto stored = tenant_.store->get(verdict_kind, std::string(laptop));
    if (!stored) return "none";
    return std::string(json::parse(stored->json)->root().find("complianceState")->text());
  }
  // As the next decision sees it.
  DeviceFlag compliant() {
    const auto view = live_.state()->inventory->find(DeviceId::of(laptop));
    return view ? view->shape->is_compliant : DeviceFlag::unknown;
  }

  TestTenant tenant_;
  LiveTenant live_;
  Instant now_ = *parse_instant("2026-11-26T03:00:00Z");
  Judging judging_;
  Keeper keeper_;
};

TEST_F(JudgingTest, a_report_counts_for_the_next_decision_both_ways) {
  EXPECT_NE(compliant(), DeviceFlag::yes);
  auto answer = report(1, "true");
  ASSERT_TRUE(answer.has_value()) << describe(answer.error());
  EXPECT_EQ(answer->accepted_sequence, 1U);
  EXPECT_EQ(state(), "compliant");
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  answer = report(2, "false");
  EXPECT_EQ(state(), "noncompliant");
  EXPECT_EQ(compliant(), DeviceFlag::no);
  EXPECT_NE(answer->verdict.find("Disk encryption"), std::string::npos);
  EXPECT_LT(answer->next, std::chrono::minutes(1)) << "its user is waiting";
  EXPECT_TRUE(report(3, "true").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
}

TEST_F(JudgingTest, a_clock_that_is_set_back_gives_no_second_grace) {
  put("deviceManagementCompliancePolicy", linux_policy(everybody, 24));
  keep();
  const auto begun = now_;
  ASSERT_TRUE(report(1, "false").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes) << "in its grace period";
  now_ = begun + std::chrono::hours(25);
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::no);
  now_ = begun + std::chrono::hours(1);
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::no);
  ASSERT_TRUE(report(2, "false").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
  ASSERT_TRUE(report(3, "true").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  ASSERT_TRUE(report(4, "false").has_value());
  EXPECT_EQ(state(), "inGracePeriod") << "of a new spell";
}

TEST_F(JudgingTest,
       who_fell_silent_is_back_when_it_is_heard_of_and_not_when_the_clock_is_set_back) {
  const auto begun = now_;
  ASSERT_TRUE(report(1, "true").has_value());
  now_ = begun + std::chrono::days(365);  // a clock that ran ahead
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::no);
  now_ = begun + std::chrono::minutes(1);
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::no);
  ASSERT_TRUE(report(1, "true").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no) << "a replay is no sign of life";
  ASSERT_TRUE(report(2, "true").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
}

TEST_F(JudgingTest, another_servers_device_is_known_with_its_record) {
  Judging other(*tenant_.store, live_);
  ASSERT_TRUE(other.load(now_).has_value());
  ASSERT_TRUE(report(1, "true").has_value());
  const auto version = tenant_.store->get(posture_kind, std::string(laptop))->version;
  ASSERT_TRUE(other.take_in(guid(laptop), version).has_value());
  EXPECT_EQ(other.states().find(guid(laptop))->record.user,
            guid("10000000-0000-4000-8000-000000000001"));
}

TEST_F(JudgingTest, a_verdict_that_stands_is_told_in_the_words_of_today) {
  EXPECT_FALSE(judging_.verdict_of(guid(laptop), now_).has_value()) << "it never reported";
  ASSERT_TRUE(report(1, "false").has_value());
  auto renamed = linux_policy(everybody);
  renamed.replace(renamed.find(R"("name":"Linux")"), 14, R"("name":"Laptops with Linux")");
  put("deviceManagementCompliancePolicy", renamed);
  keep();
  const auto verdict = judging_.verdict_of(guid(laptop), now_);
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(verdict->state, compliance::ComplianceState::noncompliant);
  ASSERT_EQ(verdict->policies.size(), 2U);
  EXPECT_EQ(verdict->policies[1].display_name, "Laptops with Linux");
  const auto faults = device_faults(*verdict);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].name, "Disk encryption");
  EXPECT_FALSE(faults[0].remedy.empty());
}

TEST_F(JudgingTest, a_disabled_device_is_not_listened_to_until_it_is_enabled) {
  ASSERT_TRUE(report(1, "false").has_value());
  const auto object = find_device(*tenant_.store, laptop)->object;
  put("device",
      tenant_.edited("device", object, R"("accountEnabled":true)", R"("accountEnabled":false)"));
  ASSERT_TRUE(live_.refresh().has_value());
  const auto refused = report(2, "true");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::denied);
  EXPECT_NE(refused.error().message.find("disabled"), std::string::npos);
  keep();
  EXPECT_NE(compliant(), DeviceFlag::yes);
  put("device",
      tenant_.edited("device", object, R"("accountEnabled":false)", R"("accountEnabled":true)"));
  ASSERT_TRUE(live_.refresh().has_value());
  ASSERT_TRUE(report(2, "true").has_value()) << "nothing was taken of the one that was refused";
  EXPECT_EQ(compliant(), DeviceFlag::yes);
}

TEST_F(JudgingTest, what_is_not_reported_is_never_compliant) {
  EXPECT_TRUE(report(1, "").has_value());
  EXPECT_NE(compliant(), DeviceFlag::yes);
  EXPECT_TRUE(report(2, R"({"error":"denied"})").has_value());
  EXPECT_NE(compliant(), DeviceFlag::yes);
}

TEST_F(JudgingTest, a_report_that_comes_again_or_late_is_acknowledged_and_says_nothing) {
  ASSERT_TRUE(report(5, "false").has_value());
  const auto before = tenant_.store->get(posture_kind, std::string(laptop))->json;
  for (const int sequence : {5, 4, 1}) {
    const auto answer = report(sequence, "true");
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->accepted_sequence, 5U);
    EXPECT_EQ(compliant(), DeviceFlag::no);
  }
  EXPECT_EQ(tenant_.store->get(posture_kind, std::string(laptop))->json, before);
}

TEST_F(JudgingTest, reports_that_share_a_commit_get_each_its_own_answer) {
  const auto first = check_in(1, "true"), second = check_in(2, "false"), late = check_in(1, "true");
  const auto unknown = guid("42000000-0000-4000-8000-0000000000ff");
  const Judging::Arrival arrivals[] = {
      {guid(laptop), &first}, {unknown, &first}, {guid(laptop), &second}, {guid(laptop), &late}};
  const auto answers = judging_.check_in_all(arrivals, now_);
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers[0]->accepted_sequence, 1U);
  EXPECT_NE(answers[0]->verdict.find(R"("isCompliant":true)"), std::string::npos);
  EXPECT_EQ(answers[1].error().kind, ErrorKind::not_found);
  EXPECT_EQ(answers[2]->accepted_sequence, 2U);
  EXPECT_NE(answers[2]->verdict.find(R"("isCompliant":false)"), std::string::npos);
  EXPECT_EQ(answers[3]->accepted_sequence, 2U);
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

// Memory follows the store a moment later, and is not what is acknowledged by.
TEST_F(JudgingTest, a_report_is_not_taken_for_old_by_what_memory_alone_knows) {
  ASSERT_TRUE(report(5, "false").has_value());
  // It enrolled anew at another server, and counts from the beginning.
  ASSERT_TRUE(tenant_.store->remove(posture_kind, laptop).has_value());
  const auto answer = report(1, "true");
  ASSERT_TRUE(answer.has_value()) << describe(answer.error());
  EXPECT_EQ(answer->accepted_sequence, 1U);
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  EXPECT_TRUE(tenant_.store->get(posture_kind, laptop).has_value());
}

TEST_F(JudgingTest, what_another_server_took_in_meanwhile_is_not_lost) {
  ASSERT_TRUE(report(1, "true").has_value());
  Judging elsewhere(*tenant_.store, live_);
  ASSERT_TRUE(elsewhere.load(now_).has_value());
  ASSERT_TRUE(elsewhere.check_in(guid(laptop), check_in(4, "true", "osquery"), now_).has_value());
  ASSERT_TRUE(elsewhere.check_in(guid(laptop), check_in(9, "true"), now_).has_value());
  EXPECT_EQ(report(2, "false")->accepted_sequence, 9U) << "it is older than what is there";
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  EXPECT_EQ(report(10, "true")->accepted_sequence, 10U);
  const auto kept = parse_posture(tenant_.store->get(posture_kind, laptop)->json);
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->facts.contacts().size(), 2U);
}

TEST_F(JudgingTest, a_device_nobody_enrolled_is_refused) {
  const auto answer =
      judging_.check_in(guid("42000000-0000-4000-8000-0000000000ff"), check_in(1, "true"), now_);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::not_found);
}

TEST_F(JudgingTest, an_edited_policy_judges_everybody_again) {
  ASSERT_TRUE(report(1, "false").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
  put("deviceManagementCompliancePolicy",
      linux_policy(R"({"@odata.type":"#microsoft.graph.groupAssignmentTarget",
                       "groupId":"20000000-0000-4000-8000-0000000000aa"})"));
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::yes) << "no policy is for this device any more";
  put("deviceManagement", R"({"id":"deviceManagement","settings":{"secureByDefault":true}})");
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::no) << "and that is not enough now";
  EXPECT_EQ(judging_.progress().judged, 1U);
}

TEST_F(JudgingTest, who_comes_into_a_group_is_judged_by_its_policies) {
  put("deviceManagementCompliancePolicy",
      linux_policy(R"({"@odata.type":"#microsoft.graph.groupAssignmentTarget",
                       "groupId":"20000000-0000-4000-8000-0000000000aa"})"));
  put("group", R"({"id":"20000000-0000-4000-8000-0000000000aa","displayName":"Laptops"})");
  keep();
  ASSERT_TRUE(report(1, "false").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  ChangeQueue queue(*tenant_.store, live_);
  const Caller caller{.kind = CallerKind::person, .id = "t", .name = "test"};
  const auto added = add_to_list({queue, caller, now_}, group_type,
                                 "20000000-0000-4000-8000-0000000000aa", "members", ada, {});
  ASSERT_TRUE(added.has_value()) << describe(added.error());
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

TEST_F(JudgingTest, a_grace_period_ends_by_itself) {
  put("deviceManagementCompliancePolicy", linux_policy(everybody, 24));
  keep();
  ASSERT_TRUE(report(1, "false").has_value());
  EXPECT_EQ(state(), "inGracePeriod");
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  now_ += std::chrono::hours(24) - std::chrono::seconds(1);
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  now_ += std::chrono::seconds(1);
  keep();
  EXPECT_EQ(state(), "noncompliant");
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

TEST_F(JudgingTest, who_hides_a_fact_in_a_grace_period_is_not_let_in) {
  put("deviceManagementCompliancePolicy", linux_policy(everybody, 24));
  keep();
  ASSERT_TRUE(report(1, "false").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  ASSERT_TRUE(report(2, "").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
  // An administrator's edit of the record opens nothing.
  ChangeQueue queue(*tenant_.store, live_);
  const Caller caller{.kind = CallerKind::person, .id = "t", .name = "test"};
  const auto keys = find_device(*tenant_.store, laptop).value();
  const auto patch = json::parse(R"({"managedDeviceName":"mine"})");
  ASSERT_TRUE(update_document({queue, caller, now_}, managed_device_type, keys.record,
                              patch->root(), {}, WhenAbsent::refuse)
                  .has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

TEST_F(JudgingTest, a_silent_device_is_compliant_no_longer) {
  ASSERT_TRUE(report(1, "true").has_value());
  now_ += std::chrono::days(29);
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  now_ += std::chrono::days(2);
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

// The same server over a store that has faults.
class JudgingWithFaultsTest : public JudgingTest {
 protected:
  // Compliant, until the edit of the policy counts.
  JudgingWithFaultsTest()
      : faulty_(*tenant_.store),
        faulty_judging_(faulty_, live_),
        faulty_keeper_(faulty_, live_, faulty_judging_, {[this] { return now_; }, nullptr}) {
    put("deviceManagementCompliancePolicy", linux_policy(nobody));
    keep();
    EXPECT_TRUE(report(1, "false").has_value());
    EXPECT_EQ(compliant(), DeviceFlag::yes) << "no policy is for it";
    EXPECT_TRUE(faulty_keeper_.round().has_value());
  }
  const std::string nobody = R"({"@odata.type":"#microsoft.graph.groupAssignmentTarget",
      "groupId":"20000000-0000-4000-8000-0000000000aa"})";

  FaultyStore faulty_;
  Judging faulty_judging_;
  Keeper faulty_keeper_;
};

TEST_F(JudgingWithFaultsTest, a_verdict_that_could_not_be_written_is_written_later) {
  faulty_.before_write = [](std::span<const Write>) -> Result<void> {
    return fail(ErrorKind::unavailable, "the database is locked");
  };
  put("deviceManagementCompliancePolicy", linux_policy(everybody));
  EXPECT_FALSE(faulty_keeper_.round().has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  faulty_.before_write = nullptr;
  now_ += std::chrono::seconds(1);
  ASSERT_TRUE(faulty_keeper_.round().has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

TEST_F(JudgingWithFaultsTest, what_was_seen_before_an_error_is_judged_after_it) {
  // A policy that cannot be read keeps the rulebook from being made.
  put("deviceManagementCompliancePolicy", linux_policy(everybody));
  const auto damaged = tenant_.store->put("deviceCompliancePolicy", "damaged", "{");
  ASSERT_TRUE(damaged.has_value());
  EXPECT_FALSE(faulty_keeper_.round().has_value());
  ASSERT_TRUE(tenant_.store->remove("deviceCompliancePolicy", "damaged").has_value());
  ASSERT_TRUE(faulty_keeper_.round().has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

TEST_F(JudgingWithFaultsTest, a_plan_that_is_made_again_leaves_nothing_of_the_first) {
  const auto record = find_device(*tenant_.store, laptop)->record;
  faulty_.before_write = [&](std::span<const Write>) -> Result<void> {
    faulty_.before_write = nullptr;
    EXPECT_TRUE(tenant_.store->remove(managed_device_kind, record).has_value());
    return fail(ErrorKind::conflict, "somebody was quicker");
  };
  put("deviceManagementCompliancePolicy", linux_policy(everybody));
  const auto version = faulty_judging_.states().find(guid(laptop))->version;
  EXPECT_TRUE(faulty_keeper_.round().has_value()) << "a device that is not managed any more";
  EXPECT_EQ(faulty_judging_.states().find(guid(laptop))->version, version);
}

TEST_F(JudgingWithFaultsTest, a_keeper_that_cannot_go_on_rests_between_attempts) {
  ASSERT_TRUE(tenant_.store->put("deviceCompliancePolicy", "damaged", "{").has_value());
  std::atomic<int> rounds = 0, waits = 0;
  faulty_.on_last_sequence = [&] { ++rounds; };
  faulty_.on_wait = [&] { ++waits; };
  {
    Keeper keeper(faulty_, live_, faulty_judging_, {[this] { return now_; }, nullptr});
    keeper.follow();
    while (rounds < 2) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_LT(waits, 100) << "of a second";
}

TEST_F(JudgingTest, a_damaged_posture_satisfies_nothing_and_is_mended_by_the_next_report) {
  ASSERT_TRUE(report(1, "true").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  ASSERT_TRUE(tenant_.store->put(posture_kind, laptop, "{").has_value());
  now_ += std::chrono::seconds(1);
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::no);
  const auto answer = report(2, "true");
  ASSERT_TRUE(answer.has_value()) << describe(answer.error());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
}

TEST_F(JudgingTest, policies_stay_with_their_groups_when_the_directory_is_read_anew) {
  constexpr std::string_view group = "20000000-0000-4000-8000-0000000000aa";
  constexpr std::string_view before = "20000000-0000-4000-8000-0000000000a0";
  put("group", R"({"id":")" + std::string(before) + R"(","displayName":"Goes"})");
  put("group", R"({"id":"20000000-0000-4000-8000-0000000000aa","displayName":"Laptops",
      "members":[{"@odata.type":"#microsoft.graph.user",
                  "id":"10000000-0000-4000-8000-000000000001"}]})");
  put("deviceManagementCompliancePolicy",
      linux_policy(R"({"@odata.type":"#microsoft.graph.groupAssignmentTarget","groupId":")" +
                   std::string(group) + R"("})"));
  ASSERT_TRUE(live_.refresh().has_value());
  keep();
  ASSERT_TRUE(report(1, "false").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
  // The groups behind one that is gone move up, and two programs with one appId cannot be edited
  // in: everything is loaded.
  const auto number = *live_.state()->directory->find_group(GroupId::of(group));
  ASSERT_TRUE(tenant_.store->remove("group", before).has_value());
  for (const auto* id :
       {"f0000000-0000-4000-8000-000000000001", "f0000000-0000-4000-8000-000000000002"}) {
    put("servicePrincipal",
        R"({"id":")" + std::string(id) + R"(","appId":"f1000000-0000-4000-8000-000000000001"})");
    ASSERT_TRUE(live_.refresh().has_value());
  }
  ASSERT_NE(*live_.state()->directory->find_group(GroupId::of(group)), number);
  keep();
  ASSERT_TRUE(report(2, "false").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

constexpr std::string_view vendor = "d0000000-0000-4000-8000-000000000001";
constexpr std::string_view other_vendor = "d0000000-0000-4000-8000-000000000002";

class PartnersTest : public JudgingTest {
 protected:
  PartnersTest() {
    put("deviceCompliancePolicy", R"({"id":"c0000000-0000-4000-8000-000000000002",
      "@odata.type":"#microsoft.graph.iosCompliancePolicy","displayName":"Phones",
      "deviceThreatProtectionEnabled":true,"deviceThreatProtectionRequiredSecurityLevel":"low",
      "assignments":[{"target":)" + everybody +
                                      R"(}],"scheduledActionsForRule":[
      {"scheduledActionConfigurations":[{"actionType":"block","gracePeriodHours":0}]}]})");
    for (const auto id : {vendor, other_vendor}) {
      put("mobileThreatDefenseConnector", R"({"id":")" + std::string(id) +
                                              R"(","partnerState":"enabled","iosEnabled":true,
            "iosDeviceBlockedOnMissingPartnerData":true,"partnerUnresponsivenessThresholdInDays":7,
            "lastHeartbeatDateTime":")" + to_string(now_) +
                                              "\"}");
    }
    keep();
    const auto check_in = parse_check_in(
        R"({"report":{"source":"mdm","reportedAt":"2026-11-26T03:00:00Z","sequence":1,
            "facts":{"operatingSystem":"iOS","osVersion":"19.1"}}})");
    EXPECT_TRUE(judging_.check_in(guid(laptop), *check_in, now_).has_value());
  }
  Result<void> say(std::string_view partner, std::string_view state, std::string_view at) {
    const auto body =
        json::parse(R"({"partnerId":")" + std::string(partner) + R"(","deviceId":")" +
                    std::string(laptop) + R"(","threatState":")" + std::string(state) +
                    R"(","timestamp":")" + std::string(at) + "\"}");
    const auto report = read_partner_report(body->root(), now_);
    if (!report) return tl::unexpected<Error>(report.error());
    now_ += std::chrono::seconds(1);
    return judging_.take_partner_report(*report, now_);
  }
};

TEST_F(PartnersTest, every_partner_has_to_find_the_device_well) {
  EXPECT_NE(compliant(), DeviceFlag::yes) << "no partner has said anything";
  ASSERT_TRUE(say(vendor, "secured", "2026-11-26T02:00:00Z").has_value());
  EXPECT_NE(compliant(), DeviceFlag::yes) << "the other has not";
  ASSERT_TRUE(say(other_vendor, "lowSeverity", "2026-11-26T02:00:00Z").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  ASSERT_TRUE(say(vendor, "highSeverity", "2026-11-26T02:01:00Z").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
  // What one says again of an earlier time does not mend it, nor does what the other says.
  ASSERT_TRUE(say(vendor, "secured", "2026-11-26T02:00:30Z").has_value());
  ASSERT_TRUE(say(other_vendor, "secured", "2026-11-26T02:02:00Z").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
  ASSERT_TRUE(say(vendor, "secured", "2026-11-26T02:03:00Z").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
}

TEST_F(PartnersTest, a_clock_that_was_ahead_silences_no_partner) {
  now_ += std::chrono::days(3);
  ASSERT_TRUE(say(vendor, "secured", "2026-11-26T02:00:00Z").has_value());
  ASSERT_TRUE(say(other_vendor, "secured", "2026-11-26T02:00:00Z").has_value());
  now_ -= std::chrono::days(3);
  keep();
  ASSERT_TRUE(say(vendor, "secured", "2026-11-26T02:01:00Z").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  ASSERT_TRUE(say(vendor, "highSeverity", "2026-11-26T02:02:00Z").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

TEST_F(PartnersTest, what_a_partner_says_proves_no_contact_with_the_device) {
  ASSERT_TRUE(say(vendor, "secured", "2026-11-26T02:00:00Z").has_value());
  ASSERT_TRUE(say(other_vendor, "secured", "2026-11-26T02:00:00Z").has_value());
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  now_ += std::chrono::days(31);
  for (const auto id : {vendor, other_vendor}) {
    ASSERT_TRUE(say(id, "secured", to_string(now_)).has_value());
  }
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

TEST_F(PartnersTest, a_report_that_makes_no_sense_is_refused) {
  for (const auto& [state, at] :
       {std::pair("wonderful", "2026-11-26T02:00:00Z"), std::pair("secured", "yesterday"),
        std::pair("secured", "2027-01-01T00:00:00Z")}) {
    const auto said = say(vendor, state, at);
    ASSERT_FALSE(said.has_value()) << state << at;
    EXPECT_EQ(said.error().kind, ErrorKind::invalid_argument);
  }
}

TEST_F(JudgingTest, a_server_that_starts_anew_knows_everything) {
  ASSERT_TRUE(report(7, "false").has_value());
  LiveTenant live(*tenant_.store);
  ASSERT_TRUE(live.refresh().has_value());
  Judging judging(*tenant_.store, live);
  ASSERT_TRUE(judging.load(now_).has_value());
  const auto known = judging.states().find(guid(laptop));
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->record.user, guid(ada));
  EXPECT_EQ(known->history, judging_.states().find(guid(laptop))->history);
  EXPECT_EQ(known->facts.contacts().front().sequence, 7U);
}

TEST_F(JudgingTest, a_retired_device_may_not_check_in) {
  ASSERT_TRUE(report(1, "true").has_value());
  ChangeQueue queue(*tenant_.store, live_);
  const Caller caller{.kind = CallerKind::person, .id = "t", .name = "test"};
  const auto keys = find_device(*tenant_.store, laptop).value();
  ASSERT_TRUE(request_action({queue, caller, now_}, keys.record, *find_remote_action("retire"))
                  .has_value());
  const auto asked = report(2, "true");
  ASSERT_EQ(asked->actions.size(), 1U);
  EXPECT_EQ(asked->actions.front().name, "retire");
  // It says that it has done so, and a late report of its changes nothing.
  const auto last = parse_check_in(
      R"({"report":{"source":"agent","reportedAt":"2026-11-26T03:00:00Z","sequence":3,"facts":{}},
          "actions":[{"id":")" +
      asked->actions.front().id + R"(","state":"done"}]})");
  ASSERT_TRUE(judging_.check_in(guid(laptop), *last, now_).has_value());
  EXPECT_EQ(compliant(), DeviceFlag::no);
  const auto late = report(4, "true");
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().kind, ErrorKind::denied);
  keep();
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

}  // namespace
}  // namespace sallyport
