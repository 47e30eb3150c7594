// The short form of an answer, made without allocating: what a door needs to act.
#pragma once

#include <cstdint>
#include <vector>

#include "signin/answer.h"

namespace sallyport {

struct Decision {
  Outcome outcome = Outcome::blocked;
  std::int32_t error_code = 0;  // 0 when granted
  // Missing requirements by their number in the program; the first 64 in one word, the rest, in
  // programs that have so many, behind it. Program::requirements() names them.
  std::uint64_t missing = 0;
  std::vector<std::uint64_t> missing_beyond;
};

}  // namespace sallyport
