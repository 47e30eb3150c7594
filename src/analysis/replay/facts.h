// From a logged record to the facts of a sign-in, as each policy set's own directory and inventory
// complete them.
//
// What the log does not tell stays unknown (docs/analysis/replay.md has the table): the answer is
// then given under the worst and under the best assumption. A record that holds the facts of the
// server's own decision is read from those, with the groups and roles of that day.
//
// Of most records only the situation is asked for, which is known already; the sign-ins themselves
// are made when somebody wants them.
// Threads: one. Memory: people and devices up to `remembered_max`.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/replay/distinction.h"
#include "analysis/replay/log_words.h"
#include "analysis/replay/logged.h"
#include "analysis/replay/side.h"
#include "signin/read.h"

namespace sallyport::replay {

inline constexpr std::uint32_t nobody = 0xffffffff;

class Facts {
 public:
  // REQUIRES: the sides and the distinction outlive this.
  Facts(std::span<const Side> sides, Distinction& distinction);

  // Errors: invalid_argument for a record without a time, or whose own facts cannot be read.
  [[nodiscard]] Result<void> read(const Logged& logged);
  // Of the record read last; they view it.
  Situation situation() { return distinction_.of(gates_ ? sign_ins_[0] : told_, classes_); }
  std::span<const SignIn> sign_ins();

  // Whether these are the facts the server decided on, and all it had.
  bool are_the_gates() const { return gates_; }
  Instant at() const { return told_.now; }
  // What is asked for, as an id; zero when that is not one application.
  ApplicationId application() const { return application_[0]; }
  // Who signs in, by a number; `nobody` when it is not told, or too many are remembered already.
  std::uint32_t who() const { return who_; }
  std::size_t people() const { return people_.size(); }
  // The principal name, else the id.
  std::string name_of(std::uint32_t who) const;
  std::string id_of(std::uint32_t who) const { return to_string(names_[who].id); }

 private:
  struct Person {  // what every record asks for, in one line of memory
    std::uint32_t number = nobody;
    std::array<std::uint32_t, 2> classes{};  // 0: not asked for yet
    std::array<UserType, 2> types{};         // member, when it is not known
    std::array<bool, 2> found{};             // in the side's directory
    // How the log described who is in no directory.
    std::optional<UserType> type;
    TenantId home_tenant;
  };
  struct Name {
    Guid id;
    std::string text;  // of who is in no directory
  };
  struct LoggedDevice {
    std::array<DeviceShape, 2> shapes;
    std::array<DeviceView, 2> views;
    std::array<std::uint32_t, 2> classes{};
    std::string name;
  };
  struct DeviceKey {
    Guid id;
    std::uint64_t state = 0;  // what the log says of it
    friend bool operator==(const DeviceKey&, const DeviceKey&) = default;
  };
  struct DeviceKeyHash {
    std::size_t operator()(const DeviceKey& key) const noexcept {
      return GuidHash{}({mixed(key.state, key.id.high), key.id.low});
    }
  };

  void read_identity(const Logged& logged);
  void read_user(const Logged& logged, UserId id);
  UserView view_of(UserId id, std::size_t side) const;
  void read_target(const Logged& logged);
  void read_conditions(const Logged& logged);
  void read_proofs(const Logged& logged);
  void read_device(const Logged& logged);
  const LoggedDevice& device_of(const Logged& logged, const DeviceKey& key, std::string_view trust);
  void make_device(const Logged& logged, DeviceId id, std::string_view trust, LoggedDevice& device);
  Result<void> read_own(const Logged& logged, Instant now);
  Person& person_of(const Guid& id, std::string_view name);

  std::span<const Side> sides_;
  Distinction& distinction_;
  LogWords words_;
  SignIn told_;  // but for identity and device
  std::array<SignIn, 2> sign_ins_;
  std::array<SignInInput, 2> inputs_;
  Distinction::Classes classes_;
  std::uint32_t who_ = nobody;
  std::optional<UserId> user_;
  std::array<UserType, 2> types_{};
  std::array<const ServicePrincipal*, 2> principals_{};
  const LoggedDevice* device_ = nullptr;
  // What the log says of a user that no directory holds.
  std::optional<UserType> type_;
  TenantId home_tenant_;
  bool home_tenant_known_ = false;
  bool gates_ = false;
  std::array<ApplicationId, 1> application_;
  FlatMap<Guid, Person, GuidHash> people_;
  Person passing_person_;    // whoever cannot be remembered
  std::vector<Name> names_;  // by number
  // Devices that look alike share one; each device is found by itself.
  std::deque<LoggedDevice> devices_;
  std::unordered_map<std::string, const LoggedDevice*> device_by_look_;
  FlatMap<DeviceKey, const LoggedDevice*, DeviceKeyHash> device_by_id_;
  LoggedDevice passing_device_;
  std::string look_;
};

}  // namespace sallyport::replay
