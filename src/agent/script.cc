#include "agent/script.h"

#include "base/base64.h"
#include "base/digest.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

using json::Value;

constexpr mode_t secret = 0600;

std::string_view text(const Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr ? std::string_view() : value->text();
}

ScriptResult run(const Value& script, const Limits& limits) {
  ScriptResult result{std::string(text(script, "id")), exit_not_run, {}};
  const auto content = decode_base64(text(script, "script"));
  if (!content || !equal_ignoring_case(sha256_hex(*content), text(script, "sha256"))) {
    result.output = "not run: the script is not the one its digest is of";
    return result;
  }
  auto ended = run_confined(*content, limits);
  if (!ended) {
    result.exit_code = ended.error().kind == ErrorKind::internal ? exit_not_run : exit_stopped;
    result.output = ended.error().message;
    return result;
  }
  result.exit_code = ended->exit_code;
  result.output = std::move(ended->output);
  if (!is_utf8(result.output)) {
    result.exit_code = exit_stopped;
    result.output = "what it printed is not UTF-8";
  }
  return result;
}

// {"at", "of": digest of the scripts, "results": [...]}
std::string to_json(const std::vector<ScriptResult>& results, const std::string& of, Instant now) {
  std::string json;
  json::Writer out(json);
  out.begin_object();
  out.member("at", to_string(now));
  out.member("of", of);
  out.key("results");
  out.begin_array();
  for (const auto& result : results) {
    out.begin_object();
    out.member("id", result.id);
    out.member("exitCode", static_cast<std::int64_t>(result.exit_code));
    out.member("output", result.output);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return json;
}

std::optional<std::vector<ScriptResult>> last_results(const StateFolder& folder,
                                                      const std::string& of, Instant oldest,
                                                      Instant now) {
  const auto kept = folder.read(script_results_file);
  if (!kept || !*kept) return std::nullopt;
  const auto document = json::parse(**kept);
  if (!document || text(document->root(), "of") != of) return std::nullopt;
  const auto at = parse_instant(text(document->root(), "at"));
  if (!at || *at < oldest || *at > now) return std::nullopt;  // the clock may have been set back
  const auto* all = document->root().find("results");
  if (all == nullptr) return std::nullopt;
  std::vector<ScriptResult> results;
  for (const auto& one : all->items()) {
    const auto* code = one.find("exitCode");
    results.push_back({std::string(text(one, "id")),
                       static_cast<int>(code == nullptr ? 0 : code->integer().value_or(0)),
                       std::string(text(one, "output"))});
  }
  return results;
}

}  // namespace

Result<bool> keep_scripts(const StateFolder& folder, const Value& scripts) {
  const auto json = json::write(scripts);
  const auto kept = folder.read(scripts_file);
  if (!kept) return tl::unexpected<Error>(kept.error());
  if (kept->value_or("[]") == json) return false;
  if (auto written = folder.write(scripts_file, json, secret); !written) {
    return tl::unexpected<Error>(written.error());
  }
  return true;
}

Result<std::vector<ScriptResult>> script_results(const StateFolder& folder, Instant oldest,
                                                 Instant now, const Limits& limits) {
  const auto kept = folder.read(scripts_file);
  if (!kept) return tl::unexpected<Error>(kept.error());
  if (!*kept) return std::vector<ScriptResult>();
  const auto of = sha256_hex(**kept);
  if (auto last = last_results(folder, of, oldest, now)) return std::move(*last);
  std::vector<ScriptResult> results;
  const auto document = json::parse(**kept);
  if (!document) return results;
  std::size_t printed = 0;
  for (const auto& script : document->root().items()) {
    if (results.size() == scripts_max) break;
    auto result = run(script, limits);
    printed += result.output.size();
    if (printed > outputs_max) {
      result.exit_code = exit_stopped;
      result.output = "all scripts together print too much for a report";
    }
    results.push_back(std::move(result));
  }
  // Not being able to keep them costs another run.
  (void)folder.write(script_results_file, to_json(results, of, now), secret);
  return results;
}

}  // namespace sallyport::agent
