// The hash of an id chooses one of 1024 blocks, and the place in it (device_block.h). Snapshots
// share blocks and shapes; an editor copies each one before its first change to it.
#include "device/inventory.h"

#include "device/device_block.h"
#include "device/shape_table.h"

namespace sallyport {
namespace {

constexpr std::size_t block_count = 1024;

std::uint64_t hash_of(DeviceId id) { return GuidHash{}(id.guid); }

// The upper half chooses the block, the lower half the place in it.
std::size_t block_of(std::uint64_t hash) { return (hash >> 40U) % block_count; }

}  // namespace

struct Inventory::State {
  std::size_t count = 0;
  std::vector<std::shared_ptr<DeviceBlock>> blocks;  // null: no device yet
  std::vector<bool> owned;             // made by this editor, which so may change them
  std::vector<DeviceBlockView> views;  // of finished blocks; what reading goes through
  std::shared_ptr<ShapeTable> shapes = std::make_shared<ShapeTable>();
  bool owns_shapes = true;

  State() : blocks(block_count), owned(block_count, false), views(block_count) {}

  DeviceBlock& changeable(std::size_t i) {
    if (!owned[i]) {
      blocks[i] =
          blocks[i] ? std::make_shared<DeviceBlock>(*blocks[i]) : std::make_shared<DeviceBlock>();
      owned[i] = true;
    }
    return *blocks[i];
  }

  void describe(std::size_t block, const DeviceRow& row, DeviceView& into) const {
    into.id = row.id;
    into.display_name = views[block].name(row);
    into.physical_ids = {};
    if (row.has_physical_ids) into.physical_ids = blocks[block]->physical_ids(row);
    into.id_known = into.display_name_known = into.physical_ids_known = true;
    into.enabled = row.enabled;
    into.shape_index = row.shape;
    into.shape = shapes->shapes()[row.shape].get();
  }

  bool has(DeviceId id) const {
    const auto hash = hash_of(id);
    const auto& block = blocks[block_of(hash)];
    return block && block->view().find(id, hash) != nullptr;
  }

  std::uint32_t intern(const DeviceShape& shape) {
    const auto known = shapes->find(shape);
    if (known != no_shape_index) return known;
    if (!owns_shapes) shapes = std::make_shared<ShapeTable>(*shapes);
    owns_shapes = true;
    return shapes->add(shape);
  }

  void put(const Device& device) {
    const auto hash = hash_of(device.id);
    const bool added =
        changeable(block_of(hash))
            .put({.id = device.id, .shape = intern(device.shape), .enabled = device.enabled}, hash,
                 device.display_name, device.physical_ids);
    if (added) ++count;
  }

  void remove(DeviceId id) {
    if (!has(id)) return;
    const auto hash = hash_of(id);
    changeable(block_of(hash)).remove(id, hash);
    --count;
  }

  void finish() {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      if (!owned[i]) continue;
      blocks[i]->pack();
      views[i] = blocks[i]->view();
    }
    owned.assign(owned.size(), false);
    owns_shapes = false;
  }
};

Inventory::Inventory() : state_(std::make_unique<State>()) { state_->finish(); }
Inventory::~Inventory() = default;

void Inventory::prefetch(DeviceId id) const {
  const auto hash = hash_of(id);
  state_->views[block_of(hash)].prefetch(hash);
}

std::optional<DeviceView> Inventory::find(DeviceId id) const {
  std::optional<DeviceView> device(std::in_place);
  return find(id, *device) ? device : std::nullopt;
}

bool Inventory::find(DeviceId id, DeviceView& into) const {
  const auto hash = hash_of(id);
  const auto block = block_of(hash);
  const auto* row = state_->views[block].find(id, hash);
  if (row == nullptr) return false;
  state_->describe(block, *row, into);
  return true;
}

std::size_t Inventory::size() const { return state_->count; }

std::vector<DeviceId> Inventory::ids() const {
  std::vector<DeviceId> all;
  all.reserve(size());
  for (const auto& block : state_->blocks) {
    if (!block) continue;
    for (const auto& row : block->rows()) {
      if (!row.is_free()) all.push_back(row.id);
    }
  }
  return all;
}

std::span<const std::shared_ptr<const DeviceShape>> Inventory::shapes() const {
  return state_->shapes->shapes();
}

std::size_t Inventory::device_bytes() const {
  std::size_t total = sizeof(State) + state_->shapes->bytes();
  total += state_->blocks.capacity() * sizeof(state_->blocks[0]) + state_->owned.capacity() / 8 +
           state_->views.capacity() * sizeof(DeviceBlockView);
  for (const auto& block : state_->blocks) total += block ? block->bytes() : 0;
  return total;
}

Inventory::Editor::Editor() : state_(std::make_unique<State>()) {}
Inventory::Editor::Editor(std::shared_ptr<const Inventory> base)
    : state_(base ? std::make_unique<State>(*base->state_) : std::make_unique<State>()) {}
Inventory::Editor::~Editor() = default;

void Inventory::Editor::put(const Device& device) { state_->put(device); }
bool Inventory::Editor::add(const Device& device) {
  if (state_->has(device.id)) return false;
  state_->put(device);
  return true;
}
void Inventory::Editor::remove(DeviceId id) { state_->remove(id); }

std::shared_ptr<const Inventory> Inventory::Editor::build() && {
  state_->finish();
  auto built = std::make_shared<Inventory>();
  built->state_ = std::move(state_);
  return built;
}

}  // namespace sallyport
