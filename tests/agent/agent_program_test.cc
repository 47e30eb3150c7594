// What sallyport-agent promises, kept by the program as it is shipped.
#include <signal.h>
#include <sys/wait.h>

#include "agent/test_tree.h"
#include "agent_program.h"
#include "base/base64.h"
#include "base/digest.h"
#include "base/json.h"

namespace sallyport {
namespace {

namespace fs = std::filesystem;

TEST_F(AgentProgram, one_command_enrols_reports_and_shows_the_verdict) {
  const auto ran = enrol();
  EXPECT_EQ(ran.exit, 0) << ran.output;
  EXPECT_TRUE(has(ran.output, AgentServer::device)) << ran.output;
  EXPECT_TRUE(has(ran.output, "Compliant")) << ran.output;
  EXPECT_EQ(server_.seen().request_subject, "anna-laptop");
  EXPECT_TRUE(has(last_report(), R"("distribution":"ubuntu")")) << last_report();
  EXPECT_EQ(status().exit, 0);
  EXPECT_EQ(fs::status(state() + "/enrolment.json").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(AgentProgram, status_tells_programs_by_its_exit_code) {
  EXPECT_EQ(status().exit, 2);
  server_.order([](auto& orders) {
    orders.verdict = R"({"complianceState":"noncompliant","policies":[{"settings":[
      {"name":"Disk encryption","required":"on","reported":"off","state":"nonCompliant",
       "remedy":"Switch on disk encryption"}]}]})";
  });
  ASSERT_EQ(enrol().exit, 0);
  const auto told = status();
  EXPECT_EQ(told.exit, 1);
  EXPECT_TRUE(has(told.output, "Switch on disk encryption")) << told.output;
}

TEST_F(AgentProgram, a_refused_enrolment_leaves_nothing_half_done) {
  const auto ran = enrol("bad");
  EXPECT_EQ(ran.exit, 2);
  EXPECT_TRUE(has(ran.output, "does not take this enrolment token")) << ran.output;
  EXPECT_FALSE(is_enrolled());
  EXPECT_EQ(enrol("good-1").exit, 0);
}

TEST_F(AgentProgram, a_server_of_another_authority_is_told_nothing) {
  AgentServer other;
  const auto ran = run("enrol --server " + other.url() + " --ca " + server_.authority_file() +
                       " --token good-1" + place());
  EXPECT_EQ(ran.exit, 2);
  EXPECT_TRUE(has(ran.output, "certificate")) << ran.output;
  EXPECT_EQ(other.seen().enrolments, 0);
}

TEST_F(AgentProgram, plain_http_is_refused) {
  const auto ran = run("enrol --server http://localhost:1 --token t" + place());
  EXPECT_EQ(ran.exit, 2);
  EXPECT_TRUE(has(ran.output, "https://")) << ran.output;
}

TEST_F(AgentProgram, enrolling_twice_changes_nothing) {
  ASSERT_EQ(enrol().exit, 0);
  const auto before = text_of(state() + "/enrolment.json");
  EXPECT_EQ(enrol("good-2").exit, 0);
  EXPECT_EQ(text_of(state() + "/enrolment.json"), before);
  EXPECT_EQ(server_.seen().enrolments, 1);
}

// The server takes a token for one key only: whoever is killed goes on with the key it had.
TEST_F(AgentProgram, killed_at_every_step_of_enrolment_it_is_enrolled_in_the_end) {
  int step = 1;
  for (bool killed = true; killed; ++step) {
    ASSERT_LT(step, 300);
    fs::remove_all(state());
    const auto token = "good-" + std::to_string(step);
    killed = enrol(token, killed_at(step)).exit == 128 + SIGKILL;
    if (is_enrolled()) {
      const auto kept = json::parse(text_of(state() + "/enrolment.json"));
      ASSERT_TRUE(kept.has_value()) << "killed at step " << step;
    }
    server_.order([](auto& orders) { orders.sequence = 0; });
    const auto ran = enrol(token);
    EXPECT_EQ(ran.exit, 0) << "killed at step " << step << ": " << ran.output;
    EXPECT_TRUE(is_enrolled());
    EXPECT_FALSE(fs::exists(state() + "/pending-key.pem"));
    EXPECT_EQ(waiting(), 0U);
  }
  EXPECT_GT(step, 20);
}

TEST_F(AgentProgram, killed_at_every_step_of_a_check_in_it_loses_no_report) {
  ASSERT_EQ(enrol().exit, 0);
  int step = 1;
  for (bool killed = true; killed; ++step) {
    ASSERT_LT(step, 300);
    file("/proc/sys/kernel/hostname", "name-" + std::to_string(step) + "\n");
    killed = check_in(killed_at(step)).exit == 128 + SIGKILL;
    const auto before = waiting();
    const auto ran = check_in();
    EXPECT_EQ(ran.exit, 0) << "killed at step " << step << ": " << ran.output;
    EXPECT_EQ(waiting(), 0U) << before << " waited after step " << step;
    EXPECT_TRUE(has(last_report(), "\"name-" + std::to_string(step) + "\""));
  }
  EXPECT_GT(step, 10);
  // Each came, in order; the one that was being acknowledged when it was killed came twice.
  const auto seen = server_.seen().sequences;
  for (std::size_t i = 1; i < seen.size(); ++i) {
    EXPECT_TRUE(seen[i] == seen[i - 1] || seen[i] == seen[i - 1] + 1)
        << seen[i] << " after " << seen[i - 1];
  }
}

TEST_F(AgentProgram, offline_reports_wait_and_come_in_order) {
  ASSERT_EQ(enrol().exit, 0);
  for (int i = 0; i < 3; ++i) {
    const auto ran = check_in("OFFLINE=1 LD_PRELOAD=" SALLYPORT_KILL_AT);
    EXPECT_EQ(ran.exit, 2);
    EXPECT_TRUE(has(ran.output, "no connection")) << ran.output;
  }
  EXPECT_EQ(waiting(), 3U);
  const auto told = status();
  EXPECT_EQ(told.exit, 0);  // what was said last still holds
  EXPECT_TRUE(has(told.output, "3 reports to be sent")) << told.output;
  EXPECT_TRUE(has(told.output, "no connection")) << told.output;
  EXPECT_EQ(check_in().exit, 0);
  EXPECT_EQ(waiting(), 0U);
  EXPECT_EQ(server_.seen().sequences, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
}

TEST_F(AgentProgram, a_full_disk_loses_nothing_and_says_so) {
  ASSERT_EQ(enrol().exit, 0);
  const auto before = text_of(state() + "/contact.json");
  const auto ran = check_in("DISK_FULL=/ LD_PRELOAD=" SALLYPORT_KILL_AT);
  EXPECT_EQ(ran.exit, 2);
  EXPECT_TRUE(has(ran.output, "no space left on device")) << ran.output;
  EXPECT_EQ(text_of(state() + "/contact.json"), before);
  EXPECT_EQ(check_in().exit, 0);
  EXPECT_EQ(server_.seen().sequences, (std::vector<std::int64_t>{1, 2}));
}

TEST_F(AgentProgram, a_state_from_a_backup_goes_on_where_the_server_is) {
  ASSERT_EQ(enrol().exit, 0);
  server_.order([](auto& orders) { orders.sequence = 40; });
  EXPECT_EQ(check_in().exit, 0);
  EXPECT_EQ(server_.seen().sequences, (std::vector<std::int64_t>{1, 2, 41}));
  EXPECT_TRUE(has(last_report(), "\"sequence\":41"));
}

TEST_F(AgentProgram, refusals_are_told_in_words) {
  ASSERT_EQ(enrol().exit, 0);
  const std::pair<int, const char*> cases[] = {
      {401, "does not know this device's certificate"},
      {403, "refuses this device"},
      {404, "does not know this device"},
      {409, "another certificate claims to be this device"},
      {503, "the server is busy"},
      {500, "the server answered 500"}};
  for (const auto& [status, words] : cases) {
    server_.order([&, code = status](auto& orders) { orders.statuses.push_back(code); });
    const auto ran = check_in();
    EXPECT_EQ(ran.exit, 2);
    EXPECT_TRUE(has(ran.output, words)) << ran.output;
  }
  EXPECT_EQ(waiting(), std::size(cases));
  EXPECT_EQ(check_in().exit, 0);
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(AgentProgram, a_report_that_the_server_cannot_read_holds_up_no_other) {
  ASSERT_EQ(enrol().exit, 0);
  EXPECT_EQ(check_in("OFFLINE=1 LD_PRELOAD=" SALLYPORT_KILL_AT).exit, 2);
  server_.order([](auto& orders) { orders.statuses = {413}; });
  EXPECT_EQ(check_in().exit, 2);
  EXPECT_EQ(waiting(), 0U);
  EXPECT_EQ(server_.seen().sequences, (std::vector<std::int64_t>{1, 3}));
  EXPECT_TRUE(has(text_of(state() + "/refused.json"), "\"sequence\":2"));
}

TEST_F(AgentProgram, it_syncs_and_locks_when_it_is_told_and_says_how_it_went) {
  ASSERT_EQ(enrol().exit, 0);
  const auto loginctl = folder_.file("bin/loginctl");
  std::ofstream(loginctl) << "#!/bin/sh\necho \"$@\" >>" << folder_.file("locked") << "\n";
  fs::permissions(loginctl, fs::perms::all);
  server_.order([](auto& orders) {
    orders.actions.emplace_back(
        R"([{"id":"a1","action":"syncDevice"},{"id":"a2","action":"remoteLock"},
            {"id":"a3","action":"makeCoffee"}])");
  });
  EXPECT_EQ(check_in().exit, 0);
  EXPECT_EQ(text_of(folder_.file("locked")), "lock-sessions\n");
  const auto report = last_report();  // the one after
  EXPECT_TRUE(has(report, R"({"id":"a1","state":"done","detail":""})")) << report;
  EXPECT_TRUE(has(report, R"({"id":"a2","state":"done","detail":""})")) << report;
  EXPECT_TRUE(has(report, R"({"id":"a3","state":"failed")")) << report;
  EXPECT_EQ(check_in().exit, 0);
  EXPECT_TRUE(has(last_report(), R"("actions":[])"));  // told once
}

TEST_F(AgentProgram, retired_it_says_so_and_then_forgets_everything) {
  for (const bool refused : {false, true}) {  // the second time the server has closed the door
    ASSERT_EQ(enrol("good-" + std::to_string(refused)).exit, 0);
    server_.order([&](auto& orders) {
      orders.sequence = 0;
      orders.actions.emplace_back(R"([{"id":"r1","action":"retire"}])");
    });
    const auto bodies = server_.seen().bodies.size();
    if (refused) {
      server_.order([](auto& orders) { orders.statuses = {503}; });
      EXPECT_EQ(check_in().exit, 2);
    }
    const auto ran = check_in();
    EXPECT_TRUE(has(ran.output, "not enrolled")) << ran.output;
    EXPECT_GT(server_.seen().bodies.size(), bodies);
    EXPECT_TRUE(has(last_report(), R"({"id":"r1","state":"done","detail":""})"));
    EXPECT_FALSE(is_enrolled());
    EXPECT_FALSE(fs::exists(state() + "/contact.json"));
    EXPECT_EQ(waiting(), 0U);
    EXPECT_EQ(status().exit, 2);
  }
}

TEST_F(AgentProgram, the_certificate_is_renewed_in_time) {
  // Certificates of the test began two hours ago.
  ASSERT_EQ(enrol().exit, 0);
  EXPECT_EQ(server_.seen().renewals, 0);
  server_.order([](auto& orders) { orders.certificate_seconds = 600; });
  fs::remove_all(state());
  ASSERT_EQ(enrol("good-2").exit, 0);  // the check-in with it finds that it ends soon
  EXPECT_EQ(server_.seen().renewals, 1);
  server_.order([](auto& orders) { orders.certificate_seconds = 86400; });
  EXPECT_EQ(check_in().exit, 0);
  EXPECT_EQ(server_.seen().renewals, 2);
  EXPECT_EQ(check_in().exit, 0);
  EXPECT_EQ(server_.seen().renewals, 2);
}

std::string script_json(const std::string& script, const std::string& digest) {
  return R"([{"id":"5a0f0c9e-6a43-4d0e-9d7e-0d8c5b1f2a34","name":"bios","sha256":")" + digest +
         R"(","script":")" + encode_base64(script) + R"("}])";
}

TEST_F(AgentProgram, discovery_scripts_run_and_their_output_is_reported) {
  if (geteuid() == 0 && !agent::others_may_pass_root()) {
    GTEST_SKIP() << "`/` is closed to others here, so nobody can run anything";
  }
  const std::string script = "#!/bin/sh\necho '{\"BiosVersion\":\"1.2\"}'\n";
  server_.order([&](auto& orders) { orders.scripts = script_json(script, sha256_hex(script)); });
  ASSERT_EQ(enrol().exit, 0);
  EXPECT_TRUE(has(last_report(), R"("exitCode":0,"output":"{\"BiosVersion\":\"1.2\"}\n")"))
      << last_report();
}

TEST_F(AgentProgram, a_script_with_another_digest_is_not_run) {
  const auto trace = folder_.file("ran");
  const std::string script = "#!/bin/sh\ntouch " + trace + "\n";
  server_.order([&](auto& orders) { orders.scripts = script_json(script, sha256_hex("other")); });
  ASSERT_EQ(enrol().exit, 0);
  EXPECT_TRUE(has(last_report(), R"("exitCode":126,"output":"not run)")) << last_report();
  EXPECT_FALSE(fs::exists(trace));
}

TEST_F(AgentProgram, the_service_reports_a_change_by_itself_and_outlives_the_server) {
  ASSERT_EQ(enrol().exit, 0);
  start_service();
  ASSERT_TRUE(eventually([&] { return server_.seen().sequences.size() >= 2; }));
  file("/proc/sys/kernel/hostname", "bert-laptop\n");
  EXPECT_TRUE(eventually([&] { return has(last_report(), "bert-laptop"); }));
  server_.order([](auto& orders) { orders.statuses.assign(100, 503); });
  file("/proc/sys/kernel/hostname", "carl-laptop\n");
  EXPECT_TRUE(eventually([&] { return waiting() > 0; }));
  server_.order([](auto& orders) { orders.statuses.clear(); });
  kill(service_, SIGTERM);
  int status = 0;
  EXPECT_EQ(waitpid(service_, &status, 0), service_);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  service_ = 0;
  start_service();
  EXPECT_TRUE(eventually([&] { return has(last_report(), "carl-laptop") && waiting() == 0; }));
}

}  // namespace
}  // namespace sallyport
