// The picture of a policy set: classes of people by classes of resources, in each cell the weakest
// sign-in that gets in.
#pragma once

#include "analysis/proof/expectation.h"
#include "analysis/proof/goals.h"

namespace sallyport::proof {

// What the weakest sign-in that gets in has; the first is the weakest.
enum class Barrier : std::uint8_t {
  password,
  managed_device,  // and a password
  mfa,             // that a phishing page can relay
  mfa_on_managed_device,
  phishing_resistant,  // and no less
  blocked,
};
std::string_view name_of(Barrier barrier);

struct MapCell {
  Barrier barrier = Barrier::blocked;
  std::string sentence;              // of the smallest sign-in that gets in
  std::vector<std::string> details;  // of it
};

struct AccessMap {
  bool gave_up = false;
  std::vector<std::string> people;     // a row each
  std::vector<std::string> resources;  // a column each
  std::vector<std::vector<MapCell>> cells;
};

// What has to be told apart for it.
void add_map_interests(const Tenant& tenant, const Emergency& emergency, Interests& into);
// REQUIRES: the universe was made with add_map_interests().
AccessMap access_map(const Encoding& encoding, const Emergency& emergency, Solver& solver);

}  // namespace sallyport::proof
