// What the agent's service promises when clocks jump, the machine sleeps or the disk is full.
#include <cstdio>

#include "agent_program.h"
#include "base/instant.h"
#include "base/json.h"

namespace sallyport {
namespace {

class AgentService : public AgentProgram {
 protected:
  void start() {
    start_service({{"LD_PRELOAD", SALLYPORT_KILL_AT},
                   {"ASAN_OPTIONS", "verify_asan_link_order=0"},
                   {"WALL_CLOCK", folder_.file("wall-clock")},
                   {"BOOT_CLOCK", folder_.file("boot-clock")},
                   {"DISK_FULL", folder_.file("disk-full")}});
  }
  // In one step, as a clock is set.
  void set(const std::string& clock, long seconds) const {
    std::ofstream(folder_.file("new")) << seconds;
    fs::rename(folder_.file("new"), folder_.file(clock));
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
  ASSERT_EQ(enrol().exit, 0);
  start();
  ASSERT_TRUE(eventually([&] { return reports() == 2; }));
  constexpr long day = 24 * 3600;
  for (const long jump : {-400 * day, 400 * day, -3 * day, 0L}) {
    const auto before = reports();
    set("wall-clock", jump);
    const auto name = "after-" + std::to_string(jump + 1000 * day);
    call_it(name);
    ASSERT_TRUE(is_reported(name)) << jump;
    EXPECT_EQ(reports(), before + 1) << "the jump itself is no reason to report";
    EXPECT_NEAR(static_cast<double>(reported_off_by().count()), static_cast<double>(jump), 60);
  }
}

TEST_F(AgentService, what_was_due_while_the_machine_slept_is_reported_when_it_wakes) {
  ASSERT_EQ(enrol().exit, 0);
  start();
  ASSERT_TRUE(eventually([&] { return reports() == 2; }));
  set("boot-clock", 3700);  // the server wanted to hear of it in an hour
  EXPECT_TRUE(eventually([&] { return reports() == 3; }));
}

TEST_F(AgentService, a_change_on_a_full_disk_is_reported_when_there_is_room) {
  ASSERT_EQ(enrol().exit, 0);
  start();
  ASSERT_TRUE(eventually([&] { return reports() == 2; }));
  const auto contact = text_of(state() + "/contact.json");
  std::ofstream(folder_.file("disk-full")) << "";
  call_it("bert-laptop");
  set("boot-clock", 30);
  std::this_thread::sleep_for(std::chrono::seconds(2));  // it looks every second
  EXPECT_EQ(reports(), 2U);
  EXPECT_EQ(text_of(state() + "/contact.json"), contact);
  fs::remove(folder_.file("disk-full"));
  set("boot-clock", 60);  // it waits before it tries again
  EXPECT_TRUE(is_reported("bert-laptop"));
  EXPECT_EQ(server_.seen().sequences, (std::vector<std::int64_t>{1, 2, 3}));
}

}  // namespace
}  // namespace sallyport
