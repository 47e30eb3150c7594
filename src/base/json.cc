#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/text.h"

namespace sallyport::json {

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "a boolean";
    case Kind::number: return "a number";
    case Kind::string: return "a string";
    case Kind::array: return "a list";
    case Kind::object: return "an object";
  }
  return "a value";
}

Value Value::boolean(bool b) {
  Value v;
  v.kind_ = Kind::boolean;
  v.size_ = b ? 1 : 0;
  return v;
}

Value Value::number(std::string_view digits) {
  Value v = string(digits);
  v.kind_ = Kind::number;
  return v;
}

Value Value::string(std::string_view text) {
  Value v;
  v.kind_ = Kind::string;
  v.size_ = text.size();
  v.data_ = text.data();
  return v;
}

Value Value::array(std::span<const Value> items) {
  Value v;
  v.kind_ = Kind::array;
  v.size_ = items.size();
  v.data_ = items.data();
  return v;
}

Value Value::object(std::span<const Member> members) {
  Value v;
  v.kind_ = Kind::object;
  v.size_ = members.size();
  v.data_ = members.data();
  return v;
}

std::string_view Value::text() const {
  if (!is_string() && !is_number()) return {};
  return {static_cast<const char*>(data_), static_cast<std::size_t>(size_)};
}

std::span<const Value> Value::items() const {
  if (!is_array()) return {};
  return {static_cast<const Value*>(data_), static_cast<std::size_t>(size_)};
}

std::span<const Member> Value::members() const {
  if (!is_object()) return {};
  return {static_cast<const Member*>(data_), static_cast<std::size_t>(size_)};
}

std::optional<std::int64_t> Value::integer() const {
  if (!is_number()) return std::nullopt;
  const auto digits = text();
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return n;
}

const Value* Value::find(std::string_view name) const {
  for (const auto& member : members()) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

const Value* Value::find_ignoring_case(std::string_view name) const {
  if (const auto* exact = find(name)) return exact;
  for (const auto& member : members()) {
    if (equal_ignoring_case(member.name, name)) return &member.value;
  }
  return nullptr;
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Kind::null: return true;
    case Kind::boolean: return a.size_ == b.size_;
    case Kind::number:
    case Kind::string: return a.text() == b.text();
    case Kind::array: return std::ranges::equal(a.items(), b.items());
    case Kind::object: return std::ranges::equal(a.members(), b.members());
  }
  return false;
}

char* Arena::allocate(std::size_t size) {
  constexpr std::size_t alignment = alignof(std::max_align_t);
  size = (size + alignment - 1) / alignment * alignment;
  if (size > left_) {
    constexpr std::size_t block_size_first = 1024;
    constexpr std::size_t block_size_max = std::size_t{1} << 20U;
    const auto doubled = block_size_first << std::min<std::size_t>(blocks_.size(), 10);
    const auto block = std::max(size, std::min(doubled, block_size_max));
    blocks_.emplace_back(new char[block]);
    next_ = blocks_.back().get();
    left_ = last_size_ = block;
  }
  char* at = next_;
  next_ += size;
  left_ -= size;
  return at;
}

void Arena::clear() {
  if (blocks_.empty()) return;
  std::swap(blocks_.front(), blocks_.back());
  blocks_.resize(1);
  next_ = blocks_.front().get();
  left_ = last_size_;
}

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  char* at = allocate(text.size());
  std::memcpy(at, text.data(), text.size());
  return {at, text.size()};
}

Value Arena::number(std::int64_t n) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
  return Value::number(copy({digits, static_cast<std::size_t>(end - digits)}));
}

Value Arena::array(std::span<const Value> items) {
  if (items.empty()) return Value::array({});
  auto* at = reinterpret_cast<Value*>(allocate(items.size_bytes()));
  std::uninitialized_copy(items.begin(), items.end(), at);
  return Value::array({at, items.size()});
}

Value Arena::object(std::span<const Member> members) {
  if (members.empty()) return Value::object({});
  auto* at = reinterpret_cast<Member*>(allocate(members.size_bytes()));
  std::uninitialized_copy(members.begin(), members.end(), at);
  return Value::object({at, members.size()});
}

Position locate(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const auto last = before.rfind('\n');
  const auto start = last == std::string_view::npos ? 0 : last + 1;
  return {static_cast<std::uint32_t>(lines) + 1,
          static_cast<std::uint32_t>(before.size() - start) + 1};
}

std::string Pointer::text() const {
  if (parent == nullptr && name.empty() && index < 0) return {};
  std::string out = parent == nullptr ? std::string() : parent->text();
  out += '/';
  if (index >= 0) return out + std::to_string(index);
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace sallyport::json
