// /identity/conditionalAccess/analysisJobs: what `sallyport gaps` and its like say of the server's
// own policies (service/analysis_jobs.h). Started, asked for how far it is, and cancelled.
//
//   POST {"kind":"gaps"} -> 202, Location; GET that until `status` is succeeded: `result`
#include <algorithm>

#include "api/answers.h"
#include "api/list.h"
#include "api/resources.h"
#include "api/services.h"
#include "base/text.h"

namespace sallyport::api {
namespace {

using odata::PropertyKind;

// Of its own, because a result names people.
constexpr std::string_view permission[] = {"Analysis.ReadWrite.All"};
constexpr std::size_t words_max = 200;
constexpr std::size_t word_size_max = 256;

constexpr odata::Property properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "kind"},
    {.path = "status"},
    {.path = "createdBy"},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "startedDateTime", .kind = PropertyKind::date_time},
    {.path = "finishedDateTime", .kind = PropertyKind::date_time},
    {.path = "percentComplete", .kind = PropertyKind::number},
    {.path = "statusDetail"},
    {.path = "result", .kind = PropertyKind::complex, .collection = true},
};
constexpr odata::Schema schema{.type = "sallyport.analysisJob", .properties = properties};
constexpr Resource jobs{.path = "/identity/conditionalAccess/analysisJobs",
                        .context = "identity/conditionalAccess/analysisJobs",
                        .type = "sallyport.analysisJob",
                        .kind = "sallyport.analysisJob",
                        .schema = &schema};

// `result` only of one job, not in a list.
std::string text_of(const AnalysisJob& job, bool with_result) {
  std::string out;
  json::Writer w(out);
  const auto instant = [&](const char* name, const std::optional<Instant>& at) {
    w.key(name);
    if (at) {
      w.value(to_string(*at));
    } else {
      w.null();
    }
  };
  w.begin_object();
  w.member("id", job.id);
  w.member("kind", name_of(job.kind));
  w.member("status", name_of(job.state));
  w.member("createdBy", job.asked_by);
  w.member("createdDateTime", to_string(job.created));
  instant("startedDateTime", job.started);
  instant("finishedDateTime", job.finished);
  const bool whole = job.state == AnalysisState::succeeded;
  const std::size_t percent = whole ? 100
                              : job.total == 0
                                  ? 0
                                  : std::min<std::size_t>(99, 100 * job.done / job.total);
  w.member("percentComplete", static_cast<std::int64_t>(percent));
  w.key("statusDetail");
  if (job.problem.empty()) {
    w.null();
  } else {
    w.value(job.problem);
  }
  if (with_result && job.result) {
    const auto result = json::parse(*job.result);  // it was JSON when the job ended
    if (result) w.member("result", result->root());
  }
  w.end_object();
  return out;
}

OrFailure<Shown> shown(const Call& call, const AnalysisJob& job, bool with_result) {
  auto one =
      call.services.reader.show({std::string(jobs.kind), job.id, text_of(job, with_result), 0});
  if (!one) return failed(call, one.error());
  return std::move(*one);
}

// ---- what is asked for ----

tl::unexpected<Failure> mistaken(const Call& call, const std::string& message) {
  return failed(call, {ErrorKind::invalid_argument, message, {}});
}

// Words for a list of the command line; a comma would make two of one.
OrFailure<std::vector<std::string>> words_in(const Call& call, const json::Value& list,
                                             const std::string& name) {
  std::vector<std::string> out;
  if (!list.is_array()) return mistaken(call, "`" + name + "` is a list of texts");
  for (const auto& item : list.items()) {
    const bool good =
        item.is_string() && !item.text().empty() && item.text().size() <= word_size_max &&
        std::ranges::none_of(item.text(), [](unsigned char c) { return c < ' ' || c == ','; });
    if (!good || out.size() == words_max) {
      return mistaken(call, "`" + name + "` is a list of at most " + std::to_string(words_max) +
                                " texts without commas, of up to " + std::to_string(word_size_max) +
                                " letters");
    }
    out.emplace_back(item.text());
  }
  return out;
}

OrFailure<void> take(const Call& call, const json::Member& member, AnalysisRequest& into) {
  const std::string name(member.name);
  const json::Value& value = member.value;
  if (name == "only" || name == "emergency") {
    auto words = words_in(call, value, name);
    if (!words) return tl::unexpected<Failure>(words.error());
    (name == "only" ? into.only : into.emergency) = std::move(*words);
    return {};
  }
  if (name == "enforce") {
    const bool known =
        value.is_string() && (value.text() == "report-only" || value.text() == "all");
    if (!known) return mistaken(call, "`enforce` is `report-only` or `all`");
    into.enforce = value.text();
    return {};
  }
  if (name == "documents") {
    if (!value.is_array() || value.items().empty()) {
      return mistaken(call,
                      "`documents` is a list of policies, locations and strengths as they "
                      "would be");
    }
    into.documents = json::write(value);
    return {};
  }
  if (name == "kind" || name.starts_with("@odata.")) return {};
  return mistaken(call,
                  "`" + printable(name) + "` is none of kind, only, emergency, enforce, documents");
}

// A member that the kind would not look at is a mistake, too.
OrFailure<void> check_members(const Call& call, const AnalysisRequest& request) {
  const auto kind = request.kind;
  const bool differs = kind == AnalysisKind::diff;
  if (differs == request.documents.empty()) {
    return mistaken(call, differs ? "`diff` needs `documents`: what would be changed"
                                  : "`documents` is for `diff`");
  }
  const bool selects =
      kind == AnalysisKind::gaps || kind == AnalysisKind::attack || kind == AnalysisKind::lint;
  if (!selects && !request.only.empty()) {
    return mistaken(call, "`only` is for `gaps`, `attack` and `lint`");
  }
  const bool proves = !differs && kind != AnalysisKind::lint;
  if (!proves && !request.emergency.empty()) {
    return mistaken(call, "`emergency` is for `gaps`, `lockout`, `attack` and `minimize`");
  }
  if (kind == AnalysisKind::lint && !request.enforce.empty()) {
    return mistaken(call, "`enforce` is not for `lint`");
  }
  return {};
}

OrFailure<AnalysisRequest> read_request(const Call& call) {
  AnalysisRequest out;
  const json::Value* kind = call.body.find("kind");
  const auto known =
      kind != nullptr && kind->is_string() ? parse_analysis_kind(kind->text()) : std::nullopt;
  if (!known) {
    return mistaken(call, "`kind` is gaps, diff, lockout, attack, minimize or lint");
  }
  out.kind = *known;
  for (const json::Member& member : call.body.members()) {
    if (auto taken = take(call, member, out); !taken) return tl::unexpected<Failure>(taken.error());
  }
  if (auto checked = check_members(call, out); !checked) {
    return tl::unexpected<Failure>(checked.error());
  }
  return out;
}

// ---- the rows ----

Replied create(const Call& call) {
  auto request = read_request(call);
  if (!request) return tl::unexpected<Failure>(request.error());
  const auto job = call.services.analyses.start(std::move(*request), call.caller.name);
  if (!job) return failed(call, job.error());
  const auto document = shown(call, *job, false);
  if (!document) return tl::unexpected<Failure>(document.error());
  auto reply = entity(call, **document, std::string(jobs.context) + "/$entity");
  if (reply) {
    reply->status = 202;
    reply->location = std::string(call.base) + std::string(jobs.path) + '/' + job->id;
  }
  return reply;
}

Replied get(const Call& call) {
  const auto job = call.services.analyses.find(call.key());
  if (!job) return failed(call, job.error());
  const auto document = shown(call, *job, true);
  if (!document) return tl::unexpected<Failure>(document.error());
  return entity(call, **document, std::string(jobs.context) + "/$entity");
}

Replied list(const Call& call) {
  std::vector<Shown> rows;
  for (const AnalysisJob& job : call.services.analyses.all()) {
    auto document = shown(call, job, false);
    if (!document) return tl::unexpected<Failure>(document.error());
    rows.push_back(std::move(*document));
  }
  return list_of(call, rows, jobs.context);
}

Replied cancel(const Call& call) {
  if (auto done = call.services.analyses.cancel(call.key()); !done) {
    return failed(call, done.error());
  }
  Reply reply;
  reply.status = 204;
  return reply;
}

constexpr Operation row(std::string_view method, std::string_view path,
                        Replied (*answer)(const Call&), BodyRule body, int success,
                        std::string_view summary, Answers answers = Answers::usual) {
  Operation operation{method, path, &jobs, permission, answer, body, success, summary, answers};
  operation.changes = false;
  return operation;
}

constexpr std::string_view all = "/identity/conditionalAccess/analysisJobs";
constexpr std::string_view one = "/identity/conditionalAccess/analysisJobs/{id}";

const Operation rows[] = {
    row("GET", all, list, BodyRule::none, 200, "List the analyses asked for of late"),
    row("POST", all, create, BodyRule::required, 202,
        "Analyse this server's policies: gaps, diff, lockout, attack, minimize or lint",
        Answers::entity),
    row("GET", one, get, BodyRule::none, 200, "Get an analysis: how far it is, and its result"),
    row("POST", "/identity/conditionalAccess/analysisJobs/{id}/cancel", cancel, BodyRule::optional,
        204, "End an analysis"),
};

}  // namespace

std::span<const Operation> analysis_job_operations() { return rows; }

}  // namespace sallyport::api
