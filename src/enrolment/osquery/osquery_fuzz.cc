// Bodies of osquery's endpoints: none makes the server fall, and a report that comes of one is a
// report that can be read. The first byte chooses the endpoint.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "enrolment/osquery/node.h"

using namespace sallyport;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] % 4 == 0) {
    (void)osquery::read_enroll(body);
    return 0;
  }
  if (data[0] % 4 == 1) {
    (void)osquery::unpacked(body, "gzip");
    return 0;
  }
  const auto request = osquery::read_node_request(body);
  if (!request) return 0;
  osquery::Node node;
  node.platform = osquery::any_host;
  const auto& root = request->body.root();
  const auto answers =
      data[0] % 4 == 2 ? osquery::answers_of_log(root) : osquery::answers_of_write(root);
  const auto report = osquery::take(node, answers, Instant(std::chrono::seconds(1'790'000'000)));
  if (!report) return 0;
  if (!compliance::parse_report(compliance::to_json(*report))) std::abort();
  const auto kept = osquery::read_node(osquery::to_json(node));
  if (!kept || osquery::to_json(*kept) != osquery::to_json(node)) std::abort();
  return 0;
}
