// A sign-in prepared for testing conditions one by one: what it is transitively in, and where.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "directory/directory.h"
#include "engine/match.h"
#include "signin/sign_in.h"

namespace sallyport {

// Marks of a set of small numbers that is cleared in one step.
class Marks {
 public:
  void reset(std::size_t size) {
    if (stamps_.size() < size) stamps_.resize(size, 0);
    if (++now_ == 0) {
      stamps_.assign(stamps_.size(), 0);
      now_ = 1;
    }
  }
  bool insert(std::uint32_t i) {
    if (stamps_[i] == now_) return false;
    stamps_[i] = now_;
    return true;
  }
  bool contains(std::uint32_t i) const { return i < stamps_.size() && stamps_[i] == now_; }

 private:
  std::vector<std::uint32_t> stamps_;
  std::uint32_t now_ = 0;
};

// Groups and roles a user is in, transitively; reused from sign-in to sign-in.
struct Memberships {
  Marks groups;
  Marks roles;
  bool any_group = false;
  bool any_role = false;
  std::vector<GroupIndex> queue;
  void walk(const Directory& directory, const UserView& user);
};

struct Facts {
  const SignIn& sign_in;
  const Memberships& memberships;  // of the known user
  // Of the requested applications, one each; null where there is none.
  std::span<const ServicePrincipal* const> resources;
  // Locations whose ranges hold the known address, sorted; see engine/address_space.h.
  std::span<const std::uint32_t> locations_of_address;
  Match in_trusted_location = Match::no;  // of match_trusted_locations, once for all policies
};

}  // namespace sallyport
