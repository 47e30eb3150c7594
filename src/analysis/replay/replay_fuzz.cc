// Any bytes as a sign-in log, packed or not: read to the end or refused with a reason, and every
// record is counted once, whatever it holds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "analysis/replay/replay.h"

namespace sallyport::replay {
namespace {

std::vector<Side> sides() {
  const std::string_view policies[] = {
      R"({"@odata.type":"#microsoft.graph.conditionalAccessPolicy","id":"a","state":"enabled",
         "conditions":{"users":{"includeUsers":["All"],"excludeGroups":["g"]},
         "applications":{"includeApplications":["All"]},"locations":{"includeLocations":["All"],
         "excludeLocations":["l"]}},"grantControls":{"operator":"OR","builtInControls":["mfa"]}})",
      R"({"@odata.type":"#microsoft.graph.conditionalAccessPolicy","id":"b","state":"enabled",
         "conditions":{"users":{"includeUsers":["All"]},
         "applications":{"includeApplications":["All"]},"signInRiskLevels":["high"],
         "platforms":{"includePlatforms":["all"],"excludePlatforms":["windows"]}},
         "grantControls":{"operator":"OR","builtInControls":["block"]}})"};
  std::vector<Side> made;
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}}) {
    std::vector<StoredDocument> documents;
    for (std::size_t i = 0; i < count; ++i) {
      documents.push_back({DocumentKind::conditional_access_policy, policies[i], {}});
    }
    LoadResult loaded;
    loaded.tenant = build_tenant(documents);
    made.push_back(*make_side(loaded));
  }
  return made;
}

}  // namespace
}  // namespace sallyport::replay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  static const std::vector<replay::Side> both = replay::sides();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}}) {
    replay::Replay replay(std::span(both).first(count),
                          {.situations = 8, .parts = 8, .rows = 4, .changes = 4});
    const auto source = ByteSource::of(bytes);
    if (!source) return 0;
    const auto done = replay.read(**source, "log");
    if (!done && done.error().message.empty()) std::abort();
    const auto report = replay.report();
    for (const auto& bad : report.first_bad) {
      if (bad.problem.empty() || bad.line == 0) std::abort();  // a refusal says why and where
    }
    std::uint64_t at_least = 0, at_most = 0;
    for (const auto& row : report.matrix) {
      for (const auto& cell : row) {
        at_least += cell.at_least;
        at_most += cell.at_most;
        if (cell.at_least > cell.at_most) std::abort();
      }
    }
    if (at_least > report.replayed.sign_ins || at_most < report.replayed.sign_ins) std::abort();
  }
  return 0;
}
