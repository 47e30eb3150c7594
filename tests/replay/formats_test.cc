// One log in every form it may be exported in gives one report, byte for byte; what is damaged is
// told and spoils nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "analysis/replay/replay.h"
#include "policy/tenant.h"
#include "replay_report.h"

namespace sallyport::replay {
namespace {

using testing::HasSubstr;

std::vector<std::string> some_records() {
  std::vector<std::string> records;
  for (int i = 0; i < 300; ++i) {
    records.push_back(R"({"createdDateTime":"2026-03-)" + std::string(i % 2 == 0 ? "01" : "02") +
                      R"(T08:00:00Z","userId":"10000000-0000-4000-8000-00000000000)" +
                      std::to_string(1 + i % 3) +
                      R"(","userPrincipalName":"one [\"of\"] {many}, \\","appId":"30000000-0000-)" +
                      R"(4000-8000-00000000000)" + std::to_string(1 + i % 2) +
                      R"(","ipAddress":"198.51.100.7","status":{"errorCode":0}})");
  }
  return records;
}

std::string joined(const std::vector<std::string>& records, std::string_view between) {
  std::string text;
  for (const auto& record : records) {
    if (!text.empty()) text += between;
    text += record;
  }
  return text;
}

std::string pretty(const std::string& record) {
  std::string text = json::write_pretty(json::parse(record)->root());
  text.pop_back();
  return text;
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

class Formats : public testing::Test {
 protected:
  Formats() {
    const std::vector<std::string> folder = {SALLYPORT_SOURCE_DIR "/examples/tenant"};
    loaded_ = load(folder);
    sides_.push_back(*make_side(loaded_));
  }
  struct Run {
    Report report;
    std::string error;
    std::string text;
  };
  Run run(const std::string& log) {
    Replay replay(sides_);
    Run run;
    const auto source = ByteSource::of(log);
    if (!source) {
      run.error = source.error().message;
    } else if (const auto done = replay.read(**source, "log"); !done) {
      run.error = done.error().message;
    }
    run.report = replay.report();
    const std::vector<cli::ReplayedSide> shown = {{&sides_[0], &loaded_.tenant.names}};
    run.text = cli::render(run.report, shown, {cli::Format::jsonl, false, 0}, 0);
    return run;
  }

  LoadResult loaded_;
  std::vector<Side> sides_;
};

TEST_F(Formats, an_export_in_any_form_gives_the_same_report) {
  const auto records = some_records();
  const auto lines = joined(records, "\n") + '\n';
  const auto expected = run(lines);
  ASSERT_EQ(expected.report.replayed.sign_ins, records.size());
  ASSERT_GT(expected.report.changed.at_most, 0U);
  std::vector<std::string> spread;
  for (const auto& record : records) spread.push_back(pretty(record));
  const std::string page = "{\"@odata.context\":\"[{\",\"value\":[";
  const std::string after = "],\"@odata.nextLink\":\"https://graph/x?a=[1]&b={2}\"}";
  const std::string forms[] = {
      joined(records, "\n"),
      joined(records, "\r\n"),
      joined(records, "\n\n"),
      joined(records, " "),
      "[" + joined(records, ",") + "]",
      "[\n" + joined(records, ",\n") + "\n]\n",
      "[\n" + joined(spread, ",\n") + "\n]\n",
      joined(spread, "\n"),
      page + joined(records, ",") + after,
      pretty(page + joined(records, ",") + after),
      page + joined({records.begin(), records.begin() + 100}, ",") + after + "\n" + page +
          joined({records.begin() + 100, records.end()}, ",") + after,
      "[]\n[" + joined(records, ",") + "]",
      "\xef\xbb\xbf" + lines,
      gzip(lines),
      zstd(lines),
      gzip("[" + joined(records, ",") + "]"),
      zstd(pretty(page + joined(records, ",") + after)),
      gzip(lines.substr(0, 1000)) + gzip(lines.substr(1000)),
  };
  for (const auto& form : forms) {
    const auto actual = run(form);
    EXPECT_EQ(actual.error, "") << form.substr(0, 40);
    EXPECT_EQ(actual.text, expected.text) << form.substr(0, 40);
  }
}

TEST_F(Formats, nothing_is_nothing) {
  for (const char* log : {"", "\n", "[]", "{\"value\":[]}", "[\n]\n"}) {
    const auto empty = run(log);
    EXPECT_EQ(empty.error, "") << log;
    EXPECT_EQ(empty.report.replayed.sign_ins + empty.report.bad, 0U) << log;
  }
}

TEST_F(Formats, a_bad_record_is_counted_and_told_with_its_line_and_stops_nothing) {
  auto records = some_records();
  records[10] = "{\"createdDateTime\": nonsense}";
  records[20] = records[20].substr(0, 50);
  records[30] = "what is this";
  records[40] = R"({"status":{"errorCode":0}})";
  for (const std::string& log : {joined(records, "\n"), "[\n" + joined(records, ",\n") + "\n]"}) {
    const auto found = run(log);
    const std::uint64_t shift = log.front() == '[' ? 1 : 0;
    EXPECT_EQ(found.error, "");
    EXPECT_EQ(found.report.bad, 4U);
    EXPECT_EQ(found.report.replayed.sign_ins, records.size() - 4);
    ASSERT_EQ(found.report.first_bad.size(), 4U);
    EXPECT_EQ(found.report.first_bad[0].line, 11U + shift);
    EXPECT_EQ(found.report.first_bad[1].line, 21U + shift);
    EXPECT_EQ(found.report.first_bad[2].line, 31U + shift);
    EXPECT_EQ(found.report.first_bad[3].line, 41U + shift);
  }
  records[0] = records[0].substr(0, 60);
  EXPECT_EQ(run(joined(records, "\n")).report.bad, 5U) << "the first record of all";
}

TEST_F(Formats, a_log_that_ends_early_says_so_and_counts_what_came_before) {
  const auto records = some_records();
  const auto array = run("[" + joined(records, ","));
  EXPECT_THAT(array.error, HasSubstr("cut short"));
  EXPECT_EQ(array.report.replayed.sign_ins, records.size());
  const auto last = joined(records, "\n");
  const auto lines = run(last.substr(0, last.size() - 9));
  EXPECT_EQ(lines.report.bad, 1U);
  EXPECT_EQ(lines.report.replayed.sign_ins, records.size() - 1);
  for (const auto& packed : {gzip(last), zstd(last)}) {
    const auto cut = run(packed.substr(0, packed.size() - 6));
    EXPECT_THAT(cut.error, HasSubstr("ends early"));
  }
}

TEST_F(Formats, a_record_beyond_the_bound_is_refused_and_the_rest_is_read) {
  auto records = some_records();
  records[5] = "{\"createdDateTime\":\"" + std::string(record_size_max + 10, '0') + "\"}";
  for (const std::string& log : {joined(records, "\n"), "[" + joined(records, ",") + "]"}) {
    const auto found = run(log);
    EXPECT_EQ(found.report.bad, 1U);
    ASSERT_EQ(found.report.first_bad.size(), 1U);
    EXPECT_THAT(found.report.first_bad[0].problem, HasSubstr("16 MB"));
    EXPECT_EQ(found.report.replayed.sign_ins, records.size() - 1);
  }
  // Sixteen gigabytes of zeros are a few kilobytes; here it is a twentieth of one.
  const auto bomb = run(zstd("{\"a\":\"" + std::string(std::size_t{50} << 20U, '0')));
  EXPECT_EQ(bomb.report.bad, 1U);
}

}  // namespace
}  // namespace sallyport::replay
