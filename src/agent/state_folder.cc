#include "agent/state_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.h"

namespace sallyport::agent {
namespace {

constexpr std::string_view unfinished = ".part";

tl::unexpected<Error> failure(const std::string& path) {
  const auto kind = errno == EACCES || errno == EPERM ? ErrorKind::denied : ErrorKind::unavailable;
  return fail(kind, to_lower(std::strerror(errno)), path);
}

class File {
 public:
  File(const std::string& path, int flags, mode_t mode = 0)
      : file_(open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (file_ >= 0) close(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  explicit operator bool() const { return file_ >= 0; }
  int get() const { return file_; }

 private:
  int file_;
};

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A name is as durable as the folder that holds it.
bool sync_folder_of(const std::string& path) {
  const File folder(std::filesystem::path(path).parent_path().string(), O_RDONLY | O_DIRECTORY);
  return folder && fsync(folder.get()) == 0;
}

}  // namespace

Result<std::optional<std::string>> StateFolder::read(std::string_view name) const {
  const auto path = at(name);
  const File file(path, O_RDONLY);
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return failure(path);
  }
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    const auto got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(path);
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

Result<void> StateFolder::write(std::string_view name, std::string_view text, mode_t mode) const {
  const auto path = at(name);
  const auto part = path + std::string(unfinished);
  std::error_code ec;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ec);
  unlink(part.c_str());  // of somebody who was killed, perhaps with another mode
  const File file(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  if (!file) return failure(part);
  const bool written = write_all(file.get(), text) && fsync(file.get()) == 0 &&
                       rename(part.c_str(), path.c_str()) == 0;
  if (!written) {
    auto error = failure(path);
    unlink(part.c_str());
    return error;
  }
  if (!sync_folder_of(path)) return failure(path);
  return {};
}

Result<void> StateFolder::remove(std::string_view name) const {
  const auto path = at(name);
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return failure(path);
  sync_folder_of(path);
  return {};
}

Result<std::vector<std::string>> StateFolder::list(std::string_view folder) const {
  const auto path = at(folder);
  std::vector<std::string> names;
  DIR* entries = opendir(path.c_str());
  if (entries == nullptr) {
    if (errno == ENOENT) return names;
    return failure(path);
  }
  while (const auto* entry = readdir(entries)) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with('.') && !name.ends_with(unfinished)) names.emplace_back(name);
  }
  closedir(entries);
  std::ranges::sort(names);
  return names;
}

StateFolder::Lock::~Lock() {
  if (file_ >= 0) close(file_);
}

Result<StateFolder::Lock> StateFolder::lock() const {
  std::error_code ec;
  std::filesystem::create_directories(path_, ec);
  const auto path = at("lock");
  Lock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.file_ < 0) return failure(path);
  if (flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::conflict, "another sallyport-agent is at work; try again in a moment",
                path);
  }
  return lock;
}

}  // namespace sallyport::agent
