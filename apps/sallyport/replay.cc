// `sallyport replay`: months of sign-ins under these policies, or under those.
#include <charconv>

#include "analysis/replay/replay.h"
#include "base/text.h"
#include "commands.h"
#include "documents.h"
#include "replay_report.h"

namespace sallyport::cli {
namespace {

Result<std::size_t> number_of_rows(const std::string& text) {
  std::size_t number = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (!text.empty() && read.ec == std::errc() && read.ptr == end) return number;
  return fail(ErrorKind::invalid_argument,
              "`" + printable(text) + "` is no number of rows: 20, or 0 for all", "--top");
}

using Sources = std::vector<std::unique_ptr<ByteSource>>;

// All are opened before the first is read: a name misspelt is told at once.
Result<Sources> open_logs(const std::vector<std::string>& files) {
  Sources sources;
  for (const std::string& file : files) {
    auto source = ByteSource::open(file);
    if (!source) return tl::unexpected<Error>(source.error());
    sources.push_back(std::move(*source));
  }
  return sources;
}

Exit read_logs(const std::vector<std::string>& files, Sources sources, replay::Replay& replay) {
  constexpr std::uint64_t megabyte = 1'000'000;
  std::uint64_t total = 0, before = 0;
  for (const auto& source : sources) total += source->size();
  Progress progress("replaying, MB read:", total / megabyte);
  Exit exit = Exit::nothing_found;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto step = [&] { progress.reach((before + sources[i]->taken()) / megabyte); };
    const auto done = replay.read(*sources[i], files[i], step);
    if (!done) exit = could_not_run(done.error());
    before += sources[i]->size();
    sources[i].reset();
  }
  return exit;
}

void tell_bad_records(const replay::Report& report) {
  for (const auto& record : report.first_bad) {
    remark(Error{ErrorKind::invalid_argument, "not counted: " + record.problem,
                 record.file + ':' + std::to_string(record.line)});
  }
  if (report.bad > report.first_bad.size()) {
    remark("sallyport: and " + std::to_string(report.bad - report.first_bad.size()) +
           " more records that could not be read");
  }
}

}  // namespace

Exit replay_logs(const ReplayOptions& options) {
  auto output = Output::open(options.output);
  if (!output) return could_not_run(output.error());
  const auto top = number_of_rows(options.top);
  if (!top) return could_not_run(top.error());
  auto sources = open_logs(options.logs);
  if (!sources) return could_not_run(sources.error());

  std::vector<Documents> documents;
  std::vector<replay::Side> sides;
  Exit exit = Exit::nothing_found;
  for (const auto* paths : {&options.paths, &options.against}) {
    if (paths->empty()) continue;
    auto loaded = load_for_decision(*paths);
    if (!loaded) return could_not_run(loaded.error());
    documents.push_back(std::move(*loaded));
    exit = worse(exit, documents.back().exit);
  }
  for (std::size_t i = 0; i < documents.size(); ++i) {
    auto side = replay::make_side(documents[i].loaded, i == 0 ? nullptr : &documents[0].loaded);
    if (!side) return could_not_run(side.error());
    sides.push_back(std::move(*side));
  }
  std::vector<ReplayedSide> replayed;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    replayed.push_back({&sides[i], &documents[i].loaded.tenant.names});
  }

  replay::Replay replay(sides);
  exit = worse(exit, read_logs(options.logs, std::move(*sources), replay));
  const auto report = replay.report();
  tell_bad_records(report);
  if (!sides.front().has_users && report.changed.at_least != report.changed.at_most) {
    remark(
        "these documents hold no users and groups, so who is in what is not known: export them, "
        "too, for closer bounds");
  }
  output->write(render(report, replayed, output->presentation(), *top));
  if (report.changed.at_most != 0 || report.bad != 0) exit = worse(exit, Exit::findings);
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return exit;
}

}  // namespace sallyport::cli
