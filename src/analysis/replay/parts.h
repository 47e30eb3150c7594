// What the parts of records met lately mean, each known by its fingerprint.
//
// A record says who, on which device, at which application, from which address and place, and how
// the sign-in went. Each of these repeats itself far more often than all of them together do, and
// each alone decides numbers of the Situation that no other part has a say in. So a record whose
// parts were all met before, in whatever company, is known without being read.
//
// Of an address the meaning is told without reading the rest: there is always another one.
// Whatever else is not met takes the plain road (LogReader, Facts), which then teaches its parts.
// Threads: one. Memory: a fixed number of each part, where new ones take the place of older ones:
// 26 MB for the default of ReplayBounds.
#pragma once

#include <optional>

#include "analysis/replay/distinction.h"
#include "analysis/replay/glance.h"
#include "analysis/replay/recent.h"

namespace sallyport::replay {

class Parts {
 public:
  // REQUIRES: the distinction outlives this.
  Parts(std::size_t count, const Distinction& distinction);

  // What a record was found to mean, but for its time.
  struct Meaning {
    Situation situation;
    std::uint32_t who = 0;          // Facts::who
    std::uint32_t application = 0;  // the caller's number for it
    std::uint32_t ending = 0;       // the caller's word for how it ended, when that is all
  };
  // A hint: what find will look at is fetched meanwhile.
  void prefetch(const Prints& prints) const;
  // Nothing: some part was not met. When the ending is all, nothing else is given.
  std::optional<Meaning> find(const Glance& glance);
  void insert(const Prints& prints, const Meaning& meaning);

 private:
  std::optional<std::uint32_t> address_of(const Glance& glance);

  const Distinction& distinction_;
  Recent<4> who_;
  Recent<3> device_;
  Recent<2> application_;
  Recent<1> address_;
  Recent<1> place_;
  Recent<9> rest_;
};

}  // namespace sallyport::replay
