#include "service/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace sallyport {
namespace {

tl::unexpected<Error> failed(const char* what, int error) {
  return fail(ErrorKind::unavailable, std::string(what) + ": " + std::strerror(error));
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

OwnedFile::OwnedFile(OwnedFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

OwnedFile& OwnedFile::operator=(OwnedFile&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

void OwnedFile::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Result<OwnedFile> make_temporary_file() {
  std::error_code ignored;
  auto folder = std::filesystem::temp_directory_path(ignored);
  if (folder.empty()) folder = "/tmp";
  std::string name = (folder / "sallyport-XXXXXX").string();
  OwnedFile file(mkostemp(name.data(), O_CLOEXEC));
  if (file.descriptor() < 0) return failed("no temporary file can be made", errno);
  unlink(name.c_str());
  return file;
}

Result<void> write_all(const OwnedFile& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file.descriptor(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("a temporary file cannot be written", errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> rewind(const OwnedFile& file) {
  if (lseek(file.descriptor(), 0, SEEK_SET) < 0) {
    return failed("a temporary file cannot be read", errno);
  }
  return {};
}

Result<std::string> read_all(const OwnedFile& file, std::size_t size_max) {
  if (auto begun = rewind(file); !begun) return tl::unexpected<Error>(begun.error());
  std::string out;
  char buffer[16 * 1024];
  for (;;) {
    const ssize_t got = read(file.descriptor(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("a temporary file cannot be read", errno);
    if (got == 0) return out;
    out.append(buffer, static_cast<std::size_t>(got));
    if (out.size() > size_max) {
      return fail(ErrorKind::too_large,
                  "the result has more than " + std::to_string(size_max) + " bytes");
    }
  }
}

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failed("no pipe can be made", errno);
  return Pipe{OwnedFile(ends[0]), OwnedFile(ends[1])};
}

Result<pid_t> start_process(const std::string& program, const std::vector<std::string>& arguments,
                            const std::vector<std::string>& environment,
                            std::span<const int> descriptors) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  // Out of the way first: none of them may be written over before it is put in its place.
  std::vector<OwnedFile> copies;
  const int beyond = static_cast<int>(descriptors.size());
  for (const int one : descriptors) copies.emplace_back(fcntl(one, F_DUPFD_CLOEXEC, beyond));
  for (int i = 0; i < beyond; ++i) {
    posix_spawn_file_actions_adddup2(&files, copies[static_cast<std::size_t>(i)].descriptor(), i);
  }
  posix_spawn_file_actions_addclosefrom_np(&files, beyond);

  posix_spawnattr_t how;
  posix_spawnattr_init(&how);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&how, &none);
  posix_spawnattr_setsigdefault(&how, &all);
  posix_spawnattr_setpgroup(&how, 0);
  posix_spawnattr_setflags(&how,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment;
  for (char** one = environ; *one != nullptr; ++one) variables.emplace_back(*one);
  pid_t process = 0;
  const int error = posix_spawn(&process, program.c_str(), &files, &how, pointers_to(words).data(),
                                pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  if (error != 0) return failed("the analysis cannot be started", error);
  constexpr int lower = 10;
  setpriority(PRIO_PROCESS, static_cast<id_t>(process), lower);  // if not, it is only slower for us
  return process;
}

int wait_for(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return 128;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void end_process(pid_t process) {
  kill(-process, SIGKILL);
  kill(process, SIGKILL);
}

}  // namespace sallyport
