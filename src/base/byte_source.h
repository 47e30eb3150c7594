// Bytes from a file, standard input or memory, decompressed on the way. gzip and zstd are
// recognised by their first bytes, whatever the name says; UTF-16 with a byte order mark becomes
// UTF-8, and a byte order mark is left out.
//
//   auto source = ByteSource::open("signins.json.zst");
//   while (const auto size = (*source)->read(buffer)) ...
//
// Memory does not grow with what is read: a zstd window may take 128 MB, and a file that asks for
// more is refused. How far a small file may unpack is for the reader to bound.
// Threads: one. Cost: that of zlib and libzstd.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport {

class ByteSource {
 public:
  // `-` is standard input.
  [[nodiscard]] static Result<std::unique_ptr<ByteSource>> open(const std::string& path);
  // REQUIRES: the bytes outlive the source.
  [[nodiscard]] static Result<std::unique_ptr<ByteSource>> of(std::string_view bytes);
  virtual ~ByteSource() = default;

  // How many bytes were put at the start of `into`; 0 is the end. What came before an error has
  // been given by then. Errors: unavailable when it cannot be read, invalid_argument when
  // compressed data is damaged or ends early.
  // REQUIRES: room for 8 bytes.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> into) = 0;
  // Bytes taken from the file so far, compressed ones where it is, and its size; 0: not known.
  virtual std::uint64_t taken() const = 0;
  virtual std::uint64_t size() const = 0;
};

}  // namespace sallyport
