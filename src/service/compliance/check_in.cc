#include "service/compliance/check_in.h"

#include "base/json.h"
#include "base/text.h"
#include "compliance/fact.h"

namespace sallyport {
namespace {

using json::Value;

struct StateWord {
  std::string_view word;
  ActionState state;
};
constexpr StateWord state_words[] = {{"active", ActionState::active},
                                     {"done", ActionState::done},
                                     {"failed", ActionState::failed},
                                     {"notSupported", ActionState::not_supported}};

tl::unexpected<Error> refuse(std::string message, std::string where) {
  return fail(ErrorKind::invalid_argument, std::move(message), std::move(where));
}

Result<ActionReport> read_action(const Value& item, const std::string& at) {
  ActionReport report;
  const auto* id = item.find("id");
  if (id == nullptr || id->text().empty()) return refuse("an action has an `id`", at + "/id");
  report.id = id->text();
  const auto* state = item.find("state");
  bool known = false;
  for (const auto& one : state_words) {
    if (state == nullptr || !equal_ignoring_case(state->text(), one.word)) continue;
    report.state = one.state;
    known = true;
  }
  if (!known) return refuse("`state` is active, done, failed or notSupported", at + "/state");
  if (const auto* detail = item.find("detail")) report.detail = detail->text();
  return report;
}

}  // namespace

Result<CheckIn> parse_check_in(std::string_view body) {
  const auto document = json::parse(body);
  if (!document) return tl::unexpected<Error>(document.error());
  const auto& root = document->root();
  const auto* report = root.find("report");
  if (report == nullptr) return refuse("a check-in has a `report`", "/report");
  CheckIn check_in;
  auto read = compliance::read_report(*report);
  if (!read) {
    read.error().where = "/report" + read.error().where;
    return tl::unexpected<Error>(std::move(read.error()));
  }
  check_in.report = std::move(*read);
  const auto* actions = root.find("actions");
  if (actions == nullptr || actions->is_null()) return check_in;
  if (!actions->is_array()) return refuse("`actions` must be a list", "/actions");
  if (actions->items().size() > action_reports_max) {
    return refuse("at most " + std::to_string(action_reports_max) + " actions", "/actions");
  }
  for (std::size_t i = 0; i < actions->items().size(); ++i) {
    auto action = read_action(actions->items()[i], "/actions/" + std::to_string(i));
    if (!action) return tl::unexpected<Error>(std::move(action.error()));
    check_in.actions.push_back(std::move(*action));
  }
  return check_in;
}

Result<void> check_it_speaks_for_itself(const compliance::Report& report) {
  if (report.source != compliance::Source::agent) {
    return fail(ErrorKind::denied, "a device reports as `agent`", "/report/source");
  }
  const auto check = [](const std::vector<compliance::ReportedFact>& facts,
                        std::string_view member) -> Result<void> {
    for (const auto& one : facts) {
      if (!compliance::is_told_by_others(one.fact)) continue;
      return fail(ErrorKind::denied, "a device does not tell this of itself",
                  "/report/" + std::string(member) + '/' +
                      std::string(compliance::row_of(one.fact).name));
    }
    return {};
  };
  if (auto own = check(report.facts, "facts"); !own) return own;
  return check(report.system_facts, "systemFacts");
}

std::string to_json(const CheckInAnswer& answer) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("acceptedSequence", static_cast<std::int64_t>(answer.accepted_sequence));
  w.key("actions");
  w.begin_array();
  for (const auto& action : answer.actions) {
    w.begin_object();
    w.member("id", action.id);
    w.member("action", action.name);
    if (const auto parameters = json::parse(action.parameters)) {
      w.member("parameters", parameters->root());
    }
    w.end_object();
  }
  w.end_array();
  w.key("discoveryScripts");
  w.begin_array();
  for (const auto& script : answer.scripts) {
    w.begin_object();
    w.member("id", script.id);
    w.member("name", script.name);
    w.member("sha256", script.sha256);
    w.member("script", script.script);
    w.end_object();
  }
  w.end_array();
  w.member("nextCheckInSeconds", static_cast<std::int64_t>(answer.next.count()));
  w.end_object();
  // It is JSON already.
  out.back() = ',';
  out += "\"verdict\":";
  out += answer.verdict;
  out += '}';
  return out;
}

}  // namespace sallyport
