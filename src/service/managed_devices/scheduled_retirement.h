// Devices that an action for noncompliance has listed for retirement (`retireAfterDateTime`), and
// what an administrator says of them: retire them, or take them off the list. Without that word
// none is retired. Threads: any number may call. Source: device-compliance spec, section 3.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "service/change_document.h"
#include "store/store.h"

namespace sallyport {

// It is listed, and nothing was decided of it yet.
bool is_scheduled_to_retire(const json::Value& record);

// Visits the records of those that are. Cost: every record.
using VisitRecord = std::function<void(const std::string& id, const json::Value& record)>;
[[nodiscard]] Result<void> each_scheduled_to_retire(Store& store, const VisitRecord& visit);

enum class RetireDecision : bool { cancel, confirm };
// Of devices by the ids of their records. All, or none of a hundred at a time.
// Errors: not_found; conflict for one that is not listed; as request_action.
[[nodiscard]] Result<void> decide_retirement(const ChangeContext& context,
                                             std::span<const std::string> records,
                                             RetireDecision decision);

}  // namespace sallyport
