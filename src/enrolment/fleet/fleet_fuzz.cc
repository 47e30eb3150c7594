// Fleet's answers: none makes the server fall, and a report that comes of one is a report that can
// be read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "enrolment/fleet/host.h"

using namespace sallyport;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<fleet::PolicyRule> rules = [] {
    std::vector<fleet::PolicyRule> made;
    made.push_back(fleet::make_policy_rule("storageEncrypted", "true", "").value());
    made.back().name = "Disks";
    made.push_back(fleet::make_policy_rule("storageEncrypted", "true", "").value());
    made.back().id = 2;
    made.push_back(fleet::make_policy_rule("passwordMinimumLength", "12", "").value());
    made.back().name = "Long";
    return made;
  }();
  const Instant now(std::chrono::seconds(1'790'000'000));
  const auto page = fleet::read_page({reinterpret_cast<const char*>(data), size}, rules, now);
  if (!page) return 0;
  if (page->hosts.size() + page->unreadable.size() != page->size) std::abort();
  for (const auto& host : page->hosts) {
    if (host.seen > now) std::abort();
    const auto text = compliance::to_json(fleet::report_of(host, 1));
    const auto report = compliance::parse_report(text);
    if (!report || compliance::to_json(*report) != text) std::abort();
  }
  return 0;
}
