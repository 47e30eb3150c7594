// OpenID AuthZEN Authorization API 1.0: evaluation, evaluations and the metadata document. The
// protocol alone; what a question means is the evaluator's (authzen_sign_in.h).
//
//   POST /access/v1/evaluation     one question, one answer
//   POST /access/v1/evaluations    a batch with defaults; answers in the order of the questions
//   GET  /.well-known/authzen-configuration
//
// Callers authenticate with a bearer token; only hashes of tokens are configured. Bodies are
// I-JSON: a duplicate member is 400, since two readers could see different questions.
// Bounds: depth 64, batch_max items (413); the body's size is the server's.
// Cost: about 1 us an item beside the evaluator's own.
// Source: authorization-apis, section 1.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "gates/message.h"

namespace sallyport {

struct AuthzenEntity {
  std::string_view type;
  std::string_view id;
  const json::Value* properties = nullptr;  // an object, or null
};

struct AuthzenEvaluation {
  AuthzenEntity subject;
  std::string_view action;
  const json::Value* action_properties = nullptr;
  AuthzenEntity resource;
  const json::Value* context = nullptr;
};

struct AuthzenDecision {
  bool decision = false;
  std::string context;       // the text of a JSON object; empty: none
  std::uint64_t ticket = 0;  // for HttpResponse::ticket
};

class AuthzenEvaluator {
 public:
  virtual ~AuthzenEvaluator() = default;
  // A hint that this question of a batch is evaluated soon.
  virtual void expect(const AuthzenEvaluation&) const {}
  // `out` comes cleared. invalid_argument: the question makes no sense; in a batch that item is
  // denied with the error, alone it is the answer's status.
  [[nodiscard]] virtual Result<void> evaluate(const AuthzenEvaluation& question,
                                              AuthzenDecision& out, bool in_batch) const = 0;
};

using TokenHash = std::array<std::uint8_t, 32>;  // SHA-256
TokenHash hash_of_token(std::string_view token);

struct AuthzenOptions {
  std::string public_url;         // https://pdp.example.org, without a final slash
  std::vector<TokenHash> tokens;  // of callers; none: nobody may call
  std::size_t batch_max = 10'000;
};

// Threads: any number may call; nothing changes.
class Authzen {
 public:
  // REQUIRES: `evaluator` outlives this.
  Authzen(AuthzenOptions options, const AuthzenEvaluator& evaluator);

  HttpResponse evaluation(const HttpRequest& request) const;
  HttpResponse evaluations(const HttpRequest& request) const;
  HttpResponse metadata(const HttpRequest& request) const;

 private:
  AuthzenOptions options_;
  const AuthzenEvaluator& evaluator_;
};

}  // namespace sallyport
