// Whether anything was committed to a SQLite file since one last looked, by whichever process,
// without asking SQLite: a few loads from memory instead of a read transaction.
//
// In write-ahead mode all processes share the index of the log, the file `-shm`; its header, which
// each commit writes before it is acknowledged, holds a counter and the checksum of the last frame
// (sqlite.org/walformat.html, section 2.1). It is SQLite's own mapping that is read: to open the
// file a second time and close it would drop the locks that this process holds on it.
// Threads: any number may call.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sallyport::sqlite {

class Connection;

class CommitMark {
 public:
  // REQUIRES: the connection has read something, and stays open as long as this is asked.
  explicit CommitMark(Connection& connection);

  // Equal numbers: nothing was committed between the two calls. 0: it cannot be told.
  std::uint64_t read() const;

 private:
  const volatile std::uint32_t* header_ = nullptr;
};

}  // namespace sallyport::sqlite
