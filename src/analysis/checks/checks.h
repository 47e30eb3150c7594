// The checks, a function a section of the sheet or a part of one. Internal to the checks.
#pragma once

#include "analysis/checks/input.h"

namespace sallyport {

void check_coverage(const CheckInput& in, FindingList& findings);
void check_administrators(const CheckInput& in, FindingList& findings);
void check_guests(const CheckInput& in, FindingList& findings);
void check_session_coverage(const CheckInput& in, FindingList& findings);
void check_risk(const CheckInput& in, FindingList& findings);
void check_emergency(const CheckInput& in, FindingList& findings);
void check_exclusions(const CheckInput& in, FindingList& findings);
void check_grants(const CheckInput& in, FindingList& findings);
void check_registration(const CheckInput& in, FindingList& findings);
void check_sessions(const CheckInput& in, FindingList& findings);
void check_conditions(const CheckInput& in, FindingList& findings);
void check_device_filters(const CheckInput& in, FindingList& findings);
void check_locations(const CheckInput& in, FindingList& findings);
void check_targets(const CheckInput& in, FindingList& findings);
void check_references(const CheckInput& in, FindingList& findings);
void check_workloads(const CheckInput& in, FindingList& findings);
void check_relations(const CheckInput& in, FindingList& findings);
void check_baseline(const CheckInput& in, const LoadResult& baseline, FindingList& findings);
void check_hygiene(const CheckInput& in, FindingList& findings);
void check_device_compliance(const CheckInput& in, FindingList& findings);
void check_app_protection(const CheckInput& in, FindingList& findings);
// The rules of policy/validate.h that say what a check says.
void check_rules(const CheckInput& in, FindingList& findings);

}  // namespace sallyport
