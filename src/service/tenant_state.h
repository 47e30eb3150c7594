// Everything a decision needs, at one moment. It never changes; service/live.h publishes the
// newest. Threads: any number may read.
#pragma once

#include <memory>
#include <string>

#include "engine/program.h"
#include "policy/names.h"
#include "store/store.h"

namespace sallyport {

struct TenantState {
  std::shared_ptr<const Directory> directory;
  std::shared_ptr<const Inventory> inventory;
  bool has_directory = false;  // some user or group is known; otherwise membership is unknown
  bool has_inventory = false;  // some device is known; otherwise devices are unknown
  // Neither a policy nor anybody nor any device: nothing was ever put in, which is not a tenant
  // that asks for nothing. Nobody is decided on.
  bool is_empty = false;
  std::shared_ptr<const Program> program;
  Names names;
  std::string policy_set_hash;  // SHA-256 of the configuration documents, hexadecimal
  Sequence sequence = 0;        // of the last change that is in it
};

}  // namespace sallyport
