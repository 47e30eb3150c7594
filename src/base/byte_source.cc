#include "base/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/text.h"

namespace sallyport {
namespace {

constexpr std::size_t block_size = std::size_t{1} << 18U;

class FileSource : public ByteSource {
 public:
  FileSource(int file, std::string path, std::uint64_t size)
      : file_(file), path_(std::move(path)), size_(size) {}
  ~FileSource() override {
    if (file_ != STDIN_FILENO) ::close(file_);
  }
  Result<std::size_t> read(std::span<char> into) override {
    for (;;) {
      const auto got = ::read(file_, into.data(), into.size());
      if (got >= 0) {
        taken_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno == EINTR) continue;
      return fail(ErrorKind::unavailable, std::string("cannot be read: ") + std::strerror(errno),
                  path_);
    }
  }
  std::uint64_t taken() const override { return taken_; }
  std::uint64_t size() const override { return size_; }

 private:
  int file_;
  std::string path_;
  std::uint64_t size_;
  std::uint64_t taken_ = 0;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
  Result<std::size_t> read(std::span<char> into) override {
    const auto count = std::min(into.size(), bytes_.size() - at_);
    std::memcpy(into.data(), bytes_.data() + at_, count);
    at_ += count;
    return count;
  }
  std::uint64_t taken() const override { return at_; }
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

// A source that turns the bytes of another into others.
class Filter : public ByteSource {
 public:
  explicit Filter(std::unique_ptr<ByteSource> from) : from_(std::move(from)), block_(block_size) {}
  std::uint64_t taken() const override { return from_->taken(); }
  std::uint64_t size() const override { return from_->size(); }
  // The first bytes, as many of `count` as there are; they are still to be read.
  Result<std::string_view> peek(std::size_t count) {
    while (end_ - begin_ < count && !ended_) {
      if (const auto more = fill(); !more) return tl::unexpected<Error>(more.error());
    }
    return std::string_view(block_.data() + begin_, std::min(count, end_ - begin_));
  }

 protected:
  // Reads on behind what is not used up yet.
  Result<void> fill() {
    if (begin_ != 0) {
      std::memmove(block_.data(), block_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    const auto got = from_->read({block_.data() + end_, block_.size() - end_});
    if (!got) return tl::unexpected<Error>(got.error());
    ended_ = *got == 0;
    end_ += *got;
    return {};
  }
  std::string_view left() const { return {block_.data() + begin_, end_ - begin_}; }
  void use_up(std::size_t count) { begin_ += count; }
  bool ended() const { return ended_; }
  ByteSource& from() { return *from_; }

 private:
  std::unique_ptr<ByteSource> from_;
  std::vector<char> block_;
  std::size_t begin_ = 0, end_ = 0;
  bool ended_ = false;
};

class Plain : public Filter {
 public:
  using Filter::Filter;
  Result<std::size_t> read(std::span<char> into) override {
    // What was peeked at, and then straight through.
    if (left().empty()) return from().read(into);
    const auto count = std::min(into.size(), left().size());
    std::memcpy(into.data(), left().data(), count);
    use_up(count);
    return count;
  }
};

tl::unexpected<Error> damaged(std::string_view kind) {
  return fail(ErrorKind::invalid_argument,
              "the " + std::string(kind) + " data is damaged: copy the file again");
}
tl::unexpected<Error> cut_short(std::string_view kind) {
  return fail(ErrorKind::invalid_argument, "the " + std::string(kind) +
                                               " data ends early: the file was cut short, copy it "
                                               "again");
}

// RFC 1952, any number of members one after the other, and zeros behind the last.
class Gzip : public Filter {
 public:
  explicit Gzip(std::unique_ptr<ByteSource> from) : Filter(std::move(from)) {
    good_ = inflateInit2(&stream_, 15 + 16) == Z_OK;
  }
  ~Gzip() override { inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  Result<std::size_t> read(std::span<char> into) override {
    if (!good_) return damaged("gzip");
    for (;;) {
      if (left().empty() && !ended()) {
        if (const auto more = fill(); !more) return tl::unexpected<Error>(more.error());
      }
      if (left().empty() && !inside_) return 0;
      if (!inside_ && any_ && left().front() == '\0') {
        use_up(1);
        continue;
      }
      inside_ = any_ = true;
      // zlib's interface is older than const.
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(left().data()));
      stream_.avail_in = static_cast<uInt>(left().size());
      stream_.next_out = reinterpret_cast<Bytef*>(into.data());
      const auto room = std::min<std::size_t>(into.size(), 1U << 30U);
      stream_.avail_out = static_cast<uInt>(room);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      use_up(left().size() - stream_.avail_in);
      if (status == Z_STREAM_END) {
        inside_ = false;
        if (inflateReset(&stream_) != Z_OK) return damaged("gzip");
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        good_ = false;
        return damaged("gzip");
      }
      if (const auto made = room - stream_.avail_out; made != 0) return made;
      // Even without input, a full buffer may have held something back.
      if (ended() && left().empty() && inside_) return cut_short("gzip");
    }
  }

 private:
  z_stream stream_{};
  bool good_ = false;
  bool inside_ = false;  // a member that has begun and not ended
  bool any_ = false;
};

// RFC 8878, any number of frames one after the other.
class Zstd : public Filter {
 public:
  explicit Zstd(std::unique_ptr<ByteSource> from)
      : Filter(std::move(from)), stream_(ZSTD_createDStream(), ZSTD_freeDStream) {}

  Result<std::size_t> read(std::span<char> into) override {
    if (!stream_) return damaged("zstd");
    for (;;) {
      if (left().empty() && !ended()) {
        if (const auto more = fill(); !more) return tl::unexpected<Error>(more.error());
      }
      // A full buffer may hold back bytes although all input is used up.
      if (left().empty() && !inside_) return 0;
      ZSTD_inBuffer in{left().data(), left().size(), 0};
      ZSTD_outBuffer out{into.data(), into.size(), 0};
      const auto status = ZSTD_decompressStream(stream_.get(), &out, &in);
      use_up(in.pos);
      if (ZSTD_isError(status) != 0) {
        if (ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge) {
          stream_.reset();
          return fail(ErrorKind::too_large,
                      "the zstd data needs a window of more than 128 MB: compress it without "
                      "--ultra and --long");
        }
        stream_.reset();
        return damaged("zstd");
      }
      inside_ = status != 0;
      if (out.pos != 0) return out.pos;
      if (in.pos == 0 && ended() && inside_) return cut_short("zstd");
    }
  }

 private:
  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
  bool inside_ = false;
};

constexpr std::string_view little_endian = "\xff\xfe", big_endian = "\xfe\xff";
constexpr std::string_view utf8_mark = "\xef\xbb\xbf";

// Block by block through decode_text, which wants the mark before each.
class Utf16 : public Filter {
 public:
  Utf16(std::unique_ptr<ByteSource> from, bool little)
      : Filter(std::move(from)), mark_(little ? little_endian : big_endian), low_(little ? 1 : 0) {}

  Result<std::size_t> read(std::span<char> into) override {
    while (at_ == text_.size()) {
      if (left().size() < 4 && !ended()) {
        if (const auto more = fill(); !more) return tl::unexpected<Error>(more.error());
        continue;
      }
      if (left().empty()) return 0;
      auto count = std::min(left().size(), block_size / 2);
      if (count < left().size() || !ended()) count -= count % 2;
      const bool more_to_come = count < left().size() || !ended();
      // The first half of a surrogate pair waits for the second.
      const auto high = [&] { return static_cast<unsigned char>(left()[count - 2 + low_]); };
      if (count > 2 && more_to_come && (high() & 0xfcU) == 0xd8U) count -= 2;
      auto text = decode_text(std::string(mark_) + std::string(left().substr(0, count)));
      if (!text) return tl::unexpected<Error>(text.error());
      use_up(count);
      text_ = std::move(*text);
      at_ = 0;
    }
    const auto count = std::min(into.size(), text_.size() - at_);
    std::memcpy(into.data(), text_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  std::string_view mark_;
  std::size_t low_;  // where in a unit its high byte stands
  std::string text_;
  std::size_t at_ = 0;
};

// By its first bytes.
Result<std::unique_ptr<ByteSource>> decoded(std::unique_ptr<ByteSource> raw) {
  auto bytes = std::make_unique<Plain>(std::move(raw));
  const auto magic = bytes->peek(4);
  if (!magic) return tl::unexpected<Error>(magic.error());
  std::unique_ptr<ByteSource> unpacked;
  if (magic->starts_with("\x1f\x8b")) {
    unpacked = std::make_unique<Gzip>(std::move(bytes));
  } else if (magic->starts_with("\x28\xb5\x2f\xfd")) {
    unpacked = std::make_unique<Zstd>(std::move(bytes));
  } else {
    unpacked = std::move(bytes);
  }
  auto text = std::make_unique<Plain>(std::move(unpacked));
  const auto mark = text->peek(3);
  if (!mark) return tl::unexpected<Error>(mark.error());
  const bool little = mark->starts_with(little_endian);
  const bool wide = little || mark->starts_with(big_endian);
  std::array<char, 3> skipped{};
  if (wide || *mark == utf8_mark) {
    if (const auto done = text->read({skipped.data(), wide ? 2U : 3U}); !done) {
      return tl::unexpected<Error>(done.error());
    }
  }
  if (wide) return std::unique_ptr<ByteSource>(std::make_unique<Utf16>(std::move(text), little));
  return std::unique_ptr<ByteSource>(std::move(text));
}

}  // namespace

Result<std::unique_ptr<ByteSource>> ByteSource::open(const std::string& path) {
  if (path == "-") return decoded(std::make_unique<FileSource>(STDIN_FILENO, path, 0));
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || fstat(file, &status) != 0) {
    return fail(ErrorKind::unavailable, std::string("cannot be read: ") + std::strerror(errno),
                path);
  }
  if (S_ISDIR(status.st_mode)) {
    ::close(file);
    return fail(ErrorKind::invalid_argument, "is a folder: name the files in it", path);
  }
  const auto size = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
  auto source = decoded(std::make_unique<FileSource>(file, path, size));
  if (!source && source.error().where.empty()) {
    return fail(source.error().kind, source.error().message, path);
  }
  return source;
}

Result<std::unique_ptr<ByteSource>> ByteSource::of(std::string_view bytes) {
  return decoded(std::make_unique<MemorySource>(bytes));
}

}  // namespace sallyport
