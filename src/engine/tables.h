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
#include "engine/traits.h"
#include "policy/policy_set.h"

namespace sallyport {

using RowIndex = std::uint32_t;

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

// What membership of one group (or role, or user id) adds to the include side and to the exclude
// side of one chunk of the policies.
struct PrincipalOp {
  std::uint32_t chunk = 0;
  std::array<Word, row_chunk> include{}, exclude{};
};

struct OpRange {
  std::uint32_t begin = 0, end = 0;
};

struct PrincipalTable {
  // What everybody of a kind gets: an include and an exclude row for each user type, in some group
  // or in none, an agent's account or a person's. Guest entries only if they hold for every tenant.
  std::vector<Word> by_kind;
  static constexpr std::size_t kind_count = 7 * 2 * 2;
  static std::size_t kind_of(UserType type, bool any_group, bool agent_user) {
    return (static_cast<std::size_t>(type) * 2 + std::size_t{any_group}) * 2 +
           std::size_t{agent_user};
  }
  std::vector<PrincipalOp> ops;
  IdMap<UserId, OpRange> by_user;
  std::vector<OpRange> by_group;  // by GroupIndex, everything it is transitively in
  // 1 for each group whose range is not empty, else 0; and one 0 more, for a group newer than the
  // program, which no policy names. Bytes, because nothing has to be shifted to read one.
  std::vector<std::uint8_t> named_groups;
  std::vector<OpRange> by_role;  // by RoleIndex
  OpRange any_role;
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

// A row that there is not: the value is unknown and some policy asks for it. No other has the mark.
inline constexpr RowIndex no_row = 0xffffffff, no_row_mark = 0x80000000;

// Facts of few values, several of them together: a row for each combination of their numbers.
// `counts` are how many values each can take.
template <std::size_t... counts>
struct ValueTable {
  bool used = false;  // some policy configures one of them
  std::array<RowIndex, ((counts + 2) * ...)> rows{};

  template <class... Facts>
  RowIndex row_of(const Facts&... facts) const {
    std::size_t at = 0;
    ((at = at * (counts + 2) + facts.number()), ...);
    return rows[at];
  }
};

struct LocationTable {
  bool used = false;
  struct Pair {
    RowIndex include = 0, exclude = 0;
  };
  static constexpr Pair nothing{no_row, no_row};
  AddressSpace space;
  // A policy is met when either row includes it and neither excludes it.
  std::vector<Pair> by_set;  // by AddressSpace set; the last is for an unknown address
  // By country (26 * first letter + second; then absence and the unknown), and outside, inside and
  // not known whether in the compliant network. Includes what includes `All`, or does not configure
  // the condition.
  std::vector<std::array<Pair, 3>> by_place;
  // Policies that need more than these tables are always included here, and tested one by one.
  RowIndex special = 0;
};

struct DeviceTable {
  bool used = false;
  struct Entry {
    RowIndex row = 0;
    DeviceTraits traits;
  };
  std::vector<Entry> entries;  // for no device, and then a shape each
  std::size_t shapes() const { return entries.size() - 1; }
  RowIndex special = 0;  // rules about one device (its id, its name): tested one by one
};

struct Tables {
  std::size_t width = 0;  // words a row
  Rows rows{0};
  RowIndex none = 0;  // no policy
  RowIndex all = 0;   // every policy
  PrincipalTable principals;
  IdMap<ApplicationId, RowIndex> by_application;
  std::array<RowIndex, 3> by_user_action{};
  std::array<RowIndex, 100> by_context{};
  ValueTable<6, 5, 3> clients;      // platform, client app, flow
  ValueTable<5, 5, 4> risks;        // of the sign-in, of the user, from inside
  ValueTable<5, 5> workload_risks;  // of the service principal, of the agent identity
  LocationTable locations;
  DeviceTable devices;
};

inline constexpr std::size_t country_count = 26 * 26;
// 26 * first letter + second. REQUIRES: upper-case letters.
inline std::size_t country_index(Country country) {
  const auto letter = [](char c) { return static_cast<std::size_t>(c - 'A'); };
  return 26 * letter(country.letters[0]) + letter(country.letters[1]);
}

// `enforced[bit]` is the policy's index in `compiled`.
Tables make_tables(const PolicySet& policies, const std::vector<CompiledPolicy>& compiled,
                   const std::vector<std::uint32_t>& enforced, const Directory& directory,
                   const Inventory& inventory);

}  // namespace sallyport
