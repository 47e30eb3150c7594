// Values in as few bytes as they need, one behind the other: for millions of small things that are
// kept in memory and looked at seldom. Not a format: nothing of it leaves the process.
//
//   PackWriter w(bytes); w.number(17); w.text("debian");
//   PackReader r(bytes); r.number();   r.text();
//
// REQUIRES: what is read was written, in the same order. Threads: free.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace sallyport {

class PackWriter {
 public:
  explicit PackWriter(std::string& out) : out_(out) {}

  // A small one takes a byte, a large one up to ten.
  void number(std::uint64_t n) {
    for (; n >= 0x80U; n >>= 7U) out_ += static_cast<char>(n | 0x80U);
    out_ += static_cast<char>(n);
  }
  // As it lies in memory: for what is never small.
  template <class T>
  void whole(const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view text) {
    number(text.size());
    out_ += text;
  }

 private:
  std::string& out_;
};

class PackReader {
 public:
  explicit PackReader(std::string_view bytes) : left_(bytes) {}

  std::uint64_t number() {
    std::uint64_t n = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(left_.front());
      left_.remove_prefix(1);
      n |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80U) return n;
    }
  }
  template <class T>
  T whole() {
    T value;
    std::memcpy(&value, left_.data(), sizeof value);
    left_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view text() {
    const auto size = number();
    const auto found = left_.substr(0, size);
    left_.remove_prefix(size);
    return found;
  }

 private:
  std::string_view left_;
};

}  // namespace sallyport
