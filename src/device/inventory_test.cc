#include "device/inventory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace sallyport {
namespace {

DeviceId id_of(std::uint64_t n) {
  std::mt19937_64 random(n);
  const auto high = random();
  return DeviceId{Guid{high, random()}};
}

DeviceShape shape_of(std::uint64_t kind) {
  DeviceShape shape;
  shape.text(DeviceText::operating_system) = DeviceAttribute::of(kind % 2 == 0 ? "Windows" : "iOS");
  shape.text(DeviceText::operating_system_version) =
      DeviceAttribute::of("10.0." + std::to_string(kind));
  shape.is_compliant = kind % 3 == 0 ? DeviceFlag::no : DeviceFlag::yes;
  return shape;
}

Device device_of(std::uint64_t n, std::uint64_t kind) {
  Device device;
  device.id = id_of(n);
  device.display_name = "DESKTOP-" + std::to_string(n * 7919 % 10000000);
  if (n % 50 == 0) device.physical_ids = {"[ZTDId]:" + std::to_string(n), "[HWID]:h:1"};
  device.shape = shape_of(kind);
  return device;
}

void expect_same(const Inventory& inventory, const Device& device) {
  const auto view = inventory.find(device.id);
  ASSERT_TRUE(view.has_value()) << to_string(device.id);
  EXPECT_EQ(view->id, device.id);
  EXPECT_EQ(view->display_name, device.display_name);
  EXPECT_TRUE(std::equal(view->physical_ids.begin(), view->physical_ids.end(),
                         device.physical_ids.begin(), device.physical_ids.end()));
  ASSERT_NE(view->shape, nullptr);
  EXPECT_TRUE(*view->shape == device.shape);
  ASSERT_LT(view->shape_index, inventory.shapes().size());
  EXPECT_EQ(inventory.shapes()[view->shape_index].get(), view->shape);
}

std::shared_ptr<const Inventory> built(const std::vector<Device>& devices) {
  Inventory::Editor editor;
  for (const auto& device : devices) editor.put(device);
  return std::move(editor).build();
}

TEST(Inventory, an_empty_one_has_no_devices) {
  const auto inventory = built({});
  EXPECT_EQ(inventory->size(), 0U);
  EXPECT_FALSE(inventory->find(id_of(1)).has_value());
  EXPECT_TRUE(inventory->shapes().empty());
  EXPECT_EQ(Inventory().size(), 0U);
}

TEST(Inventory, devices_that_look_alike_share_a_shape) {
  const auto inventory = built({device_of(1, 1), device_of(2, 1), device_of(3, 2)});
  EXPECT_EQ(inventory->shapes().size(), 2U);
  EXPECT_EQ(inventory->find(id_of(1))->shape, inventory->find(id_of(2))->shape);
}

TEST(Inventory, an_edit_leaves_its_base_as_it_was_and_shares_the_rest) {
  const auto base = built({device_of(1, 1), device_of(2, 2)});
  Inventory::Editor editor(base);
  auto changed = device_of(1, 3);
  changed.display_name = "a name that is longer than the one before";
  editor.put(changed);
  editor.put(device_of(3, 2));
  editor.remove(id_of(2));
  const auto edited = std::move(editor).build();

  expect_same(*base, device_of(1, 1));
  expect_same(*base, device_of(2, 2));
  EXPECT_FALSE(base->find(id_of(3)).has_value());
  expect_same(*edited, changed);
  expect_same(*edited, device_of(3, 2));
  EXPECT_FALSE(edited->find(id_of(2)).has_value());
  EXPECT_EQ(base->size(), 2U);
  EXPECT_EQ(edited->size(), 2U);
}

TEST(Inventory, blocks_without_a_change_are_shared) {
  std::vector<Device> devices;
  for (std::uint64_t n = 0; n < 5000; ++n) devices.push_back(device_of(n, 1));
  const auto base = built(devices);
  Inventory::Editor editor(base);
  editor.put(device_of(0, 2));
  const auto edited = std::move(editor).build();
  EXPECT_NE(base->find(id_of(0))->display_name.data(), edited->find(id_of(0))->display_name.data());
  EXPECT_EQ(base->find(id_of(4999))->display_name.data(),
            edited->find(id_of(4999))->display_name.data());
}

TEST(Inventory, shape_indexes_are_stable_across_edits) {
  auto inventory = built({device_of(1, 1), device_of(2, 2), device_of(3, 3)});
  const auto one = inventory->find(id_of(1))->shape_index;
  const auto three = inventory->find(id_of(3))->shape_index;
  const auto* shape = inventory->shapes()[three].get();
  Inventory::Editor editor(inventory);
  editor.remove(id_of(2));
  editor.put(device_of(1, 9));
  inventory = std::move(editor).build();
  EXPECT_EQ(inventory->find(id_of(3))->shape_index, three);
  EXPECT_EQ(inventory->shapes()[three].get(), shape);
  EXPECT_TRUE(*inventory->shapes()[one] == shape_of(1));  // kept, though no device has it
}

TEST(Inventory, an_edit_that_changes_nothing_gives_the_same_devices) {
  const auto base = built({device_of(1, 1)});
  Inventory::Editor editor(base);
  editor.remove(id_of(77));
  editor.put(device_of(1, 1));
  const auto edited = std::move(editor).build();
  expect_same(*edited, device_of(1, 1));
  EXPECT_EQ(edited->size(), 1U);
}

TEST(Inventory, whether_a_device_is_enabled_follows_each_edit) {
  std::shared_ptr<const Inventory> inventory;
  for (const auto flag : {DeviceFlag::no, DeviceFlag::yes, DeviceFlag::unknown}) {
    auto device = device_of(1, 1);
    device.enabled = flag;
    Inventory::Editor editor(inventory);
    editor.put(device);
    editor.put(device_of(2, 1));
    inventory = std::move(editor).build();
    EXPECT_EQ(inventory->find(device.id)->enabled, flag);
    EXPECT_EQ(inventory->find(id_of(2))->enabled, DeviceFlag::yes);
    EXPECT_EQ(inventory->size(), 2U) << "its id stays taken";
  }
}

TEST(Inventory, the_last_device_can_go_and_come_back) {
  auto inventory = built({device_of(1, 1)});
  for (int i = 0; i < 3; ++i) {
    Inventory::Editor out(inventory);
    out.remove(id_of(1));
    inventory = std::move(out).build();
    EXPECT_EQ(inventory->size(), 0U);
    Inventory::Editor in(inventory);
    in.put(device_of(50, 2));
    in.put(device_of(1, 1));
    in.remove(id_of(50));
    inventory = std::move(in).build();
    expect_same(*inventory, device_of(1, 1));
  }
}

TEST(Inventory, ids_that_share_a_hash_table_are_told_apart) {
  // The low halves differ in bits that the hash spreads; the count is far above one table's.
  std::vector<Device> devices;
  for (std::uint64_t n = 0; n < 3000; ++n) {
    devices.push_back(device_of(n, 1));
    devices.back().id = DeviceId{Guid{0, n << 52U}};
  }
  const auto inventory = built(devices);
  EXPECT_EQ(inventory->size(), 3000U);
  for (const auto& device : devices) expect_same(*inventory, device);
}

void compare(const Inventory& inventory, const std::map<DeviceId, Device>& oracle) {
  ASSERT_EQ(inventory.size(), oracle.size());
  for (const auto& [id, device] : oracle) {
    ASSERT_NO_FATAL_FAILURE(expect_same(inventory, device));
  }
  const auto ids = inventory.ids();
  ASSERT_EQ(std::set<DeviceId>(ids.begin(), ids.end()).size(), oracle.size());
  for (const auto id : ids) ASSERT_TRUE(oracle.contains(id));
}

TEST(Inventory, a_hundred_thousand_devices_agree_with_a_map) {
  std::mt19937_64 random(11);
  std::map<DeviceId, Device> oracle;
  Inventory::Editor first;
  for (std::uint64_t n = 0; n < 100000; ++n) {
    auto device = device_of(n, random() % 500);
    first.put(device);
    oracle[device.id] = std::move(device);
  }
  auto inventory = std::move(first).build();
  compare(*inventory, oracle);

  const auto untouched = inventory;
  const auto before = oracle;
  for (int round = 0; round < 40; ++round) {
    Inventory::Editor editor(inventory);
    for (int i = 0; i < 1000; ++i) {
      const auto n = random() % 130000;
      if (random() % 3 != 0) {
        editor.remove(id_of(n));
        oracle.erase(id_of(n));
        continue;
      }
      auto device = device_of(n, random() % 600);
      device.display_name.resize(random() % 30, 'x');
      if (random() % 4 == 0) device.physical_ids.assign(random() % 3, "[GID]:" + std::to_string(n));
      editor.put(device);
      oracle[device.id] = std::move(device);
    }
    inventory = std::move(editor).build();
  }
  compare(*inventory, oracle);
  compare(*untouched, before);
}

TEST(Inventory, a_hundred_thousand_devices_take_at_most_64_bytes_each) {
  Inventory::Editor editor;
  constexpr std::uint64_t count = 100000;
  for (std::uint64_t n = 0; n < count; ++n) {
    auto device = device_of(n, n % 300);
    device.physical_ids.clear();
    editor.put(device);
  }
  const auto inventory = std::move(editor).build();
  EXPECT_LE(inventory->device_bytes(), 64 * count);
  EXPECT_GE(inventory->device_bytes(), 20 * count);  // an id and a shape alone
}

}  // namespace
}  // namespace sallyport
