#include "policy/line_source.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <utility>

#include "base/text.h"
#include "policy/source_text.h"

namespace sallyport {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_size = 256 * 1024;
constexpr std::size_t size_max = std::size_t{1} << 30U;
constexpr std::string_view utf8_mark = "\xef\xbb\xbf";

bool is_utf16(std::string_view bytes) {
  return bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff");
}

}  // namespace

Result<LineSource> LineSource::open(const std::string& path) {
  LineSource source(path);
  if (path == "-") return source;
  source.file_ = std::make_unique<std::ifstream>(path, std::ios::binary);
  if (!*source.file_) return tl::unexpected<Error>(source.unreadable());
  return source;
}

Error LineSource::unreadable() const {
  return {ErrorKind::unavailable,
          "this file cannot be read; check that it exists and that you may read it",
          {}};
}

Result<bool> LineSource::fetch() {
  if (ended_) return false;
  // What was given out goes first: a line may be as long as the limit.
  buffer_.erase(0, begin_);
  offset_ += std::exchange(begin_, 0);
  const auto had = buffer_.size();
  if (had > size_max) {
    return fail(ErrorKind::too_large,
                "this is larger than 1 GB in one piece; split it, or write JSON lines");
  }
  // At least as much again: a long line is then moved a few times, not once a piece.
  const auto wanted = std::max(piece_size, had);
  buffer_.resize(had + wanted);
  auto& in = file_ ? *file_ : std::cin;
  in.read(buffer_.data() + had, static_cast<std::streamsize>(wanted));
  const auto got = static_cast<std::size_t>(in.gcount());
  buffer_.resize(had + got);
  if (in.bad()) return tl::unexpected<Error>(unreadable());
  ended_ = got < wanted;
  return got > 0;
}

Result<bool> LineSource::is_lines() {
  const bool named = to_lower(fs::path(path_).extension().string()) == ".jsonl";
  for (;;) {
    const auto more = fetch();
    if (!more) return more;
    if (is_utf16(buffer_)) return false;
    if (offset_ == 0 && begin_ == 0 && buffer_.starts_with(utf8_mark)) begin_ = utf8_mark.size();
    if (named) return true;
    const auto known = looks_like_lines(std::string_view(buffer_).substr(begin_));
    if (known || !*more) return known.value_or(false);
  }
}

Result<std::optional<LineSource::Line>> LineSource::next() {
  std::size_t looked_at = begin_;
  for (;;) {
    const auto end = buffer_.find('\n', looked_at);
    if (end == std::string::npos && !ended_) {
      looked_at = buffer_.size() - begin_;
      if (const auto more = fetch(); !more) return tl::unexpected<Error>(more.error());
      continue;
    }
    const auto size = std::min(end, buffer_.size()) - begin_;
    const Line line{std::string_view(buffer_).substr(begin_, size), offset_ + begin_, ++number_};
    if (begin_ == buffer_.size()) return std::nullopt;
    begin_ = std::min(begin_ + size + 1, buffer_.size());
    if (!trim(line.text).empty()) return line;
    looked_at = begin_;
  }
}

Result<std::string> LineSource::rest() {
  for (;;) {
    const auto more = fetch();
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) break;
  }
  auto bytes = std::exchange(buffer_, {});
  if (is_utf16(bytes)) return decode_text(bytes);
  bytes.erase(0, std::exchange(begin_, 0));
  return bytes;
}

}  // namespace sallyport
