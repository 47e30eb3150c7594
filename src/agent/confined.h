// A program run so that it can read the machine and do little else: as `nobody` where the agent is
// root, without new privileges, with an environment and a temporary folder of its own, bounded in
// time, processor, memory, files and output. Whatever it started is ended with it.
//
// Threads: one; the process has no other children meanwhile. Cost: a fork.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport::agent {

struct Limits {
  std::chrono::seconds wall_time{300};
  std::chrono::seconds processor_time{60};
  std::size_t memory = std::size_t{512} << 20U;
  std::size_t file_size = std::size_t{16} << 20U;
  int open_files = 64;
  int processes = 256;  // of the user, others than the script's included
  std::size_t output = std::size_t{1} << 20U;
};

struct Ended {
  int exit_code = 0;   // 128 and the signal, when one ended it
  std::string output;  // its standard output
};

// A text that begins with `#!` is run by what it names, another one by /bin/sh.
// Errors: unavailable when it took too long, too_large when it said too much, internal when it
// could not be started.
[[nodiscard]] Result<Ended> run_confined(std::string_view script, const Limits& limits = {});

}  // namespace sallyport::agent
