// Preloaded into the agent: ends it with SIGKILL just before its n-th step that somebody else could
// see, KILL_AT=n; makes every write to a file fail as on a full disk, DISK_FULL=1; or lets nothing
// be connected to, OFFLINE=1.
#include <dlfcn.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace {

void step() {
  static const char* wanted = std::getenv("KILL_AT");
  static int left = wanted == nullptr ? 0 : std::atoi(wanted);
  if (left > 0 && --left == 0) kill(getpid(), SIGKILL);
}

bool disk_is_full(int file) {
  static const bool full = std::getenv("DISK_FULL") != nullptr;
  struct stat found {};
  return full && fstat(file, &found) == 0 && S_ISREG(found.st_mode);
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

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
