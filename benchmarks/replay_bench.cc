// How fast is a sign-in log replayed, from bytes to the report, and how near is that to the least
// that reading the same bytes costs?
//
// A quarter of a million records as Graph exports them (v1.0, with the policies that applied): a
// week of 2,000 people who each do six things again and again, in a company with 200 policies and a
// second, edited set. Before anything is timed, records decided one by one have to give the counts
// of the report. A longer log repeats itself more, which the second pass shows.
#include <simdjson.h>

#include "analysis/replay/replay.h"
#include "benchmarks/question.h"
#include "benchmarks/world.h"

namespace sallyport::benchmarks {
namespace {

using namespace replay;

constexpr std::size_t record_count = 250'000;
constexpr std::size_t people = 2'000;
constexpr std::size_t habits = 6;  // an application, a place and a device each

std::string text_of(IpAddress address) { return to_string(address); }

// What no record before has had.
enum class New : std::uint8_t { nothing, address, city };

// As long as real ones are: the members nobody reads are most of it.
void append_record(std::string& log, const Request& request, std::size_t number, New is_new) {
  const auto now = Instant(std::chrono::seconds(1'790'000'000 + 10 * static_cast<long>(number)));
  const bool password = request.methods == method::password;
  json::Writer w(log);
  w.begin_object();
  w.member("id", to_string(guid_of_text("record" + std::to_string(number))));
  w.member("createdDateTime", to_string(now));
  w.member("userDisplayName", "A person of the company");
  w.member("userPrincipalName", "person@example.org");
  w.member("userId", to_string(request.user));
  w.member("appId", to_string(request.application));
  w.member("appDisplayName", "An application");
  w.member("ipAddress", is_new == New::address ? text_of(IpAddress{0x20010db8ULL << 32U, number})
                                               : text_of(request.address));
  w.member("clientAppUsed", request.client_app == ClientApp::browser
                                ? "Browser"
                                : "Mobile Apps and Desktop clients");
  w.member("correlationId", to_string(guid_of_text("correlation" + std::to_string(number))));
  w.member("conditionalAccessStatus", "success");
  w.member("isInteractive", true);
  w.member("riskDetail", "none");
  w.member("riskLevelAggregated", "none");
  w.member("riskLevelDuringSignIn", name_of(request.risk));
  w.member("riskState", "none");
  w.key("riskEventTypes_v2");
  w.begin_array();
  w.end_array();
  w.member("resourceDisplayName", "An application");
  w.member("resourceId", to_string(request.application));
  w.key("status");
  w.begin_object();
  w.member("errorCode", std::int64_t{0});
  w.member("failureReason", "Other.");
  w.member("additionalDetails", password ? "" : "MFA requirement satisfied by claim in the token");
  w.end_object();
  w.key("deviceDetail");
  w.begin_object();
  w.member("deviceId", request.has_device ? to_string(request.device) : std::string());
  w.member("displayName", request.has_device ? "LAPTOP" : "");
  w.member("operatingSystem", request.platform == Platform::windows ? "Windows 10" : "MacOs");
  w.member("browser", "Edge 120.0.0");
  w.member("isCompliant", request.has_device);
  w.member("isManaged", request.has_device);
  w.member("trustType", request.has_device ? "Azure AD joined" : "");
  w.end_object();
  w.key("location");
  w.begin_object();
  w.member("city", is_new == New::city ? "City " + std::to_string(number) : "A city");
  w.member("state", "A state");
  w.member("countryOrRegion", to_string(request.country));
  w.key("geoCoordinates");
  w.begin_object();
  w.member("altitude", std::int64_t{0});
  w.member("latitude", std::int64_t{48});
  w.member("longitude", std::int64_t{2});
  w.end_object();
  w.end_object();
  w.key("appliedConditionalAccessPolicies");
  w.begin_array();
  for (int i = 0; i < 2; ++i) {
    w.begin_object();
    w.member("id", to_string(guid_of_text("policy" + std::to_string(i))));
    w.member("displayName", "CA00" + std::to_string(i) + " A policy of the company");
    w.key("enforcedGrantControls");
    w.begin_array();
    w.value("RequireCompliantDevice");
    w.end_array();
    w.key("enforcedSessionControls");
    w.begin_array();
    w.end_array();
    w.member("result", "success");
    w.end_object();
  }
  w.end_array();
  w.end_object();
  log += '\n';
}

Side side_of(const World& world, PolicySet set, std::string_view edited) {
  Side side;
  for (const auto& policy : set.policies) {
    side.contents.push_back(policy.id_text + (policy.id_text == edited ? "edited" : ""));
  }
  auto program = compile(std::move(set), world.directory, world.inventory);
  if (!program) refuse(describe(program.error()));
  side.program = *program;
  side.inventory = world.inventory;
  side.has_users = true;
  return side;
}

// The first of the records one by one, without anything remembered.
void check(std::span<const Side> sides, std::string_view log) {
  constexpr std::size_t sample = 2000;
  Replay grouped(sides);
  Judge judge(sides);
  LogReader reader;
  Logged logged;
  std::array<std::array<Range, 3>, 3> matrix{};
  std::size_t changing = 0;
  for (std::size_t i = 0; i < sample; ++i) {
    const auto end = log.find('\n');
    const auto record = log.substr(0, end);
    log.remove_prefix(end + 1);
    grouped.add(RecordText{record, i + 1, {}}, "log");
    Distinction distinction(sides);
    Facts facts(sides, distinction);
    if (!reader.read(record, logged) || !facts.read(logged)) refuse("a record cannot be read");
    const auto verdict = judge.judge(facts.sign_ins(), {});
    changing += verdict.may_change() ? 1U : 0U;
    for (std::size_t from = 0; from < 3; ++from) {
      for (std::size_t to = 0; to < 3; ++to) {
        const auto way = std::pair(static_cast<Outcome>(from), static_cast<Outcome>(to));
        matrix[from][to].at_most += verdict.ways.may(way.first, way.second) ? 1U : 0U;
      }
    }
  }
  const auto report = grouped.report();
  for (std::size_t from = 0; from < 3; ++from) {
    for (std::size_t to = 0; to < 3; ++to) {
      if (report.matrix[from][to].at_most != matrix[from][to].at_most) refuse("the counts differ");
    }
  }
  if (changing == 0 || changing == sample) refuse("a log in which nothing or all changes");
  std::fprintf(stderr, "  of %zu checked: %zu change\n", sample, changing);
}

void read(std::string_view log, Replay& replay) {
  const auto source = ByteSource::of(log);
  if (!replay.read(**source, "log")) refuse("the log cannot be read");
}

double replay_ns(std::span<const Side> sides, std::string_view log) {
  std::vector<double> runs;
  for (int run = 0; run < 5; ++run) {
    const double begin = cpu_ns();
    Replay replay(sides);
    read(log, replay);
    if (replay.report().replayed.sign_ins != record_count) refuse("records are missing");
    runs.push_back((cpu_ns() - begin) / record_count);
  }
  return median(runs);
}

// The same records again, when every situation is known.
double again_ns(std::span<const Side> sides, std::string_view log) {
  Replay replay(sides);
  read(log, replay);
  std::vector<double> runs;
  for (int run = 0; run < 5; ++run) {
    const double begin = cpu_ns();
    read(log, replay);
    runs.push_back((cpu_ns() - begin) / record_count);
  }
  return median(runs);
}

// Each record through simdjson's document parser, and nothing done with it.
double simdjson_ns(std::string_view log) {
  simdjson::dom::parser parser;
  std::vector<double> runs;
  for (int run = 0; run < 5; ++run) {
    auto left = log;
    std::uint64_t sum = 0;
    const double begin = cpu_ns();
    for (std::size_t i = 0; i < record_count; ++i) {
      const auto end = left.find('\n');
      simdjson::dom::element element;
      if (parser.parse(left.data(), end, false).get(element)) refuse("simdjson refuses a record");
      sum += element.is_object() ? 1U : 0U;
      left.remove_prefix(end + 1);
    }
    runs.push_back((cpu_ns() - begin) / record_count);
    keep(sum);
  }
  return median(runs);
}

// Finding and reading the records, and nothing done with them: what is left of a replay is looking
// up, grouping and counting. `read` is what reads one.
template <class Read>
double read_ns(std::string_view log, Read read) {
  std::vector<double> runs;
  for (int run = 0; run < 5; ++run) {
    const double begin = cpu_ns();
    const auto source = ByteSource::of(log);
    RecordStream records(**source);
    std::size_t count = 0;
    for (auto record = records.next(); record && *record; record = records.next()) {
      if (!read((*record)->text)) refuse("a record cannot be read");
      ++count;
    }
    if (count != record_count) refuse("records are missing");
    runs.push_back((cpu_ns() - begin) / record_count);
  }
  return median(runs);
}

std::string log_of(std::span<const Request> requests, New is_new) {
  std::string log;
  std::mt19937_64 random(42);
  for (std::size_t i = 0; i < record_count; ++i) {
    append_record(log, requests[random() % requests.size()], i, is_new);
  }
  log.reserve(log.size() + simdjson::SIMDJSON_PADDING);
  return log;
}

// Records that were met before, but for their time.
void run_alike(std::span<const Side> sides, std::span<const Request> requests) {
  const auto log = log_of(requests, New::nothing);
  check(sides, log);
  std::fprintf(stderr, "  %zu bytes a record\n", log.size() / record_count);
  const Distinction distinction(sides);
  Glancer glancer(distinction);
  const double first = replay_ns(sides, log);
  const double reading = read_ns(log, [&](auto text) { return glancer.at(text).has_value(); });
  const double all = again_ns(sides, log), least = simdjson_ns(log);
  if (reading >= all) refuse("the machine is too busy: a part takes longer than the whole");
  report("replay, two sets, a week anew: a second and core", 1e9 / first, "1/s");
  report("replay, two sets: sign-ins a second and core", 1e9 / all, "1/s", 1e6, Better::more);
  report("replay, a record", all, "ns");
  report("simdjson's own parse of the same record", least, "ns");
  report("replay against simdjson's parse", all / least, "x", 2, Better::less);
  report("of that, reading", reading, "ns");
  report("replay, records already read: a second and core", 1e9 / (all - reading), "1/s", 3e6,
         Better::more);
}

// The second half of a log, each of whose records has something that none had before; the first
// made its situations known.
double second_half_ns(std::span<const Side> sides, std::string_view log) {
  const auto half = log.find('\n', log.size() / 2) + 1;
  const auto records = std::count(log.begin() + static_cast<std::ptrdiff_t>(half), log.end(), '\n');
  std::vector<double> runs;
  for (int run = 0; run < 5; ++run) {
    Replay replay(sides);
    read(log.substr(0, half), replay);
    const double begin = cpu_ns();
    read(log.substr(half), replay);
    runs.push_back((cpu_ns() - begin) / static_cast<double>(records));
    if (replay.report().replayed.sign_ins != record_count) refuse("records are missing");
  }
  return median(runs);
}

// How much of it rests on repeats?
void run_unlike(std::span<const Side> sides, std::span<const Request> requests) {
  const auto places = log_of(requests, New::address);
  check(sides, places);
  report("replay, each record from an address of its own: a second and core",
         1e9 / second_half_ns(sides, places), "1/s");
  const auto cities = log_of(requests, New::city);
  check(sides, cities);
  report("replay, each record read whole: a second and core", 1e9 / second_half_ns(sides, cities),
         "1/s");
}

void run() {
  Size size;
  size.users = size.devices = 20'000;
  const World world = make_world(size);
  const auto old_set = make_policies(size);
  auto new_set = old_set;
  new_set.policies.pop_back();
  auto& wider = new_set.policies[size.policies / 2];
  wider.conditions.users = UserCondition{};
  wider.conditions.users->include_all = true;
  wider.conditions.applications = ApplicationCondition{};
  wider.conditions.applications->include_all = true;
  const std::vector<Side> sides = {side_of(world, old_set, {}),
                                   side_of(world, new_set, wider.id_text)};
  auto requests = make_requests(size, people * habits, 42);
  for (std::size_t i = 0; i < requests.size(); ++i)
    requests[i].user = requests[i / habits * habits].user;
  run_alike(sides, requests);
  run_unlike(sides, requests);
}

}  // namespace
}  // namespace sallyport::benchmarks

int main() { sallyport::benchmarks::run(); }
