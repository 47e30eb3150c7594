#include "store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <limits>
#include <map>
#include <mutex>

#include "store/sqlite/commit_mark.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/logs.h"
#include "store/sqlite/schema.h"

namespace sallyport {
namespace {

using sqlite::Access;
using sqlite::Connection;
using sqlite::limit_of;
using sqlite::Query;
using sqlite::Transaction;

constexpr std::int64_t page_size = 4096;
constexpr std::chrono::milliseconds poll_interval{100};  // for news of other processes
constexpr std::size_t idle_readers_max = 16;

tl::unexpected<Error> failed(const Error& error) { return tl::unexpected<Error>(error); }

// The connection that writes, and the lock that lets one thread at a time have it.
struct Writer {
  std::mutex mutex;
  std::unique_ptr<Connection> connection;
};

// Idle connections for reading.
class Readers {
 public:
  Readers(std::string path, std::chrono::milliseconds busy_timeout)
      : path_(std::move(path)), busy_timeout_(busy_timeout) {}

  // Has a connection until it ends, then gives it back.
  class Lease {
   public:
    Lease(Readers* readers, std::unique_ptr<Connection> connection)
        : readers_(readers), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) readers_->give_back(std::move(connection_));
    }
    Query query(const char* sql) { return connection_->query(sql); }
    Connection& connection() { return *connection_; }

   private:
    Readers* readers_;
    std::unique_ptr<Connection> connection_;
  };

  Result<Lease> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        Lease lease(this, std::move(idle_.back()));
        idle_.pop_back();
        return lease;
      }
    }
    auto opened = Connection::open(path_, Access::read, busy_timeout_);
    if (!opened) return failed(opened.error());
    return Lease(this, std::move(*opened));
  }

 private:
  void give_back(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < idle_readers_max) idle_.push_back(std::move(connection));
  }

  std::string path_;
  std::chrono::milliseconds busy_timeout_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

// Tells threads of this process that something was committed.
struct News {
  std::mutex mutex;
  std::condition_variable arrived;
  Sequence committed = 0;
};

Result<Version> current_version(Connection& connection, const Write& write) {
  auto query = connection.query("SELECT version FROM documents WHERE kind = ?1 AND id = ?2");
  query.bind(1, write.kind);
  query.bind(2, write.id);
  const auto row = query.step();
  if (!row) return failed(row.error());
  return *row ? query.number(0) : Version{0};
}

Result<Version> append_change(Connection& connection, const Write& write, bool created) {
  auto query = connection.query(
      "INSERT INTO changes (kind, id, removed, created, note) VALUES (?1, ?2, ?3, ?4, ?5)");
  query.bind(1, write.kind);
  query.bind(2, write.id);
  query.bind(3, std::int64_t{write.json ? 0 : 1});
  query.bind(4, std::int64_t{created ? 1 : 0});
  query.bind(5, write.note);
  if (auto done = query.run(); !done) return failed(done.error());
  return connection.last_row();
}

Error conflict_of(const Write& write, Version current) {
  return {ErrorKind::conflict,
          current == 0          ? "this was removed by somebody else in the meantime"
          : write.expected == 0 ? "this exists already"
                                : "this was changed by somebody else in the meantime",
          write.kind + "/" + write.id};
}

// A document that the caller has seen: one look-up, and no index but those of its own kind.
// Conflict: it is not as it was.
Result<Version> change_known(Connection& connection, const Write& write) {
  const auto version = append_change(connection, write, false);
  if (!version) return version;
  auto query = connection.query(
      "UPDATE documents SET version = ?3, json = ?4 WHERE kind = ?1 AND id = ?2 AND version = ?5");
  query.bind(1, write.kind);
  query.bind(2, write.id);
  query.bind(3, *version);
  query.bind(4, *write.json);
  query.bind(5, *write.expected);
  if (auto done = query.run(); !done) return failed(done.error());
  if (connection.changed_rows() == 1) return version;
  const auto current = current_version(connection, write);
  if (!current) return current;
  return failed(conflict_of(write, *current));
}

Result<Version> carry_out(Connection& connection, const Write& write) {
  if (write.json && write.expected.value_or(0) != 0) return change_known(connection, write);
  const auto current = current_version(connection, write);
  if (!current) return failed(current.error());
  if (write.expected && *write.expected != *current) return failed(conflict_of(write, *current));
  if (!write.json && *current == 0) {
    return fail(ErrorKind::not_found, "there is no such document", write.kind + "/" + write.id);
  }
  const auto version = append_change(connection, write, *current == 0);
  if (!version) return version;
  if (!write.json) {
    auto query = connection.query("DELETE FROM documents WHERE kind = ?1 AND id = ?2");
    query.bind(1, write.kind);
    query.bind(2, write.id);
    if (auto done = query.run(); !done) return failed(done.error());
    return version;
  }
  auto query = connection.query(
      "INSERT INTO documents (kind, id, version, json) VALUES (?1, ?2, ?3, ?4) "
      "ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, json = excluded.json");
  query.bind(1, write.kind);
  query.bind(2, write.id);
  query.bind(3, *version);
  query.bind(4, *write.json);
  if (auto done = query.run(); !done) return failed(done.error());
  return version;
}

// Of the next `count_max` changes after `after`, none of them behind `upto`.
Result<Sequence> last_of(Connection& connection, Sequence after, Sequence upto,
                         std::size_t count_max) {
  auto query = connection.query(
      "SELECT coalesce(max(sequence), ?1) FROM (SELECT sequence FROM changes "
      "WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence LIMIT ?3)");
  query.bind(1, after);
  query.bind(2, upto);
  query.bind(3, limit_of(count_max));
  const auto row = query.step();
  if (!row) return failed(row.error());
  return query.number(0);
}

Result<void> forget_changes_of(Connection& connection, std::string_view kind, Sequence after,
                               Sequence upto) {
  auto query = connection.query(
      "DELETE FROM changes WHERE sequence > ?1 AND sequence <= ?2 AND kind = ?3 "
      "AND created = 0 AND removed = 0 AND NOT EXISTS (SELECT 1 FROM documents AS d "
      "WHERE d.kind = changes.kind AND d.id = changes.id AND d.version = changes.sequence)");
  query.bind(1, after);
  query.bind(2, upto);
  query.bind(3, kind);
  return query.run();
}

// The statement that finds documents by a member: one for each index, kept for good.
const char* find_statement(std::string_view kind, std::string_view member) {
  static const auto statements = [] {
    std::map<std::pair<std::string_view, std::string_view>, std::string> all;
    for (const auto& index : sqlite::member_indexes()) {
      for (const auto one : index.members) {
        const auto value = sqlite::indexed_value(one);
        // The planner would take the documents of the kind one by one.
        all[{index.kind, one}] = "SELECT id, version, json FROM documents INDEXED BY " +
                                 sqlite::index_name(index.kind, one) + " WHERE kind = '" +
                                 std::string(index.kind) + "' AND " + value + " >= ?1 AND " +
                                 value + " <= ?2 AND (" + value + ", id) > (?3, ?4) ORDER BY " +
                                 value + ", id LIMIT ?5";
      }
    }
    return all;
  }();
  const auto found = statements.find({kind, member});
  return found == statements.end() ? nullptr : found->second.c_str();
}

class SqliteStore final : public Store {
 public:
  SqliteStore(const std::string& path, const SqliteOptions& options,
              std::unique_ptr<Connection> writer)
      : writer_{{}, std::move(writer)},
        readers_(path, options.busy_timeout),
        mark_(*writer_.connection) {}

  std::uint64_t commit_mark() const override { return mark_.read(); }

  Result<std::vector<Version>> write(std::span<const Write> writes,
                                     std::span<const AuditRecord> audits) override {
    std::vector<Version> versions;
    versions.reserve(writes.size());
    {
      const std::lock_guard lock(writer_.mutex);
      Transaction transaction(*writer_.connection);
      if (auto begun = transaction.begin(); !begun) return failed(begun.error());
      for (const auto& one : writes) {
        const auto version = carry_out(*writer_.connection, one);
        if (!version) return failed(version.error());
        versions.push_back(*version);
      }
      for (const auto& audit : audits) {
        const auto inserted = sqlite::insert_audit(*writer_.connection, audit);
        if (!inserted) return failed(inserted.error());
      }
      if (auto committed = transaction.commit(); !committed) return failed(committed.error());
    }
    if (!versions.empty()) announce(versions.back());
    return versions;
  }

  Result<VersionedDocument> get(std::string_view kind, std::string_view id) override {
    auto reader = readers_.take();
    if (!reader) return failed(reader.error());
    auto query = reader->query("SELECT version, json FROM documents WHERE kind = ?1 AND id = ?2");
    query.bind(1, kind);
    query.bind(2, id);
    const auto row = query.step();
    if (!row) return failed(row.error());
    VersionedDocument document{std::string(kind), std::string(id), {}, 0};
    if (!*row) {
      return fail(ErrorKind::not_found, "there is no such document",
                  document.kind + "/" + document.id);
    }
    document.version = query.number(0);
    document.json = query.text(1);
    return document;
  }

  Result<std::vector<VersionedDocument>> list(std::string_view kind, std::string_view after_id,
                                              std::size_t count_max) override {
    auto reader = readers_.take();
    if (!reader) return failed(reader.error());
    auto query = reader->query(
        "SELECT id, version, json FROM documents WHERE kind = ?1 AND id > ?2 "
        "ORDER BY id LIMIT ?3");
    query.bind(1, kind);
    query.bind(2, after_id);
    query.bind(3, limit_of(count_max));
    return rows_of(query, [&](const Query& row) {
      return VersionedDocument{std::string(kind), row.text(0), row.text(2), row.number(1)};
    });
  }

  std::span<const std::string_view> indexed_members(std::string_view kind) const override {
    for (const auto& index : sqlite::member_indexes()) {
      if (index.kind == kind) return index.members;
    }
    return {};
  }

  Result<std::vector<VersionedDocument>> find(std::string_view kind, const ValueRange& range,
                                              std::size_t count_max) override {
    const auto* statement = find_statement(kind, range.member);
    if (statement == nullptr) return fail(ErrorKind::internal, "this member has no index");
    auto reader = readers_.take();
    if (!reader) return failed(reader.error());
    // No text holds the byte ff, so this is behind all that begin so.
    constexpr std::string_view behind_all = "\xff";
    auto from = range.prefix ? *range.prefix : range.from;
    const auto upto = range.prefix ? *range.prefix + std::string(behind_all)
                                   : range.upto.value_or(std::string(behind_all));
    const auto after = range.after.value_or(std::pair<std::string, std::string>());
    from = std::max(from, after.first);
    auto query = reader->query(statement);
    query.bind(1, from);
    query.bind(2, upto);
    query.bind(3, after.first);
    query.bind(4, after.second);
    query.bind(5, limit_of(count_max));
    return rows_of(query, [&](const Query& row) {
      return VersionedDocument{std::string(kind), row.text(0), row.text(2), row.number(1)};
    });
  }

  Result<void> each_document(
      const std::function<Result<void>(const DocumentView&)>& visit) override {
    auto reader = readers_.take();
    if (!reader) return failed(reader.error());
    // In the order of the pages: an index would fetch most of them several times.
    auto query = reader->query("SELECT kind, id, version, json FROM documents NOT INDEXED");
    for (;;) {
      const auto row = query.step();
      if (!row) return failed(row.error());
      if (!*row) return {};
      const DocumentView document{query.view(0), query.view(1), query.view(3), query.number(2)};
      if (auto done = visit(document); !done) return done;
    }
  }

  Result<std::vector<KindCount>> kinds() override {
    auto reader = readers_.take();
    if (!reader) return failed(reader.error());
    auto query = reader->query("SELECT kind, count(*) FROM documents GROUP BY kind ORDER BY kind");
    return rows_of(query, [](const Query& row) { return KindCount{row.text(0), row.number(1)}; });
  }

  Result<std::int64_t> count(std::string_view kind) override {
    auto reader = readers_.take();
    if (!reader) return failed(reader.error());
    auto query = reader->query("SELECT count(*) FROM documents WHERE kind = ?1");
    query.bind(1, kind);
    const auto row = query.step();
    if (!row) return failed(row.error());
    return query.number(0);
  }

  Result<Sequence> last_sequence() override {
    auto reader = readers_.take();
    if (!reader) return failed(reader.error());
    auto query = reader->query("SELECT max(sequence) FROM changes");
    const auto row = query.step();
    if (!row) return failed(row.error());
    return query.number(0);
  }

  Result<std::vector<Change>> changes_after(Sequence after, std::size_t count_max) override {
    auto reader = readers_.take();
    if (!reader) return failed(reader.error());
    auto query = reader->query(
        "SELECT sequence, kind, id, removed, created, note FROM changes WHERE sequence > ?1 "
        "ORDER BY sequence LIMIT ?2");
    query.bind(1, after);
    query.bind(2, limit_of(count_max));
    return rows_of(query, [](const Query& row) {
      return Change{row.number(0),      row.text(1),        row.text(2),
                    row.number(3) != 0, row.number(4) != 0, row.text(5)};
    });
  }

  Result<Sequence> wait_for_change(Sequence after, std::chrono::milliseconds timeout) override {
    const auto end = std::chrono::steady_clock::now() + timeout;
    for (;;) {
      auto last = last_sequence();
      if (!last || *last > after) return last;
      const auto now = std::chrono::steady_clock::now();
      if (now >= end) return last;
      std::unique_lock lock(news_.mutex);
      news_.arrived.wait_until(lock, std::min(end, now + poll_interval),
                               [&] { return news_.committed > after; });
    }
  }

  Result<Sequence> forget_changes(std::span<const std::string_view> kinds, Sequence after,
                                  Sequence upto, std::size_t count_max) override {
    const auto last = reading([&](Connection& c) { return last_of(c, after, upto, count_max); });
    if (!last || *last == after) return last;
    const std::lock_guard lock(writer_.mutex);
    for (const auto kind : kinds) {
      if (auto done = forget_changes_of(*writer_.connection, kind, after, *last); !done) {
        return failed(done.error());
      }
    }
    return last;
  }

  Result<AuditRecord> find_audit(std::string_view id) override {
    return reading([&](Connection& c) { return sqlite::find_audit(c, id); });
  }
  Result<std::vector<AuditRecord>> audits(const AuditFilter& filter, std::optional<LogCursor> after,
                                          std::size_t count_max) override {
    return reading([&](Connection& c) { return sqlite::list_audits(c, filter, after, count_max); });
  }
  Result<std::size_t> forget_audits(Instant before, std::size_t count_max) override {
    const std::lock_guard lock(writer_.mutex);
    return sqlite::forget_audits(*writer_.connection, before, count_max);
  }

  Result<void> append(std::span<const SignInRecord> records) override {
    const std::lock_guard lock(writer_.mutex);
    Transaction transaction(*writer_.connection);
    if (auto begun = transaction.begin(); !begun) return begun;
    for (const auto& record : records) {
      if (auto inserted = sqlite::insert_sign_in(*writer_.connection, record); !inserted)
        return inserted;
    }
    return transaction.commit();
  }

  Result<SignInRecord> find_sign_in(std::string_view decision_id) override {
    return reading([&](Connection& c) { return sqlite::find_sign_in(c, decision_id); });
  }
  Result<std::vector<SignInRecord>> sign_ins(const SignInFilter& filter,
                                             std::optional<SignInCursor> after,
                                             std::size_t count_max) override {
    return reading(
        [&](Connection& c) { return sqlite::list_sign_ins(c, filter, after, count_max); });
  }
  Result<std::vector<SignInRecord>> sign_ins_after(Sequence after, std::size_t count_max) override {
    return reading([&](Connection& c) { return sqlite::sign_ins_after(c, after, count_max); });
  }
  Result<Sequence> last_sign_in() override {
    return reading([](Connection& c) { return sqlite::last_sign_in(c); });
  }
  Result<std::size_t> forget_sign_ins(Instant before, std::size_t count_max) override {
    const std::lock_guard lock(writer_.mutex);
    return sqlite::forget_sign_ins(*writer_.connection, before, count_max);
  }

 private:
  template <class Ask>
  auto reading(Ask ask) -> decltype(ask(std::declval<Connection&>())) {
    auto reader = readers_.take();
    if (!reader) return failed(reader.error());
    return ask(reader->connection());
  }

  void announce(Sequence committed) {
    {
      const std::lock_guard lock(news_.mutex);
      news_.committed = std::max(news_.committed, committed);
    }
    news_.arrived.notify_all();
  }

  Writer writer_;
  Readers readers_;
  sqlite::CommitMark mark_;
  News news_;
};

// SQLite would create the file readable by everyone. One that is there is not opened: closing it
// would drop the locks that other connections of this process hold on it.
Result<void> create_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
    return {};
  }
  if (errno == EEXIST && ::access(path.c_str(), R_OK | W_OK) == 0) return {};
  return fail(ErrorKind::unavailable,
              "the database cannot be opened for writing (" + std::string(std::strerror(errno)) +
                  "); check that its folder exists and this user may write to it",
              path);
}

Result<void> use_write_ahead_log(Connection& connection) {
  auto query = connection.query("PRAGMA journal_mode=WAL");
  const auto row = query.step();
  if (!row) return failed(row.error());
  if (query.text(0) != "wal") {
    return fail(ErrorKind::unavailable,
                "this file system cannot hold the database; put it on a local disk",
                connection.path());
  }
  return query.run();
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path,
                                                 const SqliteOptions& options) {
  if (auto created = create_file(path); !created) return failed(created.error());
  auto writer = Connection::open(path, Access::write, options.busy_timeout);
  if (!writer) return failed(writer.error());
  if (auto set = use_write_ahead_log(**writer); !set) return failed(set.error());
  if (auto set = (*writer)->execute("PRAGMA synchronous=FULL"); !set) return failed(set.error());
  if (options.size_max > 0) {
    const auto pages = std::max<std::int64_t>(1, options.size_max / page_size);
    const auto limit = "PRAGMA max_page_count=" + std::to_string(pages);
    if (auto set = (*writer)->execute(limit.c_str()); !set) return failed(set.error());
  }
  if (auto ready = sqlite::prepare_schema(**writer); !ready) return failed(ready.error());
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(path, options, std::move(*writer)));
}

}  // namespace sallyport
