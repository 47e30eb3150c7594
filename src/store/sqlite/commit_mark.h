// Whether anything was committed to a SQLite file since one last looked, by whichever process,
// without asking SQLite: a few loads from memory instead of a read transaction.
//
// In write-ahead mode all processes share the index of the log, the file `-shm`; its header, which
// each commit writes before it is acknowledged, holds a counter and the checksum of the last frame
// (sqlite.org/walformat.html, section 2.1). It is mapped for reading and never written.
// Threads: any number may call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sallyport::sqlite {

class CommitMark {
 public:
  // REQUIRES: a connection to the database stays open as long as this lives.
  explicit CommitMark(const std::string& database_path);
  ~CommitMark();
  CommitMark(const CommitMark&) = delete;
  CommitMark& operator=(const CommitMark&) = delete;

  // Equal numbers: nothing was committed between the two calls. 0: it cannot be told.
  std::uint64_t read() const;

 private:
  const volatile std::uint32_t* header_ = nullptr;
};

}  // namespace sallyport::sqlite
