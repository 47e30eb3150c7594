// From a logged record to the facts of a sign-in, as each policy set's own directory and inventory
// complete them.
//
// What the log does not tell stays unknown (docs/analysis/replay.md has the table): the answer is
// then given under the worst and under the best assumption. A record that holds the facts of the
// server's own decision is read from those, with the groups and roles of that day.
// Threads: one. Memory: users and devices up to `remembered_max`.
#pragma once

#include <array>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/replay/distinction.h"
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
  std::span<const SignIn> sign_ins();
  Situation situation() {
    return distinction_.of({sign_ins_.data(), sides_.size()}, classes_);
  }
  // Whether these are the facts the server decided on, and all it had.
  bool are_the_gates() const { return gates_; }
  Instant at() const { return sign_ins_[0].now; }
  // Who signs in, by a number; `nobody` when it is not told, or too many are remembered already.
  std::uint32_t who() const { return who_; }
  std::size_t people() const { return people_.size(); }
  // The principal name, else the id.
  std::string name_of(std::uint32_t who) const;
  std::string id_of(std::uint32_t who) const { return to_string(people_[who].id); }

 private:
  struct Person {
    Guid id;
    std::array<std::uint32_t, 2> classes{};  // 0: not asked for yet
    std::array<UserType, 2> types{};         // member, when it is not known
    std::array<bool, 2> found{};             // in the side's directory
    // How the log described who is in no directory.
    std::optional<UserType> type;
    TenantId home_tenant;
    std::string name;                        // of who is in no directory
  };
  struct LoggedDevice {
    std::array<DeviceShape, 2> shapes;
    std::array<DeviceView, 2> views;
    std::array<std::uint32_t, 2> classes{};
    std::string name;
  };
  void read_identity(const Logged& logged);
  void read_user(const Logged& logged, UserId id);
  UserView view_of(UserId id, std::size_t side) const;
  void read_target(const Logged& logged, SignIn& sign_in);
  void read_device(const Logged& logged);
  LoggedDevice& device_of(const Logged& logged, DeviceId id);
  void read_proofs(const Logged& logged, SignIn& sign_in) const;
  Result<void> read_own(const Logged& logged, Instant now);
  Person* person_of(const Guid& id);

  std::span<const Side> sides_;
  Distinction& distinction_;
  std::array<SignIn, 2> sign_ins_;
  std::array<SignInInput, 2> inputs_;
  Distinction::Classes classes_;
  std::uint32_t who_ = nobody;
  // What the log says of a user that no directory holds.
  std::optional<UserType> type_;
  TenantId home_tenant_;
  bool home_tenant_known_ = false;
  bool gates_ = false;
  bool incomplete_ = false;  // the users are numbers so far, and not yet looked up
  std::array<ApplicationId, 1> application_;
  Person passing_person_;  // whoever cannot be remembered
  std::deque<Person> people_;
  std::unordered_map<Guid, std::uint32_t, GuidHash> numbers_;
  std::deque<LoggedDevice> devices_;
  std::unordered_map<std::string, LoggedDevice*> device_by_key_;
  LoggedDevice passing_device_;
  std::string key_;
};

}  // namespace sallyport::replay
