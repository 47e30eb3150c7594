#include "enrolment/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/digest.h"

namespace sallyport {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const std::string& path) {
  const auto folder = fs::path(path).parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

}  // namespace

tl::unexpected<Error> system_failed(const char* what, const std::string& path) {
  return fail(ErrorKind::unavailable,
              std::string(what) + ": " + std::generic_category().message(errno), path);
}

void sync_folder_of(const std::string& path) {
  const int fd = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

Result<std::string> write_beside(const std::string& path, std::string_view content, mode_t mode) {
  std::error_code error;
  fs::create_directories(folder_of(path), error);
  if (error) return fail(ErrorKind::unavailable, "cannot be made: " + error.message(), path);
  const auto suffix = random_text(9);
  if (!suffix) return suffix;
  auto temporary = path + "." + *suffix;
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return system_failed("cannot be made", path);
  std::size_t done = 0;
  bool good = true;
  while (good && done < content.size()) {
    const auto wrote = ::write(fd, content.data() + done, content.size() - done);
    good = wrote > 0 || (wrote < 0 && errno == EINTR);
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
  good = good && ::fsync(fd) == 0;
  auto failure = system_failed("cannot be written", path);
  ::close(fd);
  if (good) return temporary;
  ::unlink(temporary.c_str());
  return failure;
}

Result<std::string> read_whole_file(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return fail(ErrorKind::not_found, "there is no such file", path);
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || text.fail()) return fail(ErrorKind::unavailable, "cannot be read", path);
  return text.str();
}

Result<void> write_whole_file(const std::string& path, std::string_view content) {
  const auto temporary = write_beside(path, content, 0644);
  if (!temporary) return tl::unexpected<Error>(temporary.error());
  if (::rename(temporary->c_str(), path.c_str()) != 0) {
    auto failure = system_failed("cannot be replaced", path);
    ::unlink(temporary->c_str());
    return failure;
  }
  sync_folder_of(path);
  return {};
}

}  // namespace sallyport
