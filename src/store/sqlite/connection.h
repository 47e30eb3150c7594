// A connection to one SQLite file, with the statements it has prepared, and what SQLite's error
// codes mean to an administrator.
//
// Threads: one at a time; the store sees to that.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sallyport::sqlite {

// A prepared statement in use; it is ready for its next use when this ends.
//   auto query = connection.query("SELECT json FROM documents WHERE id = ?1");
//   query.bind(1, id);
//   auto row = query.step();  // Result<bool>: whether there is a row
// REQUIRES: bound texts outlive it, and so does the connection.
class Query {
 public:
  Query(sqlite3* database, sqlite3_stmt* statement, int code, const std::string& path)
      : database_(database), statement_(statement), code_(code), path_(path) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  void bind(int position, std::string_view text);
  void bind(int position, std::int64_t number);
  [[nodiscard]] Result<bool> step();
  [[nodiscard]] Result<void> run();  // steps to the end

  std::string text(int column) const { return std::string(view(column)); }
  std::string_view view(int column) const;  // until the next step
  std::int64_t number(int column) const;

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_;
  int code_;  // the first thing that went wrong
  const std::string& path_;
};

// read(query) of each row that is left.
template <class Read>
[[nodiscard]] auto rows_of(Query& query, Read read)
    -> Result<std::vector<std::invoke_result_t<Read, const Query&>>> {
  std::vector<std::invoke_result_t<Read, const Query&>> rows;
  for (;;) {
    const auto more = query.step();
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) return rows;
    rows.push_back(read(std::as_const(query)));
  }
}

enum class Access : std::uint8_t { read, write };

class Connection {
 public:
  // REQUIRES: the file exists.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(
      const std::string& path, Access access, std::chrono::milliseconds busy_timeout);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // REQUIRES: `sql` is a literal: the statement is kept under its address.
  Query query(const char* sql);
  [[nodiscard]] Result<void> execute(const char* sql);
  std::int64_t changed_rows() const;  // by the last statement
  std::int64_t last_row() const;      // the number of what was inserted last
  const std::string& path() const { return path_; }
  // The index of the write-ahead log, as SQLite has mapped it, until this ends. Null: there is
  // none.
  volatile void* log_index();

 private:
  explicit Connection(std::string path) : path_(std::move(path)) {}
  std::string path_;
  sqlite3* database_ = nullptr;
  std::map<const char*, sqlite3_stmt*> statements_;
};

// Everything between begin and commit happens, or nothing does.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  [[nodiscard]] Result<void> begin();  // waits for another writer as long as the busy timeout
  [[nodiscard]] Result<void> commit();

 private:
  Connection& connection_;
  bool open_ = false;
};

}  // namespace sallyport::sqlite
