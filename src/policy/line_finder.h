// Lines and columns of many offsets in one text, mostly asked for in order. Internal to policy/.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.h"

namespace sallyport {

// Cost: a text is walked once as long as the offsets rise; an offset before the last starts over.
class LineFinder {
 public:
  json::Position find(std::string_view text, std::size_t offset) {
    if (text.data() != text_.data() || text.size() != text_.size() || offset < offset_) {
      text_ = text;
      offset_ = 0;
      line_ = 1;
      line_start_ = 0;
    }
    for (const auto end = offset < text.size() ? offset : text.size(); offset_ < end; ++offset_) {
      if (text[offset_] != '\n') continue;
      ++line_;
      line_start_ = offset_ + 1;
    }
    return {line_, static_cast<std::uint32_t>(offset_ - line_start_) + 1};
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace sallyport
