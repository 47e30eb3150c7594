// Which memberships a change may have begun or ended: noted beside it in the change feed, so that
// whoever follows groups is told.
//
// A note says that something was touched, not what came of it: a membership may be stated by the
// group's document and by the member's, and may have been touched again since. What holds now is
// asked of the snapshot.
// Threads: any number may call. Cost of a note: reading the document as it was.
#pragma once

#include <compare>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "directory/directory.h"
#include "service/read_document.h"
#include "store/store.h"

namespace sallyport {

struct Membership {
  std::string group;  // ids as in the store
  std::string member;
  friend auto operator<=>(const Membership&, const Membership&) = default;
};

// Fills in the notes of writes of users and groups. A group that is new needs none: all its
// memberships are. `directory`: tells in which groups somebody is who is removed; null: nobody is.
void note_memberships(Store& store, const Directory* directory, std::span<Write> writes);

[[nodiscard]] std::vector<Membership> touched_memberships(const Change& change);

// Whether it holds, stated by either side.
[[nodiscard]] Result<bool> is_member(DocumentReader& reader, const Membership& membership);

}  // namespace sallyport
