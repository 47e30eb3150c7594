// Preloaded into a program, here is what can go wrong around it.
//
// From the environment: it ends with SIGKILL just before its n-th step that somebody else could
// see, KILL_AT=n; nothing can be connected to, OFFLINE=1. From files in the folder FAULTS, which
// are looked for at every step, so that they can be put there while it runs:
//
//   kill   a number: as KILL_AT, from now on
//   full   every write to a file fails as on a full disk
//   clock  a number: the clock of the wall is so many seconds ahead
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace {

// What the file holds; `otherwise` when there is none. By system calls, to be no step itself.
long fault(const char* name, long otherwise) {
  static const char* folder = std::getenv("FAULTS");
  if (folder == nullptr) return otherwise;
  char path[4096];
  const auto size = std::strlen(folder);
  if (size + 16 > sizeof path) return otherwise;
  std::memcpy(path, folder, size);
  path[size] = '/';
  std::strcpy(path + size + 1, name);
  const auto saved = errno;
  const auto file = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC));
  char text[32] = {};
  const auto got = file < 0 ? -1 : syscall(SYS_read, file, text, sizeof text - 1);
  if (file >= 0) syscall(SYS_close, file);
  errno = saved;
  return got < 0 ? otherwise : got == 0 ? 1 : std::atol(text);
}

void step() {
  static const char* wanted = std::getenv("KILL_AT");
  static std::atomic<long> left{wanted == nullptr ? 0 : std::atol(wanted)};
  static std::atomic<bool> begun{wanted != nullptr};
  if (!begun) {
    const auto asked = fault("kill", 0);
    if (asked == 0 || begun.exchange(true)) return;
    left = asked;
  }
  if (--left == 0) kill(getpid(), SIGKILL);
}

bool disk_is_full(int file) {
  struct stat found {};
  return fault("full", 0) != 0 && fstat(file, &found) == 0 && S_ISREG(found.st_mode);
}

// Whether a call that writes may go on; a step in any case.
bool may_write(int file) {
  step();
  if (!disk_is_full(file)) return true;
  errno = ENOSPC;
  return false;
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int rename(const char* from, const char* to) {
  step();
  static const auto next = real<int(const char*, const char*)>("rename");
  return next(from, to);
}
int unlink(const char* path) {
  step();
  static const auto next = real<int(const char*)>("unlink");
  return next(path);
}
int fsync(int file) {
  step();
  static const auto next = real<int(int)>("fsync");
  return next(file);
}
int fdatasync(int file) {
  step();
  static const auto next = real<int(int)>("fdatasync");
  return next(file);
}
int ftruncate64(int file, off64_t size) noexcept {
  step();
  static const auto next = real<int(int, off64_t)>("ftruncate64");
  return next(file, size);
}
ssize_t write(int file, const void* bytes, size_t size) {
  static const auto next = real<ssize_t(int, const void*, size_t)>("write");
  return may_write(file) ? next(file, bytes, size) : -1;
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  static const auto next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return may_write(file) ? next(file, bytes, size, at) : -1;
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
  static const auto next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return may_write(file) ? next(file, bytes, size, at) : -1;
}
int connect(int socket, const sockaddr* address, socklen_t size) {
  step();
  if (std::getenv("OFFLINE") != nullptr) {
    errno = ENETUNREACH;
    return -1;
  }
  static const auto next = real<int(int, const sockaddr*, socklen_t)>("connect");
  return next(socket, address, size);
}
ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  step();
  static const auto next = real<ssize_t(int, const msghdr*, int)>("sendmsg");
  return next(socket, message, flags);
}
ssize_t recvmsg(int socket, msghdr* message, int flags) {
  step();
  static const auto next = real<ssize_t(int, msghdr*, int)>("recvmsg");
  return next(socket, message, flags);
}

int clock_gettime(clockid_t clock, timespec* into) noexcept {
  const auto got = static_cast<int>(syscall(SYS_clock_gettime, clock, into));
  if (got == 0 && clock == CLOCK_REALTIME) into->tv_sec += fault("clock", 0);
  return got;
}
time_t time(time_t* into) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (into != nullptr) *into = now.tv_sec;
  return now.tv_sec;
}
int gettimeofday(timeval* into, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  into->tv_sec = now.tv_sec;
  into->tv_usec = now.tv_nsec / 1000;
  return 0;
}

}  // extern "C"
