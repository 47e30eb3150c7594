// The shape of compliance documents, for canonical_by: made from the table of settings.
// Internal to compliance/.
#pragma once

#include "base/schema.h"
#include "compliance/compliance_policy.h"

namespace sallyport::compliance {

const schema::Object& schema_of(PolicyType type);
const schema::Object& assignment_filter_schema();
const schema::Object& tenant_settings_schema();
const schema::Object& threat_connector_schema();

}  // namespace sallyport::compliance
