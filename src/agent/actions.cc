// What the server may ask of a device. Locking is for logind, which tells every session's screen
// locker.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "agent/check_in.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

// Nothing when all went well.
std::string lock_sessions() {
  const pid_t child = fork();
  if (child == 0) {
    execlp("loginctl", "loginctl", "lock-sessions", nullptr);
    _exit(127);
  }
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (child < 0) return "loginctl could not be started";
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return "loginctl is not installed";
  return "loginctl lock-sessions failed";
}

}  // namespace

ActionResult perform(const std::string& id, const std::string& action) {
  ActionResult result{id, action, true, {}};
  if (action == "syncDevice" || action == "retire") return result;
  if (action == "remoteLock") {
    result.detail = lock_sessions();
  } else {
    result.detail = "this agent does not know `" + printable(action) + "`";
  }
  result.done = result.detail.empty();
  return result;
}

}  // namespace sallyport::agent
