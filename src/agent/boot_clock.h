// Time since the machine was started. Nobody sets it, so a wall clock that is put right moves no
// deadline; and it goes on while a laptop sleeps, so that what was due meanwhile is due when it
// wakes.
#pragma once

#include <chrono>
#include <ctime>

namespace sallyport::agent {

struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept {
    timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return time_point(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
  }
};

}  // namespace sallyport::agent
