// Analyses of the server's own policies, asked for over the network: `gaps`, `lockout` and the
// like, each the command of that name, run in a process of its own (decision 0016).
//
// One runs at a time, a few wait, and the newest finished ones are kept for a while, in memory: a
// restart forgets all of them. A job works on the documents as they are when it begins to run.
// Threads: any number may call; one thread runs the jobs. Cost: a job reads every document.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "service/child_process.h"
#include "store/store.h"

namespace sallyport {

enum class AnalysisKind : std::uint8_t { gaps, diff, lockout, attack, minimize, lint };
std::string_view name_of(AnalysisKind kind);
std::optional<AnalysisKind> parse_analysis_kind(std::string_view word);

struct AnalysisRequest {
  AnalysisKind kind = AnalysisKind::gaps;
  std::vector<std::string> only;       // of gaps, attack and lint: these ids
  std::vector<std::string> emergency;  // accounts and groups, by id or name; or `none`
  std::string enforce;                 // `report-only` or `all`: as if they were enforced
  std::string documents;               // of diff: a JSON array, in the place of those stored
};

enum class AnalysisState : std::uint8_t { not_started, running, succeeded, failed, cancelled };
std::string_view name_of(AnalysisState state);
bool is_over(AnalysisState state);

struct AnalysisJob {
  std::string id;
  AnalysisKind kind = AnalysisKind::gaps;
  AnalysisState state = AnalysisState::not_started;
  std::string asked_by;
  Instant created{};
  std::optional<Instant> started;
  std::optional<Instant> finished;
  std::size_t done = 0;  // of `total` steps; 0 of 0: not known yet
  std::size_t total = 0;
  std::string problem;                          // of a failed one
  std::shared_ptr<const std::string> result{};  // JSON, as the command prints it
};

struct AnalysisOptions {
  std::string program;  // the sallyport to run; empty: nothing can be analysed here
  std::function<Instant()> now;
  std::size_t waiting_max = 8;
  std::size_t kept_max = 32;
  std::chrono::seconds patience{600};  // a job that takes longer is ended
};

class AnalysisJobs {
 public:
  // REQUIRES: the store outlives it.
  AnalysisJobs(Store& store, AnalysisOptions options);
  ~AnalysisJobs();  // ends what runs
  AnalysisJobs(const AnalysisJobs&) = delete;
  AnalysisJobs& operator=(const AnalysisJobs&) = delete;

  // Errors: unavailable, when too many wait or nothing can be run here.
  [[nodiscard]] Result<AnalysisJob> start(AnalysisRequest request, std::string asked_by);
  [[nodiscard]] Result<AnalysisJob> find(std::string_view id) const;
  std::vector<AnalysisJob> all() const;  // the oldest first
  // Nothing, when it is over already.
  [[nodiscard]] Result<void> cancel(std::string_view id);

 private:
  struct Entry {
    AnalysisJob job;
    AnalysisRequest request;
    pid_t process = 0;  // while it runs
  };
  void work();
  void run(const std::string& id, const AnalysisRequest& request);
  Result<std::string> analyse(const std::string& id, const AnalysisRequest& request);
  Result<void> follow(const std::string& id, const OwnedFile& progress);
  Entry* entry(std::string_view id);
  bool is_wanted(std::string_view id);

  Store& store_;
  AnalysisOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable asked_;
  std::deque<Entry> entries_;
  bool stopping_ = false;
  std::thread thread_;  // made with the first job
};

}  // namespace sallyport
