// Any body of a batch gets an answer that is JSON, and its status is one of the documented ones.
#include <cstddef>
#include <cstdint>

#include "gates/authzen_sign_in.h"

namespace {

class Denier final : public sallyport::Decider {
 public:
  sallyport::Result<void> decide(const sallyport::SignInRequest& attempt,
                                 sallyport::Verdict& verdict, bool) const override {
    verdict.decision_id = std::string(attempt.subject) + '/' + std::string(attempt.resource);
    verdict.reasons = std::make_shared<const sallyport::Reasons>(sallyport::Reasons{
        std::string(attempt.subject), std::string(attempt.resource), {}, {}, {}, {}});
    return {};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  static const Denier denier;
  static const AuthzenSignIn evaluator(denier);
  static const Authzen authzen({"https://pdp.example.org", {hash_of_token("t")}, 100}, evaluator);
  static const Header headers[] = {{"Authorization", "Bearer t"},
                                   {"Content-Type", "application/json"}};
  HttpRequest request;
  request.method = "POST";
  request.headers = headers;
  request.body = std::string_view(reinterpret_cast<const char*>(data), size);
  for (const auto& response : {authzen.evaluation(request), authzen.evaluations(request)}) {
    const bool known = response.status == 200 || response.status == 400 || response.status == 413;
    if (!known || !json::parse(response.body)) __builtin_trap();
  }
  return 0;
}
