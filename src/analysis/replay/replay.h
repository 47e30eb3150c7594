// Sign-in logs replayed against one policy set, or against an old one and a new one: how many
// sign-ins would have gone another way, whose, at which application, and by which policy.
//
//   Replay replay(sides);
//   auto done = replay.read(*source, "march.json.zst");   // and the next file
//   const Report report = replay.report();
//
// With one side the log's own word is what came before; records that failed elsewhere (a wrong
// password) never got as far as conditional access, and are counted only.
//
// Memory does not grow with the log. What is kept grows with the number of distinct situations,
// people and applications, each up to a bound: situations 500,000 (then they are decided anew),
// people 1,000,000 and rows of the report as many (the rest is counted without a name),
// applications 100,000.
// Threads: one. Cost: of a record whose parts were met before, a glance (glance.h) and a hash table
// or two; of another, reading it; of a new situation, two explanations a side.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/replay/facts.h"
#include "analysis/replay/glance.h"
#include "analysis/replay/parts.h"
#include "analysis/replay/record_stream.h"
#include "analysis/replay/verdict.h"

namespace sallyport::replay {

struct Tally {
  std::uint64_t sign_ins = 0;
  Instant first{}, last{};
  void add(Instant at) {
    if (sign_ins++ == 0) first = last = at;
    first = std::min(first, at);
    last = std::max(last, at);
  }
};

struct Change {
  Verdict verdict;
  Tally tally;
  std::uint64_t people = 0;
};

struct BadRecord {
  std::string file;
  std::uint64_t line = 0;
  std::string problem;
};

struct Range {
  std::uint64_t at_least = 0;
  std::uint64_t at_most = 0;
};

struct Report {
  Tally replayed;
  std::uint64_t elsewhere = 0;  // failed for other reasons than conditional access
  std::uint64_t untold = 0;     // one side: the log does not say how they ended
  std::uint64_t bad = 0;
  std::vector<BadRecord> first_bad;
  std::uint64_t people = 0;
  bool people_exact = true;
  std::array<std::array<Range, 3>, 3> matrix;  // by outcome before, and after
  Range changed;                               // sign-ins
  std::vector<Change> changes;                 // that change, or may; most sign-ins first
  struct Row {                                 // likewise
    std::string name;
    std::string id;
    std::size_t change = 0;  // in changes
    Tally tally;
  };
  std::vector<Row> people_rows;
  std::vector<Row> application_rows;
  std::uint64_t unnamed = 0;  // changed sign-ins of people beyond the bound, or of nobody told
};

struct ReplayBounds {
  std::size_t situations = 500'000;
  std::size_t parts = 1U << 18U;  // of records, known at a glance; 0: each record is read
  std::size_t rows = 1'000'000;
  std::size_t applications = 100'000;
  std::size_t changes = 20'000;  // then what is said of them is only the way
  std::size_t bad_told = 5;
};

class Replay {
 public:
  // REQUIRES: one side or two, which outlive this.
  explicit Replay(std::span<const Side> sides, const ReplayBounds& bounds = {});

  // All records of a source. `step` is called now and then. Errors are those of the source; what
  // came before one counts.
  [[nodiscard]] Result<void> read(ByteSource& source, const std::string& file,
                                  const std::function<void()>& step = {});
  // One record.
  void add(const RecordText& record, const std::string& file);
  // One that was read already. Errors: invalid_argument for what is no sign-in.
  [[nodiscard]] Result<void> add(const Logged& logged);

  Report report() const;

 private:
  struct Application {
    std::string id, name;
  };
  struct RowHash {
    std::size_t operator()(std::uint64_t row) const noexcept {
      return static_cast<std::size_t>(mixed(row, row >> 32U));
    }
  };
  using Rows = FlatMap<std::uint64_t, Tally, RowHash>;
  // Where a record counts, but for its time.
  struct Place {
    std::uint32_t change = 0;
    std::uint32_t who = nobody;
    std::uint32_t application = 0;
    std::uint32_t ending = 0;  // or one of these, and nothing else
  };
  static constexpr std::uint32_t ended_elsewhere = 1, ended_untold = 2;

  // Of a record that was read and does not count yet: until others are, its place in memory is on
  // its way.
  struct Waiting {
    RecordText record;
    std::optional<Glance> glance;
    std::optional<Parts::Meaning> meaning;
    Instant at{};
    std::optional<Place> place;
  };

  void wait(const RecordText& record, const std::string& file);
  void count_waiting(const std::string& file);
  std::optional<Place> place_of(const Parts::Meaning& meaning);
  // As everything is read when it is met first. Without a place it counts as bad.
  void read_waiting(Waiting& waiting, const std::string& file);
  Result<Place> read(const RecordText& record);
  Result<Place> place_of(const Logged& logged);
  void count(const Place& place, Instant at);
  std::uint32_t judge(const Logged& logged, Ending ending, const Situation& situation);
  std::uint32_t number_of(Verdict verdict);
  std::uint32_t number_of_application(const Logged& logged);
  std::uint32_t number_of_logged_policy(std::string_view name);
  static std::vector<Report::Row> sorted(std::vector<Report::Row> rows);

  std::span<const Side> sides_;
  const ReplayBounds bounds_;
  Distinction distinction_;
  Facts facts_;
  Judge judge_;
  Glancer glancer_;
  Parts parts_;
  LogReader reader_;
  Logged logged_;
  Situation situation_;  // of the record read last
  std::array<Waiting, 16> waiting_;
  std::size_t waiting_count_ = 0;
  FlatMap<Situation, std::uint32_t, SituationHash> known_;
  std::vector<Change> changes_;
  std::unordered_map<std::string, std::uint32_t> change_numbers_;
  Rows people_, at_applications_;  // by who and change
  std::vector<Application> applications_;
  FlatMap<ApplicationId, std::uint32_t, std::hash<ApplicationId>> application_numbers_;
  std::unordered_map<std::string, std::uint32_t> logged_policies_;
  Report counts_;
};

}  // namespace sallyport::replay
