// One reader for grant controls, one for session controls; each takes the member of a canonical
// policy. Internal to policy/.
#pragma once

#include "policy/document_part.h"
#include "policy/policy.h"

namespace sallyport {

// A control that is not understood is a requirement that nothing satisfies.
GrantControls read_grant_controls(const DocumentPart& grant_controls);

// A control in force whose setting is not understood has its strictest setting.
SessionControls read_session_controls(const DocumentPart& session_controls);

}  // namespace sallyport
