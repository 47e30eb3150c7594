#include "base/byte_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

namespace sallyport {
namespace {

using testing::HasSubstr;

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(std::string_view text) {
  // As the program does it, with a checksum.
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return out;
}

std::string utf16(std::u16string_view text, bool little) {
  std::string out = little ? "\xff\xfe" : "\xfe\xff";
  for (const char16_t c : text) {
    const auto low = static_cast<char>(c & 0xff), high = static_cast<char>(c >> 8);
    out += little ? low : high;
    out += little ? high : low;
  }
  return out;
}

// All that can be read, in pieces of `piece` bytes, and how it ended.
std::pair<std::string, std::string> all_of(std::string_view bytes, std::size_t piece = 4096) {
  const auto source = ByteSource::of(bytes);
  if (!source) return {{}, source.error().message};
  std::string all, buffer(piece, '\0');
  for (;;) {
    const auto size = (*source)->read(buffer);
    if (!size) return {all, size.error().message};
    if (*size == 0) return {all, {}};
    all.append(buffer, 0, *size);
  }
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i * 7919 % 100'003) + ",";
  return text;
}

TEST(ByteSource, what_is_packed_and_what_is_not_give_the_same_bytes) {
  const auto text = long_text();
  for (const std::size_t piece : {std::size_t{8}, std::size_t{4096}, std::size_t{1} << 20U}) {
    EXPECT_EQ(all_of(text, piece).first, text);
    EXPECT_EQ(all_of(gzip(text), piece).first, text);
    EXPECT_EQ(all_of(zstd(text), piece).first, text);
  }
  EXPECT_EQ(all_of("").first, "");
  EXPECT_EQ(all_of(gzip("")).first, "");
  EXPECT_EQ(all_of(zstd("")).second, "");
}

TEST(ByteSource, packed_parts_one_after_the_other_are_one_text) {
  EXPECT_EQ(all_of(gzip("one ") + gzip("two") + std::string(512, '\0')).first, "one two");
  EXPECT_EQ(all_of(zstd("one ") + zstd("two")).first, "one two");
}

TEST(ByteSource, zeros_that_fill_gigabytes_come_in_pieces) {
  const std::string zeros(std::size_t{64} << 20U, '0');
  const auto packed = zstd(zeros);
  EXPECT_LT(packed.size(), 100'000U);
  EXPECT_EQ(all_of(packed).first.size(), zeros.size());
}

TEST(ByteSource, what_was_cut_short_gives_what_came_before_and_then_an_error) {
  const auto text = long_text();
  for (const auto& packed : {gzip(text), zstd(text)}) {
    const auto [all, problem] = all_of(std::string_view(packed).substr(0, packed.size() - 5));
    EXPECT_THAT(problem, HasSubstr("ends early"));
    EXPECT_EQ(text.substr(0, all.size()), all);
  }
}

TEST(ByteSource, what_is_damaged_is_an_error) {
  for (auto packed : {gzip(long_text()), zstd(long_text())}) {
    for (std::size_t i = packed.size() / 2; i < packed.size() / 2 + 64; ++i) packed[i] ^= '\x55';
    EXPECT_THAT(all_of(packed).second, HasSubstr("damaged"));
  }
  EXPECT_THAT(all_of(gzip("a") + "rubbish").second, HasSubstr("damaged"));
}

TEST(ByteSource, utf16_becomes_utf8_whatever_the_pieces) {
  std::u16string wide;
  std::string narrow;
  for (int i = 0; i < 100'000; ++i) {
    wide += u"x\u00e9\U0001f600";
    narrow += "x\xc3\xa9\xf0\x9f\x98\x80";
  }
  EXPECT_EQ(all_of(utf16(wide, true)).first, narrow);
  EXPECT_EQ(all_of(utf16(wide, false), 8).first, narrow);
  EXPECT_EQ(all_of(gzip(utf16(wide, true))).first, narrow);
  EXPECT_EQ(all_of("\xef\xbb\xbf{}").first, "{}");
  EXPECT_NE(all_of(utf16(u"ab", true) + "c").second, "");
}

TEST(ByteSource, a_file_that_is_not_there_is_named) {
  const auto source = ByteSource::open("/nowhere/at/all.json");
  ASSERT_FALSE(source.has_value());
  EXPECT_EQ(source.error().where, "/nowhere/at/all.json");
  EXPECT_THAT(ByteSource::open("/").error().message, HasSubstr("folder"));
}

}  // namespace
}  // namespace sallyport
