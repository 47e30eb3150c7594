// The rows of each resource; operation.cc puts them into one table.
#pragma once

#include <span>

#include "api/operation.h"

namespace sallyport::api {

std::span<const Operation> analysis_job_operations();
std::span<const Operation> batch_operations();
std::span<const Operation> metadata_operations();
std::span<const Operation> policy_operations();
std::span<const Operation> named_location_operations();
std::span<const Operation> template_operations();
std::span<const Operation> authentication_context_operations();
std::span<const Operation> authentication_strength_operations();

std::span<const Operation> log_operations();
std::span<const Operation> user_operations();
std::span<const Operation> group_operations();
std::span<const Operation> role_operations();
std::span<const Operation> device_operations();
std::span<const Operation> organization_operations();
std::span<const Operation> subscription_operations();

}  // namespace sallyport::api
