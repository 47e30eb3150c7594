#include "enrolment/osquery/osquery.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <set>

#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport::osquery {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// Takes every host that knows the word, and remembers what it was told.
class TestDevices final : public Devices {
 public:
  Result<Enrolled> admit(const EnrollRequest& request, const Enrolled& before, Instant) override {
    if (request.secret != "open sesame") return fail(ErrorKind::denied, "no");
    if (before.device_id.empty()) return Enrolled{"device-" + std::to_string(++made_), {}};
    return before;
  }
  Result<void> report(const std::string& device_id, const compliance::Report& report,
                      Instant) override {
    if (broken) return fail(ErrorKind::unavailable, "the disk is full");
    reports.emplace_back(device_id, report);
    return {};
  }
  bool broken = false;
  std::vector<std::pair<std::string, compliance::Report>> reports;

 private:
  int made_ = 0;
};

class OsqueryTest : public testing::Test {
 protected:
  OsqueryTest()
      : store_(*open_sqlite_store(folder_.file("store.db"))), osquery_(*store_, devices_) {}

  static std::string enroll_body(const std::string& host, const std::string& secret = "open sesame",
                                 const std::string& platform = "9") {
    return R"({"enroll_secret":")" + secret + R"(","host_identifier":")" + host +
           R"(","platform_type":")" + platform +
           R"(","host_details":{"system_info":{"computer_name":"anna-laptop"}}})";
  }
  std::string enroll(const std::string& host, const std::string& platform = "9") {
    const auto reply = osquery_.enroll(enroll_body(host, "open sesame", platform), now_);
    const auto document = json::parse(reply.body);
    EXPECT_EQ(reply.status, 200) << reply.body;
    const auto* key = document->root().find("node_key");
    return key == nullptr ? std::string() : std::string(key->text());
  }
  static std::string body(const std::string& key, const std::string& more = {}) {
    return R"({"node_key":")" + key + "\"" + more + "}";
  }
  Reply write(const std::string& key, const std::string& queries, const std::string& statuses) {
    return osquery_.distributed_write(
        body(key, R"(,"queries":{)" + queries + R"(},"statuses":{)" + statuses + "}"), now_);
  }
  Reply log(const std::string& key, const std::string& lines) {
    return osquery_.log(body(key, R"(,"log_type":"result","data":[)" + lines + "]"), now_);
  }
  static std::string line(const std::string& name, const std::string& row, int time,
                          int counter = 0) {
    return R"({"name":")" + name + R"(","hostIdentifier":"h","action":"snapshot","unixTime":)" +
           std::to_string(1'790'000'000 + time) + R"(,"epoch":0,"counter":)" +
           std::to_string(counter) + R"(,"snapshot":[)" + row + "]}";
  }
  // `storageEncrypted=1 tpmVersion=2.0`, errors as `=!`, of the last report.
  std::string last() const {
    std::string out;
    if (devices_.reports.empty()) return out;
    for (const auto& fact : devices_.reports.back().second.facts) {
      const auto& row = compliance::row_of(fact.fact);
      out += (out.empty() ? "" : " ") + std::string(row.name) + "=" +
             (fact.state == compliance::FactState::error ? "!"
              : fact.text.empty()                        ? std::to_string(fact.number)
                                                         : fact.text);
    }
    return out;
  }
  bool is_invalid(const Reply& reply) const {
    return reply.status == 200 && reply.body == R"({"node_invalid":true})";
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  TestDevices devices_;
  Osquery osquery_;
  Instant now_ = *parse_instant("2026-11-26T03:00:00Z");
};

TEST(OsqueryQueries, tell_facts_that_there_are_under_their_names) {
  std::set<std::string_view> names;
  for (const auto& query : queries()) {
    EXPECT_TRUE(names.insert(query.name).second) << query.name << " is there twice";
    EXPECT_TRUE(query.name.starts_with("sallyport_")) << query.name;
    std::string_view facts = query.facts;
    while (!facts.empty()) {
      const auto end = std::min(facts.find(' '), facts.size());
      const auto fact = facts.substr(0, end);
      facts.remove_prefix(std::min(end + 1, facts.size()));
      EXPECT_TRUE(compliance::find_fact(fact).has_value()) << fact;
      EXPECT_NE(query.sql.find("AS " + std::string(fact)), std::string_view::npos)
          << query.name << " does not select " << fact;
    }
  }
}

TEST(OsqueryPlatforms, are_bits_of_a_number) {
  EXPECT_EQ(platform_of("9"), linux_host);
  EXPECT_EQ(platform_of("21"), macos_host);
  EXPECT_EQ(platform_of("2"), windows_host);
  for (const auto* none : {"", "0", "1", "5", "x", "9x", "-2", "99999999999999"}) {
    EXPECT_EQ(platform_of(none), 0) << none;
  }
}

TEST_F(OsqueryTest, a_wrong_secret_is_told_node_invalid) {
  EXPECT_TRUE(is_invalid(osquery_.enroll(enroll_body("h", "wrong"), now_)));
  EXPECT_EQ(osquery_.enroll("{", now_).status, 400);
  EXPECT_EQ(osquery_.enroll("[]", now_).status, 400);
  EXPECT_EQ(osquery_.enroll(enroll_body(""), now_).status, 400);
  EXPECT_EQ(osquery_.enroll(enroll_body("h", "open sesame", "0"), now_).status, 400);
}

TEST_F(OsqueryTest, a_key_is_kept_as_its_digest_only) {
  const auto key = enroll("host");
  EXPECT_GE(key.size(), 43U);
  const auto visited = store_->each_document([&](const DocumentView& document) {
    EXPECT_EQ(document.json.find(key), std::string_view::npos);
    EXPECT_EQ(document.id.find(key), std::string_view::npos);
    return Result<void>();
  });
  EXPECT_TRUE(visited.has_value());
}

TEST_F(OsqueryTest, strangers_learn_nothing) {
  for (const auto& key : {std::string(), std::string("guess")}) {
    EXPECT_TRUE(is_invalid(osquery_.config(body(key), now_)));
    EXPECT_TRUE(is_invalid(osquery_.log(body(key), now_)));
    EXPECT_TRUE(is_invalid(osquery_.distributed_read(body(key), now_)));
    EXPECT_TRUE(is_invalid(osquery_.distributed_write(body(key), now_)));
  }
  EXPECT_TRUE(is_invalid(osquery_.config(R"({"node_key":["x"]})", now_)));
}

TEST_F(OsqueryTest, each_platform_is_asked_its_own_queries) {
  const auto config = osquery_.config(body(enroll("w", "2")), now_);
  EXPECT_NE(config.body.find("sallyport_windows_tpm"), std::string::npos);
  EXPECT_EQ(config.body.find("sallyport_linux"), std::string::npos);
  EXPECT_NE(config.body.find(R"("node_invalid":false)"), std::string::npos);
  const auto read = osquery_.distributed_read(body(enroll("l", "9")), now_);
  EXPECT_NE(read.body.find("sallyport_linux_disks"), std::string::npos);
  EXPECT_EQ(read.body.find("sallyport_macos"), std::string::npos);
}

TEST_F(OsqueryTest, one_write_is_one_report_of_everything) {
  const auto key = enroll("h");
  EXPECT_EQ(
      write(key,
            R"("sallyport_linux_disks":[{"storageEncrypted":"1"}],
                     "sallyport_linux":[{"operatingSystem":"Linux","distribution":"ubuntu","osVersion":"22.4"}],
                     "sallyport_linux_secure_boot":[{"secureBootEnabled":0}])",
            R"("sallyport_linux_disks":0,"sallyport_linux":"0","sallyport_linux_secure_boot":0)")
          .body,
      "{}");
  ASSERT_EQ(devices_.reports.size(), 1U);
  EXPECT_EQ(devices_.reports[0].first, "device-1");
  EXPECT_EQ(devices_.reports[0].second.source, compliance::Source::osquery);
  EXPECT_EQ(last(),
            "operatingSystem=Linux distribution=ubuntu osVersion=22.4 secureBootEnabled=0 "
            "storageEncrypted=1");
}

TEST_F(OsqueryTest, a_missing_table_leaves_the_fact_unknown_again) {
  const auto key = enroll("h");
  write(key, R"("sallyport_linux_disks":[{"storageEncrypted":"1"}])",
        R"("sallyport_linux_disks":0)");
  EXPECT_EQ(last(), "storageEncrypted=1");
  write(key, R"("sallyport_linux_disks":[])", R"("sallyport_linux_disks":1)");
  EXPECT_EQ(devices_.reports.size(), 2U);
  EXPECT_EQ(last(), "");
}

TEST_F(OsqueryTest, what_is_not_what_it_should_be_is_unknown) {
  const auto key = enroll("h");
  const char* rows[] = {"[]",
                        R"([{"storageEncrypted":""}])",
                        R"([{"storageEncrypted":"2"}])",
                        R"([{"storageEncrypted":"yes"}])",
                        R"([{"storageEncrypted":true}])",
                        R"([{"storageEncrypted":"1"},{"storageEncrypted":"1"}])",
                        R"([{"firewallEnabled":"1"}])",
                        R"([[]])",
                        R"({"storageEncrypted":"1"})"};
  for (const std::string row : rows) {
    write(key, "\"sallyport_linux_disks\":" + row, R"("sallyport_linux_disks":0)");
    EXPECT_EQ(last(), "") << row;
  }
}

TEST_F(OsqueryTest, answers_without_status_or_of_strange_queries_are_passed_over) {
  const auto key = enroll("h");
  EXPECT_EQ(write(key, R"("sallyport_linux_disks":[{"storageEncrypted":"1"}])", "").body, "{}");
  EXPECT_EQ(write(key, R"("other":[{"storageEncrypted":"1"}])", R"("other":0)").body, "{}");
  // A query of another platform.
  EXPECT_EQ(write(key, R"("sallyport_windows_disks":[{"storageEncrypted":"1"}])",
                  R"("sallyport_windows_disks":0)")
                .body,
            "{}");
  EXPECT_EQ(osquery_.distributed_write(body(key, R"(,"queries":7,"statuses":[])"), now_).body,
            "{}");
  EXPECT_TRUE(devices_.reports.empty());
}

TEST_F(OsqueryTest, a_line_that_is_sent_again_is_stored_once) {
  const auto key = enroll("h");
  const auto disks = line("sallyport_linux_disks", R"({"storageEncrypted":"1"})", 0);
  log(key, disks);
  EXPECT_EQ(devices_.reports.size(), 1U);
  log(key, disks);
  EXPECT_EQ(devices_.reports.size(), 1U);
  log(key, line("sallyport_linux_disks", R"({"storageEncrypted":"0"})", 60));
  EXPECT_EQ(last(), "storageEncrypted=0");
  log(key, disks);  // late: older than what is had
  EXPECT_EQ(devices_.reports.size(), 2U);
}

TEST_F(OsqueryTest, logged_and_distributed_answers_make_one_report) {
  const auto key = enroll("h");
  log(key, line("sallyport_linux_disks", R"({"storageEncrypted":"1"})", 0) + "," +
               line("sallyport_linux_secure_boot", R"({"secureBootEnabled":"1"})", 0));
  write(key, R"("sallyport_kernel":[{"kernelVersion":"6.1"}])", R"("sallyport_kernel":0)");
  EXPECT_EQ(last(), "kernelVersion=6.1 secureBootEnabled=1 storageEncrypted=1");
}

TEST_F(OsqueryTest, status_lines_and_differences_are_passed_over) {
  const auto key = enroll("h");
  EXPECT_EQ(osquery_.log(body(key, R"(,"log_type":"status","data":[{"line":"x"}])"), now_).body,
            "{}");
  EXPECT_EQ(
      log(key, R"({"name":"sallyport_kernel","columns":{"kernelVersion":"6"},"action":"added"})")
          .body,
      "{}");
  EXPECT_EQ(log(key, R"(7,"x",null,{"name":5},{"name":"sallyport_kernel","snapshot":"x"})").body,
            "{}");
  EXPECT_TRUE(devices_.reports.empty());
}

TEST_F(OsqueryTest, an_answer_of_yesterday_counts_no_more) {
  const auto key = enroll("h");
  write(key, R"("sallyport_linux_disks":[{"storageEncrypted":"1"}])",
        R"("sallyport_linux_disks":0)");
  now_ += std::chrono::hours(25);
  write(key, R"("sallyport_kernel":[{"kernelVersion":"6.1"}])", R"("sallyport_kernel":0)");
  EXPECT_EQ(last(), "kernelVersion=6.1");
}

TEST_F(OsqueryTest, queries_are_asked_when_it_is_time) {
  const auto key = enroll("h");
  const auto asks = [&] {
    const auto reply = osquery_.distributed_read(body(key), now_);
    return reply.body.find("sallyport_linux_disks") != std::string::npos;
  };
  EXPECT_TRUE(asks());
  write(key, R"("sallyport_kernel":[{"kernelVersion":"6.1"}])", R"("sallyport_kernel":0)");
  EXPECT_FALSE(asks());
  now_ += minutes(16);
  EXPECT_TRUE(asks());
}

TEST_F(OsqueryTest, sequences_rise_and_a_report_that_was_not_taken_comes_again) {
  const auto key = enroll("h");
  const auto send = [&] {
    return write(key, R"("sallyport_kernel":[{"kernelVersion":"6.1"}])", R"("sallyport_kernel":0)");
  };
  devices_.broken = true;
  EXPECT_EQ(send().status, 503);
  devices_.broken = false;
  EXPECT_EQ(send().status, 200);
  now_ -= minutes(10);  // a clock that is set back
  EXPECT_EQ(send().status, 200);
  ASSERT_EQ(devices_.reports.size(), 2U);
  EXPECT_LT(devices_.reports[0].second.sequence, devices_.reports[1].second.sequence);
}

TEST_F(OsqueryTest, a_host_that_reports_too_often_waits_and_others_do_not) {
  Options options;
  options.reports = {.per_second = 0.1, .burst = 2};
  Osquery limited(*store_, devices_, options);
  const auto key = enroll("h");
  const auto other = enroll("other");
  const auto send = [&](const std::string& whose) {
    return limited.distributed_write(
        body(whose, R"(,"queries":{"sallyport_kernel":[{"kernelVersion":"6.1"}]},)"
                    R"("statuses":{"sallyport_kernel":0})"),
        now_);
  };
  EXPECT_EQ(send(key).status, 200);
  EXPECT_EQ(send(key).status, 200);
  const auto refused = send(key);
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_EQ(refused.retry_after, 10);
  EXPECT_EQ(limited.log(body(key, R"(,"log_type":"result","data":[])"), now_).status, 429);
  EXPECT_EQ(send(other).status, 200);
  EXPECT_TRUE(is_invalid(send("guess")));
  now_ += seconds(10);
  EXPECT_EQ(send(key).status, 200);
}

TEST_F(OsqueryTest, enrolled_anew_it_is_the_same_device_and_the_old_key_is_worth_nothing) {
  const auto old_key = enroll("Host-A");
  now_ += minutes(5);
  const auto new_key = enroll("host-a");
  EXPECT_NE(old_key, new_key);
  EXPECT_TRUE(is_invalid(osquery_.config(body(old_key), now_)));
  EXPECT_FALSE(is_invalid(osquery_.config(body(new_key), now_)));
  write(new_key, R"("sallyport_kernel":[{"kernelVersion":"6.1"}])", R"("sallyport_kernel":0)");
  EXPECT_EQ(devices_.reports.back().first, "device-1");
  EXPECT_EQ(last(), "kernelVersion=6.1");  // what was on its way with the old key is no clone
}

TEST_F(OsqueryTest, two_machines_with_one_identifier_are_both_not_believed) {
  const auto first = enroll("h");
  const auto second = enroll("h");
  now_ += minutes(2);
  EXPECT_TRUE(is_invalid(osquery_.config(body(first), now_)));
  const auto send = [&](const std::string& key) {
    write(key, R"("sallyport_linux_disks":[{"storageEncrypted":"1"}])",
          R"("sallyport_linux_disks":0)");
  };
  send(second);
  EXPECT_EQ(last(), "storageEncrypted=!");
  const auto third = enroll("h");  // the first one, told so, comes back
  send(third);
  EXPECT_EQ(last(), "storageEncrypted=!");
  now_ += std::chrono::hours(25);
  send(third);
  EXPECT_EQ(last(), "storageEncrypted=1");
}

TEST_F(OsqueryTest, a_revoked_device_has_to_enrol_again) {
  const auto key = enroll("h");
  const auto other = enroll("other");
  EXPECT_EQ(revoke_node_keys(*store_, "DEVICE-1").value(), 1U);
  EXPECT_TRUE(is_invalid(osquery_.config(body(key), now_)));
  EXPECT_FALSE(is_invalid(osquery_.config(body(other), now_)));
  EXPECT_FALSE(enroll("h").empty());
}

TEST_F(OsqueryTest, everything_is_known_after_a_restart) {
  const auto key = enroll("h");
  log(key, line("sallyport_linux_disks", R"({"storageEncrypted":"1"})", 0));
  Osquery again(*store_, devices_);
  EXPECT_EQ(
      again
          .log(body(key, R"(,"log_type":"result","data":[)" +
                             line("sallyport_linux_disks", R"({"storageEncrypted":"1"})", 0) + "," +
                             line("sallyport_kernel", R"({"kernelVersion":"6.1"})", 1) + "]"),
               now_)
          .status,
      200);
  EXPECT_EQ(last(), "kernelVersion=6.1 storageEncrypted=1");
}

std::string packed(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(OsqueryBodies, are_unpacked_as_far_as_it_is_allowed) {
  EXPECT_EQ(unpacked("{}", "").value(), "{}");
  EXPECT_EQ(unpacked(packed("{\"a\":1}"), "gzip").value(), "{\"a\":1}");
  EXPECT_EQ(unpacked(packed(std::string(body_max, ' ')), "gzip")->size(), body_max);
  const auto bomb = unpacked(packed(std::string(body_max * 4, ' ')), "gzip");
  ASSERT_FALSE(bomb.has_value());
  EXPECT_EQ(bomb.error().kind, ErrorKind::too_large);
  EXPECT_EQ(unpacked(std::string(body_max + 1, ' '), "").error().kind, ErrorKind::too_large);
  EXPECT_FALSE(unpacked(packed("{}").substr(0, 12), "gzip").has_value());
  EXPECT_FALSE(unpacked("{}", "br").has_value());
}

}  // namespace
}  // namespace sallyport::osquery
