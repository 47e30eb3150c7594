#include "enrolment/certificate_index.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/thread_name.h"
#include "store/each_of_kind.h"

namespace sallyport {
namespace {

constexpr std::size_t changes_at_once = 1000;
constexpr std::chrono::days remembered_after_end{1};
constexpr std::chrono::milliseconds wait_max{500};
constexpr std::chrono::hours set_back_min{1};  // less than what is remembered after its end

std::optional<Guid> key_of(std::string_view serial) {
  const auto bytes = decode_hex(serial);
  if (!bytes || bytes->size() != 16) return std::nullopt;
  Guid key;
  for (std::size_t i = 0; i < 8; ++i) {
    key.high = key.high << 8U | static_cast<unsigned char>((*bytes)[i]);
    key.low = key.low << 8U | static_cast<unsigned char>((*bytes)[8 + i]);
  }
  return key;
}

std::string serial_of(const Guid& key) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(key.high >> shift & 255U);
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(key.low >> shift & 255U);
  return encode_hex(bytes);
}

}  // namespace

CertificateIndex::~CertificateIndex() { stop(); }

void CertificateIndex::stop() {
  stopping_ = true;
  if (follower_.joinable()) follower_.join();
}

void CertificateIndex::put(std::string_view serial, std::string_view json, Instant now) {
  const auto key = key_of(serial);
  if (!key) return;
  const auto record = read_device_certificate(serial, json);
  const auto device = record ? parse_guid(record->device_id) : std::nullopt;
  const std::unique_lock lock(mutex_);
  // A record that cannot be read lets nobody in.
  if (!device || record->not_after + remembered_after_end < now) {
    known_.erase(*key);
    return;
  }
  const CertificateStanding standing{*device,         record->state,
                                     record->reason,  record->not_after,
                                     record->revoked, !record->supersedes.empty()};
  known_.insert_or_assign(*key, standing);
  if (standing.state == CertificateState::revoked) ++revocations_;
}

void CertificateIndex::remove(std::string_view serial) {
  const auto key = key_of(serial);
  if (!key) return;
  const std::unique_lock lock(mutex_);
  known_.erase(*key);
}

Result<void> CertificateIndex::load(Instant now) {
  const auto begun = store_.last_sequence();
  if (!begun) return tl::unexpected<Error>(begun.error());
  const auto read =
      each_of_kind(store_, device_certificate_kind, [&](const VersionedDocument& one) {
        put(one.id, one.json, now);
        return Result<void>();
      });
  if (!read) return read;
  sequence_ = *begun;
  return {};
}

Result<void> CertificateIndex::refresh(Instant now) {
  const std::lock_guard lock(refreshing_);
  if (now + set_back_min < latest_) {
    sequence_ = -1;
    latest_ = now;
  }
  latest_ = std::max(latest_, now);
  if (sequence_ < 0) {
    if (auto loaded = load(now); !loaded) return loaded;
  }
  for (;;) {
    const auto changes = store_.changes_after(sequence_, changes_at_once);
    if (!changes) return tl::unexpected<Error>(changes.error());
    for (const auto& change : *changes) {
      if (change.kind == device_certificate_kind) {
        const auto document = store_.get(change.kind, change.id);
        if (document) {
          put(change.id, document->json, now);
        } else if (document.error().kind == ErrorKind::not_found) {
          remove(change.id);
        } else {
          return tl::unexpected<Error>(document.error());
        }
      }
      sequence_ = change.sequence;
    }
    if (changes->size() < changes_at_once) return {};
  }
}

void CertificateIndex::note_use(std::string_view serial) const {
  const std::lock_guard lock(using_);
  uses_.emplace(serial);
}

std::set<std::string> CertificateIndex::take_uses() {
  const std::lock_guard lock(using_);
  return std::exchange(uses_, {});
}

void CertificateIndex::follow(Instant (*clock)(), FirstUse on_first_use) {
  follower_ = std::thread([this, clock, on_first_use = std::move(on_first_use)] {
    name_thread("certificates");
    while (!stopping_) {
      Sequence seen = 0;
      Instant latest{};
      {
        const std::lock_guard lock(refreshing_);
        seen = sequence_;
        latest = latest_;
      }
      const auto newest = store_.wait_for_change(std::max<Sequence>(seen, 0), wait_max);
      for (const auto& serial : take_uses()) {
        if (on_first_use && !stopping_) on_first_use(serial, clock());
      }
      const bool news = !newest || *newest != seen || clock() + set_back_min < latest;
      if (stopping_ || !news) continue;
      // What fails now is tried again: the certificates known stay as they are meanwhile.
      if (!newest || !refresh(clock())) std::this_thread::sleep_for(wait_max);
    }
  });
}

std::optional<CertificateStanding> CertificateIndex::find(std::string_view serial) const {
  const auto key = key_of(serial);
  if (!key) return std::nullopt;
  const std::shared_lock lock(mutex_);
  const auto found = known_.find(*key);
  if (found == known_.end()) return std::nullopt;
  return found->second;
}

std::vector<RevokedCertificate> CertificateIndex::revoked(Instant now) const {
  std::vector<RevokedCertificate> out;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [key, standing] : known_) {
      if (standing.state != CertificateState::revoked || standing.not_after < now) continue;
      out.push_back({serial_of(key), standing.reason, standing.revoked});
    }
  }
  std::ranges::sort(out, {}, &RevokedCertificate::serial);
  return out;
}

}  // namespace sallyport
