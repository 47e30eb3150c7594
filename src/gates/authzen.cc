#include "gates/authzen.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace sallyport {
namespace {

enum class Semantic : std::uint8_t { execute_all, deny_on_first_deny, permit_on_first_permit };

// The four parts of a question, each null when absent.
struct Parts {
  const json::Value* subject = nullptr;
  const json::Value* action = nullptr;
  const json::Value* resource = nullptr;
  const json::Value* context = nullptr;
};

tl::unexpected<Error> bad(std::string message, std::string where = {}) {
  return fail(ErrorKind::invalid_argument, std::move(message), std::move(where));
}

// A null member counts as absent (AuthZEN: null members are to be omitted).
const json::Value* member_of(const json::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

// An item replaces whole parts of the defaults; nothing is merged (section 1.4).
Parts parts_of(const json::Value& object, const Parts& defaults) {
  const auto choose = [&](std::string_view name, const json::Value* otherwise) {
    const auto* value = member_of(object, name);
    return value == nullptr ? otherwise : value;
  };
  return {choose("subject", defaults.subject), choose("action", defaults.action),
          choose("resource", defaults.resource), choose("context", defaults.context)};
}

Result<std::string_view> text_member(const json::Value& object, std::string_view part,
                                     std::string_view name) {
  const auto* value = member_of(object, name);
  if (value == nullptr || !value->is_string())
    return bad("`" + std::string(part) + "." + std::string(name) +
               (value == nullptr ? "` is missing" : "` must be a string"));
  if (value->text().empty())
    return bad("`" + std::string(part) + "." + std::string(name) + "` is empty");
  return value->text();
}

Result<const json::Value*> object_member(const json::Value& object, std::string_view part,
                                         std::string_view name) {
  const auto* value = member_of(object, name);
  if (value != nullptr && !value->is_object())
    return bad("`" + std::string(part) + "." + std::string(name) + "` must be an object");
  return value;
}

Result<void> check_object(const json::Value* part, std::string_view name) {
  if (part == nullptr) return bad("`" + std::string(name) + "` is missing");
  if (!part->is_object()) return bad("`" + std::string(name) + "` must be an object");
  return {};
}

Result<AuthzenEntity> read_entity(const json::Value* part, std::string_view name) {
  if (const auto checked = check_object(part, name); !checked)
    return tl::unexpected<Error>(checked.error());
  const auto type = text_member(*part, name, "type");
  if (!type) return tl::unexpected<Error>(type.error());
  const auto id = text_member(*part, name, "id");
  if (!id) return tl::unexpected<Error>(id.error());
  const auto properties = object_member(*part, name, "properties");
  if (!properties) return tl::unexpected<Error>(properties.error());
  return AuthzenEntity{*type, *id, *properties};
}

Result<AuthzenEvaluation> read_question(const Parts& parts) {
  AuthzenEvaluation question;
  const auto subject = read_entity(parts.subject, "subject");
  if (!subject) return tl::unexpected<Error>(subject.error());
  question.subject = *subject;
  if (const auto checked = check_object(parts.action, "action"); !checked)
    return tl::unexpected<Error>(checked.error());
  const auto action = text_member(*parts.action, "action", "name");
  if (!action) return tl::unexpected<Error>(action.error());
  question.action = *action;
  const auto properties = object_member(*parts.action, "action", "properties");
  if (!properties) return tl::unexpected<Error>(properties.error());
  question.action_properties = *properties;
  const auto resource = read_entity(parts.resource, "resource");
  if (!resource) return tl::unexpected<Error>(resource.error());
  question.resource = *resource;
  if (parts.context != nullptr && !parts.context->is_object())
    return bad("`context` must be an object");
  question.context = parts.context;
  return question;
}

void append_decision(std::string& out, const AuthzenDecision& decision) {
  out += decision.decision ? "{\"decision\":true" : "{\"decision\":false";
  if (!decision.context.empty()) {
    out += ",\"context\":";
    out += decision.context;
  }
  out += '}';
}

void append_item_error(std::string& out, const Error& error) {
  out += "{\"decision\":false,\"context\":{\"error\":{\"status\":";
  out += std::to_string(status_of(error.kind));
  out += ",\"message\":";
  json::append_quoted(out, told(error));
  out += "}}}";
}

Result<Semantic> read_semantic(const json::Value& root) {
  const auto* options = member_of(root, "options");
  if (options == nullptr) return Semantic::execute_all;
  if (!options->is_object()) return bad("`options` must be an object");
  const auto* semantic = member_of(*options, "evaluations_semantic");
  if (semantic == nullptr) return Semantic::execute_all;
  if (semantic->is_string()) {
    if (semantic->text() == "execute_all") return Semantic::execute_all;
    if (semantic->text() == "deny_on_first_deny") return Semantic::deny_on_first_deny;
    if (semantic->text() == "permit_on_first_permit") return Semantic::permit_on_first_permit;
  }
  return bad("`options.evaluations_semantic` is `" + printable(semantic->text()) +
             "`: it must be `execute_all`, `deny_on_first_deny` or `permit_on_first_permit`");
}

std::optional<std::string_view> bearer_token(const HttpRequest& request) {
  const auto value = request.header("Authorization");
  if (value.size() < 8 || !equal_ignoring_case(value.substr(0, 7), "bearer ")) return std::nullopt;
  return trim(value.substr(7));
}

// The hash of a token, remembered for the one that this thread saw last: most callers send the same
// one all day.
const TokenHash& remembered_hash(std::string_view token) {
  static thread_local std::string last;
  static thread_local TokenHash hash = hash_of_token({});
  if (token.size() != last.size() || CRYPTO_memcmp(token.data(), last.data(), last.size()) != 0) {
    last = token;
    hash = hash_of_token(token);
  }
  return hash;
}

// Every hash is compared in full, so the time taken tells nothing about the tokens.
bool is_caller(const HttpRequest& request, const std::vector<TokenHash>& tokens) {
  const auto token = bearer_token(request);
  if (!token) return false;
  const auto& hash = remembered_hash(*token);
  bool found = false;
  for (const auto& known : tokens)
    found |= CRYPTO_memcmp(known.data(), hash.data(), hash.size()) == 0;
  return found;
}

bool is_json(const HttpRequest& request) {
  const auto type = request.header("Content-Type");
  return equal_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json");
}

// AuthZEN, section 1.2: error bodies are message strings.
HttpResponse message(int status, std::string_view text) {
  std::string body;
  json::append_quoted(body, text);
  return json_response(status, std::move(body));
}

HttpResponse message(const Error& error) { return message(status_of(error.kind), told(error)); }

// The headers that every answer has stay.
void withhold(HttpResponse& response, const Error& why) {
  response.status = status_of(why.kind);
  response.body.clear();
  json::append_quoted(response.body, told(why));
}

// An answer to one or many questions, not to be told before their records are on the disk.
HttpResponse decided(std::string body, std::uint64_t ticket) {
  auto response = json_response(200, std::move(body));
  response.ticket = ticket;
  response.withhold = withhold;
  return response;
}

// What both POST endpoints check before they look at the question. The object is valid until this
// thread reads the next body: reading does not allocate anew for each.
Result<json::Value> read_body(const HttpRequest& request) {
  static thread_local json::Parser parser;
  static thread_local std::string text;
  if (!is_json(request)) return bad("the content type must be `application/json`");
  if (request.body.empty()) return bad("the body is empty");
  text.assign(request.body);
  text.append(json::Parser::padding, '\0');
  auto root = parser.parse(std::string_view(text).substr(0, request.body.size()));
  if (!root) return bad("the body is not JSON: " + describe(root.error()));
  if (!root->is_object()) return bad("the body must be an object");
  return root;
}

}  // namespace

TokenHash hash_of_token(std::string_view token) {
  TokenHash hash{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), hash.data());
  return hash;
}

Authzen::Authzen(AuthzenOptions options, const AuthzenEvaluator& evaluator)
    : options_(std::move(options)), evaluator_(evaluator) {}

namespace {

HttpResponse answer_one(const json::Value& root, const AuthzenEvaluator& evaluator) {
  const auto question = read_question(parts_of(root, {}));
  if (!question) return message(question.error());
  AuthzenDecision decision;
  if (const auto done = evaluator.evaluate(*question, decision, false); !done)
    return message(done.error());
  std::string body;
  body.reserve(decision.context.size() + 32);
  append_decision(body, decision);
  return decided(std::move(body), decision.ticket);
}

std::vector<Result<AuthzenEvaluation>> read_questions(const json::Value& root,
                                                      std::span<const json::Value> items) {
  const auto defaults = parts_of(root, {});
  std::vector<Result<AuthzenEvaluation>> questions;
  questions.reserve(items.size());
  for (const auto& item : items) {
    questions.push_back(item.is_object() ? read_question(parts_of(item, defaults))
                                         : bad("an evaluation must be an object"));
  }
  return questions;
}

void append_answer(std::string& out, const Result<AuthzenEvaluation>& question,
                   const AuthzenEvaluator& evaluator, AuthzenDecision& decision) {
  decision.decision = false;
  decision.context.clear();
  decision.ticket = 0;
  if (!question) return append_item_error(out, question.error());
  if (const auto done = evaluator.evaluate(*question, decision, true); !done) {
    decision.decision = false;
    return append_item_error(out, done.error());
  }
  append_decision(out, decision);
}

HttpResponse answer_many(const json::Value& root, std::span<const json::Value> items,
                         Semantic semantic, const AuthzenEvaluator& evaluator) {
  constexpr std::size_t ahead = 8;  // so long does memory take, in evaluations
  const auto questions = read_questions(root, items);
  const auto expect = [&](std::size_t i) {
    if (i < questions.size() && questions[i]) evaluator.expect(*questions[i]);
  };
  for (std::size_t i = 0; i < ahead; ++i) expect(i);
  std::string body;
  body.reserve(items.size() * 32 + 32);
  body += "{\"evaluations\":[";
  AuthzenDecision decision;
  std::uint64_t ticket = 0;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    expect(i + ahead);
    if (i != 0) body += ',';
    append_answer(body, questions[i], evaluator, decision);
    ticket = std::max(ticket, decision.ticket);
    if (semantic == Semantic::deny_on_first_deny && !decision.decision) break;
    if (semantic == Semantic::permit_on_first_permit && decision.decision) break;
  }
  body += "]}";
  return decided(std::move(body), ticket);
}

// Runs `answer` for a caller that may ask, and echoes X-Request-ID on whatever comes of it.
template <class Answer>
HttpResponse guarded(const HttpRequest& request, const AuthzenOptions& options, Answer answer) {
  HttpResponse response;
  if (!is_caller(request, options.tokens)) {
    response = message(401, "a valid bearer token is needed");
    response.add("WWW-Authenticate", "Bearer realm=\"sallyport\"");
  } else if (const auto root = read_body(request); root) {
    response = answer(*root);
  } else {
    response = message(root.error());
  }
  if (const auto id = request.header("X-Request-ID"); !id.empty()) response.add("X-Request-ID", id);
  response.add("Cache-Control", "no-store");
  return response;
}

}  // namespace

HttpResponse Authzen::evaluation(const HttpRequest& request) const {
  return guarded(request, options_,
                 [&](const json::Value& root) { return answer_one(root, evaluator_); });
}

HttpResponse Authzen::evaluations(const HttpRequest& request) const {
  return guarded(request, options_, [&](const json::Value& root) {
    const auto semantic = read_semantic(root);
    if (!semantic) return message(semantic.error());
    const auto* items = member_of(root, "evaluations");
    if (items == nullptr) return answer_one(root, evaluator_);
    if (!items->is_array()) return message(400, "`evaluations` must be an array");
    if (items->items().empty()) return answer_one(root, evaluator_);
    if (items->items().size() > options_.batch_max)
      return message(413, "more than " + std::to_string(options_.batch_max) +
                              " evaluations in one call: send several");
    return answer_many(root, items->items(), *semantic, evaluator_);
  });
}

HttpResponse Authzen::metadata(const HttpRequest& request) const {
  std::string body;
  json::Writer w(body);
  w.begin_object();
  w.member("policy_decision_point", options_.public_url);
  w.member("access_evaluation_endpoint", options_.public_url + "/access/v1/evaluation");
  w.member("access_evaluations_endpoint", options_.public_url + "/access/v1/evaluations");
  w.end_object();
  auto response = json_response(200, std::move(body));
  if (const auto id = request.header("X-Request-ID"); !id.empty()) response.add("X-Request-ID", id);
  return response;
}

}  // namespace sallyport
