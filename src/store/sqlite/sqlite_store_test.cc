#include "store/sqlite/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

#include "store/contract.h"
#include "store/sqlite/schema.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
namespace fs = std::filesystem;

class SqliteUnderTest final : public StoreUnderTest {
 public:
  Result<std::unique_ptr<Store>> open() override {
    return open_sqlite_store(folder_.file("store.db"));
  }

 private:
  TemporaryFolder folder_;
};

[[maybe_unused]] const int contract_checks =
    store_contract("Sqlite", [] { return std::make_unique<SqliteUnderTest>(); });

class SqliteStoreTest : public testing::Test {
 protected:
  std::unique_ptr<Store> open(const SqliteOptions& options = {}) {
    auto store = open_sqlite_store(path_, options);
    EXPECT_TRUE(store.has_value()) << describe(store.error());
    return store ? std::move(*store) : nullptr;
  }
  void run_sql(const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }
  TemporaryFolder folder_;
  const std::string path_ = folder_.file("store.db");
};

TEST_F(SqliteStoreTest, the_file_is_its_owners_alone) {
  const auto store = open();
  ASSERT_TRUE(store->put("users", "1", "{}").has_value());
  for (const auto* suffix : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat((path_ + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST_F(SqliteStoreTest, a_lock_of_another_program_is_an_error_that_passes) {
  SqliteOptions options;
  options.busy_timeout = milliseconds(30);
  const auto store = open(options);
  ASSERT_TRUE(store->put("users", "1", "before").has_value());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);

  const auto refused = store->put("users", "1", "during");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("locked by another program"));
  EXPECT_EQ(refused.error().where, path_);
  EXPECT_EQ(store->get("users", "1")->json, "before") << "reading goes on";

  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_TRUE(store->put("users", "1", "after").has_value());
}

TEST_F(SqliteStoreTest, a_full_store_refuses_what_does_not_fit_and_keeps_the_rest) {
  SqliteOptions options;
  options.size_max = 128 * 1024;
  const auto store = open(options);
  ASSERT_TRUE(store->put("users", "small", "{}").has_value());
  const auto refused = store->put("users", "large", std::string(200'000, 'x'));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("no room left"));
  EXPECT_EQ(store->get("users", "small")->json, "{}");
  EXPECT_EQ(store->get("users", "large").error().kind, ErrorKind::not_found);
  EXPECT_TRUE(store->put("users", "another", "{}").has_value());
  EXPECT_EQ(*store->last_sequence(), 2) << "what was refused leaves no hole in the feed";
}

TEST_F(SqliteStoreTest, a_disk_that_refuses_to_write_is_an_error_that_passes) {
  const auto store = open();
  ASSERT_TRUE(store->put("users", "1", "before").has_value());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 256 * 1024;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto refused = store->put("users", "2", std::string(1'000'000, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);

  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(refused.error().where, path_);
  EXPECT_EQ(store->get("users", "1")->json, "before");
  EXPECT_TRUE(store->put("users", "2", std::string(1'000'000, 'x')).has_value());
}

TEST_F(SqliteStoreTest, damage_is_named_with_the_file_and_what_to_do) {
  {
    const auto store = open();
    std::vector<Write> writes;
    for (int i = 0; i < 400; ++i) {
      writes.push_back({"users", std::to_string(i), std::string(2'000, 'x'), std::nullopt});
    }
    ASSERT_TRUE(store->write(writes).has_value());
  }
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(60 * 4096);
    const std::string rubbish(10 * 4096, '\x5a');
    file.write(rubbish.data(), static_cast<std::streamsize>(rubbish.size()));
  }
  const auto store = open();
  ASSERT_NE(store, nullptr);
  const auto listed = store->list("users", "", 1'000);
  ASSERT_FALSE(listed.has_value());
  EXPECT_EQ(listed.error().kind, ErrorKind::internal);
  EXPECT_THAT(listed.error().message, HasSubstr("damaged; restore it from a backup"));
  EXPECT_EQ(listed.error().where, path_);
  const auto last = store->last_sequence();
  ASSERT_TRUE(last.has_value()) << "what is not damaged can be read";
  EXPECT_EQ(*last, 400);
  EXPECT_EQ(store->get("users", "0")->json, std::string(2'000, 'x'));
}

TEST_F(SqliteStoreTest, a_file_that_is_no_database_is_refused_and_left_alone) {
  const std::string text(5'000, 'n');
  std::ofstream(path_) << text;
  const auto store = open_sqlite_store(path_);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().kind, ErrorKind::internal);
  EXPECT_THAT(store.error().message, HasSubstr("not a database"));
  std::ifstream file(path_);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text);
}

TEST_F(SqliteStoreTest, a_database_of_another_program_is_refused) {
  run_sql("CREATE TABLE bookmarks (url TEXT)");
  const auto store = open_sqlite_store(path_);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().kind, ErrorKind::invalid_argument);
  EXPECT_THAT(store.error().message, HasSubstr("belongs to another program"));
}

TEST_F(SqliteStoreTest, an_older_layout_is_brought_up_to_date_and_keeps_its_documents) {
  auto store = open();
  ASSERT_TRUE(store->put("user", "1", R"({"displayName":"Ada"})").has_value());
  store.reset();
  run_sql("DROP TABLE audits");
  run_sql("ALTER TABLE changes DROP COLUMN created");
  run_sql("ALTER TABLE changes DROP COLUMN note");
  run_sql("DROP INDEX documents_user_displayName");
  run_sql("UPDATE sallyport_schema SET version = 1");
  store = open();
  EXPECT_EQ(store->get("user", "1")->json, R"({"displayName":"Ada"})");
  EXPECT_TRUE(store->audits({}, std::nullopt, 1).has_value());
  ValueRange range;
  range.member = "displayName";
  EXPECT_EQ(store->find("user", range, 10)->size(), 1U);
  ASSERT_TRUE(store->put("user", "2", "{}").has_value());
  EXPECT_TRUE(store->changes_after(1, 10)->front().created);
}

TEST_F(SqliteStoreTest, a_trigger_in_a_file_that_somebody_prepared_does_nothing) {
  open();
  run_sql("CREATE TRIGGER t AFTER INSERT ON documents BEGIN DELETE FROM documents; END");
  const auto store = open();
  ASSERT_TRUE(store->put("user", "1", "{}").has_value());
  EXPECT_TRUE(store->get("user", "1").has_value());
}

// Commands open and close the store of a server that runs, from processes of their own. Nothing
// here may take away the locks by which SQLite keeps the two apart: the other would take itself for
// the first, and begin the index of the log anew under our feet.
TEST_F(SqliteStoreTest, others_come_and_go_beside_an_open_store) {
  const auto store = open();
  ASSERT_TRUE(store->put("user", "0", "{}").has_value());
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) {
      EXPECT_NE(store->commit_mark(), 0U);
      EXPECT_TRUE(store->get("user", "0").has_value());
    }
  });
  std::set<std::uint64_t> marks;
  const auto other = "sqlite3 '" + path_ + "' 'SELECT count(*) FROM documents' >/dev/null";
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(store->put("user", std::to_string(i), "{}").has_value());
    EXPECT_EQ(std::system(other.c_str()), 0);
    marks.insert(store->commit_mark());
  }
  done = true;
  reader.join();
  EXPECT_EQ(marks.size(), 50U);
  EXPECT_EQ(store->count("user"), 50);
}

TEST_F(SqliteStoreTest, a_newer_layout_is_refused_and_says_which) {
  open();
  run_sql("UPDATE sallyport_schema SET version = 9");
  const auto store = open_sqlite_store(path_);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().message,
            "this database has layout 9, this version of Sallyport knows layouts up to " +
                std::to_string(sqlite::schema_version) +
                "; use the version that wrote it or a newer one");
  EXPECT_EQ(store.error().where, path_);
}

TEST_F(SqliteStoreTest, a_folder_that_is_not_there_is_named) {
  const auto path = folder_.file("nowhere/store.db");
  const auto store = open_sqlite_store(path);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(store.error().message, HasSubstr("check that its folder exists"));
  EXPECT_EQ(store.error().where, path);
}

// Root may write anywhere, so the test lays its rights down for a moment.
class WithoutRoot {
 public:
  WithoutRoot() : was_(::geteuid()) {
    if (was_ == 0) dropped_ = ::seteuid(65534) == 0;
  }
  ~WithoutRoot() {
    if (dropped_ && ::seteuid(was_) != 0) std::abort();
  }
  WithoutRoot(const WithoutRoot&) = delete;
  WithoutRoot& operator=(const WithoutRoot&) = delete;

 private:
  uid_t was_;
  bool dropped_ = false;
};

TEST_F(SqliteStoreTest, a_read_only_folder_is_refused_with_what_to_do) {
  fs::permissions(folder_.path(), fs::perms(0555));
  Result<std::unique_ptr<Store>> store;
  {
    const WithoutRoot plain;
    store = open_sqlite_store(path_);
  }
  fs::permissions(folder_.path(), fs::perms(0755));
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(store.error().message, HasSubstr("this user may write to it"));
}

}  // namespace
}  // namespace sallyport
