// All devices, by id: an immutable snapshot that shares what did not change with the one before.
//
// Threads: any number may read. Cost: find is about two cache misses; an edit copies one block.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "device/device.h"

namespace sallyport {

struct Device {  // the owning twin of DeviceView
  DeviceId id;
  std::string display_name;
  std::vector<std::string> physical_ids;
  DeviceShape shape;
};

class Inventory {
 public:
  class Editor;
  Inventory();
  ~Inventory();
  Inventory(const Inventory&) = delete;
  Inventory& operator=(const Inventory&) = delete;

  std::optional<DeviceView> find(DeviceId id) const;
  std::size_t size() const;
  // Every distinct shape, by DeviceView::shape_index. Indexes are stable across edits.
  std::span<const std::shared_ptr<const DeviceShape>> shapes() const;
  std::size_t device_bytes() const;  // held for devices, to measure against the memory target

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class Inventory::Editor {
 public:
  Editor();
  explicit Editor(std::shared_ptr<const Inventory> base);
  ~Editor();
  void put(const Device& device);
  void remove(DeviceId id);
  std::shared_ptr<const Inventory> build() &&;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace sallyport
