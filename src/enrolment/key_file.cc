#include "enrolment/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/digest.h"

namespace sallyport {
namespace {

namespace fs = std::filesystem;
using openssl::Owned;

tl::unexpected<Error> system_failed(const char* what, const std::string& path) {
  return fail(ErrorKind::unavailable,
              std::string(what) + ": " + std::generic_category().message(errno), path);
}

// What has been written is on the disk, and its name too.
void sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

fs::path folder_of(const std::string& path) {
  const auto folder = fs::path(path).parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

// A new file beside `path`, on the disk when this returns.
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

std::string pem_of(EVP_PKEY* key) {
  const auto bio = openssl::writer();
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return openssl::written(bio.get());
}

}  // namespace

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
  sync_folder(folder_of(path));
  return {};
}

Result<Owned<EVP_PKEY>> read_key(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return fail(ErrorKind::not_found, "there is no such file", path);
    return system_failed("cannot be read", path);
  }
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(ErrorKind::invalid_argument,
                "others may read this private key; let its owner alone: chmod 600", path);
  }
  const auto text = read_whole_file(path);
  if (!text) return tl::unexpected<Error>(text.error());
  const auto bio = openssl::reader_of(*text);
  // Without a callback OpenSSL would ask at the terminal for the password of an encrypted key.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (key) return key;
  return fail(ErrorKind::invalid_argument, "holds no PEM private key without a password", path);
}

Result<Owned<EVP_PKEY>> read_or_make_key(const std::string& path, const MakeKey& make) {
  auto existing = read_key(path);
  if (existing || existing.error().kind != ErrorKind::not_found) return existing;
  const auto key = make();
  if (!key) return openssl::failed("no key could be made");
  const auto temporary = write_beside(path, pem_of(key.get()), 0600);
  if (!temporary) return tl::unexpected<Error>(temporary.error());
  const bool named = ::link(temporary->c_str(), path.c_str()) == 0;
  auto failure = system_failed("cannot be made", path);
  const bool taken = !named && errno == EEXIST;
  ::unlink(temporary->c_str());
  sync_folder(folder_of(path));
  if (!named && !taken) return failure;
  return read_key(path);
}

}  // namespace sallyport
