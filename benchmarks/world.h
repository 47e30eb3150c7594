// A company for benchmarks, the same for the same numbers: departments, nested groups, roles,
// guests, devices of a few hundred looks, and policies as administrators write them.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "device/inventory.h"
#include "directory/directory.h"
#include "policy/policy_set.h"
#include "signin/sign_in.h"

namespace sallyport::benchmarks {

struct Size {
  std::uint32_t users = 1'000'000;
  std::uint32_t devices = 1'000'000;
  std::uint32_t groups = 10'000;
  std::uint32_t applications = 400;
  std::uint32_t policies = 200;
};

struct World {
  Size size;
  PolicySet policies;
  std::shared_ptr<const Directory> directory;
  std::shared_ptr<const Inventory> inventory;
};

UserId user_id(std::uint32_t i);
DeviceId device_id(std::uint32_t i);
GroupId group_id(std::uint32_t i);
ApplicationId application_id(std::uint32_t i);

// The group it is nested in, if any.
std::optional<GroupId> outer_group(std::uint32_t group);
World make_world(const Size& size);
PolicySet make_policies(const Size& size);
Directory::Editor::User make_user(const Size& size, std::uint32_t i);
Device make_device(std::uint32_t i);

// A sign-in as a door receives it: ids, an address, words.
struct Request {
  UserId user;
  DeviceId device;
  bool has_device = false;
  ApplicationId application;
  IpAddress address;
  Country country;
  Platform platform = Platform::windows;
  ClientApp client_app = ClientApp::browser;
  RiskLevel risk = RiskLevel::none;
  MethodModes methods = method::password;
};

std::vector<Request> make_requests(const Size& size, std::size_t count, std::uint64_t seed);

// Begins to fetch what the two look-ups of resolve() wait for, side by side.
void seek(const Request& request, const Directory& directory, const Inventory& inventory);

// The ids looked up; nothing is unknown.
void resolve(const Request& request, const Directory& directory, const Inventory& inventory,
             SignIn& into);

}  // namespace sallyport::benchmarks
