// Lists of kinds of which there are many, by an index of the store: a filter that asks for a value,
// a beginning or a range of an indexed member is answered in the order of that member, page by
// page, however many documents there are.
//
// Threads: free. Cost: the documents of the page, and those between that the rest of the filter
// leaves out; more than scan_max of these is refused.
#pragma once

#include <optional>

#include "api/list.h"
#include "odata/plan.h"

namespace sallyport::api {

inline constexpr std::size_t scan_max = 5'000;  // documents that one page looks at

// What an index can do for this query; nothing when it has no filter. The query's order becomes the
// index's when it asks for none.
OrFailure<std::optional<odata::Plan>> plan_of(const Call& call, odata::Query& query);

// REQUIRES: the plan has a look-up, and `list` was compiled from the query that plan_of left.
OrFailure<std::vector<Shown>> find_by_index(const Call& call, const odata::Query& query,
                                            const odata::List& list, const odata::Lookup& lookup);

}  // namespace sallyport::api
