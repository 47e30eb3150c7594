// Graph's conditional access documents as tables. Source: spec, sections 1.1, 1.2, 2, 4.1, 4.4, 5.1
// and 7.
#pragma once

#include "base/schema.h"

namespace sallyport::schema {

extern const Object conditional_access_policy;
extern const Object conditional_access_template;
extern const Object named_location;
extern const Object authentication_strength_policy;

}  // namespace sallyport::schema
