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
//   503  try again, after Retry-After
//
// Threads: any number may call; it waits for the disk.
#pragma once

#include "base/instant.h"
#include "gates/message.h"
#include "gates/peer_device.h"
#include "service/compliance/judging.h"

namespace sallyport {

class CheckInGate {
 public:
  // REQUIRES: both outlive this.
  CheckInGate(Judging& judging, const PeerDevices& peers) : judging_(judging), peers_(peers) {}

  HttpResponse handle(const HttpRequest& request, Instant now) const;

 private:
  Judging& judging_;
  const PeerDevices& peers_;
};

}  // namespace sallyport
