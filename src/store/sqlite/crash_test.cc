// What was acknowledged survives kill -9.
//
// Again and again a child process writes documents and sign-ins and tells each acknowledged id
// through a pipe; it is killed at a random moment, and everything it told must be there.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

constexpr int rounds = 30;
constexpr int group_size = 3;  // sign-ins appended at once

void tell(int pipe, const std::string& line) {
  // One write of so few bytes is never torn.
  if (::write(pipe, line.data(), line.size()) < 0) ::_exit(3);
}

// Writes until it is killed.
[[noreturn]] void write_for_ever(const std::string& path, int round, int pipe) {
  auto store = open_sqlite_store(path);
  if (!store) ::_exit(2);
  for (int i = 0;; ++i) {
    const auto id = std::to_string(round) + "-" + std::to_string(i);
    const auto version = (*store)->put("users", id, "{\"id\":\"" + id + "\"}");
    if (!version) ::_exit(2);
    tell(pipe, "document " + id + " " + std::to_string(*version) + "\n");
    std::vector<SignInRecord> group;
    for (int n = 0; n < group_size; ++n) {
      group.push_back({id + "-" + std::to_string(n), Instant{}, "u", "a", "granted", "{}", 0});
    }
    if (!(*store)->append(group)) ::_exit(2);
    tell(pipe, "signins " + id + " 0\n");
  }
}

std::string read_all(int pipe) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const auto got = ::read(pipe, buffer, sizeof buffer);
    if (got <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

// A child that writes to `path` for a while; what it acknowledged before it was killed.
std::string acknowledged_before_kill(const std::string& path, int round,
                                     std::chrono::milliseconds lifetime) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const auto child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    write_for_ever(path, round, ends[1]);
  }
  ::close(ends[1]);
  std::this_thread::sleep_for(lifetime);
  ::kill(child, SIGKILL);
  auto text = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child gave up by itself: " << status;
  return text;
}

TEST(SqliteCrash, nothing_acknowledged_is_lost_to_kill_9) {
  const TemporaryFolder folder;
  const auto path = folder.file("store.db");
  std::mt19937 random(42);  // NOLINT: the same moments in every run, as far as a clock allows
  std::uniform_int_distribution<int> lifetime(5, 120);
  std::size_t documents = 0;
  std::size_t groups = 0;
  for (int round = 0; round < rounds; ++round) {
    std::istringstream told(
        acknowledged_before_kill(path, round, std::chrono::milliseconds(lifetime(random))));
    const auto store = open_sqlite_store(path);
    ASSERT_TRUE(store.has_value()) << describe(store.error());
    std::string what;
    std::string id;
    Version version = 0;
    while (told >> what >> id >> version) {
      if (what == "document") {
        ++documents;
        const auto document = (*store)->get("users", id);
        ASSERT_TRUE(document.has_value()) << id;
        EXPECT_EQ(document->version, version);
      } else {
        ++groups;
        for (int n = 0; n < group_size; ++n) {
          ASSERT_TRUE((*store)->find_sign_in(id + "-" + std::to_string(n)).has_value()) << id;
        }
      }
    }
  }
  EXPECT_GT(documents, std::size_t{rounds}) << "the children hardly wrote anything";
  EXPECT_GT(groups, std::size_t{rounds});

  const auto store = open_sqlite_store(path);
  ASSERT_TRUE(store.has_value());
  const auto changes = (*store)->changes_after(0, 10'000'000);
  ASSERT_TRUE(changes.has_value());
  std::set<std::string> seen;
  for (std::size_t i = 0; i < changes->size(); ++i) {
    ASSERT_EQ((*changes)[i].sequence, static_cast<Sequence>(i + 1)) << "a hole in the feed";
    EXPECT_TRUE(seen.insert((*changes)[i].id).second) << "twice in the feed";
  }
  EXPECT_EQ(seen.size(), (*store)->list("users", "", 10'000'000)->size());
  const auto sign_ins = (*store)->sign_ins({}, std::nullopt, 10'000'000);
  ASSERT_TRUE(sign_ins.has_value());
  EXPECT_EQ(sign_ins->size() % group_size, 0U) << "half a group was kept";
}

}  // namespace
}  // namespace sallyport
