#include "enrolment/key_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "enrolment/whole_file.h"

namespace sallyport {
namespace {

using openssl::Owned;

std::string pem_of(EVP_PKEY* key) {
  const auto bio = openssl::writer();
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return openssl::written(bio.get());
}

}  // namespace

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
  sync_folder_of(path);
  if (!named && !taken) return failure;
  return read_key(path);
}

}  // namespace sallyport
