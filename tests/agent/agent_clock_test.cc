// What the agent's service promises when clocks jump, the machine sleeps or the disk is full.
#include <cstdio>

#include "agent_program.h"
#include "base/instant.h"
#include "base/json.h"

namespace sallyport {
namespace {

class AgentService : public AgentProgram {
 protected:
  // Returns when it is at rest: enrolled, with the report of its enrolment and one of its start.
  void start() {
    ASSERT_EQ(enrol().exit, 0);
    fs::create_directories(folder_.file("faults"));
    start_service({{"LD_PRELOAD", SALLYPORT_FAULTS},
                   {"ASAN_OPTIONS", "verify_asan_link_order=0"},
                   {"WALL_CLOCK", folder_.file("faults/clock")},
                   {"TLS_CLOCK", folder_.file("faults/clock")},
                   {"BOOT_CLOCK", folder_.file("faults/boot")},
                   {"DISK_FULL", folder_.file("faults/full")}});
    ASSERT_TRUE(eventually([&] { return reports() == 2 && waiting() == 0; }));
  }
  // In one step, as a clock is set.
  void set(const std::string& clock, long seconds) const {
    std::ofstream(folder_.file("new")) << seconds;
    fs::rename(folder_.file("new"), folder_.file("faults/" + clock));
  }
  void call_it(const std::string& name) const {
    file("/proc/sys/kernel/hostname.new", name + "\n");
    fs::rename(root() + "/proc/sys/kernel/hostname.new", root() + "/proc/sys/kernel/hostname");
  }
  bool is_reported(const std::string& part) const {
    return eventually([&] { return has(last_report(), part); });
  }
  std::size_t reports() const { return server_.seen().sequences.size(); }
  std::chrono::seconds reported_off_by() const {
    const auto report = json::parse(last_report());
    const auto at = parse_instant(report->root().find("report")->find("reportedAt")->text());
    return std::chrono::duration_cast<std::chrono::seconds>(*at - std::chrono::system_clock::now());
  }
};

TEST_F(AgentService, a_wall_clock_that_jumps_moves_no_deadline_and_is_told_as_it_is) {
  start();
  for (const long jump : {-3600L, 1800L, 0L}) {
    const auto before = reports();
    set("clock", jump);
    const auto name = "after-" + std::to_string(jump + 3600);
    call_it(name);
    ASSERT_TRUE(is_reported(name)) << jump;
    EXPECT_EQ(reports(), before + 1) << "the jump itself is no reason to report";
    EXPECT_NEAR(static_cast<double>(reported_off_by().count()), static_cast<double>(jump), 60);
  }
}

TEST_F(AgentService, a_clock_that_is_years_off_is_named_and_its_reports_come_when_it_is_right) {
  start();
  for (const long jump : {-400L * 24 * 3600, 400L * 24 * 3600}) {
    const auto before = reports();
    set("clock", jump);
    call_it(jump < 0 ? "early" : "late");
    EXPECT_TRUE(eventually([&] {
      return has(status().output, "if this machine's clock is right");
    })) << status().output;
    EXPECT_EQ(waiting(), 1U);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));  // by then it holds back
    set("clock", 0);
    set("boot", jump < 0 ? 400 : 800);  // it waits before it tries again
    EXPECT_TRUE(eventually([&] { return reports() == before + 1 && waiting() == 0; }));
  }
  EXPECT_EQ(server_.seen().sequences, (std::vector<std::int64_t>{1, 2, 3, 4}));
}

TEST_F(AgentService, what_was_due_while_the_machine_slept_is_reported_when_it_wakes) {
  start();
  set("boot", 3700);  // the server wanted to hear of it in an hour
  EXPECT_TRUE(eventually([&] { return reports() == 3; }));
}

TEST_F(AgentService, a_change_on_a_full_disk_is_reported_when_there_is_room) {
  start();
  const auto contact = text_of(state() + "/contact.json");
  std::ofstream(folder_.file("faults/full")) << "";
  call_it("bert-laptop");
  set("boot", 30);
  std::this_thread::sleep_for(std::chrono::seconds(2));  // it looks every second
  EXPECT_EQ(reports(), 2U);
  EXPECT_EQ(text_of(state() + "/contact.json"), contact);
  fs::remove(folder_.file("faults/full"));
  set("boot", 60);  // it waits before it tries again
  EXPECT_TRUE(is_reported("bert-laptop"));
  EXPECT_EQ(server_.seen().sequences, (std::vector<std::int64_t>{1, 2, 3}));
}

}  // namespace
}  // namespace sallyport
