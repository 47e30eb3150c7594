// What is known of one device: the latest report of every source. A million of them are kept,
// packed (base/pack.h) into some 200 bytes each.
//
// Of two sources that tell the same fact, the one that came later counts, whatever the clock said
// then. Whoever was not
// heard of for as long as a verdict is valid counts no more: what was true then is unknown now.
// Threads: a value; may be read by any number.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/json.h"
#include "base/pack.h"
#include "base/result.h"
#include "compliance/fact.h"
#include "compliance/report.h"

namespace sallyport::compliance {

// For whom the operating system answered. What the system account does not have, it has from the
// user's.
enum class Account : std::uint8_t { user, system };

struct FactView {
  FactState state = FactState::unknown;
  Source source = Source::agent;
  std::int64_t number = 0;
  std::string_view text;  // in the Facts
};
using FactTable = std::array<FactView, fact_count>;

class Facts {
 public:
  struct Contact {
    Source source = Source::agent;
    std::uint32_t reported_at = 0;  // seconds since 1970
    std::uint32_t received_at = 0;
    std::uint64_t sequence = 0;
  };

  // False: a replay, not newer than what is had of this source; nothing was changed.
  bool merge(const Report& report, Instant received);
  // As if the source had never told anything.
  void forget(Source source);

  // What was received before `oldest` is left out.
  FactView find(Fact fact, Account account = Account::user, Instant oldest = {}) const;
  void fill(FactTable& table, Account account, Instant oldest) const;
  bool has_system_facts() const;

  std::span<const Contact> contacts() const { return contacts_; }
  // When the device itself was last heard of, by the server's clock. What a partner says of it
  // proves no contact with it.
  std::optional<Instant> last_contact() const;

  // What discovery scripts printed, in order of their ids: those of the source that last told any.
  std::span<const ScriptResult> scripts(Instant oldest = {}) const;
  Source scripts_source() const { return scripts_source_; }

  Facts() = default;
  Facts(const Facts& other);
  Facts& operator=(const Facts& other);
  Facts(Facts&&) noexcept = default;
  Facts& operator=(Facts&&) noexcept = default;

  // {"reports": [report with `receivedAt`, ...]}: what a store keeps.
  void write(json::Writer& writer) const;
  [[nodiscard]] static Result<Facts> read(const json::Value& document);

  void pack(PackWriter& writer) const;
  void unpack(PackReader& reader);  // instead of what was known

  std::size_t bytes() const;  // of memory, this object's own included

 private:
  struct Entry {
    Fact fact;
    std::uint8_t source : 3;
    std::uint8_t state : 2;
    std::uint8_t system : 1;
    std::uint16_t length;  // of its text
    std::uint32_t value;   // a number, or where its text begins in texts_
  };
  FactView view(const Entry& entry) const;
  void append(const ReportedFact& fact, Source source, bool system);

  std::vector<Entry> entries_;  // by fact, then system, then source
  std::string texts_;
  std::vector<Contact> contacts_;
  std::unique_ptr<std::vector<ScriptResult>> scripts_;  // few devices have any
  Source scripts_source_ = Source::agent;
};

}  // namespace sallyport::compliance
