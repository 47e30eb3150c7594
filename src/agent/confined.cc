#include "agent/confined.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/text.h"

namespace sallyport::agent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uid_t nobody = 65534;  // on every Linux distribution, and its group, too
constexpr int could_not_start = 127;

// A folder that we alone may enter, and then the script's user alone; removed at the end.
class PrivateFolder {
 public:
  PrivateFolder() {
    auto name = (std::filesystem::temp_directory_path() / "sallyport-script-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~PrivateFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  const std::string& path() const { return path_; }
  // Once we have written there: whoever it belongs to could put a link in the way.
  bool give_away() const { return geteuid() != 0 || chown(path_.c_str(), nobody, nobody) == 0; }

 private:
  std::string path_;
};

bool limit(int what, rlim_t most) {
  const rlimit bound{most, most};
  return setrlimit(static_cast<__rlimit_resource>(what), &bound) == 0;
}

// In the child, between fork and exec: system calls only.
bool confine(const Limits& limits, const std::string& folder, int output) {
  const int nothing = open("/dev/null", O_RDWR);
  if (setpgid(0, 0) != 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
      dup2(output, STDOUT_FILENO) < 0 || dup2(nothing, STDERR_FILENO) < 0 ||
      close_range(3, ~0U, 0) != 0) {
    return false;
  }
  const bool bounded = limit(RLIMIT_CPU, static_cast<rlim_t>(limits.processor_time.count())) &&
                       limit(RLIMIT_AS, limits.memory) && limit(RLIMIT_FSIZE, limits.file_size) &&
                       limit(RLIMIT_NOFILE, static_cast<rlim_t>(limits.open_files)) &&
                       limit(RLIMIT_NPROC, static_cast<rlim_t>(limits.processes)) &&
                       limit(RLIMIT_CORE, 0);
  if (!bounded) return false;
  if (geteuid() == 0 && (setgroups(0, nullptr) != 0 || setresgid(nobody, nobody, nobody) != 0 ||
                         setresuid(nobody, nobody, nobody) != 0)) {
    return false;
  }
  umask(077);
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && chdir(folder.c_str()) == 0;
}

// `#!/usr/bin/env python3` gives the two words, as the kernel does: one argument at most.
std::vector<std::string> interpreter_of(std::string_view script) {
  if (!script.starts_with("#!")) return {"/bin/sh"};
  const auto line = trim(script.substr(2, script.find('\n') - 2));
  const auto blank = line.find_first_of(" \t");
  std::vector<std::string> words{std::string(line.substr(0, blank))};
  if (blank != line.npos) words.emplace_back(trim(line.substr(blank)));
  return words;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (auto& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

// Of its output, until it is closed. Errors: too long, or too much.
Result<std::string> read_output(int pipe, const Limits& limits) {
  const auto deadline = Clock::now() + limits.wall_time;
  std::string output;
  std::array<char, 16384> buffer{};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd ready{pipe, POLLIN, 0};
    const int found = left.count() <= 0 ? 0 : poll(&ready, 1, static_cast<int>(left.count()));
    if (found < 0 && errno == EINTR) continue;
    if (found <= 0) {
      return fail(ErrorKind::unavailable,
                  "was stopped after " + std::to_string(limits.wall_time.count()) + " seconds");
    }
    const auto got = read(pipe, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return output;
    output.append(buffer.data(), static_cast<std::size_t>(got));
    if (output.size() > limits.output) {
      return fail(ErrorKind::too_large,
                  "was stopped: it printed more than " + std::to_string(limits.output) + " bytes");
    }
  }
}

// Ends the child's group, and what fled from it: orphans come to us, as we are their subreaper.
int end_all(pid_t child) {
  int status = 0;
  kill(-child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const auto path = "/proc/self/task/" + std::to_string(getpid()) + "/children";
  for (;;) {
    std::ifstream children(path);
    bool any = false;
    for (pid_t orphan = 0; children >> orphan;) {
      any = true;
      kill(orphan, SIGKILL);
      waitpid(orphan, nullptr, 0);
    }
    if (!any) return status;
  }
}

// The child has closed its output: it may still be at its last line.
int wait_for_end(pid_t child, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (Clock::now() < deadline) {
    siginfo_t ended{};
    if (waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        ended.si_pid == child) {
      break;
    }
    usleep(5000);
  }
  return end_all(child);
}

}  // namespace

Result<Ended> run_confined(std::string_view script, const Limits& limits) {
  const PrivateFolder folder;
  std::array<int, 2> pipe{};
  const auto file = folder.path() + "/script";
  if (folder.path().empty() || !(std::ofstream(file) << script).flush() ||
      chmod(file.c_str(), 0444) != 0 || !folder.give_away() || pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return fail(ErrorKind::internal, "could not be started: there is no room for it");
  }
  auto words = interpreter_of(script);
  words.push_back(file);
  std::vector<std::string> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                                          "HOME=" + folder.path(), "TMPDIR=" + folder.path()};
  const auto arguments = pointers(words);
  const auto settings = pointers(environment);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const pid_t child = fork();
  if (child == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    if (confine(limits, folder.path(), pipe[1])) {
      execve(arguments[0], arguments.data(), settings.data());
    }
    _exit(could_not_start);
  }
  close(pipe[1]);
  if (child < 0) {
    close(pipe[0]);
    return fail(ErrorKind::internal, "could not be started: too many processes");
  }
  setpgid(child, child);  // whoever is first
  auto output = read_output(pipe[0], limits);
  close(pipe[0]);
  const int status = output ? wait_for_end(child, std::chrono::seconds(5)) : end_all(child);
  if (!output) return tl::unexpected<Error>(output.error());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return Ended{code, std::move(*output)};
}

}  // namespace sallyport::agent
