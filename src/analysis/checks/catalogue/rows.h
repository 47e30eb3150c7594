// The catalogue's rows, a file a section of the sheet. Internal to the catalogue.
#pragma once

#include "analysis/checks/catalogue.h"

namespace sallyport {

std::span<const Check> coverage_rows();
std::span<const Check> risk_rows();
std::span<const Check> exclusions_rows();
std::span<const Check> grants_rows();
std::span<const Check> sessions_rows();
std::span<const Check> conditions_rows();
std::span<const Check> targets_rows();
std::span<const Check> workloads_rows();
std::span<const Check> relations_rows();
std::span<const Check> hygiene_rows();
std::span<const Check> device_compliance_rows();
std::span<const Check> app_protection_rows();

}  // namespace sallyport
