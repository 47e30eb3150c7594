// All devices, by id: an immutable snapshot that shares what did not change with the one before.
//
// Threads: any number may read. Cost: find is about one cache miss; an edit copies one block (a
// thousandth of the devices) and the table of pointers to blocks.
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
  DeviceFlag enabled = DeviceFlag::yes;
};

class Inventory {
 public:
  class Editor;
  Inventory();
  ~Inventory();
  Inventory(const Inventory&) = delete;
  Inventory& operator=(const Inventory&) = delete;

  // The view is valid as long as this inventory.
  std::optional<DeviceView> find(DeviceId id) const;
  bool find(DeviceId id, DeviceView& into) const;  // the same, without a copy of the view
  // A hint for who knows ids ahead: what find will need is fetched meanwhile.
  void prefetch(DeviceId id) const;
  std::size_t size() const;
  std::vector<DeviceId> ids() const;  // in no order that means anything
  // Every distinct shape, by DeviceView::shape_index. Indexes are stable across edits: a shape that
  // no device has any more keeps its place, until an inventory is built from nothing.
  std::span<const std::shared_ptr<const DeviceShape>> shapes() const;
  std::size_t device_bytes() const;  // held for devices, to measure against the memory target

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Gathers changes to a base, which stays as it is.
class Inventory::Editor {
 public:
  Editor();
  explicit Editor(std::shared_ptr<const Inventory> base);  // null: nothing
  ~Editor();
  void put(const Device& device);  // replaces the device with that id
  bool add(const Device& device);  // false: there is one with that id, which stays
  void remove(DeviceId id);        // nothing happens when there is none
  std::shared_ptr<const Inventory> build() &&;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace sallyport
