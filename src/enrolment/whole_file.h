// Files read whole, and written whole or not at all: what is written is on the disk before it gets
// its name. Threads: any; processes too.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport {

// not_found: there is no such file.
[[nodiscard]] Result<std::string> read_whole_file(const std::string& path);
// Replaces what is there.
[[nodiscard]] Result<void> write_whole_file(const std::string& path, std::string_view content);

// A new file beside `path`, on the disk when this returns, under the name it gives.
[[nodiscard]] Result<std::string> write_beside(const std::string& path, std::string_view content,
                                               mode_t mode);
// Brings the names in a file's folder to the disk.
void sync_folder_of(const std::string& path);
// What the system has just said, about this file.
tl::unexpected<Error> system_failed(const char* what, const std::string& path);

}  // namespace sallyport
