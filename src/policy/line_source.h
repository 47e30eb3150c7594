// A file, or standard input for `-`, as lines or as a whole: whichever it turns out to be.
//
//   auto source = LineSource::open(path);
//   if (*source->is_lines()) while (*(line = source->next())) ...; else source->rest();
//
// Memory: the longest line and 256 KB; as a whole, all of it. Internal to policy/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport {

class LineSource {
 public:
  // Errors: unavailable, for what cannot be read; too_large, for one line or a whole beyond 1 GB.
  [[nodiscard]] static Result<LineSource> open(const std::string& path);

  // Whether these are JSON lines: by the name (`.jsonl`), else by how it begins. UTF-16 never is,
  // and is to be read as a whole. Before the first line.
  [[nodiscard]] Result<bool> is_lines();

  struct Line {
    std::string_view text;     // until the next call
    std::size_t offset = 0;    // in the file
    std::uint32_t number = 0;  // from 1
  };
  // The next line that is not blank; nothing at the end.
  [[nodiscard]] Result<std::optional<Line>> next();
  // All that is left, in UTF-8.
  [[nodiscard]] Result<std::string> rest();

 private:
  explicit LineSource(std::string path) : path_(std::move(path)) {}
  Result<bool> fetch();  // false at the end
  Error unreadable() const;

  std::string path_;
  std::unique_ptr<std::istream> file_;  // null: standard input
  bool ended_ = false;
  std::string buffer_;
  std::size_t begin_ = 0;   // of what is not yet given out, in buffer_
  std::size_t offset_ = 0;  // of buffer_ in the file
  std::uint32_t number_ = 0;
};

}  // namespace sallyport
