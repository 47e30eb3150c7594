// A batch in JSON: reading never crashes; what is read runs each request once, after what it waits
// for, and is answered by JSON with one response for each.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "odata/batch.h"

using namespace sallyport;
using namespace sallyport::odata;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = json::parse({reinterpret_cast<const char*>(data), size});
  if (!document) return 0;
  const auto batch = Batch::read(document->root());
  if (!batch) {
    require(!batch.error().message.empty());
    return 0;
  }
  const auto requests = batch->requests();
  std::vector<const BatchRequest*> ran;
  const auto responses = run(*batch, [&](const BatchRequest& request) -> BatchResponse {
    require(std::find(ran.begin(), ran.end(), &request) == ran.end());
    for (const auto before : request.depends_on) {
      require(std::find(ran.begin(), ran.end(), &requests[before]) != ran.end());
    }
    ran.push_back(&request);
    const bool fails = request.method == "DELETE";
    return {fails ? 404 : 200, request.headers, request.body ? json::write(*request.body) : ""};
  });
  std::size_t not_run = 0;
  for (const auto& response : responses) not_run += response.status == 424 ? 1 : 0;
  require(ran.size() + not_run == requests.size());
  const auto answer = json::parse(write(*batch, responses));
  require(answer.has_value() &&
          answer->root().find("responses")->items().size() == requests.size());
  return 0;
}
