// Random tenants, policies and sign-ins, from a seed, for the differential tests, the properties
// and the benchmarks. Everything a policy can say occurs, and names are drawn from few, so that
// conditions hit often: a policy that almost never applies tests nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "device/inventory.h"
#include "directory/directory.h"
#include "policy/policy_set.h"
#include "signin/sign_in.h"
#include "tests/differential/random.h"

namespace sallyport::testing_support {

struct WorldSize {
  std::size_t policies_min = 1;
  std::size_t policies_max = 10;
  std::size_t users = 24;
  std::size_t groups = 9;
  std::size_t roles = 6;
  std::size_t devices = 10;
};

// Where the location that is looked up by GPS stands in World::locations.
inline constexpr std::size_t location_by_gps = 4;

struct World {
  std::uint64_t seed = 0;
  PolicySet policy_set;
  std::shared_ptr<const Directory> directory;
  std::shared_ptr<const Inventory> inventory;
  // What policies and sign-ins draw from. Ids that nothing defines are among them.
  std::vector<UserId> users;
  std::vector<GroupId> groups;
  std::vector<RoleId> roles;
  std::vector<TenantId> tenants;
  std::vector<ServicePrincipalId> service_principals;
  std::vector<ApplicationId> applications;
  std::vector<DeviceId> devices;
  std::vector<LocationId> locations;
  std::vector<StrengthId> strengths;
  std::vector<AgreementId> agreements;
  std::vector<CustomControlId> custom_controls;
};

World make_world(std::uint64_t seed, const WorldSize& size = {});
// One more policy of the kind the world is full of.
Policy make_policy(const World& world, Random& random, std::size_t number);

// A sign-in that owns what it points to, but for the world's share. Moving keeps views valid.
struct GeneratedSignIn {
  struct Storage;
  SignIn sign_in;
  std::shared_ptr<Storage> storage;
};

// Each fact known, absent or unknown; some sign-ins have no unknown fact, some many.
GeneratedSignIn make_sign_in(const World& world, Random& random);
// Every fact known or absent.
GeneratedSignIn make_complete_sign_in(const World& world, Random& random);

// One fact of a sign-in, to be replaced: for hiding it, and for trying its values.
struct FactOfSignIn {
  std::string_view name;
  bool proves;  // what only requirements ask for
  void (*set)(const World& world, Random& random, GeneratedSignIn& to);  // to some value
  void (*make_absent)(GeneratedSignIn& to);  // null: it cannot be absent
  void (*make_unknown)(GeneratedSignIn& to);
};
std::span<const FactOfSignIn> facts_of_sign_in();

}  // namespace sallyport::testing_support
