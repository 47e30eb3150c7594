#include "data_folder.h"

#include <filesystem>
#include <system_error>

#include "store/sqlite/sqlite_store.h"

namespace sallyport::cli {

Result<std::unique_ptr<Store>> open_data_folder(const std::string& folder, Opening opening) {
  const std::filesystem::path path = std::filesystem::path(folder) / "sallyport.db";
  std::error_code error;
  if (opening == Opening::made_when_missing) {
    std::filesystem::create_directories(folder, error);
    if (error) return fail(ErrorKind::unavailable, "cannot be made: " + error.message(), folder);
  } else if (const bool exists = std::filesystem::exists(path, error); error) {
    return fail(
        ErrorKind::unavailable,
        "cannot be looked into: " + error.message() + "; say this as the user the server runs as",
        folder);
  } else if (!exists) {
    return fail(ErrorKind::not_found, "there is no store here: start the server or import first",
                folder);
  }
  return open_sqlite_store(path.string());
}

}  // namespace sallyport::cli
