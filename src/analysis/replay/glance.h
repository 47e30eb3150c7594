// A record of a sign-in log at a glance: when it was, and for each of its parts a fingerprint of
// all that LogReader would read of it. Equal fingerprints, equal values: what differs between such
// records has no say, like their own ids.
//
// Nothing is read of a value but its bytes; what they mean, LogReader decides when they are met
// first. What is unusual has no glance at all and takes that road each time: a name that is there
// twice, a time that cannot be read, the server's own facts, more than 64 KB that count.
//
// Times of authentication steps would make every record the only one of its kind; in their place
// stands what the policies see of them, the age (Distinction::age_of).
// Threads: one. Cost: simdjson's first stage, a comparison for each name, and the fingerprints.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "analysis/replay/distinction.h"
#include "analysis/replay/fingerprint.h"
#include "base/instant.h"

namespace sallyport::replay {

enum class Part : std::uint8_t { who, device, application, address, place, rest };
inline constexpr std::size_t part_count = 6;

struct Prints {
  std::array<Fingerprint, part_count> of{};
  const Fingerprint& operator[](Part part) const { return of[static_cast<std::size_t>(part)]; }
};

struct Glance {
  Instant at{};
  Prints prints;
  std::string_view address;  // as it is written, without its quotes; views the record
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
