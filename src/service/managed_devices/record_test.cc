#include "service/managed_devices/record.h"

#include <gtest/gtest.h>

#include "service/managed_devices/remote_actions.h"
#include "service/test_tenant.h"

namespace sallyport {
namespace {

constexpr std::string_view laptop = "42000000-0000-4000-8000-000000000001";

Instant at(std::string_view text) { return *parse_instant(text); }

compliance::Report report_of(const std::string& facts) {
  return *compliance::parse_report(
      R"({"source":"agent","reportedAt":"2026-11-26T03:00:00Z","sequence":1,"facts":{)" + facts +
      "}}");
}

class ManagedDevices : public ::testing::Test {
 protected:
  ManagedDevices() : live_(*tenant_.store), queue_(*tenant_.store, live_) {
    EXPECT_TRUE(live_.refresh().has_value());
  }

  Result<ChangeQueue::Versions> run(const ChangeQueue::Plan& plan) { return queue_.run(plan); }

  DeviceKeys keys(std::string_view device = laptop) {
    return find_device(*tenant_.store, device).value();
  }

  void enrol(std::string_view device = laptop) {
    const auto members = json::parse(
        R"({"deviceName":"Ada's laptop","operatingSystem":"Linux","osVersion":"22.04",
            "managedDeviceOwnerType":"company","joinType":"azureADRegistered","jailBroken":"False",
            "userId":"10000000-0000-4000-8000-000000000001"})");
    const auto done = run([&](Draft& draft) {
      return enrol_device(draft, caller_, {keys(device), members->root(), now_});
    });
    ASSERT_TRUE(done.has_value()) << describe(done.error());
  }

  SeenByDecisions judge(std::string_view state, std::string_view valid_until) {
    compliance::Verdict verdict;
    verdict.state = *compliance::parse_compliance_state(state);
    verdict.is_compliant = state == "compliant" || state == "inGracePeriod";
    verdict.evaluated_at = now_;
    verdict.valid_until = at(valid_until);
    auto seen = SeenByDecisions::unchanged;
    const auto done = run([&](Draft& draft) -> Result<void> {
      const auto record = read_record(draft, laptop);
      if (!record) return tl::unexpected<Error>(record.error());
      const auto written =
          write_verdict(draft, *record, verdict, to_json(verdict), {now_, now_, {}});
      if (!written) return tl::unexpected<Error>(written.error());
      seen = *written;
      return {};
    });
    EXPECT_TRUE(done.has_value()) << describe(done.error());
    return seen;
  }

  json::Document document(std::string_view kind, const std::string& id) {
    const auto stored = tenant_.store->get(kind, id);
    EXPECT_TRUE(stored.has_value()) << kind;
    return std::move(*json::parse(stored->json));
  }
  std::string said(std::string_view kind, const std::string& id, std::string_view member) {
    const auto found = document(kind, id);
    const auto* value = found.root().find(member);
    return value == nullptr ? "nothing" : json::write(*value);
  }
  std::string of_record(std::string_view member) {
    return said(managed_device_kind, keys().record, member);
  }
  std::string of_device(std::string_view member) { return said("device", keys().object, member); }

  DeviceFlag compliant() {
    const auto view = live_.state()->inventory->find(DeviceId::of(laptop));
    return view ? view->shape->is_compliant : DeviceFlag::unknown;
  }

  Result<void> ask(std::string_view action) {
    return request_action({queue_, caller_, now_}, keys().record, *find_remote_action(action));
  }
  Result<void> report(ActionState state, std::string_view detail = {}) {
    const auto record = document(managed_device_kind, keys().record);
    const auto pending = pending_actions(record.root());
    if (pending.empty()) return fail(ErrorKind::not_found, "nothing waits");
    const auto done = run([&](Draft& draft) {
      return report_action(draft, keys(), pending.front().id, state, detail, now_);
    });
    if (!done) return tl::unexpected<Error>(done.error());
    return {};
  }

  TestTenant tenant_;
  LiveTenant live_;
  ChangeQueue queue_;
  Caller caller_{.kind = CallerKind::person, .id = "t", .name = "test"};
  Instant now_ = at("2026-11-26T03:00:00Z");
};

TEST_F(ManagedDevices, one_identity_is_behind_both_documents) {
  enrol();
  EXPECT_NE(keys().record, laptop);
  EXPECT_NE(keys().object, laptop);
  EXPECT_EQ(of_record("azureADDeviceId"), of_device("deviceId"));
  EXPECT_EQ(of_device("trustType"), "\"Workplace\"");
  EXPECT_EQ(of_device("deviceOwnership"), "\"Company\"");
  EXPECT_EQ(of_device("operatingSystemVersion"), "\"22.04\"");
  // Enrolled again it is the same one.
  const auto first = keys();
  enrol();
  EXPECT_EQ(keys().record, first.record);
  EXPECT_EQ(keys().object, first.object);
  EXPECT_EQ(tenant_.store->count(managed_device_kind), 1);
}

TEST_F(ManagedDevices, a_device_that_was_registered_before_keeps_its_document) {
  const auto before = keys(ada_laptop).object;
  enrol(ada_laptop);
  EXPECT_EQ(keys(ada_laptop).object, before);
}

TEST_F(ManagedDevices, what_was_not_judged_yet_is_not_compliant) {
  enrol();
  EXPECT_EQ(of_device("isManaged"), "true");
  EXPECT_EQ(of_device("isCompliant"), "false");
  EXPECT_EQ(compliant(), DeviceFlag::no);
}

TEST_F(ManagedDevices, each_state_means_what_it_means_to_decisions) {
  enrol();
  for (const auto& [state, flag] : {std::pair("compliant", DeviceFlag::yes),
                                    {"inGracePeriod", DeviceFlag::yes},
                                    {"noncompliant", DeviceFlag::no},
                                    {"unknown", DeviceFlag::no},
                                    {"conflict", DeviceFlag::no},
                                    {"error", DeviceFlag::no},
                                    {"configManager", DeviceFlag::no}}) {
    judge(state, "2026-12-26T03:00:00Z");
    EXPECT_EQ(compliant(), flag) << state;
    EXPECT_EQ(of_record("complianceState"), "\"" + std::string(state) + "\"");
  }
  const auto odd = json::parse(R"({"complianceState":"anything"})");
  json::Arena arena;
  const auto device = mirrored(arena.object({}), odd->root(), arena, true);
  EXPECT_EQ(json::write(*device.find("isCompliant")), "false");
}

TEST_F(ManagedDevices, the_directory_is_written_only_when_something_there_is_another) {
  enrol();
  EXPECT_EQ(judge("compliant", "2026-12-26T03:00:00Z"), SeenByDecisions::changed);
  EXPECT_EQ(judge("compliant", "2026-12-26T03:10:00Z"), SeenByDecisions::unchanged);
  EXPECT_EQ(of_device("complianceExpirationDateTime"), "\"2026-12-26T03:00:00Z\"");
  EXPECT_EQ(of_record("complianceExpirationDateTime"), "\"2026-12-26T03:10:00Z\"");
  EXPECT_EQ(judge("compliant", "2026-12-26T04:00:00Z"), SeenByDecisions::changed);
  // Earlier is told at once.
  EXPECT_EQ(judge("compliant", "2026-12-26T03:59:00Z"), SeenByDecisions::changed);
  EXPECT_EQ(judge("noncompliant", "2026-12-26T03:59:00Z"), SeenByDecisions::changed);
  EXPECT_EQ(of_device("complianceExpirationDateTime"), "null");
}

// Case 36 of device-management: a text.
TEST_F(ManagedDevices, jail_broken_False_is_not_true) {
  enrol();
  EXPECT_EQ(of_record("jailBroken"), "\"False\"");
  EXPECT_EQ(of_device("isRooted"), "false");
  json::Arena arena;
  for (const auto& [fact, text, rooted] :
       {std::tuple("true", "\"True\"", "true"), {"false", "\"False\"", "false"}}) {
    const auto members = record_members(report_of(R"("jailBroken":)" + std::string(fact)), arena);
    EXPECT_EQ(json::write(*members.find("jailBroken")), text);
    const auto device = mirrored(arena.object({}), members, arena);
    EXPECT_EQ(json::write(*device.find("isRooted")), rooted);
  }
  const auto unknown = report_of(R"("jailBroken":{"error":"cannot be read"})");
  EXPECT_TRUE(record_members(unknown, arena).members().empty());
  const auto told = json::parse(R"({"jailBroken":"Unknown"})");
  EXPECT_EQ(mirrored(arena.object({}), told->root(), arena).find("isRooted"), nullptr);
}

TEST_F(ManagedDevices, a_verdict_is_written_again_only_when_it_tells_something_else) {
  enrol();
  judge("compliant", "2026-12-26T03:00:00Z");
  const auto first = tenant_.store->get(verdict_kind, std::string(laptop))->version;
  now_ += std::chrono::minutes(5);
  judge("compliant", "2026-12-26T03:05:00Z");
  EXPECT_EQ(tenant_.store->get(verdict_kind, std::string(laptop))->version, first);
  EXPECT_EQ(of_record("lastSyncDateTime"), "\"2026-11-26T03:05:00Z\"");
  EXPECT_EQ(of_record("complianceExpirationDateTime"), "\"2026-12-26T03:05:00Z\"");
  judge("noncompliant", "2026-12-26T03:05:00Z");
  EXPECT_GT(tenant_.store->get(verdict_kind, std::string(laptop))->version, first);
}

TEST_F(ManagedDevices, a_record_and_a_device_with_ids_of_their_own_are_found) {
  const auto put = [&](std::string_view kind, std::string_view id, std::string_view member) {
    const auto json = R"({"id":")" + std::string(id) + R"(",")" + std::string(member) + R"(":")" +
                      std::string(laptop) + "\"}";
    ASSERT_TRUE(tenant_.store->put(kind, id, json).has_value());
  };
  put(managed_device_kind, "imported record", "azureADDeviceId");
  put("device", "imported device", "deviceId");
  // Called as the laptop's would be, and another's.
  ASSERT_TRUE(
      tenant_.store->put("device", laptop, R"({"deviceId":"42000000-0000-4000-8000-0000000000ee"})")
          .has_value());
  const auto done = run([&](Draft& draft) -> Result<void> {
    const auto record = read_record(draft, laptop);
    if (!record) return tl::unexpected<Error>(record.error());
    EXPECT_EQ(record->keys.record, "imported record");
    EXPECT_EQ(record->keys.object, "imported device");
    return {};
  });
  EXPECT_TRUE(done.has_value()) << describe(done.error());
}

// Case 34 of device-management.
TEST_F(ManagedDevices, a_retired_device_leaves_when_it_is_done_and_stays_away) {
  enrol();
  judge("compliant", "2026-12-26T03:00:00Z");
  ASSERT_TRUE(ask("retire").has_value());
  EXPECT_EQ(of_record("managementState"), "\"retirePending\"");
  EXPECT_EQ(compliant(), DeviceFlag::yes);
  ASSERT_TRUE(report(ActionState::active).has_value());
  EXPECT_EQ(of_record("managementState"), "\"retirePending\"");
  ASSERT_TRUE(report(ActionState::done).has_value());
  EXPECT_EQ(of_record("managementState"), "\"retireIssued\"");
  EXPECT_EQ(of_record("deviceRegistrationState"), "\"revoked\"");
  EXPECT_EQ(of_device("isManaged"), "false");
  EXPECT_EQ(compliant(), DeviceFlag::no);
  // A late verdict does not let it in again; to enrol does, once it is judged.
  judge("compliant", "2026-12-26T05:00:00Z");
  EXPECT_EQ(compliant(), DeviceFlag::no);
  EXPECT_EQ(ask("syncDevice").error().kind, ErrorKind::conflict);
  enrol();
  judge("compliant", "2026-12-26T05:00:00Z");
  EXPECT_EQ(compliant(), DeviceFlag::yes);
}

// As a check-in does.
TEST_F(ManagedDevices, a_fate_and_a_verdict_go_into_one_record_together) {
  enrol();
  ASSERT_TRUE(ask("syncDevice").has_value());
  const auto record = document(managed_device_kind, keys().record);
  const auto id = pending_actions(record.root()).front().id;
  compliance::Verdict verdict;
  verdict.state = compliance::ComplianceState::compliant;
  const auto done = run([&](Draft& draft) -> Result<void> {
    if (auto told = report_action(draft, keys(), id, ActionState::done, {}, now_); !told) {
      return told;
    }
    const auto found = read_record(draft, laptop);
    if (!found) return tl::unexpected<Error>(found.error());
    const auto written = write_verdict(draft, *found, verdict, to_json(verdict), {now_, now_, {}});
    if (!written) return tl::unexpected<Error>(written.error());
    return {};
  });
  ASSERT_TRUE(done.has_value()) << describe(done.error());
  EXPECT_NE(of_record("deviceActionResults").find(R"("actionState":"done")"), std::string::npos);
  EXPECT_EQ(of_record("complianceState"), "\"compliant\"");
}

TEST_F(ManagedDevices, one_request_of_a_kind_waits_and_its_fate_is_told_once) {
  enrol();
  ASSERT_TRUE(ask("remoteLock").has_value());
  ASSERT_TRUE(ask("remoteLock").has_value());
  const auto record = document(managed_device_kind, keys().record);
  ASSERT_EQ(pending_actions(record.root()).size(), 1U);
  const auto id = pending_actions(record.root()).front().id;
  ASSERT_TRUE(report(ActionState::failed, "no seat to lock").has_value());
  EXPECT_NE(of_record("deviceActionResults").find(R"("actionState":"failed")"), std::string::npos);
  EXPECT_NE(of_record("deviceActionResults").find("no seat to lock"), std::string::npos);
  EXPECT_EQ(of_record("managementState"), "\"managed\"");
  const auto again = run(
      [&](Draft& draft) { return report_action(draft, keys(), id, ActionState::done, {}, now_); });
  EXPECT_TRUE(again.has_value());
  EXPECT_EQ(of_record("deviceActionResults").find(R"("actionState":"done")"), std::string::npos);
  const auto foreign = run([&](Draft& draft) {
    return report_action(draft, keys(), "another", ActionState::done, {}, now_);
  });
  EXPECT_EQ(foreign.error().kind, ErrorKind::not_found);
}

TEST_F(ManagedDevices, what_a_device_cannot_do_is_said_at_once) {
  enrol();
  ASSERT_TRUE(ask("wipe").has_value());
  const auto record = document(managed_device_kind, keys().record);
  EXPECT_TRUE(pending_actions(record.root()).empty());
  EXPECT_NE(of_record("deviceActionResults").find("notSupported"), std::string::npos);
  EXPECT_EQ(of_record("managementState"), "\"managed\"");
}

TEST_F(ManagedDevices, requests_that_are_over_are_forgotten_at_last) {
  enrol();
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(ask("syncDevice").has_value());
    ASSERT_TRUE(report(ActionState::done).has_value());
  }
  ASSERT_TRUE(ask("remoteLock").has_value());
  const auto record = document(managed_device_kind, keys().record);
  EXPECT_EQ(record.root().find("deviceActionResults")->items().size(), 20U);
  EXPECT_EQ(pending_actions(record.root()).front().name, "remoteLock");
}

TEST_F(ManagedDevices, a_device_that_is_removed_is_neither_managed_nor_compliant) {
  enrol();
  judge("compliant", "2026-12-26T03:00:00Z");
  const auto before = keys();
  const auto removed =
      remove_document({queue_, caller_, now_}, managed_device_type, before.record, std::nullopt);
  ASSERT_TRUE(removed.has_value()) << describe(removed.error());
  EXPECT_TRUE(keys().record.empty());
  EXPECT_EQ(of_device("isManaged"), "false");
  EXPECT_EQ(compliant(), DeviceFlag::no);
  EXPECT_FALSE(tenant_.store->get(verdict_kind, before.device_id).has_value());
}

TEST_F(ManagedDevices, an_unregistered_device_is_judged_and_lets_nobody_in) {
  enrol();
  ASSERT_TRUE(tenant_.store->remove("device", keys().object).has_value());
  ASSERT_TRUE(live_.refresh().has_value());
  EXPECT_EQ(judge("compliant", "2026-12-26T03:00:00Z"), SeenByDecisions::unchanged);
  EXPECT_EQ(of_record("complianceState"), "\"compliant\"");
  EXPECT_FALSE(live_.state()->inventory->find(DeviceId::of(laptop)).has_value());
}

}  // namespace
}  // namespace sallyport
