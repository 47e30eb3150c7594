#include "server/local_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/text.h"

namespace sallyport {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_;
};

int new_socket() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

tl::unexpected<Error> cannot(const std::string& path, int error) {
  return fail(ErrorKind::unavailable, "cannot listen on `" + printable(path) +
                                          "`: " + std::generic_category().message(error));
}

// Nothing, or what nobody listens on any more, may be in the way.
Result<void> clear_the_way(const std::string& path, const sockaddr* address, socklen_t size) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) return {};
  if (!S_ISSOCK(there.st_mode))
    return fail(ErrorKind::invalid_argument,
                "cannot listen on `" + printable(path) + "`: another file has this name");
  const Descriptor probe(new_socket());
  if (::connect(probe.get(), address, size) == 0 || errno != ECONNREFUSED)
    return cannot(path, EADDRINUSE);
  if (::unlink(path.c_str()) != 0) return cannot(path, errno);
  return {};
}

}  // namespace

Result<int> listen_on_file(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return fail(ErrorKind::invalid_argument,
                "cannot listen on `" + printable(path) + "`: such a path must be shorter than " +
                    std::to_string(sizeof address.sun_path) + " bytes");
  std::memcpy(address.sun_path, path.data(), path.size());
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (auto cleared = clear_the_way(path, generic, sizeof address); !cleared)
    return tl::unexpected<Error>(std::move(cleared.error()));
  Descriptor listener(new_socket());
  // Nobody can connect before listen().
  if (listener.get() < 0 || ::bind(listener.get(), generic, sizeof address) != 0 ||
      ::chmod(path.c_str(), 0660) != 0 || ::listen(listener.get(), SOMAXCONN) != 0)
    return cannot(path, errno);
  return listener.release();
}

}  // namespace sallyport
