// What became of every certificate that was issued, in memory, following the store: a door asks at
// each request whose certificate this is and whether it still counts, and never waits for the disk.
//
// Certificates that have been over for more than a day are forgotten here; their records stay.
// Threads: any number may ask. Cost: find is one look-up under a shared lock; about 100 bytes a
// certificate.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/instant.h"
#include "enrolment/device_certificate.h"
#include "store/store.h"

namespace sallyport {

struct CertificateStanding {
  Guid device;
  CertificateState state = CertificateState::active;
  RevocationReason reason = RevocationReason::unspecified;
  Instant not_after{};
  Instant revoked{};
  bool supersedes = false;  // others of its device, once it is used
};

struct RevokedCertificate {
  std::string serial;
  RevocationReason reason = RevocationReason::unspecified;
  Instant revoked{};
};

class CertificateIndex {
 public:
  // REQUIRES: the store outlives this.
  explicit CertificateIndex(Store& store) : store_(store) {}
  ~CertificateIndex();
  CertificateIndex(const CertificateIndex&) = delete;
  CertificateIndex& operator=(const CertificateIndex&) = delete;

  // Takes in what has changed, or everything when the clock was set back: what was forgotten as
  // over may not be. An error leaves what was known, and the next call tries again.
  [[nodiscard]] Result<void> refresh(Instant now);
  // From now on a thread does so whenever there is news, until stop(), and hands over the serials
  // that note_use() was told of: what fails is told again at the next use.
  using FirstUse = std::function<void(const std::string& serial, Instant now)>;
  void follow(Instant (*clock)(), FirstUse on_first_use = {});
  void stop();
  // A device has shown a certificate that supersedes others. Waits for nothing.
  void note_use(std::string_view serial) const;

  // By serial: 32 hexadecimal digits. Nothing: none was issued with it.
  std::optional<CertificateStanding> find(std::string_view serial) const;
  // Those not over yet, by serial.
  std::vector<RevokedCertificate> revoked(Instant now) const;
  // Another number after each revocation.
  std::uint64_t revocations() const { return revocations_; }

 private:
  Result<void> load(Instant now);
  void put(std::string_view serial, std::string_view json, Instant now);
  void remove(std::string_view serial);
  std::set<std::string> take_uses();

  Store& store_;
  std::mutex refreshing_;  // guards the next two
  Sequence sequence_ = -1;
  Instant latest_{};                 // of refreshing
  mutable std::shared_mutex mutex_;  // guards known_
  std::unordered_map<Guid, CertificateStanding, GuidHash> known_;
  std::atomic<std::uint64_t> revocations_{0};
  mutable std::mutex using_;            // guards uses_
  mutable std::set<std::string> uses_;  // not handed over yet
  std::atomic<bool> stopping_{false};
  std::thread follower_;
};

}  // namespace sallyport
