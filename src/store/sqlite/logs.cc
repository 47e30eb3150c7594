#include "store/sqlite/logs.h"

#include <algorithm>
#include <limits>

namespace sallyport::sqlite {
namespace {

tl::unexpected<Error> failed(const Error& error) { return tl::unexpected<Error>(error); }

std::int64_t microseconds_of(Instant at) { return at.time_since_epoch().count(); }

AuditRecord read_audit(const Query& query) {
  AuditRecord audit;
  audit.sequence = query.number(0);
  audit.id = query.text(1);
  audit.at = Instant(std::chrono::microseconds(query.number(2)));
  audit.actor = query.text(3);
  audit.target = query.text(4);
  audit.json = query.text(5);
  return audit;
}

SignInRecord read_record(const Query& query) {
  SignInRecord record;
  record.sequence = query.number(0);
  record.decision_id = query.text(1);
  record.at = Instant(std::chrono::microseconds(query.number(2)));
  record.user_id = query.text(3);
  record.app_id = query.text(4);
  record.outcome = query.text(5);
  record.json = query.text(6);
  return record;
}

// A record stands in a log once.
Result<void> insert(Connection& connection, Query& query, const char* when_there,
                    const std::string& id) {
  if (auto done = query.run(); !done) return done;
  if (connection.changed_rows() == 0) return fail(ErrorKind::conflict, when_there, id);
  return {};
}

template <class Read>
auto find(Query& query, std::string_view id, Read read, const char* when_missing)
    -> Result<std::invoke_result_t<Read, const Query&>> {
  query.bind(1, id);
  const auto row = query.step();
  if (!row) return failed(row.error());
  if (!*row) return fail(ErrorKind::not_found, when_missing, std::string(id));
  return read(query);
}

// Parameters 1 to 3 of a page's statement, newest first, and 6, which is how long it may be.
template <class Filter>
void bind_page(Query& query, const Filter& filter, const std::optional<LogCursor>& after,
               std::size_t count_max) {
  constexpr auto highest = std::numeric_limits<std::int64_t>::max();
  std::pair<std::int64_t, std::int64_t> begin{highest, highest};
  if (after) begin = {microseconds_of(after->at), after->sequence};
  if (filter.until) begin = std::min(begin, {microseconds_of(*filter.until), std::int64_t{0}});
  query.bind(1, begin.first);
  query.bind(2, begin.second);
  query.bind(
      3, filter.from ? microseconds_of(*filter.from) : std::numeric_limits<std::int64_t>::min());
  query.bind(6, limit_of(count_max));
}

Result<std::size_t> forget(Connection& connection, const char* sql, Instant before,
                           std::size_t count_max) {
  auto query = connection.query(sql);
  query.bind(1, microseconds_of(before));
  query.bind(2, limit_of(count_max));
  if (auto done = query.run(); !done) return failed(done.error());
  return static_cast<std::size_t>(connection.changed_rows());
}

}  // namespace

std::int64_t limit_of(std::size_t count_max) {
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(count_max, most));
}

Result<void> insert_audit(Connection& connection, const AuditRecord& audit) {
  auto query = connection.query(
      "INSERT INTO audits (id, at, actor, target, json) VALUES (?1, ?2, ?3, ?4, ?5) "
      "ON CONFLICT (id) DO NOTHING");
  query.bind(1, audit.id);
  query.bind(2, microseconds_of(audit.at));
  query.bind(3, audit.actor);
  query.bind(4, audit.target);
  query.bind(5, audit.json);
  return insert(connection, query, "an audit record with this id is in the log already", audit.id);
}

Result<AuditRecord> find_audit(Connection& connection, std::string_view id) {
  auto query =
      connection.query("SELECT sequence, id, at, actor, target, json FROM audits WHERE id = ?1");
  return find(query, id, read_audit, "no audit record has this id");
}

Result<std::vector<AuditRecord>> list_audits(Connection& connection, const AuditFilter& filter,
                                             std::optional<LogCursor> after,
                                             std::size_t count_max) {
  auto query = connection.query(
      "SELECT sequence, id, at, actor, target, json FROM audits "
      "WHERE (at, sequence) < (?1, ?2) AND at >= ?3 "
      "AND (?4 IS NULL OR actor = ?4) AND (?5 IS NULL OR target = ?5) "
      "ORDER BY at DESC, sequence DESC LIMIT ?6");
  bind_page(query, filter, after, count_max);
  if (filter.actor) query.bind(4, *filter.actor);
  if (filter.target) query.bind(5, *filter.target);
  return rows_of(query, read_audit);
}

Result<std::size_t> forget_audits(Connection& connection, Instant before, std::size_t count_max) {
  return forget(connection,
                "DELETE FROM audits WHERE sequence IN (SELECT sequence FROM audits WHERE at < ?1 "
                "ORDER BY at, sequence LIMIT ?2)",
                before, count_max);
}

Result<void> insert_sign_in(Connection& connection, const SignInRecord& record) {
  auto query = connection.query(
      "INSERT INTO sign_ins (decision_id, at, user_id, app_id, outcome, json) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (decision_id) DO NOTHING");
  query.bind(1, record.decision_id);
  query.bind(2, microseconds_of(record.at));
  query.bind(3, record.user_id);
  query.bind(4, record.app_id);
  query.bind(5, record.outcome);
  query.bind(6, record.json);
  return insert(connection, query, "a decision with this id is in the log already",
                record.decision_id);
}

Result<SignInRecord> find_sign_in(Connection& connection, std::string_view decision_id) {
  auto query = connection.query(
      "SELECT sequence, decision_id, at, user_id, app_id, outcome, json FROM sign_ins "
      "WHERE decision_id = ?1");
  return find(query, decision_id, read_record, "no decision with this id is in the log");
}

Result<std::vector<SignInRecord>> list_sign_ins(Connection& connection, const SignInFilter& filter,
                                                std::optional<SignInCursor> after,
                                                std::size_t count_max) {
  // Two statements, so that each can walk its index backwards; what was not bound is null.
  constexpr const char* of_everyone =
      "SELECT sequence, decision_id, at, user_id, app_id, outcome, json FROM sign_ins "
      "WHERE (at, sequence) < (?1, ?2) AND at >= ?3 "
      "AND (?4 IS NULL OR app_id = ?4) AND (?5 IS NULL OR outcome = ?5) "
      "ORDER BY at DESC, sequence DESC LIMIT ?6";
  constexpr const char* of_one_user =
      "SELECT sequence, decision_id, at, user_id, app_id, outcome, json FROM sign_ins "
      "WHERE user_id = ?7 AND (at, sequence) < (?1, ?2) AND at >= ?3 "
      "AND (?4 IS NULL OR app_id = ?4) AND (?5 IS NULL OR outcome = ?5) "
      "ORDER BY at DESC, sequence DESC LIMIT ?6";
  auto query = connection.query(filter.user_id ? of_one_user : of_everyone);
  bind_page(query, filter, after, count_max);
  if (filter.app_id) query.bind(4, *filter.app_id);
  if (filter.outcome) query.bind(5, *filter.outcome);
  if (filter.user_id) query.bind(7, *filter.user_id);
  return rows_of(query, read_record);
}

Result<std::vector<SignInRecord>> sign_ins_after(Connection& connection, Sequence after,
                                                 std::size_t count_max) {
  auto query = connection.query(
      "SELECT sequence, decision_id, at, user_id, app_id, outcome, json FROM sign_ins "
      "WHERE sequence > ?1 ORDER BY sequence LIMIT ?2");
  query.bind(1, after);
  query.bind(2, limit_of(count_max));
  return rows_of(query, read_record);
}

Result<Sequence> last_sign_in(Connection& connection) {
  auto query = connection.query("SELECT coalesce(max(sequence), 0) FROM sign_ins");
  const auto row = query.step();
  if (!row) return failed(row.error());
  return query.number(0);
}

Result<std::size_t> forget_sign_ins(Connection& connection, Instant before, std::size_t count_max) {
  return forget(
      connection,
      "DELETE FROM sign_ins WHERE sequence IN (SELECT sequence FROM sign_ins WHERE at < ?1 "
      "ORDER BY at, sequence LIMIT ?2)",
      before, count_max);
}

}  // namespace sallyport::sqlite
