#include "server/metrics.h"

#include <fmt/format.h>

#include <iterator>

namespace sallyport {
namespace {

constexpr std::array<std::string_view, gate_count> gate_names = {"forward-auth", "authzen"};
constexpr std::array<std::string_view, 4> outcome_names = {"granted", "interrupted", "blocked",
                                                           "error"};

void add_one(std::atomic<std::uint64_t>& counter) {
  counter.fetch_add(1, std::memory_order_relaxed);
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

template <class Number>
void single(std::string& out, std::string_view name, std::string_view type, std::string_view help,
            Number value) {
  head(out, name, type, help);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

void append_fleet(std::string& out, const FleetCounts& fleet) {
  single(out, "sallyport_fleet_rounds_total", "counter", "Times that all hosts of Fleet were read.",
         fleet.rounds);
  single(out, "sallyport_fleet_failures_total", "counter", "Times that Fleet could not be read.",
         fleet.failures);
  single(out, "sallyport_fleet_reports_total", "counter", "Reports from Fleet that were judged.",
         fleet.reports);
  single(out, "sallyport_fleet_last_read_seconds", "gauge",
         "When all hosts of Fleet were last read, in seconds since 1970; 0: never.",
         std::chrono::floor<std::chrono::seconds>(fleet.last).time_since_epoch().count());
  head(out, "sallyport_fleet_hosts", "gauge", "Hosts of Fleet then: what they were taken for.");
  const std::pair<std::string_view, std::uint64_t> hosts[] = {{"known", fleet.matched},
                                                              {"unknown", fleet.unknown},
                                                              {"ambiguous", fleet.ambiguous},
                                                              {"unreadable", fleet.unreadable}};
  for (const auto& [device, count] : hosts) {
    fmt::format_to(std::back_inserter(out), "sallyport_fleet_hosts{{device=\"{}\"}} {}\n", device,
                   count);
  }
}

}  // namespace

void LatencyHistogram::observe(std::chrono::nanoseconds time) {
  const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.count()));
  std::size_t bucket = 0;
  while (bucket < buckets && count > (std::uint64_t{1000} << bucket)) ++bucket;
  add_one(counts_[bucket]);
  nanoseconds_.fetch_add(count, std::memory_order_relaxed);
}

void LatencyHistogram::append(std::string& out, std::string_view name,
                              std::string_view help) const {
  head(out, name, "histogram", help);
  std::uint64_t total = 0;
  auto to = std::back_inserter(out);
  for (std::size_t i = 0; i < buckets; ++i) {
    total += counts_[i].load(std::memory_order_relaxed);
    fmt::format_to(to, "{}_bucket{{le=\"{}\"}} {}\n", name,
                   static_cast<double>(std::uint64_t{1} << i) * 1e-6, total);
  }
  total += counts_[buckets].load(std::memory_order_relaxed);
  fmt::format_to(to, "{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", name, total,
                 static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) * 1e-9);
}

void Metrics::count_decision(Gate gate, Outcome outcome) {
  add_one(decisions_[static_cast<std::size_t>(gate)][static_cast<std::size_t>(outcome)]);
}

void Metrics::count_undecided(Gate gate) { add_one(decisions_[static_cast<std::size_t>(gate)][3]); }

void Metrics::count_withheld() { add_one(withheld_); }

void Metrics::count_response(int status) {
  const auto digit = static_cast<std::size_t>(status / 100);
  add_one(responses_[digit < responses_.size() ? digit : 5]);
}

std::string Metrics::text(const Gauges& gauges) const {
  std::string out;
  auto to = std::back_inserter(out);
  head(out, "sallyport_decisions_total", "counter", "Decisions by gate and outcome.");
  for (std::size_t gate = 0; gate < gate_count; ++gate)
    for (std::size_t outcome = 0; outcome < outcome_names.size(); ++outcome)
      fmt::format_to(to, "sallyport_decisions_total{{gate=\"{}\",outcome=\"{}\"}} {}\n",
                     gate_names[gate], outcome_names[outcome],
                     decisions_[gate][outcome].load(std::memory_order_relaxed));
  single(out, "sallyport_decisions_withheld_total", "counter",
         "Answers refused because a record was not on the disk in time.", withheld_.load());
  head(out, "sallyport_http_responses_total", "counter", "Answers by class of status.");
  for (std::size_t digit = 2; digit < responses_.size(); ++digit)
    fmt::format_to(to, "sallyport_http_responses_total{{status=\"{}xx\"}} {}\n", digit,
                   responses_[digit].load(std::memory_order_relaxed));
  requests.append(out, "sallyport_http_request_seconds", "Time to answer a request.");
  single(out, "sallyport_http_connections", "gauge", "Open connections.", connections.open.load());
  single(out, "sallyport_http_connections_accepted_total", "counter", "Connections taken.",
         connections.accepted.load());
  single(out, "sallyport_http_connections_refused_total", "counter",
         "Connections turned away because there were too many.", connections.refused.load());
  single(out, "sallyport_http_connections_timed_out_total", "counter",
         "Connections closed because the client was too slow.", connections.timed_out.load());
  single(out, "sallyport_http_bad_requests_total", "counter",
         "Requests that were malformed or over a bound.", connections.bad_requests.load());
  single(out, "sallyport_ready", "gauge", "Whether decisions can be made.", gauges.ready ? 1 : 0);
  head(out, "sallyport_policies", "gauge", "Policies in effect, by state.");
  for (std::size_t state = 0; state < gauges.policies.size(); ++state)
    fmt::format_to(to, "sallyport_policies{{state=\"{}\"}} {}\n",
                   name_of(static_cast<PolicyState>(state)), gauges.policies[state]);
  single(out, "sallyport_state_sequence", "gauge", "The last change that is in effect.",
         gauges.sequence);
  single(out, "sallyport_rebuilds_total", "counter", "States made from the store.",
         gauges.rebuilds);
  single(out, "sallyport_rebuild_failures_total", "counter",
         "Changes that could not be put in effect.", gauges.rebuild_failures);
  single(out, "sallyport_rebuild_last_seconds", "gauge", "How long the last rebuild took.",
         static_cast<double>(gauges.rebuild_last.count()) * 1e-6);
  single(out, "sallyport_log_waiting", "gauge", "Sign-in records not yet written.",
         gauges.log_waiting);
  single(out, "sallyport_log_written_total", "counter", "Sign-in records written.",
         gauges.log_written);
  single(out, "sallyport_log_repeated_total", "counter", "Decisions that only repeated a record.",
         gauges.log_repeated);
  single(out, "sallyport_log_refused", "gauge", "Whether the store refused the newest records.",
         gauges.log_refused ? 1 : 0);
  const auto& told = gauges.notifications;
  single(out, "sallyport_subscriptions", "gauge", "Subscriptions to changes.", told.subscriptions);
  single(out, "sallyport_notifications_delivered_total", "counter",
         "Change notifications that were taken.", told.delivered);
  single(out, "sallyport_notifications_failed_total", "counter",
         "Posts to subscribers that were not taken.", told.failed);
  single(out, "sallyport_notifications_given_up_total", "counter",
         "Times that notifications were given up.", told.given_up);
  const auto& judging = gauges.judging;
  single(out, "sallyport_devices", "gauge", "Devices that have ever reported.", gauges.devices);
  single(out, "sallyport_judging_runs_total", "counter",
         "Times that devices were judged again without having reported.", judging.runs);
  single(out, "sallyport_judging_devices", "gauge", "Devices to judge again, of the last run.",
         judging.of);
  single(out, "sallyport_judging_devices_done", "gauge", "Of these, judged so far.",
         judging.judged);
  single(out, "sallyport_judging_devices_changed", "gauge", "Of these, judged otherwise.",
         judging.fared_otherwise);
  if (gauges.fleet) append_fleet(out, *gauges.fleet);
  return out;
}

}  // namespace sallyport
