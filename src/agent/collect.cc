#include "agent/collect.h"

namespace sallyport::agent {

Readings collect_cheap(const Root& root) {
  Readings readings;
  operating_system(root, readings);
  storage_encryption(root, readings);
  secure_boot(root, readings);
  firewall(root, readings);
  password_policy(root, readings);
  screen_lock(root, readings);
  tpm(root, readings);
  hardware(root, readings);
  return readings;
}

Readings collect_all(const Root& root, Instant now) {
  auto readings = collect_cheap(root);
  security_updates(root, now, readings);
  return readings;
}

}  // namespace sallyport::agent
