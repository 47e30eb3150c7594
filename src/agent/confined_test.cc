#include "agent/confined.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

#include "agent/test_tree.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

using std::chrono::seconds;

// Root runs scripts as nobody, who must be able to reach a shell.
class Confined : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() == 0 && !others_may_pass_root()) {
      GTEST_SKIP() << "`/` is closed to others here, so nobody can run anything";
    }
  }
};

std::string output_of(const std::string& script, const Limits& limits = {}) {
  const auto ended = run_confined(script, limits);
  return ended ? std::to_string(ended->exit_code) + ": " + std::string(trim(ended->output))
               : describe(ended.error());
}

TEST_F(Confined, what_it_prints_and_how_it_ends_come_back) {
  EXPECT_EQ(output_of("#!/bin/sh\necho yes\nexit 3\n"), "3: yes");
  EXPECT_EQ(output_of("echo 'no first line'"), "0: no first line");
  EXPECT_EQ(output_of("#!/usr/bin/env sh\necho found"), "0: found");
  EXPECT_EQ(output_of("#!/nowhere/at/all\n"), "127: ");
  EXPECT_EQ(output_of("kill -9 $$"), "137: ");
  EXPECT_EQ(output_of("echo unheard >&2"), "0: ");
}

TEST_F(Confined, it_has_a_folder_and_an_environment_of_its_own) {
  setenv("SECRET_OF_THE_AGENT", "1", 1);
  const auto environment = output_of("env | cut -d= -f1 | sort | tr '\\n' ' '");
  EXPECT_EQ(environment.find("SECRET"), std::string::npos) << environment;
  EXPECT_NE(environment.find("HOME"), std::string::npos) << environment;
  EXPECT_EQ(output_of("[ \"$PWD\" = \"$TMPDIR\" ] && touch here && ls here"), "0: here");
  const auto ended = run_confined("echo $TMPDIR");
  ASSERT_TRUE(ended.has_value());
  EXPECT_NE(access(std::string(trim(ended->output)).c_str(), F_OK), 0) << "is left behind";
}

TEST_F(Confined, it_has_no_files_of_ours_and_no_new_privileges) {
  EXPECT_EQ(output_of("grep NoNewPrivs /proc/self/status | tr -d '\\t'"), "0: NoNewPrivs:1");
  const int ours = dup(STDERR_FILENO);  // not closed by exec
  EXPECT_EQ(output_of("[ -e /proc/self/fd/" + std::to_string(ours) + " ] && echo there"), "1: ");
  close(ours);
}

TEST_F(Confined, root_runs_it_as_nobody) {
  if (geteuid() != 0) GTEST_SKIP() << "not root";
  EXPECT_EQ(output_of("id -u; id -G"), "0: 65534\n65534");
}

TEST_F(Confined, too_long_and_too_much_are_ended) {
  Limits limits;
  limits.wall_time = seconds(1);
  EXPECT_EQ(output_of("sleep 1000", limits), "was stopped after 1 seconds");
  limits.wall_time = seconds(60);
  limits.output = 1000;
  EXPECT_EQ(output_of("while :; do echo more; done", limits),
            "was stopped: it printed more than 1000 bytes");
  limits.processor_time = seconds(1);
  EXPECT_TRUE(output_of("while :; do :; done", limits).starts_with("1"));  // by a signal
  limits.file_size = 1000;
  EXPECT_NE(output_of("head -c 100000 /dev/zero >big", limits), "0: ");
}

TEST_F(Confined, what_it_started_is_ended_with_it) {
  // Both close their output, so that nothing waits for them; one even leaves the group.
  for (const std::string start : {"sleep 1000 >/dev/null &", "setsid sleep 1000 >/dev/null &"}) {
    const auto ended = run_confined(start + "\necho $!");
    ASSERT_TRUE(ended.has_value());
    const auto digits = trim(ended->output);
    pid_t child = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), child);
    ASSERT_GT(child, 0);
    EXPECT_NE(kill(child, 0), 0) << start;
  }
}

}  // namespace
}  // namespace sallyport::agent
