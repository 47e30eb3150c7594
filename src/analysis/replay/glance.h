// A record of a sign-in log at a glance: when it was, and a fingerprint of all else that LogReader
// would read of it. Records with the same fingerprint differ only in what has no say: their own id
// and time, browser data, names of members nobody reads. So whatever became of one becomes of all.
//
// Nothing is read of a value but its bytes: what they mean, LogReader decides, once for each
// fingerprint. What is unusual has no glance at all and takes that road, too: a name that is there
// twice, a time that cannot be read, the server's own facts, more than 64 KB that count.
//
// Times of authentication steps would make every record the only one of its kind; in their place
// stands what the policies see of them, the age (Distinction::age_of).
// Threads: one. Cost: simdjson's first stage, a comparison for each name, and the fingerprint.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "analysis/replay/distinction.h"
#include "analysis/replay/fingerprint.h"
#include "base/instant.h"

namespace sallyport::replay {

struct Glance {
  Instant at{};
  Fingerprint print;
};

class Glancer {
 public:
  // REQUIRES: the distinction outlives this.
  explicit Glancer(const Distinction& distinction);
  ~Glancer();
  // Nothing: LogReader has to look. REQUIRES: as LogReader::read.
  std::optional<Glance> at(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sallyport::replay
