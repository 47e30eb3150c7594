// JSON batches as Graph has them: up to 20 requests in one, some waiting for others. Without
// transport.
//
//   auto batch = odata::Batch::read(document->root());
//   const auto responses = odata::run(*batch, [&](const BatchRequest& request) { ... });
//   reply(200, odata::write(*batch, responses));
//
// A batch that is wrong in any part is refused as a whole, before anything of it runs.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace sallyport::odata {

inline constexpr std::size_t batch_requests_max = 20;
inline constexpr std::size_t batch_headers_max = 32;   // of one request
inline constexpr std::size_t batch_text_max = 16'384;  // bytes of an id, URL or header
inline constexpr std::size_t batch_depends_max = 20;

using Headers = std::vector<std::pair<std::string, std::string>>;

struct BatchRequest {
  std::string id;
  std::string method;                 // in capitals: GET, POST, PUT, PATCH or DELETE
  std::string url;                    // begins with `/`; relative to the service's root and version
  Headers headers;                    // names as written, each once in whatever letters
  const json::Value* body = nullptr;  // of what the batch was read from; null: none
  std::vector<std::size_t> depends_on;  // positions in requests()
};

class Batch {
 public:
  // Takes `{"requests": [...]}`, which must outlive the batch. `where` of an error is a JSON
  // pointer. invalid_argument for anything that is missing, unknown or of another kind, for ids
  // that are not unique, and for requests that wait for each other in a circle; too_large beyond a
  // bound.
  [[nodiscard]] static Result<Batch> read(const json::Value& root);

  std::span<const BatchRequest> requests() const { return requests_; }
  // Every position once, each after those it depends on; otherwise as they were written.
  std::span<const std::size_t> order() const { return order_; }

 private:
  Batch() = default;
  std::vector<BatchRequest> requests_;
  std::vector<std::size_t> order_;
};

struct BatchResponse {
  int status = 200;
  Headers headers;
  std::string body;  // JSON text; empty: none
};

// One response for each request, at the same position. A request of which a dependency was answered
// with 400 or above is not run: its answer is 424.
std::vector<BatchResponse> run(const Batch& batch,
                               const std::function<BatchResponse(const BatchRequest&)>& answer);

// `{"responses": [...]}`. REQUIRES: as many responses as the batch has requests.
std::string write(const Batch& batch, std::span<const BatchResponse> responses);

}  // namespace sallyport::odata
