// For tests: waits for the disk as a connection does, on the calling thread.
#pragma once

#include <thread>

#include "service/sign_in_log.h"

namespace sallyport {

inline Result<void> wait_until_durable(const SignInLog& log, LogTicket ticket) {
  const auto since = std::chrono::steady_clock::now();
  for (;;) {
    const auto durable = log.is_durable(ticket, since);
    if (!durable) return tl::unexpected<Error>(durable.error());
    if (*durable) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace sallyport
