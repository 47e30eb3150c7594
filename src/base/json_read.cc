// The reading half of base/json.h: simdjson On-Demand tokenizes, Reader builds the document.
//
// A Document copies its text into its arena, where it also gets the padding simdjson wants; a
// Parser reads the text where it stands. A string without escapes is a view of the text, so most
// values cost no copy.
#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_set>

#include "base/json.h"
#include "base/text.h"

namespace sallyport::json {
namespace {

namespace on_demand = simdjson::ondemand;

// simdjson's own texts are for programmers, and one of them is wrong for a stray character.
std::string_view explain(simdjson::error_code code) {
  switch (code) {
    case simdjson::EMPTY: return "there is nothing here, not even `{}`";
    case simdjson::UTF8_ERROR: return "this is not UTF-8 text";
    case simdjson::UNESCAPED_CHARS: return "a string contains a raw line end or control character";
    case simdjson::UNCLOSED_STRING: return "a string is never closed";
    case simdjson::STRING_ERROR: return "a string has an escape that JSON does not know";
    case simdjson::NUMBER_ERROR: return "this is not a JSON number";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR: return "this is not a JSON value; did a quote get lost?";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT: return "a `{` or `[` is never closed";
    case simdjson::CAPACITY: return "this text is too large";
    case simdjson::MEMALLOC: return "there is not enough memory for this text";
    case simdjson::TRAILING_CONTENT: return "something follows the end of the document";
    default: return "this is not JSON; look for a missing or extra comma, quote or bracket";
  }
}

// Which of the eight bytes at `at` is the first `"` or `\`; 8 for none. Most strings are short, and
// eight bytes at a time is faster there than two calls of memchr. Padding makes it safe to look.
std::size_t first_of_quote_and_backslash(const char* at) {
  if constexpr (std::endian::native == std::endian::little) {
    constexpr std::uint64_t ones = 0x0101010101010101ULL;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    // The high bit of every byte that is zero; above the lowest such byte it may err.
    const auto zeros = [](std::uint64_t x) { return (x - ones) & ~x & (ones << 7U); };
    const auto found = zeros(bytes ^ (ones * '"')) | zeros(bytes ^ (ones * '\\'));
    return static_cast<std::size_t>(std::countr_zero(found)) / 8;
  }
  return static_cast<std::size_t>(
      std::find_if(at, at + 8, [](char c) { return c == '"' || c == '\\'; }) - at);
}

bool has_twice(std::span<const Member> members, std::size_t& second) {
  if (members.size() <= 16) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members[i].name == members[j].name) {
          second = i;
          return true;
        }
      }
    }
    return false;
  }
  std::unordered_set<std::string_view> seen;
  seen.reserve(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!seen.insert(members[i].name).second) {
      second = i;
      return true;
    }
  }
  return false;
}

}  // namespace

class Reader {
 public:
  explicit Reader(const ReadOptions& options) : options_(options) {
    members_.reserve(32);
    values_.reserve(16);
  }

  // Copies the text; this reader is then used up.
  Result<Document> read_copy(std::string_view text) {
    if (auto fits = check_size(text); !fits) return tl::unexpected<Error>(std::move(fits.error()));
    char* copy = arena_.allocate(text.size() + simdjson::SIMDJSON_PADDING);
    if (!text.empty()) std::memcpy(copy, text.data(), text.size());
    std::memset(copy + text.size(), 0, simdjson::SIMDJSON_PADDING);
    const auto root = read({copy, text.size()});
    if (!root) return tl::unexpected<Error>(root.error());
    return Document(std::move(arena_), text_, *root);
  }

  // Where it stands, in memory that earlier texts used. REQUIRES: simdjson's padding after it.
  Result<Value> read_next(std::string_view text) {
    if (auto fits = check_size(text); !fits) return tl::unexpected<Error>(std::move(fits.error()));
    arena_.clear();
    values_.clear();
    members_.clear();
    root_stepped_over_ = true;
    return read(text);
  }

 private:
  Result<void> check_size(std::string_view text) const {
    if (text.size() <= options_.size_max && text.size() <= 0xfffffff0U) return {};
    return fail(ErrorKind::too_large,
                "this text is larger than " + std::to_string(options_.size_max) + " bytes");
  }

  Result<Value> read(std::string_view padded) {
    text_ = padded;
    Value root;
    if (!read_root(root)) return tl::unexpected<Error>(std::move(error_));
    return root;
  }

  bool read_root(Value& root) {
    thread_local on_demand::parser parser;
    on_demand::document document;
    auto error = parser
                     .iterate(simdjson::padded_string_view(
                         text_.data(), text_.size(), text_.size() + simdjson::SIMDJSON_PADDING))
                     .get(document);
    if (error) return refuse(error, 0);
    bool scalar = false;
    error = document.is_scalar().get(scalar);
    if (error) return refuse(error, 0);
    const bool read = scalar ? read_scalar_root(document, root) : read_document(document, root);
    if (!read) return false;
    if (!root_stepped_over_) return true;
    // There is a current location only as long as something is left.
    const char* at = nullptr;
    if (document.current_location().get(at)) return true;
    return refuse(simdjson::TRAILING_CONTENT, offset_of(at));
  }

  bool read_document(on_demand::document& document, Value& root) {
    on_demand::value value;
    if (const auto error = document.get_value().get(value)) return refuse(error, 0);
    return read_value(value, root, 1);
  }

  bool read_scalar_root(on_demand::document& document, Value& root) {
    on_demand::json_type type{};
    if (const auto error = document.type().get(type)) return refuse(error, 0);
    const auto start = text_.size() - trim_front(text_).size();
    switch (type) {
      case on_demand::json_type::string: {
        std::string_view text;
        if (const auto error = document.get_string().get(text)) return refuse(error, start);
        root = arena_.string(text);
        break;
      }
      case on_demand::json_type::number: {
        double number = 0;
        if (const auto error = document.get_double().get(number)) return refuse(error, start);
        root = Value::number(trim(text_));
        break;
      }
      case on_demand::json_type::boolean: {
        bool truth = false;
        if (const auto error = document.get_bool().get(truth)) return refuse(error, start);
        root = Value::boolean(truth);
        break;
      }
      default:
        // is_null() of a root neither steps over it nor bears a line end after it.
        if (trim(text_) != "null") return refuse(simdjson::N_ATOM_ERROR, start);
        root.offset_ = static_cast<std::uint32_t>(start);
        root_stepped_over_ = false;
        return true;
    }
    root.offset_ = static_cast<std::uint32_t>(start);
    return true;
  }

  static std::string_view trim_front(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string_view{} : text.substr(first);
  }

  bool read_value(on_demand::value value, Value& into, int depth) {
    const auto start = value.raw_json_token().data();
    const auto offset = offset_of(start);
    if (depth > options_.depth_max) {
      const auto at = locate(text_, offset);
      error_ = {ErrorKind::too_large,
                "this is nested deeper than " + std::to_string(options_.depth_max) + " levels",
                std::to_string(at.line) + ':' + std::to_string(at.column)};
      return false;
    }
    on_demand::json_type type{};
    if (const auto error = value.type().get(type)) return refuse(error, offset);
    switch (type) {
      case on_demand::json_type::object:
        if (!read_object(value, into, depth)) return false;
        break;
      case on_demand::json_type::array:
        if (!read_array(value, into, depth)) return false;
        break;
      case on_demand::json_type::string: {
        std::string_view text;
        if (!take_string(start, text)) {
          if (const auto error = value.get_string().get(text)) return refuse(error, offset);
          text = arena_.copy(text);
        } else {
          // The token is consumed without being unescaped.
          simdjson::ondemand::raw_json_string raw;
          if (const auto error = value.get_raw_json_string().get(raw)) return refuse(error, offset);
        }
        into = Value::string(text);
        break;
      }
      case on_demand::json_type::number: {
        // Only checks the number: its digits are kept as they are written.
        const auto digits = trim(value.raw_json_token());
        double number = 0;
        if (const auto error = value.get_double().get(number)) return refuse(error, offset);
        into = Value::number(digits);
        break;
      }
      case on_demand::json_type::boolean: {
        bool truth = false;
        if (const auto error = value.get_bool().get(truth)) return refuse(error, offset);
        into = Value::boolean(truth);
        break;
      }
      case on_demand::json_type::null: {
        bool null = false;
        if (const auto error = value.is_null().get(null)) return refuse(error, offset);
        if (!null) return refuse(simdjson::N_ATOM_ERROR, offset);
        into = Value();
        break;
      }
    }
    into.offset_ = offset;
    return true;
  }

  bool read_object(on_demand::value& value, Value& into, int depth) {
    on_demand::object object;
    if (const auto error = value.get_object().get(object)) return refuse_here(error, value);
    const auto base = members_.size();
    for (auto field_result : object) {
      on_demand::field field;
      if (const auto error = std::move(field_result).get(field)) return refuse_here(error, value);
      const char* start = field.key().raw() - 1;
      std::string_view name;
      if (!take_string(start, name)) {
        if (const auto error = field.unescaped_key().get(name)) return refuse_here(error, value);
        name = arena_.copy(name);
      }
      Member member{name, {}, offset_of(start)};
      if (!read_value(field.value(), member.value, depth + 1)) return false;
      members_.push_back(member);
    }
    std::size_t second = 0;
    while (has_twice(std::span(members_).subspan(base), second)) {
      if (leave_out_null(base, second)) continue;
      const auto& member = members_[base + second];
      const auto at = locate(text_, member.offset);
      error_ = {ErrorKind::invalid_argument,
                "member `" + printable(member.name) + "` appears twice in one object",
                std::to_string(at.line) + ':' + std::to_string(at.column)};
      return false;
    }
    into = arena_.object(std::span<const Member>(members_).subspan(base));
    members_.resize(base);
    return true;
  }

  // Of two members with one name, drops one that is null. False when the caller does not want that,
  // or neither is null.
  bool leave_out_null(std::size_t base, std::size_t second) {
    if (options_.null_duplicates == nullptr) return false;
    const auto name = members_[base + second].name;
    for (std::size_t i = base; i < members_.size(); ++i) {
      if (members_[i].name != name || !members_[i].value.is_null()) continue;
      options_.null_duplicates->push_back({std::string(name), members_[i].offset});
      members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(i));
      return true;
    }
    return false;
  }

  bool read_array(on_demand::value& value, Value& into, int depth) {
    on_demand::array array;
    if (const auto error = value.get_array().get(array)) return refuse_here(error, value);
    const auto base = values_.size();
    for (auto item_result : array) {
      on_demand::value item;
      if (const auto error = std::move(item_result).get(item)) return refuse_here(error, value);
      Value read;
      if (!read_value(item, read, depth + 1)) return false;
      values_.push_back(read);
    }
    into = arena_.array({values_.data() + base, values_.size() - base});
    values_.resize(base);
    return true;
  }

  // A string without escapes, as a view of the text. REQUIRES: `start` is at its opening quote.
  bool take_string(const char* start, std::string_view& text) const {
    const char* first = start + 1;
    const char* at = first;
    for (const char* end = text_.data() + text_.size(); at < end; at += 8) {
      const auto found = first_of_quote_and_backslash(at);
      if (found == 8) continue;
      at += found;
      if (at >= end || *at != '"') return false;
      text = {first, static_cast<std::size_t>(at - first)};
      return true;
    }
    return false;
  }

  std::uint32_t offset_of(const char* at) const {
    const auto end = text_.data() + text_.size();
    return static_cast<std::uint32_t>(std::clamp(at, text_.data(), end) - text_.data());
  }

  bool refuse_here(simdjson::error_code code, on_demand::value& value) {
    const char* at = nullptr;
    if (value.current_location().get(at)) at = text_.data() + text_.size();
    return refuse(code, offset_of(at));
  }

  bool refuse(simdjson::error_code code, std::size_t offset) {
    const auto at = locate(text_, offset);
    error_ = {ErrorKind::invalid_argument, std::string(explain(code)),
              std::to_string(at.line) + ':' + std::to_string(at.column)};
    return false;
  }

  ReadOptions options_;
  Arena arena_;
  std::string_view text_;
  std::vector<Value> values_;    // open arrays, innermost last
  std::vector<Member> members_;  // open objects, innermost last
  Error error_;
  bool root_stepped_over_ = true;
};

Result<Document> parse(std::string_view text, const ReadOptions& options) {
  return Reader(options).read_copy(text);
}

static_assert(Parser::padding >= simdjson::SIMDJSON_PADDING);

Parser::Parser() : reader_(std::make_unique<Reader>(ReadOptions{})) {}
Parser::~Parser() = default;
Result<Value> Parser::parse(std::string_view text) { return reader_->read_next(text); }

}  // namespace sallyport::json
