#include "agent/root.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>

#include "base/text.h"

namespace sallyport::agent {
namespace {

constexpr std::size_t file_size_max = 1024 * 1024;

bool is_missing(int code) { return code == ENOENT || code == ENOTDIR; }

tl::unexpected<Error> failure(int code, std::string_view path) {
  return fail(ErrorKind::unavailable, to_lower(std::strerror(code)), std::string(path));
}

struct Closer {
  void operator()(DIR* folder) const { closedir(folder); }
};

}  // namespace

Result<std::optional<std::string>> Root::read(std::string_view path) const {
  const int file = open(host_path(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    if (is_missing(errno)) return std::nullopt;
    return failure(errno, path);
  }
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    const auto got = ::read(file, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || text.size() > file_size_max) {
      const int code = got < 0 ? errno : 0;
      close(file);
      if (code != 0) return failure(code, path);
      if (got != 0) return fail(ErrorKind::too_large, "larger than 1 MiB", std::string(path));
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::string Root::word(std::string_view path) const {
  const auto text = read(path);
  return text && *text ? std::string(trim(**text)) : std::string();
}

Result<std::vector<std::string>> Root::list(std::string_view path) const {
  const std::unique_ptr<DIR, Closer> folder(opendir(host_path(path).c_str()));
  if (!folder) {
    if (is_missing(errno)) return std::vector<std::string>();
    return failure(errno, path);
  }
  std::vector<std::string> names;
  while (const auto* entry = readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

bool Root::exists(std::string_view path) const {
  struct stat ignored {};
  return stat(host_path(path).c_str(), &ignored) == 0;
}

std::optional<Instant> Root::changed_at(std::string_view path) const {
  struct stat found {};
  if (stat(host_path(path).c_str(), &found) != 0) return std::nullopt;
  return Instant(std::chrono::seconds(found.st_mtim.tv_sec) +
                 std::chrono::microseconds(found.st_mtim.tv_nsec / 1000));
}

std::string Root::link_name(std::string_view path) const {
  std::array<char, PATH_MAX> target{};
  const auto size = readlink(host_path(path).c_str(), target.data(), target.size());
  if (size <= 0) return {};
  const std::string_view text(target.data(), static_cast<std::size_t>(size));
  return std::string(text.substr(text.rfind('/') + 1));
}

std::string Root::resolve(std::string_view path) const {
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(host_path(path).c_str(), nullptr),
                                                         &std::free);
  if (!real) return {};
  const std::unique_ptr<char, decltype(&std::free)> own(
      realpath(prefix_.empty() ? "/" : prefix_.c_str(), nullptr), &std::free);
  const std::string_view text = real.get();
  const std::string_view prefix = own ? std::string_view(own.get()) : std::string_view();
  if (prefix.size() <= 1) return std::string(text);
  return text.starts_with(prefix) ? std::string(text.substr(prefix.size())) : std::string();
}

Result<bool> Root::lines(std::string_view path,
                         const std::function<bool(std::string_view)>& take) const {
  std::ifstream file(host_path(path));
  if (!file) {
    if (is_missing(errno)) return false;
    return failure(errno, path);
  }
  for (std::string line; std::getline(file, line);) {
    if (!take(line)) return true;
  }
  if (file.bad()) return fail(ErrorKind::unavailable, "could not be read", std::string(path));
  return true;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == text.npos) return words;
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(" \t\r\n"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace sallyport::agent
