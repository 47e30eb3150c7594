// The rows of each resource; operation.cc puts them into one table.
#pragma once

#include <span>

#include "api/operation.h"

namespace sallyport::api {

std::span<const Operation> policy_operations();
std::span<const Operation> named_location_operations();

}  // namespace sallyport::api
