// Device compliance and app protection policies among the loaded documents, by their
// `@odata.type`. Internal to the checks.
#pragma once

#include <string_view>
#include <vector>

#include "analysis/checks/input.h"

namespace sallyport {

// `windows10CompliancePolicy`, without namespace; empty when there is none.
std::string_view type_of(const CheckedDocument& document);

bool is_compliance_policy(const CheckedDocument& document);
bool has_compliance_policies(const CheckInput& in);
// REQUIRES: one of windows, macOS, iOS, android.
bool is_compliance_policy_for(const CheckedDocument& document, Platform platform);
bool has_compliance_policy(const CheckInput& in, Platform platform);

bool is_app_protection(const CheckedDocument& document);
bool is_app_protection_for(const CheckedDocument& document, Platform platform);

}  // namespace sallyport
