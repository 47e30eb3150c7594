#include "odata/batch.h"

namespace sallyport::odata {

std::vector<BatchResponse> run(const Batch& batch,
                               const std::function<BatchResponse(const BatchRequest&)>& answer) {
  const auto requests = batch.requests();
  std::vector<BatchResponse> responses(requests.size());
  for (const auto i : batch.order()) {
    const BatchRequest* failed = nullptr;
    for (const auto before : requests[i].depends_on) {
      if (responses[before].status >= 400) failed = &requests[before];
    }
    if (failed == nullptr) {
      responses[i] = answer(requests[i]);
      continue;
    }
    auto& response = responses[i];
    response.status = 424;
    response.headers.emplace_back("Content-Type", "application/json");
    json::Writer writer(response.body);
    writer.begin_object();
    writer.key("error");
    writer.begin_object();
    writer.member("code", "FailedDependency");
    writer.member("message", "not run, because request `" + failed->id + "` failed");
    writer.end_object();
    writer.end_object();
  }
  return responses;
}

std::string write(const Batch& batch, std::span<const BatchResponse> responses) {
  const auto requests = batch.requests();
  std::string out = R"({"responses":[)";
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (i > 0) out += ',';
    out += R"({"id":)";
    json::append_quoted(out, requests[i].id);
    out += R"(,"status":)" + std::to_string(responses[i].status);
    if (!responses[i].headers.empty()) {
      out += R"(,"headers":)";
      json::Writer writer(out);
      writer.begin_object();
      for (const auto& [name, value] : responses[i].headers) writer.member(name, value);
      writer.end_object();
    }
    if (!responses[i].body.empty()) out += R"(,"body":)" + responses[i].body;
    out += '}';
  }
  return out + "]}";
}

}  // namespace sallyport::odata
