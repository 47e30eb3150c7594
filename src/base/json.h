// JSON as Sallyport holds it: a small ordered document that knows where each value stood.
//
// Members keep their order, numbers their digits and strings their text, so what was read can be
// written back. A Value is 24 bytes, copied freely, and points into an Arena: it is valid as long
// as the Document (or Arena) it came from. Nothing is changed in place: an edit builds new arrays
// and objects in an arena from the values it keeps.
//
//   auto document = json::parse(text);                    // Result<Document>
//   if (const auto* state = document->root().find("state")) use(state->text());
//
// Reading is simdjson's; refused are duplicate members (RFC 7493: two `includeUsers` must not
// silently narrow a policy), more than depth_max levels, and anything after the root.
// Threads: a Document that is not being built may be read by any number.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport::json {

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

std::string_view name_of(Kind kind);  // "a number", for messages

struct Member;
class Reader;  // in json_read.cc

class Value {
 public:
  constexpr Value() = default;  // null
  static Value boolean(bool b);
  static Value number(std::string_view digits);  // REQUIRES: a JSON number that outlives the value
  static Value string(std::string_view text);    // REQUIRES: UTF-8 that outlives the value
  static Value array(std::span<const Value> items);
  static Value object(std::span<const Member> members);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_number() const { return kind_ == Kind::number; }
  bool is_boolean() const { return kind_ == Kind::boolean; }
  bool is_array() const { return kind_ == Kind::array; }
  bool is_object() const { return kind_ == Kind::object; }

  // What a value of another kind gives: false, "", no items, no members.
  bool truth() const { return is_boolean() && size_ != 0; }
  std::string_view text() const;  // of a string its content, of a number its digits
  std::span<const Value> items() const;
  std::span<const Member> members() const;
  std::optional<std::int64_t> integer() const;  // a number that is one, in range

  // The member with exactly this name; null when there is none or this is no object.
  const Value* find(std::string_view name) const;
  // As find, ignoring ASCII letter case; an exact match wins.
  const Value* find_ignoring_case(std::string_view name) const;

  // Byte offset of the value in the text it was read from; 0 for built values.
  std::uint32_t offset() const { return offset_; }
  // The same value, said to stand at `offset`: for a built value that replaces a read one.
  Value at(std::uint32_t offset) const {
    Value v = *this;
    v.offset_ = offset;
    return v;
  }

  friend bool operator==(const Value& a,
                         const Value& b);  // order of members counts, offsets do not

 private:
  friend class Reader;
  Kind kind_ = Kind::null;
  std::uint32_t offset_ = 0;
  std::uint64_t size_ = 0;
  const void* data_ = nullptr;
};

struct Member {
  std::string_view name;
  Value value;
  std::uint32_t offset = 0;  // of the name
  friend bool operator==(const Member& a, const Member& b) {
    return a.name == b.name && a.value == b.value;
  }
};

// Memory that is given back all at once.
class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  std::string_view copy(std::string_view text);
  Value string(std::string_view text) { return Value::string(copy(text)); }
  Value number(std::int64_t n);
  Value array(std::span<const Value> items);
  Value object(std::span<const Member> members);  // names are not copied
  char* allocate(std::size_t size);
  void clear();  // ends every value, and keeps the largest block for the next ones

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t last_size_ = 0;  // of the last block, which is the largest but for a huge value
};

struct Position {
  std::uint32_t line = 1;    // from 1
  std::uint32_t column = 1;  // from 1, in bytes
};
Position locate(std::string_view text, std::size_t offset);

class Document {
 public:
  Document() = default;
  Document(Arena arena, std::string_view text, Value root)
      : arena_(std::move(arena)), text_(text), root_(root) {}
  const Value& root() const { return root_; }
  std::string_view text() const { return text_; }
  Position position(const Value& value) const { return locate(text_, value.offset()); }

 private:
  Arena arena_;
  std::string_view text_;  // in arena_
  Value root_;
};

// A member that stood twice in one object, once as null.
struct NullDuplicate {
  std::string name;
  std::uint32_t offset = 0;  // of the null's name
};

struct ReadOptions {
  // When given, a duplicate member of which all but one are null is no failure: the nulls are left
  // out and told here. Which value was meant is then no guess. The caller has to report them.
  std::vector<NullDuplicate>* null_duplicates = nullptr;
  int depth_max = 64;                            // deeper is too_large
  std::size_t size_max = std::size_t{1} << 30U;  // larger is too_large
};

// `where` of the error is line:column. Cost: one copy of the text, then about 1 ns a byte.
[[nodiscard]] Result<Document> parse(std::string_view text, const ReadOptions& options = {});

// Reads text after text in the same memory, without copying them: for millions of small ones.
// Threads: one at a time.
class Parser {
 public:
  static constexpr std::size_t padding = 64;

  Parser();
  ~Parser();
  // The root is valid until the next call, and as long as the text is.
  // REQUIRES: `padding` bytes that may be read follow the text.
  [[nodiscard]] Result<Value> parse(std::string_view text);

 private:
  std::unique_ptr<Reader> reader_;
};

// Canonical text: as compact as can be, or two spaces a level and a final line end.
std::string write(const Value& value);
std::string write_pretty(const Value& value);

// Writes JSON straight into a string: no tree, no copies. Commas are its business.
//   Writer w(out); w.begin_object(); w.member("decision", true); w.end_object();
// REQUIRES: begin and end calls nest, and inside an object each value follows a key().
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(bool b);
  void value(std::int64_t n);
  void value(const Value& v);
  void null();
  template <class T>
  void member(std::string_view name, const T& v) {
    key(name);
    value(v);
  }

 private:
  void open(char c);
  void close(char c);
  void separate();
  std::string& out_;
  bool comma_ = false;
};

// What `write`, which is given a Writer, writes.
template <class Write>
std::string written(Write write) {
  std::string text;
  Writer writer(text);
  write(writer);
  return text;
}

void append_quoted(std::string& out, std::string_view text);

// A JSON pointer (RFC 6901) built on the stack while walking down; the text is made on demand.
struct Pointer {
  const Pointer* parent = nullptr;
  std::string_view name;
  std::ptrdiff_t index = -1;  // of an array item; the name otherwise
  Pointer member(std::string_view n) const { return {this, n, -1}; }
  Pointer item(std::size_t i) const { return {this, {}, static_cast<std::ptrdiff_t>(i)}; }
  std::string text() const;
};

}  // namespace sallyport::json
