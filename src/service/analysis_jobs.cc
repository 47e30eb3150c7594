#include "service/analysis_jobs.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "base/id.h"
#include "base/json.h"
#include "base/thread_name.h"
#include "service/export.h"

namespace sallyport {
namespace {

constexpr std::size_t result_size_max = 64 * 1024 * 1024;
constexpr std::size_t problem_size_max = 64 * 1024;
constexpr std::string_view kind_names[] = {"gaps", "diff", "lockout", "attack", "minimize", "lint"};

struct Files {
  OwnedFile documents, result, problems, nothing, changes;
  Pipe progress;
};

Result<Files> make_files() {
  Files files;
  for (OwnedFile* file :
       {&files.documents, &files.result, &files.problems, &files.nothing, &files.changes}) {
    auto made = make_temporary_file();
    if (!made) return tl::unexpected<Error>(made.error());
    *file = std::move(*made);
  }
  auto pipe = make_pipe();
  if (!pipe) return tl::unexpected<Error>(pipe.error());
  files.progress = std::move(*pipe);
  return files;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

// The descriptors are those of analyse(): 0 the documents, 3 no document, 4 the changed ones.
std::vector<std::string> arguments_of(const AnalysisRequest& request) {
  std::vector<std::string> out{std::string(name_of(request.kind))};
  if (request.kind == AnalysisKind::diff) {
    // Of two documents with one id the first counts.
    out.insert(out.end(), {"/dev/fd/3", "/dev/fd/4", "--with=/dev/fd/0"});
  } else {
    out.emplace_back("-");
  }
  out.emplace_back("--format=json");
  if (!request.only.empty()) out.push_back("--only=" + joined(request.only));
  if (!request.emergency.empty()) out.push_back("--emergency=" + joined(request.emergency));
  if (!request.enforce.empty()) out.push_back("--enforce=" + request.enforce);
  return out;
}

// What it said last is why.
std::string reason_in(const std::string& problems) {
  std::string_view text = problems;
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  const auto line = text.rfind('\n');
  if (line != text.npos) text.remove_prefix(line + 1);
  return text.empty() ? "the analysis ended without a word" : std::string(text);
}

}  // namespace

std::string_view name_of(AnalysisKind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

std::optional<AnalysisKind> parse_analysis_kind(std::string_view word) {
  const auto at = std::ranges::find(kind_names, word);
  if (at == std::end(kind_names)) return std::nullopt;
  return static_cast<AnalysisKind>(at - std::begin(kind_names));
}

std::string_view name_of(AnalysisState state) {
  switch (state) {
    case AnalysisState::not_started: return "notStarted";
    case AnalysisState::running: return "running";
    case AnalysisState::succeeded: return "succeeded";
    case AnalysisState::failed: return "failed";
    case AnalysisState::cancelled: return "cancelled";
  }
  return {};
}

bool is_over(AnalysisState state) { return state > AnalysisState::running; }

AnalysisJobs::AnalysisJobs(Store& store, AnalysisOptions options)
    : store_(store), options_(std::move(options)) {}

AnalysisJobs::~AnalysisJobs() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const Entry& one : entries_) {
      if (one.process != 0) end_process(one.process);
    }
  }
  asked_.notify_all();
  if (thread_.joinable()) thread_.join();
}

AnalysisJobs::Entry* AnalysisJobs::entry(std::string_view id) {
  const auto at =
      std::ranges::find_if(entries_, [&](const Entry& one) { return one.job.id == id; });
  return at == entries_.end() ? nullptr : &*at;
}

Result<AnalysisJob> AnalysisJobs::start(AnalysisRequest request, std::string asked_by) {
  if (options_.program.empty()) {
    return fail(ErrorKind::unavailable, "this server has no program to run analyses with");
  }
  const std::lock_guard lock(mutex_);
  const auto waiting = std::ranges::count_if(
      entries_, [](const Entry& one) { return one.job.state == AnalysisState::not_started; });
  if (static_cast<std::size_t>(waiting) >= options_.waiting_max) {
    return fail(ErrorKind::unavailable,
                std::to_string(waiting) + " analyses are waiting already; ask again later");
  }
  // Those that are over make room, the oldest first.
  while (entries_.size() >= options_.kept_max + options_.waiting_max) {
    const auto old =
        std::ranges::find_if(entries_, [](const Entry& one) { return is_over(one.job.state); });
    if (old == entries_.end()) break;
    entries_.erase(old);
  }
  Entry made;
  made.job.id = to_string(random_guid());
  made.job.kind = request.kind;
  made.job.asked_by = std::move(asked_by);
  made.job.created = options_.now();
  made.request = std::move(request);
  entries_.push_back(std::move(made));
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  asked_.notify_one();
  return entries_.back().job;
}

Result<AnalysisJob> AnalysisJobs::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& one : entries_) {
    if (one.job.id == id) return one.job;
  }
  return fail(ErrorKind::not_found, "there is no analysis with this id; they are kept for a while");
}

std::vector<AnalysisJob> AnalysisJobs::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<AnalysisJob> out;
  for (const Entry& one : entries_) out.push_back(one.job);
  return out;
}

Result<void> AnalysisJobs::cancel(std::string_view id) {
  const std::lock_guard lock(mutex_);
  Entry* one = entry(id);
  if (one == nullptr) return fail(ErrorKind::not_found, "there is no analysis with this id");
  if (is_over(one->job.state)) return {};
  one->job.state = AnalysisState::cancelled;
  one->job.finished = options_.now();
  if (one->process != 0) end_process(one->process);
  return {};
}

bool AnalysisJobs::is_wanted(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const Entry* one = entry(id);
  return !stopping_ && one != nullptr && !is_over(one->job.state);
}

void AnalysisJobs::work() {
  name_thread("analysis jobs");
  for (;;) {
    std::string id;
    AnalysisRequest request;
    {
      std::unique_lock lock(mutex_);
      const auto next = [&] {
        return std::ranges::find_if(
            entries_, [](const Entry& one) { return one.job.state == AnalysisState::not_started; });
      };
      asked_.wait(lock, [&] { return stopping_ || next() != entries_.end(); });
      if (stopping_) return;
      Entry& one = *next();
      one.job.state = AnalysisState::running;
      one.job.started = options_.now();
      id = one.job.id;
      request = std::move(one.request);
      one.request = {};
    }
    run(id, request);
  }
}

void AnalysisJobs::run(const std::string& id, const AnalysisRequest& request) {
  auto result = analyse(id, request);
  const std::lock_guard lock(mutex_);
  Entry* one = entry(id);
  if (one == nullptr) return;
  one->process = 0;
  if (is_over(one->job.state)) return;  // cancelled meanwhile
  one->job.finished = options_.now();
  one->job.state = result ? AnalysisState::succeeded : AnalysisState::failed;
  if (result) {
    one->job.done = one->job.total;
    one->job.result = std::make_shared<const std::string>(std::move(*result));
  } else {
    one->job.problem = describe(result.error());
  }
}

Result<std::string> AnalysisJobs::analyse(const std::string& id, const AnalysisRequest& request) {
  auto files = make_files();
  if (!files) return tl::unexpected<Error>(files.error());
  auto exported = export_lines(store_, [&](std::string_view line) -> Result<void> {
    if (!is_wanted(id)) return fail(ErrorKind::unavailable, "it was cancelled");
    return write_all(files->documents, std::string(line) + '\n');
  });
  if (exported) exported = write_all(files->nothing, "[]");
  if (exported) exported = write_all(files->changes, request.documents);
  for (const OwnedFile* file : {&files->documents, &files->nothing, &files->changes}) {
    if (exported) exported = rewind(*file);
  }
  if (!exported) return tl::unexpected<Error>(exported.error());

  const std::array descriptors{files->documents.descriptor(), files->result.descriptor(),
                               files->problems.descriptor(),  files->nothing.descriptor(),
                               files->changes.descriptor(),   files->progress.writer.descriptor()};
  pid_t process = 0;
  {
    const std::lock_guard lock(mutex_);
    Entry* one = entry(id);
    if (stopping_ || one == nullptr || is_over(one->job.state)) {
      return fail(ErrorKind::unavailable, "it was cancelled");
    }
    const auto started = start_process(options_.program, arguments_of(request),
                                       {"SALLYPORT_PROGRESS=5", "NO_COLOR=1"}, descriptors);
    if (!started) return tl::unexpected<Error>(started.error());
    process = one->process = *started;
  }
  files->progress.writer.close();  // what the process holds is then the last
  const auto followed = follow(id, files->progress.reader);
  if (!followed) end_process(process);
  {
    const std::lock_guard lock(mutex_);  // nobody ends what has been waited for
    if (Entry* one = entry(id)) one->process = 0;
  }
  const int exit = wait_for(process);
  if (!followed) return tl::unexpected<Error>(followed.error());
  constexpr int could_not_run = 2;
  if (exit >= could_not_run) {
    const auto problems = read_all(files->problems, problem_size_max);
    return fail(ErrorKind::invalid_argument, problems ? reason_in(*problems) : "it said too much");
  }
  auto result = read_all(files->result, result_size_max);
  if (result && !json::parse(*result)) {
    return fail(ErrorKind::internal, "the analysis gave no JSON");
  }
  return result;
}

// Until the process closes its end: `WHAT DONE TOTAL` a line.
Result<void> AnalysisJobs::follow(const std::string& id, const OwnedFile& progress) {
  const auto until = std::chrono::steady_clock::now() + options_.patience;
  std::string text;
  for (;;) {
    pollfd ready{progress.descriptor(), POLLIN, 0};
    constexpr int a_moment = 200;  // milliseconds
    const int some = poll(&ready, 1, a_moment);
    if (std::chrono::steady_clock::now() > until) {
      return fail(ErrorKind::unavailable, "it was not done after " +
                                              std::to_string(options_.patience.count()) +
                                              " seconds; the command line has no such limit");
    }
    if (some <= 0) continue;
    char buffer[512];
    const ssize_t got = read(progress.descriptor(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    text.append(buffer, static_cast<std::size_t>(got));
    const auto end = text.rfind('\n');
    if (end == text.npos) continue;
    const std::string last = text.substr(0, end);
    text.erase(0, end + 1);
    const auto total_at = last.rfind(' ');
    if (total_at == last.npos || total_at == 0) continue;
    const auto done_at = last.rfind(' ', total_at - 1);
    std::size_t done = 0, total = 0;
    const char* const data = last.data();
    std::from_chars(data + (done_at == last.npos ? 0 : done_at + 1), data + total_at, done);
    std::from_chars(data + total_at + 1, data + last.size(), total);
    const std::lock_guard lock(mutex_);
    if (Entry* one = entry(id)) {
      one->job.done = done;
      one->job.total = total;
    }
  }
}

}  // namespace sallyport
