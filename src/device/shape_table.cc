#include "device/shape_table.h"

#include <functional>
#include <string>
#include <string_view>

namespace sallyport {
namespace {

std::uint64_t mix(std::uint64_t seed, std::uint64_t value) {
  std::uint64_t x = (seed ^ value) * 0x9e3779b97f4a7c15ULL;
  return x ^ (x >> 29);
}

std::uint64_t hash_text(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::uint64_t hash_shape(const DeviceShape& shape) {
  std::uint64_t hash = shape.system_labels_known ? 1 : 2;
  hash = mix(hash, static_cast<std::uint64_t>(shape.is_compliant));
  hash = mix(hash, static_cast<std::uint64_t>(shape.is_managed));
  for (std::size_t i = 0; i < shape.texts.size(); ++i) {
    const auto& text = shape.texts[i];
    if (text.state == DeviceAttribute::State::absent) continue;
    hash = mix(hash, i * 3 + static_cast<std::uint64_t>(text.state));
    hash = mix(hash, hash_text(text.text));
  }
  for (const auto& label : shape.system_labels) hash = mix(hash, hash_text(label));
  return hash;
}

std::size_t heap_bytes(const std::string& text) {
  return text.capacity() > std::string().capacity() ? text.capacity() + 1 : 0;
}

}  // namespace

std::uint32_t ShapeTable::find(const DeviceShape& shape) const {
  if (slots_.empty()) return no_shape_index;
  const auto hash = hash_shape(shape);
  const auto mask = slots_.size() - 1;
  for (auto slot = hash & mask; slots_[slot] != no_shape_index; slot = (slot + 1) & mask) {
    const auto index = slots_[slot];
    if (hashes_[index] == hash && *shapes_[index] == shape) return index;
  }
  return no_shape_index;
}

std::uint32_t ShapeTable::add(const DeviceShape& shape) {
  const auto index = static_cast<std::uint32_t>(shapes_.size());
  shapes_.push_back(std::make_shared<const DeviceShape>(shape));
  hashes_.push_back(hash_shape(shape));
  if (2 * shapes_.size() <= slots_.size()) {
    insert(hashes_.back(), index);
    return index;
  }
  slots_.assign(slots_.empty() ? 16 : 2 * slots_.size(), no_shape_index);
  for (std::uint32_t i = 0; i <= index; ++i) insert(hashes_[i], i);
  return index;
}

void ShapeTable::insert(std::uint64_t hash, std::uint32_t index) {
  const auto mask = slots_.size() - 1;
  auto slot = hash & mask;
  while (slots_[slot] != no_shape_index) slot = (slot + 1) & mask;
  slots_[slot] = index;
}

std::size_t ShapeTable::bytes() const {
  constexpr std::size_t control_block = 16;  // std::make_shared's counts
  std::size_t total = shapes_.capacity() * sizeof(shapes_[0]) +
                      hashes_.capacity() * sizeof(hashes_[0]) +
                      slots_.capacity() * sizeof(slots_[0]);
  for (const auto& shape : shapes_) {
    total += sizeof(DeviceShape) + control_block;
    for (const auto& text : shape->texts) total += heap_bytes(text.text);
    total += shape->system_labels.capacity() * sizeof(std::string);
    for (const auto& label : shape->system_labels) total += heap_bytes(label);
  }
  return total;
}

}  // namespace sallyport
