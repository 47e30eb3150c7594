// Devices are numbered without holes; number n is row n % 1024 of block n / 1024. A block holds its
// rows of 24 bytes and their names one after the other; physical ids, which few devices have,
// stand apart. An index of 1024 small open-addressing tables finds the number of an id; beside each
// number stands one byte of the id's hash, so that nearly no row is fetched in vain. Snapshots
// share blocks, tables and shapes; an editor copies each one before its first change to it. The
// last device takes the number of one that is removed.
#include "device/inventory.h"

#include "device/inventory_parts.h"
#include "device/shape_table.h"

namespace sallyport {
namespace {

constexpr std::size_t table_count = 1024;

// The bits of GuidHash are spread well enough for a table, its upper half picks which.
std::size_t table_of(std::uint64_t hash) { return (hash >> 40U) % table_count; }

}  // namespace

struct Inventory::State {
  std::uint32_t count = 0;
  Parts<DeviceBlock> blocks;
  Parts<DeviceTable> tables;
  std::shared_ptr<ShapeTable> shapes = std::make_shared<ShapeTable>();
  bool owns_shapes = true;

  State() { tables.resize(table_count); }

  const DeviceBlock& block_of(std::uint32_t number) const {
    return *blocks.parts[number / device_block_size];
  }
  DeviceBlock& changeable_block_of(std::uint32_t number) {
    return blocks.changeable(number / device_block_size);
  }
  DeviceId id_of(std::uint32_t number) const {
    return block_of(number).row(number % device_block_size).id;
  }

  static std::uint64_t hash_of(DeviceId id) { return GuidHash{}(id.guid); }

  // The slot that holds the device's number, or size() of the table.
  std::size_t slot_of(const DeviceTable& table, std::uint64_t hash, DeviceId id) const {
    if (table.slots.empty()) return 0;
    for (auto slot = table.home(hash); table.slots[slot] != no_device; slot = table.after(slot)) {
      if (table.tags[slot] == DeviceTable::tag(hash) && id_of(table.slots[slot]) == id) return slot;
    }
    return table.slots.size();
  }

  std::uint32_t number_of(DeviceId id) const {
    const auto hash = hash_of(id);
    const auto& table = tables.parts[table_of(hash)];
    if (!table) return no_device;
    const auto slot = slot_of(*table, hash, id);
    return slot == table->slots.size() ? no_device : table->slots[slot];
  }

  DeviceView view(std::uint32_t number) const;
  void put(const Device& device);
  void remove(DeviceId id);
  void grow(DeviceTable& table) const;
  void erase_slot(DeviceTable& table, std::size_t slot) const;
  std::uint32_t intern(const DeviceShape& shape);
  void finish();
};

DeviceView Inventory::State::view(std::uint32_t number) const {
  const DeviceBlock& block = block_of(number);
  const auto row = number % device_block_size;
  DeviceView view;
  view.id = block.row(row).id;
  view.display_name = block.name(row);
  view.physical_ids = block.physical_ids(row);
  view.shape_index = block.row(row).shape;
  view.shape = shapes->shapes()[view.shape_index].get();
  return view;
}

std::uint32_t Inventory::State::intern(const DeviceShape& shape) {
  const auto known = shapes->find(shape);
  if (known != no_shape_index) return known;
  if (!owns_shapes) shapes = std::make_shared<ShapeTable>(*shapes);
  owns_shapes = true;
  return shapes->add(shape);
}

void Inventory::State::put(const Device& device) {
  const auto shape = intern(device.shape);
  auto number = number_of(device.id);
  if (number == no_device) {
    number = count;
    if (number % device_block_size == 0) blocks.resize(number / device_block_size + 1);
    const auto hash = hash_of(device.id);
    auto& table = tables.changeable(table_of(hash));
    if (table.is_full()) grow(table);
    table.insert(hash, number);
    ++count;
  }
  changeable_block_of(number).set(number % device_block_size, device.id, shape, device.display_name,
                                  device.physical_ids);
}

// All hashes first: the rows they come from are then fetched side by side.
void Inventory::State::grow(DeviceTable& table) const {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> entries;
  entries.reserve(table.used);
  for (const auto number : table.slots) {
    if (number != no_device) entries.emplace_back(hash_of(id_of(number)), number);
  }
  const auto size = table.slots.size();
  table.clear(std::max<std::size_t>(8, size + size / 2));
  for (const auto& [hash, number] : entries) table.insert(hash, number);
}

// Closes the gap: whoever stands further from home than the gap moves into it.
void Inventory::State::erase_slot(DeviceTable& table, std::size_t slot) const {
  const auto size = table.slots.size();
  const auto distance = [size](std::size_t from, std::size_t to) {
    return (to + size - from) % size;
  };
  for (auto next = table.after(slot); table.slots[next] != no_device; next = table.after(next)) {
    const auto home = table.home(hash_of(id_of(table.slots[next])));
    if (distance(home, next) < distance(slot, next)) continue;
    table.slots[slot] = table.slots[next];
    table.tags[slot] = table.tags[next];
    slot = next;
  }
  table.slots[slot] = no_device;
  --table.used;
}

void Inventory::State::remove(DeviceId id) {
  const auto number = number_of(id);
  if (number == no_device) return;
  const auto hash = hash_of(id);
  auto& table = tables.changeable(table_of(hash));
  erase_slot(table, slot_of(table, hash, id));

  const auto last = count - 1;
  if (number != last) {
    const auto moved = view(last);
    const auto moved_hash = hash_of(moved.id);
    auto& moved_table = tables.changeable(table_of(moved_hash));
    moved_table.slots[slot_of(moved_table, moved_hash, moved.id)] = number;
    // Copied first: both may live in one block, whose memory then moves.
    const std::string name(moved.display_name);
    const std::vector<std::string> ids(moved.physical_ids.begin(), moved.physical_ids.end());
    changeable_block_of(number).set(number % device_block_size, moved.id, moved.shape_index, name,
                                    ids);
  }
  changeable_block_of(last).remove_last();
  count = last;
  if (count % device_block_size == 0) blocks.resize(count / device_block_size);
}

void Inventory::State::finish() {
  for (std::size_t i = 0; i < blocks.parts.size(); ++i) {
    if (blocks.owned[i]) blocks.parts[i]->shrink_to_fit();
  }
  blocks.owned.assign(blocks.owned.size(), false);
  tables.owned.assign(tables.owned.size(), false);
  owns_shapes = false;
}

Inventory::Inventory() : state_(std::make_unique<State>()) { state_->finish(); }
Inventory::~Inventory() = default;

void Inventory::prefetch(DeviceId id) const {
  const auto hash = state_->hash_of(id);
  const auto& table = state_->tables.parts[table_of(hash)];
  if (!table || table->slots.empty()) return;
  const auto home = table->home(hash);
  __builtin_prefetch(&table->tags[home]);
  __builtin_prefetch(&table->slots[home]);
}

void Inventory::prefetch_found(DeviceId id) const {
  const auto hash = state_->hash_of(id);
  const auto& table = state_->tables.parts[table_of(hash)];
  if (!table || table->slots.empty()) return;
  // The first that may be it: usually is.
  const auto tag = DeviceTable::tag(hash);
  for (auto slot = table->home(hash); table->slots[slot] != no_device; slot = table->after(slot)) {
    if (table->tags[slot] != tag) continue;
    const auto number = table->slots[slot];
    __builtin_prefetch(&state_->block_of(number).row(number % device_block_size));
    return;
  }
}

std::optional<DeviceView> Inventory::find(DeviceId id) const {
  const auto number = state_->number_of(id);
  if (number == no_device) return std::nullopt;
  return state_->view(number);
}

std::size_t Inventory::size() const { return state_->count; }

DeviceView Inventory::at(std::size_t index) const {
  return state_->view(static_cast<std::uint32_t>(index));
}

std::span<const std::shared_ptr<const DeviceShape>> Inventory::shapes() const {
  return state_->shapes->shapes();
}

std::size_t Inventory::device_bytes() const {
  std::size_t total = sizeof(State) + state_->shapes->bytes();
  total += state_->blocks.parts.capacity() * sizeof(state_->blocks.parts[0]);
  total += state_->tables.parts.capacity() * sizeof(state_->tables.parts[0]);
  for (const auto& block : state_->blocks.parts) total += block->bytes();
  for (const auto& table : state_->tables.parts) {
    if (table) {
      total += sizeof(DeviceTable) + table->tags.capacity() +
               table->slots.capacity() * sizeof(std::uint32_t);
    }
  }
  return total + state_->blocks.owned.capacity() / 8 + state_->tables.owned.capacity() / 8;
}

Inventory::Editor::Editor() : state_(std::make_unique<State>()) {}
Inventory::Editor::Editor(std::shared_ptr<const Inventory> base)
    : state_(base ? std::make_unique<State>(*base->state_) : std::make_unique<State>()) {}
Inventory::Editor::~Editor() = default;

void Inventory::Editor::put(const Device& device) { state_->put(device); }
bool Inventory::Editor::add(const Device& device) {
  if (state_->number_of(device.id) != no_device) return false;
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
