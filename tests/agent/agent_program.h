// sallyport-agent as it is shipped, a machine below a folder for it to look at, and a server.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "agent_server.h"

namespace sallyport {

namespace fs = std::filesystem;

struct Ran {
  int exit = -1;  // 128 and the signal
  std::string output;
};

class AgentProgram : public testing::Test {
 protected:
  AgentProgram() {
    file("/etc/os-release", "ID=ubuntu\nVERSION_ID=22.04\n");
    file("/proc/sys/kernel/hostname", "anna-laptop\n");
    fs::create_directories(folder_.path() / "bin");
  }
  ~AgentProgram() override {
    if (service_ > 0) {
      kill(service_, SIGTERM);
      waitpid(service_, nullptr, 0);
    }
  }

  std::string root() const { return folder_.file("root"); }
  std::string state() const { return folder_.file("state"); }
  void file(const std::string& path, const std::string& text) const {
    const auto where = root() + path;
    fs::create_directories(fs::path(where).parent_path());
    std::ofstream(where) << text;
  }
  static std::string text_of(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t waiting() const {
    std::size_t n = 0;
    if (!fs::exists(state() + "/spool")) return 0;
    for (const auto& entry : fs::directory_iterator(state() + "/spool")) {
      if (entry.path().extension() == ".json") ++n;
    }
    return n;
  }
  bool is_enrolled() const { return fs::exists(state() + "/enrolment.json"); }

  Ran run(const std::string& words, const std::string& environment = {}) const {
    // Sanitizers want to be loaded first, and exit with a code of their own.
    const auto command = "PATH=" + folder_.file("bin") +
                         ":$PATH ASAN_OPTIONS=verify_asan_link_order=0 " + environment +
                         " exec " SALLYPORT_AGENT " " + words + " 2>&1";
    std::FILE* pipe = popen(command.c_str(), "r");
    Ran out;
    std::array<char, 4096> buffer{};
    while (const auto got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
      out.output.append(buffer.data(), got);
    }
    const int status = pclose(pipe);
    out.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return out;
  }
  std::string place() const { return " --state " + state() + " --root " + root(); }
  Ran enrol(const std::string& token = "good-1", const std::string& environment = {},
            const std::string& tpm = "none") const {
    return run("enrol --server " + server_.url() + " --ca " + server_.authority_file() +
                   " --token " + token + " --tpm " + tpm + place(),
               environment);
  }
  Ran check_in(const std::string& environment = {}) const {
    return run("check-in" + place(), environment);
  }
  Ran status() const { return run("status --state " + state()); }
  static std::string killed_at(int step) {
    return "KILL_AT=" + std::to_string(step) + " LD_PRELOAD=" SALLYPORT_KILL_AT;
  }

  template <class Condition>
  static bool eventually(Condition condition) {
    for (int i = 0; i < 600; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }
  using Environment = std::vector<std::pair<const char*, std::string>>;
  void start_service(const Environment& environment = {}) {
    service_ = fork();
    if (service_ == 0) {
      for (const auto& [name, value] : environment) setenv(name, value.c_str(), 1);
      const auto state_folder = state();
      const auto root_folder = root();
      execl(SALLYPORT_AGENT, SALLYPORT_AGENT, "run", "--watch", "1", "--state",
            state_folder.c_str(), "--root", root_folder.c_str(), nullptr);
      _exit(127);
    }
  }
  std::string last_report() const {
    const auto bodies = server_.seen().bodies;
    return bodies.empty() ? "" : bodies.back();
  }

  TemporaryFolder folder_;
  AgentServer server_;
  pid_t service_ = 0;
};

inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

}  // namespace sallyport
