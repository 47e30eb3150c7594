// Where everything that must not be lost is kept: documents, what changed about them, who changed
// them, and the sign-in log.
//
//   document     Graph JSON by kind and id, its text exactly as it came. Its version is the
//                sequence number of its last change, so a version is never used twice.
//   change feed  every put and remove in order, numbered 1, 2, 3 without a hole, but for what
//                forget_changes() has taken out. Whoever has read up to n and reads on after n has
//                missed nothing and sees nothing twice.
//   audit log    append-only records of who changed what, committed together with the change.
//   sign-in log  append-only records, found by decision id or paged newest first.
//
// What a call has acknowledged survives the death of the process and of the machine. A batch is all
// or nothing. Several processes may use one store.
//
// Threads: any number may call at once. Errors: conflict (an expected version was not there, a
// decision id twice), not_found, unavailable (locked, full, read-only: try again), internal
// (damaged); after each the store can go on being used. store/contract.h holds every backend to it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace sallyport {

using Sequence = std::int64_t;  // 0: before the first change
using Version = Sequence;

struct VersionedDocument {
  std::string kind;
  std::string id;
  std::string json;
  Version version = 0;
};

struct DocumentView {  // valid during the visit
  std::string_view kind;
  std::string_view id;
  std::string_view json;
  Version version = 0;
};

struct Write {
  std::string kind;
  std::string id;
  std::optional<std::string> json;  // nothing: remove; the document must then exist
  // The version the caller has seen; 0: there must be no such document; nothing: any.
  std::optional<Version> expected;
  std::string note = {};  // what readers of the change feed are told besides
};

// Documents of a kind by the value of one of their members, its letters A to Z made small.
struct ValueRange {
  std::string_view member;
  std::string from;                   // inclusive
  std::optional<std::string> upto;    // inclusive; none: no bound
  std::optional<std::string> prefix;  // what all begin with, instead of the two
  // The value and id behind which to begin.
  std::optional<std::pair<std::string, std::string>> after;
};

struct Change {
  Sequence sequence = 0;
  std::string kind;
  std::string id;
  bool removed = false;
  bool created = false;   // there was no such document before
  std::string note = {};  // the write's
  friend bool operator==(const Change&, const Change&) = default;
};

struct KindCount {
  std::string kind;
  std::int64_t count = 0;
};

struct AuditRecord {
  std::string id;  // unique
  Instant at{};
  std::string actor;   // id of who did it
  std::string target;  // id of what was changed
  std::string json;
  Sequence sequence = 0;  // in the log; given by the store
};

struct AuditFilter {
  std::optional<std::string> actor;
  std::optional<std::string> target;
  std::optional<Instant> from;   // inclusive
  std::optional<Instant> until;  // exclusive
};

struct SignInRecord {
  std::string decision_id;  // unique
  Instant at{};
  std::string user_id;  // or the service principal's
  std::string app_id;
  std::string outcome;  // `granted`, `interrupted`, `blocked`
  std::string json;
  Sequence sequence = 0;  // in the log; given by the store
};

struct SignInFilter {
  std::optional<std::string> user_id;
  std::optional<std::string> app_id;
  std::optional<std::string> outcome;
  std::optional<Instant> from;   // inclusive
  std::optional<Instant> until;  // exclusive
};

// The last record of a page of either log; the next page starts after it.
struct LogCursor {
  Instant at{};
  Sequence sequence = 0;
};
using SignInCursor = LogCursor;

class Store {
 public:
  Store() = default;
  virtual ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Carries out all writes in order and appends the audits, or does nothing. Gives the version of
  // each write. The `where` of a conflict or not_found is `kind/id`.
  [[nodiscard]] virtual Result<std::vector<Version>> write(std::span<const Write> writes,
                                                           std::span<const AuditRecord> audits) = 0;
  [[nodiscard]] Result<std::vector<Version>> write(std::span<const Write> writes) {
    return write(writes, {});
  }
  [[nodiscard]] Result<Version> put(std::string_view kind, std::string_view id,
                                    std::string_view json,
                                    std::optional<Version> expected = std::nullopt);
  [[nodiscard]] Result<Version> remove(std::string_view kind, std::string_view id,
                                       std::optional<Version> expected = std::nullopt);

  [[nodiscard]] virtual Result<VersionedDocument> get(std::string_view kind,
                                                      std::string_view id) = 0;
  // In order of id, those after `after_id`; fewer than `count_max` means there are no more.
  [[nodiscard]] virtual Result<std::vector<VersionedDocument>> list(std::string_view kind,
                                                                    std::string_view after_id,
                                                                    std::size_t count_max) = 0;
  // The members by whose value documents of a kind are found without reading all of them.
  virtual std::span<const std::string_view> indexed_members(std::string_view kind) const = 0;
  // In order of value and id; documents without the member are left out. REQUIRES: it is indexed.
  [[nodiscard]] virtual Result<std::vector<VersionedDocument>> find(std::string_view kind,
                                                                    const ValueRange& range,
                                                                    std::size_t count_max) = 0;
  // Every document of every kind, as all are at one moment, in the order that reads fastest. An
  // error of the visitor ends it and is given back.
  [[nodiscard]] virtual Result<void> each_document(
      const std::function<Result<void>(const DocumentView&)>& visit) = 0;
  [[nodiscard]] virtual Result<std::vector<KindCount>> kinds() = 0;  // in order of kind
  [[nodiscard]] virtual Result<std::int64_t> count(std::string_view kind) = 0;

  // Something that changes with every commit, by whichever process: what was read after it was
  // asked for still holds while it is the same. 0: it cannot be told. Cost: a few loads.
  virtual std::uint64_t commit_mark() const = 0;

  [[nodiscard]] virtual Result<Sequence> last_sequence() = 0;
  [[nodiscard]] virtual Result<std::vector<Change>> changes_after(Sequence after,
                                                                  std::size_t count_max) = 0;
  // Returns the last sequence number as soon as it is past `after`, at the latest after `timeout`.
  // News of this process arrives at once, of another within a tenth of a second.
  [[nodiscard]] virtual Result<Sequence> wait_for_change(Sequence after,
                                                         std::chrono::milliseconds timeout) = 0;

  // Retention of the feed, for kinds that are written all the time: of the next `count_max` changes
  // after `after`, and none behind `upto`, removes those of these kinds that a later change of the
  // same document has followed, unless they created or removed it. Gives the last of those it
  // looked at; `after` when there are none.
  [[nodiscard]] virtual Result<Sequence> forget_changes(std::span<const std::string_view> kinds,
                                                        Sequence after, Sequence upto,
                                                        std::size_t count_max) = 0;

  [[nodiscard]] virtual Result<AuditRecord> find_audit(std::string_view id) = 0;
  // Newest first.
  [[nodiscard]] virtual Result<std::vector<AuditRecord>> audits(const AuditFilter& filter,
                                                                std::optional<LogCursor> after,
                                                                std::size_t count_max) = 0;
  // Retention: removes up to `count_max` of the oldest records before an instant; how many it was.
  [[nodiscard]] virtual Result<std::size_t> forget_audits(Instant before,
                                                          std::size_t count_max) = 0;

  // Appends all records, or none.
  [[nodiscard]] virtual Result<void> append(std::span<const SignInRecord> records) = 0;
  [[nodiscard]] virtual Result<SignInRecord> find_sign_in(std::string_view decision_id) = 0;
  // Newest first.
  [[nodiscard]] virtual Result<std::vector<SignInRecord>> sign_ins(
      const SignInFilter& filter, std::optional<SignInCursor> after, std::size_t count_max) = 0;
  // As a feed: in the order in which they were appended, those after this number.
  [[nodiscard]] virtual Result<std::vector<SignInRecord>> sign_ins_after(Sequence after,
                                                                         std::size_t count_max) = 0;
  [[nodiscard]] virtual Result<Sequence> last_sign_in() = 0;
  // As forget_audits.
  [[nodiscard]] virtual Result<std::size_t> forget_sign_ins(Instant before,
                                                            std::size_t count_max) = 0;
};

}  // namespace sallyport
