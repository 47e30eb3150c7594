// What compliance policies and scripts have besides their settings: whom they are for, and what
// follows from not being compliant. Internal to kinds/.
// Source: device-compliance spec, sections 1.3 to 1.5.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "service/change_queue.h"

namespace sallyport {

// The document with `assignments` as the service stores them: each with an id, made of the
// document's and the target's. Refused: groups and filters that are not there.
[[nodiscard]] Result<json::Value> with_assignments(const json::Value& document, Draft& draft,
                                                   json::Arena& arena);

// Likewise `scheduledActionsForRule`. Ids are made from what an action does, so one that is sent
// again without its id is the same action still. Refused: templates that are not there.
[[nodiscard]] Result<json::Value> with_scheduled_actions(const json::Value& document, Draft& draft,
                                                         json::Arena& arena);

// Refuses the removal of what a policy or script names by its id. Cost: all policies and scripts.
[[nodiscard]] Result<void> check_is_unused(Draft& draft, std::string_view noun,
                                           std::string_view id);

}  // namespace sallyport
