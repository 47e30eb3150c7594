// Preloaded into a program, here is what can go wrong around it. From the environment:
//
//   KILL_AT=n          it ends with SIGKILL just before its n-th step that somebody else could see
//   KILL_WHEN=FILE     the same, counted from when the file is there, which holds n
//   DISK_FULL=FILE     while the file is there, every write to a file fails as on a full disk
//   OFFLINE=1          nothing can be connected to
//   WALL_CLOCK=FILE    the clock of the wall is ahead by so many seconds as the file holds
//   BOOT_CLOCK=FILE    the same of that since the start of the machine
//   TLS_CLOCK=FILE     the same of time(), by which certificates of TLS are verified
//
// Files are looked for at every step, so that they can be put there while it runs.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

namespace {

// What the file holds that the variable names; `otherwise` when there is none. By system calls, to
// be no step itself.
long number_in(const char* variable, long otherwise) {
  const char* path = std::getenv(variable);
  if (path == nullptr) return otherwise;
  const auto saved = errno;
  const auto file = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC));
  char text[32] = {};
  const auto got = file < 0 ? -1 : syscall(SYS_read, file, text, sizeof text - 1);
  if (file >= 0) syscall(SYS_close, file);
  errno = saved;
  return got <= 0 ? otherwise : std::atol(text);
}

void step() {
  static const char* wanted = std::getenv("KILL_AT");
  static std::atomic<long> left{wanted == nullptr ? 0 : std::atol(wanted)};
  static std::atomic<bool> begun{wanted != nullptr};
  if (!begun) {
    const auto asked = number_in("KILL_WHEN", 0);
    if (asked == 0 || begun.exchange(true)) return;
    left = asked;
  }
  if (--left == 0) kill(getpid(), SIGKILL);
}

bool disk_is_full(int file) {
  static const char* full = std::getenv("DISK_FULL");
  struct stat found {};
  return full != nullptr && syscall(SYS_faccessat, AT_FDCWD, full, F_OK) == 0 &&
         fstat(file, &found) == 0 && S_ISREG(found.st_mode);
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
  if (got == 0 && clock == CLOCK_REALTIME) into->tv_sec += number_in("WALL_CLOCK", 0);
  if (got == 0 && clock == CLOCK_BOOTTIME) into->tv_sec += number_in("BOOT_CLOCK", 0);
  return got;
}
time_t time(time_t* into) noexcept {
  timespec now{};
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
  now.tv_sec += number_in("TLS_CLOCK", 0);
  if (into != nullptr) *into = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
