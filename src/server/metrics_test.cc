#include "server/metrics.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

bool holds_line(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

TEST(metrics, what_was_counted_is_in_the_text) {
  Metrics metrics;
  metrics.count_decision(Gate::authzen, Outcome::granted);
  metrics.count_decision(Gate::authzen, Outcome::granted);
  metrics.count_decision(Gate::forward_auth, Outcome::blocked);
  metrics.count_undecided(Gate::forward_auth);
  metrics.count_withheld();
  metrics.count_response(204);
  metrics.count_response(999);
  metrics.connections.open = 3;
  Gauges gauges;
  gauges.ready = true;
  gauges.policies = {5, 1, 2};
  gauges.log_waiting = 7;
  gauges.notifications.delivered = 5;
  gauges.rebuild_last = std::chrono::milliseconds(150);
  const auto text = metrics.text(gauges);
  EXPECT_TRUE(
      holds_line(text, "sallyport_decisions_total{gate=\"authzen\",outcome=\"granted\"} 2"));
  EXPECT_TRUE(
      holds_line(text, "sallyport_decisions_total{gate=\"forward-auth\",outcome=\"blocked\"} 1"));
  EXPECT_TRUE(
      holds_line(text, "sallyport_decisions_total{gate=\"forward-auth\",outcome=\"error\"} 1"));
  EXPECT_TRUE(holds_line(text, "sallyport_decisions_withheld_total 1"));
  EXPECT_TRUE(holds_line(text, "sallyport_http_responses_total{status=\"2xx\"} 1"));
  EXPECT_TRUE(holds_line(text, "sallyport_http_responses_total{status=\"5xx\"} 1"));
  EXPECT_TRUE(holds_line(text, "sallyport_http_connections 3"));
  EXPECT_TRUE(holds_line(text, "sallyport_ready 1"));
  EXPECT_TRUE(holds_line(text, "sallyport_policies{state=\"enabled\"} 5"));
  EXPECT_TRUE(holds_line(text, "sallyport_policies{state=\"disabled\"} 1"));
  EXPECT_TRUE(
      holds_line(text, "sallyport_policies{state=\"enabledForReportingButNotEnforced\"} 2"));
  EXPECT_TRUE(holds_line(text, "sallyport_log_waiting 7"));
  EXPECT_TRUE(holds_line(text, "sallyport_notifications_delivered_total 5"));
  EXPECT_TRUE(holds_line(text, "sallyport_rebuild_last_seconds 0.15"));
}

TEST(metrics, the_histogram_is_cumulative) {
  LatencyHistogram histogram;
  histogram.observe(std::chrono::nanoseconds(500));
  histogram.observe(std::chrono::microseconds(3));
  histogram.observe(std::chrono::seconds(10));
  std::string text;
  histogram.append(text, "x", "help");
  EXPECT_TRUE(holds_line(text, "x_bucket{le=\"1e-06\"} 1"));
  EXPECT_TRUE(holds_line(text, "x_bucket{le=\"2e-06\"} 1"));
  EXPECT_TRUE(holds_line(text, "x_bucket{le=\"4e-06\"} 2"));
  EXPECT_TRUE(holds_line(text, "x_bucket{le=\"+Inf\"} 3"));
  EXPECT_TRUE(holds_line(text, "x_count 3"));
}

}  // namespace
}  // namespace sallyport
