// The distinct shapes of an inventory, found by value. Shapes are only ever added.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "device/device.h"

namespace sallyport {

class ShapeTable {
 public:
  std::span<const std::shared_ptr<const DeviceShape>> shapes() const { return shapes_; }
  std::uint32_t find(const DeviceShape& shape) const;  // no_shape_index when it is not there
  std::uint32_t add(const DeviceShape& shape);         // REQUIRES: it is not there
  std::size_t bytes() const;

 private:
  void insert(std::uint64_t hash, std::uint32_t index);
  std::vector<std::shared_ptr<const DeviceShape>> shapes_;
  std::vector<std::uint64_t> hashes_;  // by shape
  std::vector<std::uint32_t> slots_;   // open addressing, a power of two, at most half full
};

}  // namespace sallyport
