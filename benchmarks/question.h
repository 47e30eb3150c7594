// A benchmark is a question with an answer in one line of JSON: what was measured, against which
// target. Time is CPU time of this thread, because other work on the machine is not the question.
#pragma once

#include <ctime>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace sallyport::benchmarks {

inline double cpu_ns() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

inline double percentile(std::vector<double> values, double p) {
  std::ranges::sort(values);
  if (values.empty()) return 0;
  const auto at = static_cast<std::size_t>(p * static_cast<double>(values.size() - 1));
  return values[at];
}

enum class Better { less, more };

inline void report(const char* name, double value, const char* unit, double target, Better better) {
  const bool holds = better == Better::less ? value <= target : value >= target;
  std::printf(
      "{\"name\":\"%s\",\"value\":%.4g,\"unit\":\"%s\",\"target\":\"%s %.6g\",\"holds\":%s}\n",
      name, value, unit, better == Better::less ? "<=" : ">=", target, holds ? "true" : "false");
  std::fflush(stdout);
}

inline void report(const char* name, double value, const char* unit) {
  std::printf("{\"name\":\"%s\",\"value\":%.4g,\"unit\":\"%s\",\"target\":null,\"holds\":null}\n",
              name, value, unit);
  std::fflush(stdout);
}

// A wrong answer is not worth timing.
[[noreturn]] inline void refuse(const std::string& why) {
  std::fprintf(stderr, "refused: %s\n", why.c_str());
  std::exit(1);
}

template <class T>
void keep(const T& value) {
  asm volatile("" : : "m"(value) : "memory");
}

}  // namespace sallyport::benchmarks
