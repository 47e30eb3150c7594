// The folder that holds what the agent must not forget. A file is replaced in one step and brought
// to the disk before anybody is told: whoever is killed leaves the old text or the new one.
//
// Names are relative, `spool/00000000000000000017.json`. Threads: one; other processes keep out
// while a Lock is held.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport::agent {

class StateFolder {
 public:
  explicit StateFolder(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  // Nothing: there is no such file.
  [[nodiscard]] Result<std::optional<std::string>> read(std::string_view name) const;
  // Makes folders that are missing. Whom `mode` keeps out never sees a byte.
  [[nodiscard]] Result<void> write(std::string_view name, std::string_view text,
                                   mode_t mode = 0644) const;
  [[nodiscard]] Result<void> remove(std::string_view name) const;  // what is not there is removed
  // Names in a folder of it, in order, without unfinished files.
  [[nodiscard]] Result<std::vector<std::string>> list(std::string_view folder) const;

  // Held while the state is changed. Errors: somebody else holds it, or there is no folder.
  class Lock {
   public:
    Lock(Lock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
    Lock& operator=(Lock&&) = delete;
    ~Lock();

   private:
    friend class StateFolder;
    explicit Lock(int file) : file_(file) {}
    int file_;
  };
  [[nodiscard]] Result<Lock> lock() const;

 private:
  std::string at(std::string_view name) const { return path_ + "/" + std::string(name); }
  std::string path_;
};

}  // namespace sallyport::agent
