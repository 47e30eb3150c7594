#include "store/sqlite/schema.h"

#include <algorithm>
#include <iterator>

namespace sallyport::sqlite {
namespace {

// AUTOINCREMENT: a number is not given again after a removal, and one that a rolled back
// transaction took is given again, so the feed has no holes.
constexpr const char* create_tables = R"(
CREATE TABLE sallyport_schema (version INTEGER NOT NULL) STRICT;
INSERT INTO sallyport_schema VALUES (1);  -- layout 1; upgrades follow

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

// What each layout adds to the one before it, from layout 2 on.
constexpr const char* upgrades[] = {R"(
CREATE TABLE audits (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id       TEXT NOT NULL UNIQUE,
  at       INTEGER NOT NULL,  -- microseconds since 1970
  actor    TEXT NOT NULL,
  target   TEXT NOT NULL,
  json     TEXT NOT NULL
) STRICT;
CREATE INDEX audits_by_time ON audits (at, sequence);
UPDATE sallyport_schema SET version = 2;
)",
                                    R"(
ALTER TABLE changes ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
UPDATE sallyport_schema SET version = 3;
)",
                                    R"(
ALTER TABLE changes ADD COLUMN note TEXT NOT NULL DEFAULT '';
UPDATE sallyport_schema SET version = 4;
)"};
static_assert(std::size(upgrades) == schema_version - 1);

constexpr std::string_view user_members[] = {"userPrincipalName", "displayName", "mail"};
constexpr std::string_view group_members[] = {"displayName"};
constexpr std::string_view device_members[] = {"deviceId", "displayName"};
constexpr std::string_view application_members[] = {"appId", "displayName"};
constexpr std::string_view managed_device_members[] = {"azureADDeviceId", "deviceName",
                                                       "serialNumber", "userId"};
constexpr std::string_view noncompliance_members[] = {"nextDueDateTime"};
constexpr MemberIndex indexes[] = {{"user", user_members},
                                   {"group", group_members},
                                   {"device", device_members},
                                   {"servicePrincipal", application_members},
                                   {"managedDevice", managed_device_members},
                                   {"sallyport.noncompliance", noncompliance_members}};

Result<void> create_member_indexes(Connection& connection) {
  for (const auto& index : indexes) {
    for (const auto member : index.members) {
      const auto sql = "CREATE INDEX IF NOT EXISTS " + index_name(index.kind, member) +
                       " ON documents (" + indexed_value(member) + ", id) WHERE kind = '" +
                       std::string(index.kind) + "'";
      if (auto created = connection.execute(sql.c_str()); !created) return created;
    }
  }
  return {};
}

Result<std::int64_t> single_number(Connection& connection, const char* sql) {
  auto query = connection.query(sql);
  const auto row = query.step();
  if (!row) return tl::unexpected<Error>(row.error());
  return *row ? query.number(0) : std::int64_t{0};
}

}  // namespace

std::span<const MemberIndex> member_indexes() { return indexes; }

std::string index_name(std::string_view kind, std::string_view member) {
  auto name = "documents_" + std::string(kind) + "_" + std::string(member);
  std::ranges::replace(name, '.', '_');  // of the server's own kinds
  return name;
}

std::string indexed_value(std::string_view member) {
  return "CASE WHEN json_valid(json) THEN lower(json_extract(json, '$." + std::string(member) +
         "')) END";
}

Result<void> prepare_schema(Connection& connection) {
  Transaction transaction(connection);
  if (auto begun = transaction.begin(); !begun) return begun;
  const auto tables = single_number(connection, "SELECT count(*) FROM sqlite_master");
  if (!tables) return tl::unexpected<Error>(tables.error());
  if (*tables == 0) {
    if (auto created = connection.execute(create_tables); !created) return created;
    for (const auto* upgrade : upgrades) {
      if (auto upgraded = connection.execute(upgrade); !upgraded) return upgraded;
    }
    if (auto created = create_member_indexes(connection); !created) return created;
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
  if (*version < 1 || *version > schema_version) {
    return fail(ErrorKind::invalid_argument,
                "this database has layout " + std::to_string(*version) +
                    ", this version of Sallyport knows layouts up to " +
                    std::to_string(schema_version) +
                    "; use the version that wrote it or a newer one",
                connection.path());
  }
  if (*version == schema_version) return {};
  for (auto layout = *version; layout < schema_version; ++layout) {
    const auto* upgrade = upgrades[static_cast<std::size_t>(layout - 1)];
    if (auto upgraded = connection.execute(upgrade); !upgraded) return upgraded;
  }
  if (auto created = create_member_indexes(connection); !created) return created;
  return transaction.commit();
}

}  // namespace sallyport::sqlite
