// What the judge has to remember of a device from one judgement to the next: since when things are
// as they are. Small: it is kept for a million devices, and in the store beside their facts.
//
// Settings that are compliant since their policy was first judged as it is now are not listed; that
// is nearly all of them. Times are seconds since 1970. Threads: a value.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "compliance/verdict.h"

namespace sallyport::compliance {

using Seconds = std::uint32_t;
inline Seconds seconds_of(Instant at) {
  const auto count = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  return count <= 0 ? 0 : count > 0xffffffffLL ? 0xffffffffU : static_cast<Seconds>(count);
}
inline Instant instant_of(Seconds s) { return Instant(std::chrono::seconds(s)); }

// What a policy came to, held errors resolved.
enum class Standing : std::uint8_t { not_applicable, compliant, unknown, non_compliant };

struct PolicyHistory {
  PolicyId policy;
  std::uint32_t edition = 0;       // of the policy's settings: changes with every edit
  Seconds first = 0;               // judged in this edition
  Seconds since = 0;               // in `standing`
  Seconds noncompliant_since = 0;  // the spell's beginning; 0: none
  Standing standing = Standing::unknown;
  friend bool operator==(const PolicyHistory&, const PolicyHistory&) = default;
};

struct SettingHistory {
  std::uint64_t key = 0;  // of policy, setting and account
  Seconds since = 0;      // in `status`
  ComplianceStatus status = ComplianceStatus::compliant;
  friend bool operator==(const SettingHistory&, const SettingHistory&) = default;
};

struct History {
  ComplianceState state = ComplianceState::unknown;
  Seconds since = 0;                     // 0: never judged
  Seconds judged = 0;                    // when; the next judgement is of no earlier time
  std::vector<PolicyHistory> policies;   // by id
  std::vector<SettingHistory> settings;  // by key
  friend bool operator==(const History&, const History&) = default;

  // The device was heard of, by a clock that has been set back: all that is remembered moves with
  // it. So nothing lies in the future, and a grace period ends no later than it would have.
  void set_back(Seconds now);

  void write(json::Writer& writer) const;
  [[nodiscard]] static Result<History> read(const json::Value& document);
  std::size_t bytes() const;  // of memory, this object's own included
};

}  // namespace sallyport::compliance
