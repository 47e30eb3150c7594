// A Fleet server as a client sees it: all its hosts, page by page, or an error in words for the
// administrator. One page that cannot be had is an error of the whole: half a list says nothing
// about who is missing.
//
// The token goes to the address that was configured and nowhere else: redirects are not followed.
// Threads: one at a time. Cost: a request for every hundred hosts, and one more.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "enrolment/fleet/host.h"
#include "web/http_client.h"

namespace sallyport {

inline constexpr std::size_t fleet_page_size = 100;
inline constexpr std::size_t fleet_hosts_max = 1'000'000;

struct FleetHosts {
  std::vector<fleet::Host> hosts;  // each once
  std::vector<Error> unreadable;   // of single hosts
};

struct FleetRequest {
  HttpUrl url;  // of the server; its path is where the server's API begins
  std::string token;
  std::chrono::milliseconds patience{10'000};  // for a page
  std::function<bool()> should_stop;
};

// Errors: unavailable and denied. `wait`: how long the server asks to be left alone, if it does.
[[nodiscard]] Result<FleetHosts> read_fleet_hosts(HttpClient& client, const FleetRequest& request,
                                                  std::span<const fleet::PolicyRule> rules,
                                                  Instant now, std::chrono::seconds& wait);

}  // namespace sallyport
