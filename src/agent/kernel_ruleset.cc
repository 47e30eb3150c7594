#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "agent/ruleset.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

constexpr int tries = 3;  // a dump that somebody changes rules under is begun anew
constexpr std::size_t buffer_size = 64 * 1024;

tl::unexpected<Error> failure(int code) {
  return fail(ErrorKind::unavailable,
              "the kernel does not show its rules: " + to_lower(std::strerror(code)));
}

class Socket {
 public:
  Socket() : file_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER)) {
    const timeval patience{2, 0};
    setsockopt(file_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Socket() {
    if (file_ >= 0) close(file_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // All messages of a kind; `interrupted` when the rules changed meanwhile.
  Result<std::string> dump(int kind, bool& interrupted) {
    if (file_ < 0) return failure(errno);
    struct {
      nlmsghdr head;
      nfgenmsg message;
    } request{};
    request.head.nlmsg_len = sizeof request;
    request.head.nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | kind);
    request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.message.nfgen_family = AF_UNSPEC;
    if (send(file_, &request, sizeof request, 0) < 0) return failure(errno);
    std::string messages;
    std::vector<char> buffer(buffer_size);
    for (bool ended = false; !ended;) {
      const auto got = recv(file_, buffer.data(), buffer.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failure(errno);
      const std::string_view part(buffer.data(), static_cast<std::size_t>(got));
      if (const auto code = look(part, ended, interrupted); code != 0) return failure(code);
      messages += part;
    }
    return messages;
  }

 private:
  // The error that a part tells of; whether it is the last.
  static int look(std::string_view part, bool& ended, bool& interrupted) {
    while (part.size() >= sizeof(nlmsghdr)) {
      nlmsghdr head;
      std::memcpy(&head, part.data(), sizeof head);
      if (head.nlmsg_len < sizeof head || head.nlmsg_len > part.size()) return EBADMSG;
      if ((head.nlmsg_flags & NLM_F_DUMP_INTR) != 0) interrupted = true;
      if (head.nlmsg_type == NLMSG_DONE) ended = true;
      if (head.nlmsg_type == NLMSG_ERROR) {
        nlmsgerr error{};
        if (head.nlmsg_len < sizeof head + sizeof error) return EBADMSG;
        std::memcpy(&error, part.data() + sizeof head, sizeof error);
        if (error.error != 0) return -error.error;
        ended = true;
      }
      part.remove_prefix(std::min<std::size_t>(NLMSG_ALIGN(head.nlmsg_len), part.size()));
    }
    return 0;
  }

  int file_;
};

}  // namespace

Result<Ruleset> kernel_ruleset() {
  for (int i = 0; i < tries; ++i) {
    Ruleset ruleset;
    bool interrupted = false;
    Socket socket;
    for (const int kind : {NFT_MSG_GETCHAIN, NFT_MSG_GETRULE}) {
      const auto messages = socket.dump(kind, interrupted);
      if (!messages) return tl::unexpected<Error>(messages.error());
      if (auto added = ruleset.add(*messages); !added) return tl::unexpected<Error>(added.error());
    }
    if (!interrupted) return ruleset;
  }
  return fail(ErrorKind::unavailable, "the kernel's rules change while they are read");
}

}  // namespace sallyport::agent
