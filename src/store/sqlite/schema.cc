#include "store/sqlite/schema.h"

namespace sallyport::sqlite {
namespace {

// AUTOINCREMENT: a number is not given again after a removal, and one that a rolled back
// transaction took is given again, so the feed has no holes.
constexpr const char* create_tables = R"(
CREATE TABLE sallyport_schema (version INTEGER NOT NULL) STRICT;
INSERT INTO sallyport_schema VALUES (1);

CREATE TABLE changes (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  removed  INTEGER NOT NULL
) STRICT;

CREATE TABLE documents (
  kind    TEXT NOT NULL,
  id      TEXT NOT NULL,
  version INTEGER NOT NULL,  -- of changes
  json    TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE sign_ins (
  sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
  decision_id TEXT NOT NULL UNIQUE,
  at          INTEGER NOT NULL,  -- microseconds since 1970
  user_id     TEXT NOT NULL,
  app_id      TEXT NOT NULL,
  outcome     TEXT NOT NULL,
  json        TEXT NOT NULL
) STRICT;
CREATE INDEX sign_ins_by_time ON sign_ins (at, sequence);
CREATE INDEX sign_ins_by_user ON sign_ins (user_id, at, sequence);
)";

Result<std::int64_t> single_number(Connection& connection, const char* sql) {
  auto query = connection.query(sql);
  const auto row = query.step();
  if (!row) return tl::unexpected<Error>(row.error());
  return *row ? query.number(0) : std::int64_t{0};
}

}  // namespace

Result<void> prepare_schema(Connection& connection) {
  Transaction transaction(connection);
  if (auto begun = transaction.begin(); !begun) return begun;
  const auto tables = single_number(connection, "SELECT count(*) FROM sqlite_master");
  if (!tables) return tl::unexpected<Error>(tables.error());
  if (*tables == 0) {
    if (auto created = connection.execute(create_tables); !created) return created;
    return transaction.commit();
  }
  const auto ours = single_number(
      connection, "SELECT count(*) FROM sqlite_master WHERE name = 'sallyport_schema'");
  if (!ours) return tl::unexpected<Error>(ours.error());
  if (*ours == 0) {
    return fail(ErrorKind::invalid_argument,
                "this database belongs to another program; name another file", connection.path());
  }
  const auto version = single_number(connection, "SELECT max(version) FROM sallyport_schema");
  if (!version) return tl::unexpected<Error>(version.error());
  if (*version != schema_version) {
    return fail(ErrorKind::invalid_argument,
                "this database has layout " + std::to_string(*version) +
                    ", this version of Sallyport knows layouts up to " +
                    std::to_string(schema_version) +
                    "; use the version that wrote it or a newer one",
                connection.path());
  }
  return {};
}

}  // namespace sallyport::sqlite
