// Preloaded into the agent: ends it with SIGKILL just before its n-th step that somebody else could
// see, KILL_AT=n; makes every write to a file fail as on a full disk, while the file DISK_FULL is
// there; lets nothing be connected to, OFFLINE=1; or sets the clocks forward by what is in the
// files WALL_CLOCK and BOOT_CLOCK, in seconds.
#include <dlfcn.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

void step() {
  static const char* wanted = std::getenv("KILL_AT");
  static int left = wanted == nullptr ? 0 : std::atoi(wanted);
  if (left > 0 && --left == 0) kill(getpid(), SIGKILL);
}

bool disk_is_full(int file) {
  static const char* full = std::getenv("DISK_FULL");
  struct stat found {};
  return full != nullptr && access(full, F_OK) == 0 && fstat(file, &found) == 0 &&
         S_ISREG(found.st_mode);
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

time_t seconds_in(const char* variable) {
  const char* path = std::getenv(variable);
  std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "r");
  if (file == nullptr) return 0;
  long seconds = 0;
  if (std::fscanf(file, "%ld", &seconds) != 1) seconds = 0;
  std::fclose(file);
  return seconds;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static auto* const other = real<int(clockid_t, timespec*)>("clock_gettime");
  const int got = other(clock, time);
  if (clock == CLOCK_REALTIME) time->tv_sec += seconds_in("WALL_CLOCK");
  if (clock == CLOCK_BOOTTIME) time->tv_sec += seconds_in("BOOT_CLOCK");
  return got;
}

int rename(const char* from, const char* to) {
  step();
  return real<int(const char*, const char*)>("rename")(from, to);
}
int unlink(const char* path) {
  step();
  return real<int(const char*)>("unlink")(path);
}
int fsync(int file) {
  step();
  return real<int(int)>("fsync")(file);
}
ssize_t write(int file, const void* bytes, size_t size) {
  step();
  if (disk_is_full(file)) {
    errno = ENOSPC;
    return -1;
  }
  return real<ssize_t(int, const void*, size_t)>("write")(file, bytes, size);
}
int connect(int socket, const sockaddr* address, socklen_t size) {
  step();
  if (std::getenv("OFFLINE") != nullptr) {
    errno = ENETUNREACH;
    return -1;
  }
  return real<int(int, const sockaddr*, socklen_t)>("connect")(socket, address, size);
}
ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  step();
  return real<ssize_t(int, const msghdr*, int)>("sendmsg")(socket, message, flags);
}
ssize_t recvmsg(int socket, msghdr* message, int flags) {
  step();
  return real<ssize_t(int, msghdr*, int)>("recvmsg")(socket, message, flags);
}

}  // extern "C"
