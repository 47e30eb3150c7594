// The writing half of base/json.h.
#include <charconv>
#include <cstring>

#include "base/json.h"

namespace sallyport::json {
namespace {

void append_compact(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Kind::null: out += "null"; return;
    case Kind::boolean: out += value.truth() ? "true" : "false"; return;
    case Kind::number: out += value.text(); return;
    case Kind::string: append_quoted(out, value.text()); return;
    case Kind::array: {
      out += '[';
      bool comma = false;
      for (const auto& item : value.items()) {
        if (comma) out += ',';
        comma = true;
        append_compact(out, item);
      }
      out += ']';
      return;
    }
    case Kind::object: {
      out += '{';
      bool comma = false;
      for (const auto& member : value.members()) {
        if (comma) out += ',';
        comma = true;
        append_quoted(out, member.name);
        out += ':';
        append_compact(out, member.value);
      }
      out += '}';
      return;
    }
  }
}

void append_pretty(std::string& out, const Value& value, std::size_t level) {
  const auto line = [&](std::size_t depth) {
    out += '\n';
    out.append(2 * depth, ' ');
  };
  if (value.is_array() && !value.items().empty()) {
    out += '[';
    bool comma = false;
    for (const auto& item : value.items()) {
      if (comma) out += ',';
      comma = true;
      line(level + 1);
      append_pretty(out, item, level + 1);
    }
    line(level);
    out += ']';
  } else if (value.is_object() && !value.members().empty()) {
    out += '{';
    bool comma = false;
    for (const auto& member : value.members()) {
      if (comma) out += ',';
      comma = true;
      line(level + 1);
      append_quoted(out, member.name);
      out += ": ";
      append_pretty(out, member.value, level + 1);
    }
    line(level);
    out += '}';
  } else {
    append_compact(out, value);
  }
}

bool must_be_escaped(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

// The first byte at or after `i` that must be escaped; most texts hold none, so eight at a time.
std::size_t find_escaped(std::string_view text, std::size_t i) {
  constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
  const auto zero_byte = [](std::uint64_t word) { return (word - ones) & ~word & tops; };
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    const auto below_blank = (word - 0x20 * ones) & ~word & tops;
    if ((below_blank | zero_byte(word ^ ('"' * ones)) | zero_byte(word ^ ('\\' * ones))) != 0)
      break;
  }
  while (i < text.size() && !must_be_escaped(static_cast<unsigned char>(text[i]))) ++i;
  return i;
}

// Nearly all texts: in one step.
void append_plain(std::string& out, std::string_view text) {
  const auto at = out.size();
  out.resize(at + text.size() + 2);
  out[at] = '"';
  text.copy(out.data() + at + 1, text.size());
  out.back() = '"';
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  if (find_escaped(text, 0) == text.size()) return append_plain(out, text);
  out += '"';
  std::size_t start = 0;
  for (auto i = find_escaped(text, 0); i < text.size(); i = find_escaped(text, start)) {
    const auto c = static_cast<unsigned char>(text[i]);
    out.append(text, start, i - start);
    start = i + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: out += {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    }
  }
  out.append(text, start);
  out += '"';
}

std::string write(const Value& value) {
  std::string out;
  append_compact(out, value);
  return out;
}

std::string write_pretty(const Value& value) {
  std::string out;
  append_pretty(out, value, 0);
  return out + '\n';
}

void Writer::separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

void Writer::open(char c) {
  separate();
  out_ += c;
  comma_ = false;
}

void Writer::close(char c) {
  out_ += c;
  comma_ = true;
}

void Writer::key(std::string_view name) {
  separate();
  append_quoted(out_, name);
  out_ += ':';
  comma_ = false;
}

void Writer::value(std::string_view text) {
  separate();
  append_quoted(out_, text);
}

void Writer::value(bool b) {
  separate();
  out_ += b ? "true" : "false";
}

void Writer::value(std::int64_t n) {
  separate();
  char digits[24];
  out_.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}

void Writer::value(const Value& v) {
  separate();
  append_compact(out_, v);
}

void Writer::null() {
  separate();
  out_ += "null";
}

}  // namespace sallyport::json
