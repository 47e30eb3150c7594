// The tree that facts are read from: `/`, or a folder that stands for it.
//
// Paths are absolute, as on the machine. What is not there is no error: it is nothing. What is
// there and cannot be read is an error with the reason in words. Threads: free.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace sallyport::agent {

class Root {
 public:
  explicit Root(std::string prefix = {}) : prefix_(prefix == "/" ? "" : std::move(prefix)) {}

  bool is_live() const { return prefix_.empty(); }
  std::string host_path(std::string_view path) const { return prefix_ + std::string(path); }

  // All of a file of at most 1 MiB; nothing when there is none.
  [[nodiscard]] Result<std::optional<std::string>> read(std::string_view path) const;
  // The same without blanks and line ends around it, for the one-line files of /sys and /proc;
  // nothing when it is missing, empty or unreadable.
  std::string word(std::string_view path) const;
  // Names in a folder in order; none when it is not there.
  [[nodiscard]] Result<std::vector<std::string>> list(std::string_view path) const;
  bool exists(std::string_view path) const;
  std::optional<Instant> changed_at(std::string_view path) const;
  // Where a link leads, by the name at its end; empty: it is no link.
  std::string link_name(std::string_view path) const;
  // With all links followed, as a path in this tree; empty: there is no such thing.
  std::string resolve(std::string_view path) const;
  // A long file, line by line until `take` gives false. Whether the file is there.
  [[nodiscard]] Result<bool> lines(std::string_view path,
                                   const std::function<bool(std::string_view)>& take) const;

 private:
  std::string prefix_;
};

// `text` cut at blanks and tabs.
std::vector<std::string_view> words_of(std::string_view text);
// `text` cut at line ends.
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace sallyport::agent
