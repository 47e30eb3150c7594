// The bit tables: for each condition, from a value of the fact to the set of enforced policies it
// satisfies. Internal to the engine; filled by asking conditions/ for every value.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "device/inventory.h"
#include "directory/directory.h"
#include "engine/address_space.h"
#include "engine/bits.h"
#include "engine/compiled_policy.h"
#include "engine/id_map.h"
#include "policy/policy_set.h"

namespace sallyport {

using RowIndex = std::uint32_t;

// Rows are this many words, or a multiple: short loops of known length become vector code.
inline constexpr std::size_t row_chunk = 4;

// Rows of equal width; equal rows are stored once.
class Rows {
 public:
  explicit Rows(std::size_t width = 0) : width_(width) {}
  std::size_t width() const { return width_; }
  RowIndex add_interned(std::span<const Word> row);
  const Word* operator[](RowIndex i) const { return words_.data() + i * width_; }
  const Word* data() const { return words_.data(); }  // of row 0; row i begins i * width further

 private:
  RowIndex add(std::span<const Word> row);
  std::size_t width_;
  std::vector<Word> words_;
  std::unordered_map<std::size_t, std::vector<RowIndex>> by_hash_;
};

// What membership of one group (or role, or user id) adds: a few words of the include side and of
// the exclude side.
struct PrincipalOp {
  std::uint32_t word = 0;
  Word include = 0;
  Word exclude = 0;
};

struct OpRange {
  std::uint32_t begin = 0, end = 0;
};

struct PrincipalTable {
  std::vector<Word> base;  // include_all and unknown words
  std::vector<PrincipalOp> ops;
  IdMap<UserId, OpRange> by_user;
  std::vector<OpRange> by_group;  // by GroupIndex, everything it is transitively in
  // A bit for each group whose range is not empty, and one more that is never set.
  std::vector<Word> named_groups;
  bool names(GroupIndex group) const {  // a group newer than the program: no policy names it
    const auto bit = std::min<std::size_t>(group, by_group.size());
    return (named_groups[bit / 64] >> (bit % 64) & 1U) != 0;
  }
  std::vector<OpRange> by_role;  // by RoleIndex
  OpRange any_group, any_role, agent_user;
  std::array<OpRange, 7> by_type;  // guest entries that hold for every tenant
  // Guest entries with a list of tenants, looked at one by one for external users.
  struct TenantEntry {
    const GuestsOrExternalUsers* guests = nullptr;
    std::uint32_t bit = 0;
    bool exclude = false;
  };
  std::vector<TenantEntry> by_tenant;
  // Groups from which some role is reached: their members hold any role. Only looked at when
  // some policy asks for any role.
  std::vector<bool> group_reaches_role;
};

template <std::size_t count>
struct ValueTable {
  bool used = false;                   // some policy configures the condition
  std::array<RowIndex, count> rows{};  // by value; the last is for absence
};

struct LocationTable {
  bool used = false;
  struct Pair {
    RowIndex include = 0, exclude = 0;
  };
  // Which facts the rows below look at; special policies look for themselves.
  bool asks_address = false, asks_country = false, asks_network = false;
  AddressSpace space;
  std::vector<Pair> by_set;      // by AddressSpace set
  std::vector<Pair> by_country;  // 26 * first letter + second; the last is absence
  Pair in_network, outside_network;
  RowIndex always = 0;   // include `All`, or the condition is not configured
  RowIndex special = 0;  // needs more than these tables: tested one by one
};

struct DeviceTable {
  bool used = false;
  RowIndex absent = 0;
  std::vector<RowIndex> by_shape;
  RowIndex special = 0;  // rules about one device (its id, its name): tested one by one
};

struct Tables {
  std::size_t width = 0;  // words a row
  Rows rows{0};
  RowIndex none = 0;  // no policy
  PrincipalTable principals;
  IdMap<ApplicationId, RowIndex> by_application;
  RowIndex other_application = 0;
  std::array<RowIndex, 3> by_user_action{};
  std::array<RowIndex, 100> by_context{};
  ValueTable<7> platforms;
  ValueTable<6> client_apps;
  ValueTable<6> sign_in_risk, user_risk, service_principal_risk, agent_id_risk;
  ValueTable<5> insider_risk;
  ValueTable<4> flows;
  LocationTable locations;
  DeviceTable devices;
};

// 26 * first letter + second. REQUIRES: upper-case letters.
std::size_t country_index(Country country);

// `enforced[bit]` is the policy's index in `compiled`.
Tables make_tables(const PolicySet& policies, const std::vector<CompiledPolicy>& compiled,
                   const std::vector<std::uint32_t>& enforced, const Directory& directory,
                   const Inventory& inventory);

}  // namespace sallyport
