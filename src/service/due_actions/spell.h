// How long a device has not been compliant with a policy, and what was done about it.
//
// A spell begins when a device is first found not compliant with a policy, and ends when it is
// compliant again; the next one starts anew. Spells are kept, a document a device
// (`sallyport.noncompliance`, by deviceId), while there are any; they follow each verdict in the
// transaction that writes it. Each action of a policy is due at the spell's beginning and its own
// delay, and is done once in a spell.
//
// Pure but for follow_verdict. Threads: free. Source: device-compliance spec, section 3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "compliance/compliance_policy.h"
#include "compliance/verdict.h"
#include "service/change_queue.h"

namespace sallyport {

inline constexpr std::string_view noncompliance_kind = "sallyport.noncompliance";

// Outcomes: done, skipped, failed; handingOver: it was given to somebody, and what became of it is
// not known, so it is not done again.
struct DoneAction {
  std::string key;
  std::string outcome;
  std::string detail;
  Instant at{};
};

struct Spell {
  std::string policy;  // its id
  Instant since{};
  std::vector<DoneAction> done;
  const DoneAction* find(std::string_view key) const;
};

struct Noncompliance {
  std::string device_id;
  std::vector<Spell> spells;
  enum class Next : std::uint8_t { unplanned, at, never };
  Next next = Next::unplanned;
  Instant next_at{};
  Spell* find(std::string_view policy, Instant since);
};

[[nodiscard]] Result<Noncompliance> read_noncompliance(const json::Value& document);
std::string to_json(const Noncompliance& noncompliance);

// By what an action is known in a spell: its id, or what it does.
std::string key_of(const compliance::CompliancePolicy& policy, std::size_t action);

struct DueAction {
  const compliance::ScheduledAction* action = nullptr;
  std::string key;
  Instant due{};
};
// What a spell has still to come, by time. Views the policy.
std::vector<DueAction> outstanding(const Spell& spell, const compliance::CompliancePolicy& policy);

// Spells as a verdict has them, those that go on with what was done in them.
[[nodiscard]] Result<void> follow_verdict(Draft& draft, std::string_view device_id,
                                          const compliance::Verdict& verdict);

}  // namespace sallyport
