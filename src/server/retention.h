// How long a log, or what has had its use, is remembered: removes what is older, little by little,
// so that nobody who signs in waits long for the database.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

#include "base/instant.h"
#include "base/result.h"
#include "store/store.h"

namespace sallyport {

// Threads: one.
class Retention {
 public:
  static constexpr std::size_t records_max = 200;  // removed at once
  // At the start, when nothing is left to remove, when it failed, and when the clock leaps.
  static constexpr std::chrono::hours pause{1};

  // Of what: &Store::forget_sign_ins, forget_enrolment_tokens, and the like.
  using Forget =
      std::function<Result<std::size_t>(Store& store, Instant before, std::size_t count_max)>;

  // REQUIRES: `store` outlives this. Without days everything is kept.
  Retention(Store& store, Forget forget, std::chrono::days keep)
      : store_(store), forget_(std::move(forget)), keep_(keep) {}

  // To be called often, many times a pause; does nothing until there may be something to do. How
  // many records went.
  [[nodiscard]] Result<std::size_t> tick(Instant now);

 private:
  Store& store_;
  Forget forget_;
  std::chrono::days keep_;
  Instant next_{};
  std::optional<Instant> last_;  // tick
};

}  // namespace sallyport
