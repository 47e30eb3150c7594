#include "analysis/replay/record_stream.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace sallyport::replay {
namespace {

constexpr std::size_t buffer_size = std::size_t{1} << 20U;
constexpr std::string_view too_long = "is longer than 16 MB";
constexpr std::string_view interrupted = "is cut short: the next record begins inside it";
constexpr std::string_view ends_early = "is cut short: the file ends inside it";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

tl::unexpected<Error> never_closed() {
  return fail(ErrorKind::invalid_argument,
              "the array of records is never closed: the export was cut short");
}

}  // namespace

// A value while it is looked at, byte by byte. Places count from at_.
struct RecordStream::Scan {
  std::size_t place = 0;
  std::size_t depth = 0;
  std::uint64_t objects = 0;  // the 64 innermost levels, the last lowest: whether it is an object
  bool in_string = false;
  bool escaped = false;
  bool dropped = false;  // too long: its beginning is given up
  char last = '\0';      // the last character that is no blank, outside of strings
  std::uint64_t lines = 0;
  // Of the last string at depth 1: where its text begins and ends.
  std::size_t key_begin = 0, key_end = 0;
};

RecordStream::RecordStream(ByteSource& source, std::size_t size_max, std::function<void()> leaving)
    : source_(source), size_max_(size_max), leaving_(std::move(leaving)), buffer_(buffer_size) {}

Result<bool> RecordStream::more() {
  if (leaving_) leaving_();
  if (at_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
    end_ -= at_;
    at_ = 0;
  }
  if (buffer_.size() - end_ < buffer_size / 2) buffer_.resize(buffer_.size() * 2);
  const auto room = buffer_.size() - end_ - record_padding;
  const auto got = source_.read({buffer_.data() + end_, room});
  if (!got) return tl::unexpected<Error>(got.error());
  end_ += *got;
  std::memset(buffer_.data() + end_, 0, record_padding);
  return *got != 0;
}

Result<bool> RecordStream::skip_blanks() {
  for (;;) {
    for (; at_ < end_ && is_blank(buffer_[at_]); ++at_) {
      if (buffer_[at_] == '\n') ++line_;
    }
    if (at_ < end_) return true;
    const auto came = more();
    if (!came || !*came) return came;
  }
}

RecordText RecordStream::take(std::size_t length, std::string_view problem) {
  RecordText record;
  record.text = {buffer_.data() + at_, length};
  record.line = line_;
  record.problem = problem;
  at_ += length;
  return record;
}

Result<std::optional<RecordText>> RecordStream::next() {
  for (;;) {
    const auto any = skip_blanks();
    if (!any) return tl::unexpected<Error>(any.error());
    if (!*any) {
      if (inside_ || enveloped_) return never_closed();
      return std::optional<RecordText>();
    }
    if (lines_) return next_line();
    const char c = buffer_[at_];
    if (inside_ && (c == ',' || c == ']')) {
      inside_ = c == ',';
      ++at_;
    } else if (!inside_ && enveloped_) {
      const auto left = leave_envelope();
      if (!left) return tl::unexpected<Error>(left.error());
      if (!*left) return never_closed();
    } else if (!inside_ && c == '[') {
      inside_ = true;
      ++at_;
    } else if (c == '{' || c == '[') {
      auto record = next_value();
      if (!record || *record) return record;
    } else {
      return next_line();  // no record at all, and it ends with the line at the latest
    }
  }
}

Result<std::optional<RecordText>> RecordStream::next_line() {
  std::size_t looked = 0;
  bool dropped = false;
  for (;;) {
    const char* from = buffer_.data() + at_ + looked;
    const auto* found = static_cast<const char*>(std::memchr(from, '\n', end_ - at_ - looked));
    if (found != nullptr) {
      const auto length = static_cast<std::size_t>(found - (buffer_.data() + at_));
      auto record = dropped ? take(length, too_long) : take(length);
      if (length > size_max_) record.problem = too_long;
      return std::optional<RecordText>(record);
    }
    looked = end_ - at_;
    if (looked > size_max_) {
      at_ += looked;
      looked = 0;
      dropped = true;
    }
    const auto came = more();
    if (!came) return tl::unexpected<Error>(came.error());
    if (!*came) {
      const auto length = end_ - at_;
      return std::optional<RecordText>(dropped ? take(length, too_long) : take(length));
    }
  }
}

// What follows the array in its object: the link to the next page, and the brace.
Result<bool> RecordStream::leave_envelope() {
  Scan rest;
  rest.depth = 1;
  rest.objects = 1;
  inside_ = true;  // no other array counts
  const auto ending = scan(rest);
  inside_ = false;
  if (!ending) return tl::unexpected<Error>(ending.error());
  at_ += rest.place;
  line_ += rest.lines;
  enveloped_ = false;
  return *ending == Ending::whole;
}

Result<std::optional<RecordText>> RecordStream::next_value() {
  Scan value;
  const auto ending = scan(value);
  if (!ending) return tl::unexpected<Error>(ending.error());
  if (*ending == Ending::opened) {
    inside_ = enveloped_ = true;
    line_ += value.lines;
    at_ += value.place;
    return std::optional<RecordText>();
  }
  std::string_view problem;
  if (*ending == Ending::cut_short) problem = interrupted;
  if (*ending == Ending::ended) problem = ends_early;
  if (value.dropped || value.place > size_max_) problem = too_long;
  auto record = take(value.place, problem);
  line_ += value.lines;
  if (!inside_ && value.lines == 0 && *ending == Ending::whole) {
    // The end of the file is the end of a line, too.
    while (at_ < end_ && (buffer_[at_] == ' ' || buffer_[at_] == '\r')) ++at_;
    lines_ = at_ == end_ || buffer_[at_] == '\n';
  }
  return std::optional<RecordText>(record);
}

// An opening brace at the start of a line where JSON allows no value.
bool RecordStream::begins_record(const Scan& scan) {
  if (at_ + scan.place >= end_ || buffer_[at_ + scan.place] != '{') return false;
  if (scan.in_string) return true;
  return (scan.objects & 1U) != 0 ? scan.last != ':' : scan.last != ',' && scan.last != '[';
}

Result<RecordStream::Ending> RecordStream::scan(Scan& s) {
  for (;;) {
    if (at_ + s.place == end_) {
      if (s.place > size_max_) {
        at_ += s.place;
        s.place = 0;
        s.dropped = true;
      }
      const auto came = more();
      if (!came) return tl::unexpected<Error>(came.error());
      if (!*came) return Ending::ended;
    }
    const char c = buffer_[at_ + s.place++];
    if (c == '\n') {
      // Its own line end stays outside.
      if (at_ + s.place == end_) {
        if (const auto came = more(); !came) return tl::unexpected<Error>(came.error());
      }
      if (begins_record(s)) {
        --s.place;
        return Ending::cut_short;
      }
      ++s.lines;
      continue;
    }
    if (s.in_string) {
      if (s.escaped) {
        s.escaped = false;
      } else if (c == '\\') {
        s.escaped = true;
      } else if (c == '"') {
        s.in_string = false;
        s.key_end = s.place - 1;
      }
      continue;
    }
    if (is_blank(c)) continue;
    if (c == '"') {
      s.in_string = true;
      if (s.depth == 1) s.key_begin = s.place;
    } else if (c == '{' || c == '[') {
      if (c == '[' && s.depth == 1 && s.last == ':' && !inside_ && !s.dropped) {
        const std::string_view key(buffer_.data() + at_ + s.key_begin, s.key_end - s.key_begin);
        if (equal_ignoring_case(key, "value") || equal_ignoring_case(key, "records")) {
          return Ending::opened;
        }
      }
      ++s.depth;
      s.objects = s.objects << 1U | (c == '{' ? 1U : 0U);
    } else if (c == '}' || c == ']') {
      if (--s.depth == 0) return Ending::whole;
      s.objects >>= 1U;
    }
    s.last = c;
  }
}

}  // namespace sallyport::replay
