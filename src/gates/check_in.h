// POST /agent/v1/check-in: a device that proves by its certificate who it is reports, and is told
// what is held against it (service/compliance/check_in.h has the bodies, docs/agent.md the
// protocol).
//
//   200  taken, on the disk, and in effect
//   400  not understood: what and where
//   401  no certificate was shown, or none of our authority
//   403  it was revoked, or the device was retired: enrol again; or the device is disabled
//   404  no such device is managed
//   409  it names another device than it was issued to
//   413  too large
//   429  too often; 503  not now: again after Retry-After
//
// Those that come at a time are answered together, for they share a commit. Threads: any number may
// call; answer() waits for the disk, refusal() for nothing.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/instant.h"
#include "base/rate_limit.h"
#include "gates/message.h"
#include "gates/peer_device.h"
#include "service/compliance/judging.h"

namespace sallyport {

class CheckInGate {
 public:
  // REQUIRES: both outlive this.
  // `limit`: of each device.
  CheckInGate(Judging& judging, const PeerDevices& peers, const RateLimit& limit)
      : judging_(judging), peers_(peers), limiter_(limit) {}

  // Of one that is not even read: its certificate does not count, or it comes too often.
  std::optional<HttpResponse> refusal(const HttpRequest& request, Instant now);
  // As many responses as requests, in their order.
  std::vector<HttpResponse> answer(std::span<const HttpRequest* const> requests, Instant now);

 private:
  struct Sender;
  Sender sender_of(const HttpRequest& request, Instant now) const;

  Judging& judging_;
  const PeerDevices& peers_;
  RateLimiter limiter_;
};

}  // namespace sallyport
