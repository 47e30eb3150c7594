#include "store/sqlite/connection.h"

#include <sqlite3.h>

#include <tuple>
#include <utility>

namespace sallyport::sqlite {
namespace {

Error error_of(int code, sqlite3* database, const std::string& path) {
  const auto reason = [&] {
    return std::string(database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code));
  };
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::unavailable,
              "the database is locked by another program; close what holds it, then try again",
              path};
    case SQLITE_FULL:
      return {ErrorKind::unavailable,
              "there is no room left for the database; free space on its disk or raise its limit",
              path};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorKind::unavailable,
              "the database cannot be written; give this user write access to the file and its "
              "folder",
              path};
    case SQLITE_CANTOPEN:
      return {ErrorKind::unavailable,
              "the database cannot be opened; check that its folder exists and this user may write "
              "to it",
              path};
    case SQLITE_IOERR:
      return {ErrorKind::unavailable,
              "the disk refused to read or write the database (" + reason() +
                  "); check the disk and its free space",
              path};
    case SQLITE_NOMEM:
      return {ErrorKind::unavailable, "there is not enough memory for the database", path};
    case SQLITE_TOOBIG: return {ErrorKind::too_large, "this is too large for the database", path};
    case SQLITE_CORRUPT:
      return {ErrorKind::internal,
              "the database file is damaged; restore it from a backup, or rescue what can be read "
              "with `sqlite3 FILE .recover`",
              path};
    case SQLITE_NOTADB:
      return {ErrorKind::internal,
              "this file is not a database, or it is damaged; restore it from a backup or name "
              "another file",
              path};
    default: return {ErrorKind::internal, "the database failed: " + reason(), path};
  }
}

// A file that somebody prepared runs nothing: ours has no triggers and views, SQLite loads no
// extensions, and the functions there are have no effects.
Result<void> harden(sqlite3* database, const std::string& path) {
  constexpr std::pair<int, int> switches[] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                              {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                              {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                                              {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}};
  for (const auto& [name, on] : switches) {
    const int code = sqlite3_db_config(database, name, on, nullptr);
    if (code != SQLITE_OK) return tl::unexpected<Error>(error_of(code, database, path));
  }
  return {};
}

}  // namespace

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Query::bind(int position, std::string_view text) {
  if (code_ != SQLITE_OK) return;
  // A null pointer would bind NULL; an empty text is not that.
  const char* data = text.data() == nullptr ? "" : text.data();
  code_ = sqlite3_bind_text64(statement_, position, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Query::bind(int position, std::int64_t number) {
  if (code_ != SQLITE_OK) return;
  code_ = sqlite3_bind_int64(statement_, position, number);
}

Result<bool> Query::step() {
  if (code_ == SQLITE_OK) {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    code_ = code;
  }
  return tl::unexpected<Error>(error_of(code_, database_, path_));
}

Result<void> Query::run() {
  for (;;) {
    const auto row = step();
    if (!row) return tl::unexpected<Error>(row.error());
    if (!*row) return {};
  }
}

std::string_view Query::view(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Query::number(int column) const { return sqlite3_column_int64(statement_, column); }

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access,
                                                     std::chrono::milliseconds busy_timeout) {
  std::unique_ptr<Connection> made(new Connection(path));
  const int flags = SQLITE_OPEN_NOMUTEX |
                    (access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  const int code = sqlite3_open_v2(path.c_str(), &made->database_, flags, nullptr);
  if (code != SQLITE_OK) {
    return tl::unexpected<Error>(error_of(code, made->database_, path));
  }
  sqlite3_extended_result_codes(made->database_, 1);
  sqlite3_busy_timeout(made->database_, static_cast<int>(busy_timeout.count()));
  // SQLite opens a file that may not be written for reading, without a word.
  if (access == Access::write && sqlite3_db_readonly(made->database_, "main") == 1) {
    return tl::unexpected<Error>(error_of(SQLITE_READONLY, nullptr, path));
  }
  if (auto hardened = harden(made->database_, path); !hardened) {
    return tl::unexpected<Error>(std::move(hardened.error()));
  }
  // Damage is to be noticed when it is read. The schema has to be trusted: SQLite before 3.41 takes
  // the json_extract of our indexes for unsafe, although it is not.
  if (auto done = made->execute("PRAGMA cell_size_check=ON; PRAGMA trusted_schema=ON"); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  return made;
}

Connection::~Connection() {
  for (const auto& kept : statements_) sqlite3_finalize(kept.second);
  sqlite3_close_v2(database_);
}

Query Connection::query(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  int code = SQLITE_OK;
  if (statement == nullptr) {
    code = sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  }
  return Query(database_, statement, code, path_);
}

Result<void> Connection::execute(const char* sql) {
  const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::unexpected<Error>(error_of(code, database_, path_));
  return {};
}

volatile void* Connection::log_index() {
  constexpr int region_size = 32 * 1024;  // as SQLite has them
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(database_, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
      file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2) {
    return nullptr;
  }
  volatile void* region = nullptr;
  const int code = file->pMethods->xShmMap(file, 0, region_size, 0, &region);
  return code == SQLITE_OK ? region : nullptr;
}

std::int64_t Connection::changed_rows() const { return sqlite3_changes64(database_); }

std::int64_t Connection::last_row() const { return sqlite3_last_insert_rowid(database_); }

Result<void> Transaction::begin() {
  auto done = connection_.execute("BEGIN IMMEDIATE");
  open_ = done.has_value();
  return done;
}

Result<void> Transaction::commit() {
  auto done = connection_.execute("COMMIT");
  if (done) open_ = false;
  return done;
}

Transaction::~Transaction() {
  // SQLite has already rolled back after some errors; that this then fails says nothing.
  if (open_) std::ignore = connection_.execute("ROLLBACK");
}

}  // namespace sallyport::sqlite
