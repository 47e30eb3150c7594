// Devices are numbered without holes; number n is row n % 1024 of block n / 1024. A block holds its
// rows of 24 bytes and their names one after the other; physical ids, which few devices have,
// stand apart. An index of 1024 small open-addressing tables of device numbers finds the number of
// an id. Snapshots share blocks, tables and shapes; an editor copies each one before its first
// change to it. The last device takes the number of one that is removed.
#include "device/inventory.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "device/shape_table.h"

namespace sallyport {
namespace {

constexpr std::uint32_t block_size = 1024;
constexpr std::size_t table_count = 1024;
constexpr std::uint32_t nobody = 0xffffffff;

// The bits of GuidHash are spread well enough for a table, its upper half picks which.
std::size_t table_of(std::uint64_t hash) { return (hash >> 40U) % table_count; }

struct Row {
  DeviceId id;
  std::uint32_t shape = no_shape_index;
  std::uint32_t name_begin : 31;
  std::uint32_t has_physical_ids : 1;
  Row() : name_begin(0), has_physical_ids(0) {}
};
static_assert(sizeof(Row) == 24);

struct Block {
  std::uint32_t count = 0;
  std::array<Row, block_size + 1> rows;  // one more, where the last name ends
  std::string names;
  std::vector<std::pair<std::uint32_t, std::vector<std::string>>> physical_ids;  // by row, sorted

  std::string_view name(std::uint32_t row) const {
    const std::size_t begin = rows[row].name_begin;
    return std::string_view(names).substr(begin, rows[row + 1].name_begin - begin);
  }

  void set_name(std::uint32_t row, std::string_view name_now) {
    const auto before = name(row).size();
    names.replace(rows[row].name_begin, before, name_now);
    if (name_now.size() == before) return;
    const auto end = std::max(count, row + 1);
    for (auto i = row + 1; i <= end; ++i) {
      rows[i].name_begin = (rows[i].name_begin + name_now.size() - before) & 0x7fffffffU;
    }
  }

  auto physical_ids_of(std::uint32_t row) const {
    return std::lower_bound(physical_ids.begin(), physical_ids.end(), row,
                            [](const auto& entry, std::uint32_t r) { return entry.first < r; });
  }

  std::span<const std::string> physical(std::uint32_t row) const {
    if (rows[row].has_physical_ids == 0) return {};
    return physical_ids_of(row)->second;
  }

  void set_physical(std::uint32_t row, std::span<const std::string> ids) {
    const auto entry = physical_ids_of(row);
    const auto at = physical_ids.begin() + std::distance(physical_ids.cbegin(), entry);
    const bool had = rows[row].has_physical_ids != 0;
    rows[row].has_physical_ids = ids.empty() ? 0 : 1;
    if (had && ids.empty()) {
      physical_ids.erase(at);
    } else if (had) {
      at->second.assign(ids.begin(), ids.end());
    } else if (!ids.empty()) {
      physical_ids.insert(at, {row, std::vector<std::string>(ids.begin(), ids.end())});
    }
  }

  // INVARIANT: the row after the last begins where the names end, and has no name.
  void set(std::uint32_t row, DeviceId id, std::uint32_t shape, std::string_view name_now,
           std::span<const std::string> ids) {
    if (row == count) rows[row + 1].name_begin = rows[row].name_begin;
    rows[row].id = id;
    rows[row].shape = shape;
    set_name(row, name_now);
    set_physical(row, ids);
    count = std::max(count, row + 1);
  }

  void remove_last() {
    set_physical(count - 1, {});
    names.resize(rows[count - 1].name_begin);
    --count;
  }

  std::size_t bytes() const {
    std::size_t total = sizeof(Block) + names.capacity() + 1;
    total += physical_ids.capacity() * sizeof(physical_ids[0]);
    for (const auto& [row, ids] : physical_ids) {
      total += ids.capacity() * sizeof(std::string);
      for (const auto& id : ids) {
        total += id.capacity() > std::string().capacity() ? id.capacity() + 1 : 0;
      }
    }
    return total;
  }
};

// Device numbers whose ids fall into this table; linear probing, about 0.7 full.
struct Table {
  std::vector<std::uint32_t> slots;
  std::uint32_t used = 0;

  std::size_t home(std::uint64_t hash) const {  // no division: the hash as a fraction of the size
    return static_cast<std::size_t>(((hash & 0xffffffffU) * slots.size()) >> 32U);
  }
  std::size_t after(std::size_t slot) const { return slot + 1 == slots.size() ? 0 : slot + 1; }
  bool is_full() const { return (used + 1) * 5 > slots.size() * 4; }

  void insert(std::uint64_t hash, std::uint32_t number) {  // REQUIRES: !is_full()
    auto slot = home(hash);
    while (slots[slot] != nobody) slot = after(slot);
    slots[slot] = number;
    ++used;
  }
};

// A list of shared parts, and which of them an editor made and so may change.
template <class Part>
struct Parts {
  std::vector<std::shared_ptr<Part>> parts;
  std::vector<bool> owned;

  Part& changeable(std::size_t i) {
    if (!owned[i]) {
      parts[i] = parts[i] ? std::make_shared<Part>(*parts[i]) : std::make_shared<Part>();
      owned[i] = true;
    }
    return *parts[i];
  }
  void resize(std::size_t size) {
    parts.resize(size);
    owned.resize(size, false);
  }
};

}  // namespace

struct Inventory::State {
  std::uint32_t count = 0;
  Parts<Block> blocks;
  Parts<Table> tables;
  std::shared_ptr<ShapeTable> shapes = std::make_shared<ShapeTable>();
  bool owns_shapes = true;

  State() { tables.resize(table_count); }

  const Block& block_of(std::uint32_t number) const { return *blocks.parts[number / block_size]; }
  Block& changeable_block_of(std::uint32_t number) {
    return blocks.changeable(number / block_size);
  }
  DeviceId id_of(std::uint32_t number) const {
    return block_of(number).rows[number % block_size].id;
  }

  static std::uint64_t hash_of(DeviceId id) { return GuidHash{}(id.guid); }

  // The slot that holds the device's number, or size() of the table.
  std::size_t slot_of(const Table& table, std::uint64_t hash, DeviceId id) const {
    if (table.slots.empty()) return 0;
    for (auto slot = table.home(hash); table.slots[slot] != nobody; slot = table.after(slot)) {
      if (id_of(table.slots[slot]) == id) return slot;
    }
    return table.slots.size();
  }

  std::uint32_t number_of(DeviceId id) const {
    const auto hash = hash_of(id);
    const auto& table = tables.parts[table_of(hash)];
    if (!table) return nobody;
    const auto slot = slot_of(*table, hash, id);
    return slot == table->slots.size() ? nobody : table->slots[slot];
  }

  DeviceView view(std::uint32_t number) const;
  void put(const Device& device);
  void remove(DeviceId id);
  void grow(Table& table) const;
  void erase_slot(Table& table, std::size_t slot) const;
  std::uint32_t intern(const DeviceShape& shape);
  void finish();
};

DeviceView Inventory::State::view(std::uint32_t number) const {
  const Block& block = block_of(number);
  const auto row = number % block_size;
  DeviceView view;
  view.id = block.rows[row].id;
  view.display_name = block.name(row);
  view.physical_ids = block.physical(row);
  view.shape_index = block.rows[row].shape;
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
  if (number == nobody) {
    number = count;
    if (number % block_size == 0) blocks.resize(number / block_size + 1);
    const auto hash = hash_of(device.id);
    auto& table = tables.changeable(table_of(hash));
    if (table.is_full()) grow(table);
    table.insert(hash, number);
    ++count;
  }
  changeable_block_of(number).set(number % block_size, device.id, shape, device.display_name,
                                  device.physical_ids);
}

// By a quarter, so that tables stay between 0.64 and 0.8 full.
void Inventory::State::grow(Table& table) const {
  const auto before = std::move(table.slots);
  table.slots.assign(std::max<std::size_t>(8, before.size() + before.size() / 4), nobody);
  table.used = 0;
  for (const auto number : before) {
    if (number != nobody) table.insert(hash_of(id_of(number)), number);
  }
}

// Closes the gap: whoever stands further from home than the gap moves into it.
void Inventory::State::erase_slot(Table& table, std::size_t slot) const {
  const auto size = table.slots.size();
  const auto distance = [size](std::size_t from, std::size_t to) { return (to + size - from) % size; };
  for (auto next = table.after(slot); table.slots[next] != nobody; next = table.after(next)) {
    const auto home = table.home(hash_of(id_of(table.slots[next])));
    if (distance(home, next) < distance(slot, next)) continue;
    table.slots[slot] = table.slots[next];
    slot = next;
  }
  table.slots[slot] = nobody;
  --table.used;
}

void Inventory::State::remove(DeviceId id) {
  const auto number = number_of(id);
  if (number == nobody) return;
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
    changeable_block_of(number).set(number % block_size, moved.id, moved.shape_index, name, ids);
  }
  changeable_block_of(last).remove_last();
  count = last;
  if (count % block_size == 0) blocks.resize(count / block_size);
}

void Inventory::State::finish() {
  for (std::size_t i = 0; i < blocks.parts.size(); ++i) {
    if (!blocks.owned[i]) continue;
    blocks.parts[i]->names.shrink_to_fit();
    blocks.parts[i]->physical_ids.shrink_to_fit();
  }
  blocks.owned.assign(blocks.owned.size(), false);
  tables.owned.assign(tables.owned.size(), false);
  owns_shapes = false;
}

Inventory::Inventory() : state_(std::make_unique<State>()) { state_->finish(); }
Inventory::~Inventory() = default;

std::optional<DeviceView> Inventory::find(DeviceId id) const {
  const auto number = state_->number_of(id);
  if (number == nobody) return std::nullopt;
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
    if (table) total += sizeof(Table) + table->slots.capacity() * sizeof(std::uint32_t);
  }
  return total;
}

Inventory::Editor::Editor() : state_(std::make_unique<State>()) {}
Inventory::Editor::Editor(std::shared_ptr<const Inventory> base)
    : state_(base ? std::make_unique<State>(*base->state_) : std::make_unique<State>()) {}
Inventory::Editor::~Editor() = default;

void Inventory::Editor::put(const Device& device) { state_->put(device); }
void Inventory::Editor::remove(DeviceId id) { state_->remove(id); }

std::shared_ptr<const Inventory> Inventory::Editor::build() && {
  state_->finish();
  auto built = std::make_shared<Inventory>();
  built->state_ = std::move(state_);
  return built;
}

}  // namespace sallyport
