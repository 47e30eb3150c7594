// The store in one SQLite file (with its -wal and -shm beside it): the default, and enough for a
// company.
//
// Durability: write-ahead log with synchronous=FULL, so a commit is on the disk before it is
// acknowledged. One commit costs one fsync (about a millisecond on a common SSD) however many
// writes or records it holds: whoever has many, hands them over in groups.
// Threads: writers take turns on one connection; readers have connections of their own, and
// neither wait for writers nor hold them up.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "store/store.h"

namespace sallyport {

struct SqliteOptions {
  std::chrono::milliseconds busy_timeout{5000};  // then a lock of another program is an error
  std::int64_t size_max = 0;                     // bytes the file may grow to; 0: no limit
};

// Creates the file when there is none, readable by its owner alone.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path,
                                                               const SqliteOptions& options = {});

}  // namespace sallyport
