// Another store, with faults that a test chooses.
#pragma once

#include <functional>

#include "store/store.h"

namespace sallyport {

class FaultyStore final : public Store {
 public:
  explicit FaultyStore(Store& store) : store_(store) {}

  // Asked before each write: what it fails with instead. It may throw, and write by itself.
  std::function<Result<void>(std::span<const Write>)> before_write;
  std::function<Result<void>(std::string_view kind)> before_get;  // likewise
  std::function<void()> on_wait;                                  // for a change
  std::function<void()> on_last_sequence;

  Result<std::vector<Version>> write(std::span<const Write> writes,
                                     std::span<const AuditRecord> audits) override {
    if (before_write) {
      if (auto good = before_write(writes); !good) return tl::unexpected<Error>(good.error());
    }
    return store_.write(writes, audits);
  }
  Result<VersionedDocument> get(std::string_view kind, std::string_view id) override {
    if (before_get) {
      if (auto good = before_get(kind); !good) return tl::unexpected<Error>(good.error());
    }
    return store_.get(kind, id);
  }
  Result<std::vector<VersionedDocument>> list(std::string_view kind, std::string_view after_id,
                                              std::size_t count_max) override {
    return store_.list(kind, after_id, count_max);
  }
  std::span<const std::string_view> indexed_members(std::string_view kind) const override {
    return store_.indexed_members(kind);
  }
  Result<std::vector<VersionedDocument>> find(std::string_view kind, const ValueRange& range,
                                              std::size_t count_max) override {
    return store_.find(kind, range, count_max);
  }
  Result<void> each_document(
      const std::function<Result<void>(const DocumentView&)>& visit) override {
    return store_.each_document(visit);
  }
  Result<std::vector<KindCount>> kinds() override { return store_.kinds(); }
  Result<std::int64_t> count(std::string_view kind) override { return store_.count(kind); }
  std::uint64_t commit_mark() const override { return store_.commit_mark(); }
  Result<Sequence> last_sequence() override {
    if (on_last_sequence) on_last_sequence();
    return store_.last_sequence();
  }
  Result<std::vector<Change>> changes_after(Sequence after, std::size_t count_max) override {
    return store_.changes_after(after, count_max);
  }
  Result<Sequence> wait_for_change(Sequence after, std::chrono::milliseconds timeout) override {
    if (on_wait) on_wait();
    return store_.wait_for_change(after, timeout);
  }
  Result<Sequence> forget_changes(std::span<const std::string_view> kinds, Sequence after,
                                  Sequence upto, std::size_t count_max) override {
    return store_.forget_changes(kinds, after, upto, count_max);
  }
  Result<AuditRecord> find_audit(std::string_view id) override { return store_.find_audit(id); }
  Result<std::vector<AuditRecord>> audits(const AuditFilter& filter, std::optional<LogCursor> after,
                                          std::size_t count_max) override {
    return store_.audits(filter, after, count_max);
  }
  Result<std::size_t> forget_audits(Instant before, std::size_t count_max) override {
    return store_.forget_audits(before, count_max);
  }
  Result<void> append(std::span<const SignInRecord> records) override {
    return store_.append(records);
  }
  Result<SignInRecord> find_sign_in(std::string_view decision_id) override {
    return store_.find_sign_in(decision_id);
  }
  Result<std::vector<SignInRecord>> sign_ins(const SignInFilter& filter,
                                             std::optional<SignInCursor> after,
                                             std::size_t count_max) override {
    return store_.sign_ins(filter, after, count_max);
  }
  Result<std::vector<SignInRecord>> sign_ins_after(Sequence after, std::size_t count_max) override {
    return store_.sign_ins_after(after, count_max);
  }
  Result<Sequence> last_sign_in() override { return store_.last_sign_in(); }
  Result<std::size_t> forget_sign_ins(Instant before, std::size_t count_max) override {
    return store_.forget_sign_ins(before, count_max);
  }

 private:
  Store& store_;
};

}  // namespace sallyport
