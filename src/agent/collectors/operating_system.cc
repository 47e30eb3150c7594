// The distribution as os-release(5) tells it, the kernel that runs, and the host's name.
#include "agent/collect.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

// The value of a shell assignment: without its quotes, a backslash before what needs one.
std::string unquoted(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

void release(const Root& root, Readings& into) {
  auto text = root.read("/etc/os-release");
  if (text && !*text) text = root.read("/usr/lib/os-release");
  if (!text) {
    into.unreadable("distribution", describe(text.error()));
    into.unreadable("osVersion", describe(text.error()));
    return;
  }
  if (!*text) return;
  for (const auto line : lines_of(**text)) {
    const auto equals = line.find('=');
    if (equals == line.npos) continue;
    const auto name = trim(line.substr(0, equals));
    const auto value = unquoted(line.substr(equals + 1));
    if (value.empty()) continue;
    if (name == "ID") into.set("distribution", value);
    if (name == "VERSION_ID") into.set("osVersion", value);
  }
}

}  // namespace

void operating_system(const Root& root, Readings& into) {
  into.set("operatingSystem", "Linux");
  release(root, into);
  if (auto kernel = root.word("/proc/sys/kernel/osrelease"); !kernel.empty()) {
    into.set("kernelVersion", std::move(kernel));
  }
  if (auto name = root.word("/proc/sys/kernel/hostname"); !name.empty()) {
    into.set("deviceName", std::move(name));
  }
}

}  // namespace sallyport::agent
