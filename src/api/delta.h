// Delta queries: what has changed of a kind since the last time one asked, over the store's change
// feed.
//
// The first round lists everything and ends with a link to ask with again; each later one gives the
// documents that changed since, as they are now, and the ids of those removed. What changed while a
// round is read comes in the next, so nothing is missed; it may come twice.
//
// A group's entry has `members@delta`: in the first round and of a new group all direct members,
// later those who came and, with `@removed`, those who went.
#pragma once

#include "api/operation.h"

namespace sallyport::api {

Replied delta(const Call& call);

}  // namespace sallyport::api
