// What a pair of policy sets can tell apart.
//
// A log repeats itself: hundreds of thousands of sign-ins by people of whom the policies name
// nothing, from places they draw no line between. Two sign-ins that differ in nothing the policies
// ask for have the same answer, so each fact becomes a small number, equal where no policy of
// either set sees a difference, and each tuple of numbers (a Situation) is decided once.
//
//   user      the groups, roles, type and home tenant that policies can reach; itself, when named
//   address   the set of named locations that hold it (engine/address_space.h)
//   device    its shape; itself, when some filter asks for id, name or physical ids
//   time      on which side of each sign-in frequency's limit
//
// Threads: one at a time. Memory: grows with what the policies and directories name, and with
// users up to `remembered_max`.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/replay/flat_map.h"
#include "analysis/replay/side.h"
#include "engine/address_space.h"
#include "signin/sign_in.h"

namespace sallyport::replay {

inline constexpr std::size_t remembered_max = 1'000'000;

struct Situation {
  // Which part of a record (glance.h) decides which of them, from the first on.
  static constexpr std::size_t who = 0, device = 3, application = 6, address = 7, place = 8;
  static constexpr std::size_t rest = 9, end = 17;
  // The caller's.
  static constexpr std::size_t gates = 14, error_code = 15, ending = 16;
  std::array<std::uint32_t, 18> numbers{};
  friend bool operator==(const Situation&, const Situation&) = default;
};
struct SituationHash {
  std::size_t operator()(const Situation& situation) const noexcept {
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < situation.numbers.size(); i += 2) {
      const auto low = situation.numbers[i], high = situation.numbers[i + 1];
      hash = mixed(hash, std::uint64_t{high} << 32U | low);
    }
    return static_cast<std::size_t>(hash ^ (hash >> 32U));
  }
};

class Distinction {
 public:
  // REQUIRES: the sides outlive this.
  explicit Distinction(std::span<const Side> sides);

  // By side: the class of who signs in, and of the device; 0: unknown, 1: absent.
  struct Classes {
    std::array<std::uint32_t, 2> identity{};
    std::array<std::uint32_t, 2> device{};
  };
  // Of a sign-in whose identity and device are these; what it holds itself of them does not count.
  Situation of(const SignIn& sign_in, const Classes& classes);
  // Equal for those between which no policy of this side sees a difference.
  std::uint32_t class_of(const UserView& user, std::size_t side);
  std::uint32_t class_of(const ServicePrincipal& principal);
  std::uint32_t class_of(const DeviceView& device);
  std::uint32_t number_of(const Fact<IpAddress>& address) const;
  // Between which of the limits of sign-in frequencies the time since then lies.
  std::uint32_t age_of(const Fact<Instant>& since, Instant now) const;
  // Whether some policy can tell this application from one that nobody knows.
  bool is_known(ApplicationId application) const { return applications_.contains(application); }
  // Whether some filter asks for more of a device than its shape.
  bool tells_devices_apart() const { return single_devices_; }

 private:
  std::uint32_t number_of(const std::string& text);
  std::uint32_t number_of_target(const Target& target);
  std::uint32_t number_of_proofs(const Proofs& proofs);

  std::span<const Side> sides_;
  std::unordered_set<UserId> users_;
  std::unordered_set<ApplicationId> applications_;
  std::array<std::vector<bool>, 2> groups_;  // by side and index: reaches what a policy names
  bool asks_roles_ = false;
  bool asks_groups_ = false;  // whether there is any
  bool asks_tenants_ = false;
  bool single_devices_ = false;
  AddressSpace addresses_;
  std::vector<std::chrono::microseconds> limits_;  // of sign-in frequencies, ascending
  std::unordered_map<std::string, std::uint32_t> numbers_;
  FlatMap<ApplicationId, std::uint32_t, std::hash<ApplicationId>> application_numbers_;
  std::uint32_t last_number_ = 1;
  std::string text_;  // reused
};

}  // namespace sallyport::replay
