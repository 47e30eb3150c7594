#include "enrolment/osquery/node.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace sallyport::osquery {
namespace {

using compliance::FactState;
using compliance::FactType;
using compliance::ReportedFact;
using json::Value;

constexpr auto answer_life = std::chrono::hours(24);
constexpr auto duplicate_life = std::chrono::hours(24);
constexpr auto clock_difference = std::chrono::minutes(5);
constexpr std::string_view duplicate_words = "two machines report as this one; enrol both anew";

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t n = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, n);
  if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return n;
}

bool is_version(std::string_view text) {
  return text.find_first_not_of("0123456789.") == text.npos && text.front() != '.';
}

bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
  });
}

// Columns are texts, or numbers with --logger_numerics. Nothing: it is not what the fact should be.
std::optional<ReportedFact> fact_of(const compliance::FactRow& row, std::string_view text) {
  ReportedFact fact;
  fact.fact = row.fact;
  if (text.empty() || text.size() > compliance::fact_text_max || !is_plain(text)) {
    return std::nullopt;
  }
  if (row.type == FactType::boolean || row.type == FactType::integer) {
    const auto n = number(text);
    const std::int64_t most = row.type == FactType::boolean ? 1 : 0x7fffffff;
    if (!n || *n < 0 || *n > most) return std::nullopt;
    fact.number = *n;
    return fact;
  }
  if (row.type != FactType::text && row.type != FactType::version) return std::nullopt;
  if (row.type == FactType::version && !is_version(text)) return std::nullopt;
  fact.text = text;
  return fact;
}

// Whether an answer says more than what is kept.
bool is_news(const Node::Kept& kept, const Answered& answer, Instant now) {
  if (!answer.dated || kept.unix_time == 0) return true;
  const bool from_the_future =
      Instant(std::chrono::seconds(kept.unix_time)) > now + clock_difference;
  return answer.unix_time > kept.unix_time || (from_the_future && answer.unix_time > 0);
}

compliance::Report report_of(const Node& node, Instant now) {
  compliance::Report report;
  report.source = compliance::Source::osquery;
  report.reported_at = now;
  report.sequence = node.sequence;
  const bool duplicated = node.duplicated && now - *node.duplicated < duplicate_life;
  for (const auto& [name, kept] : node.kept) {
    if (now - kept.received > answer_life) continue;
    for (const auto& fact : kept.facts) {
      report.facts.push_back(fact);
      if (!duplicated) continue;
      report.facts.back() = {};
      report.facts.back().fact = fact.fact;
      report.facts.back().state = FactState::error;
      report.facts.back().text = duplicate_words;
    }
  }
  std::ranges::stable_sort(report.facts, {}, &ReportedFact::fact);
  const auto same = [](const auto& a, const auto& b) { return a.fact == b.fact; };
  report.facts.erase(std::unique(report.facts.begin(), report.facts.end(), same),
                     report.facts.end());
  return report;
}

std::string_view text(const Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr ? std::string_view() : value->text();
}
std::int64_t integer(const Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr ? 0 : value->integer().value_or(0);
}
std::optional<Instant> instant(const Value& object, std::string_view name) {
  return parse_instant(text(object, name));
}

void write_kept(const Node::Kept& kept, json::Writer& out) {
  compliance::Report report;
  report.source = compliance::Source::osquery;
  report.reported_at = kept.received;
  report.sequence = 1;
  report.facts = kept.facts;
  out.begin_object();
  out.member("unixTime", kept.unix_time);
  out.member("epoch", kept.epoch);
  out.member("counter", kept.counter);
  out.key("report");
  compliance::write_report(report, out);
  out.end_object();
}

}  // namespace

std::vector<ReportedFact> facts_of(const Query& query, const Value& rows) {
  std::vector<ReportedFact> facts;
  if (rows.items().size() != 1) return facts;
  const auto& row = rows.items().front();
  auto names = query.facts;
  while (!names.empty()) {
    const auto end = std::min(names.find(' '), names.size());
    const auto name = names.substr(0, end);
    names.remove_prefix(std::min(end + 1, names.size()));
    const auto known = compliance::find_fact(name);
    const auto* column = row.find(name);
    if (!known || column == nullptr) continue;
    if (auto fact = fact_of(compliance::row_of(*known), column->text())) {
      facts.push_back(std::move(*fact));
    }
  }
  std::ranges::sort(facts, {}, &ReportedFact::fact);
  return facts;
}

std::optional<compliance::Report> take(Node& node, std::span<const Answered> answers, Instant now) {
  bool news = false;
  for (const auto& answer : answers) {
    if ((answer.query->platforms & node.platform) == 0) continue;
    auto& kept = node.kept[std::string(answer.query->name)];
    if (!is_news(kept, answer, now)) continue;
    kept.received = now;
    if (answer.dated) {
      kept.unix_time = answer.unix_time;
      kept.epoch = answer.epoch;
      kept.counter = answer.counter;
    }
    kept.facts = facts_of(*answer.query, answer.rows);
    news = true;
  }
  if (!news) return std::nullopt;
  node.reported = now;
  // By the clock, so that a report is never taken for an old one although this could not be kept.
  node.sequence = std::max(
      node.sequence + 1,
      static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count()));
  return report_of(node, now);
}

std::string to_json(const Node& node) {
  std::string json;
  json::Writer out(json);
  const auto optional = [&](std::string_view name, const std::optional<Instant>& at) {
    if (at) out.member(name, to_string(*at));
  };
  out.begin_object();
  out.member("device", node.device_id);
  out.member("host", node.host);
  out.member("name", node.name);
  out.member("platform", std::int64_t{node.platform});
  out.member("enrolled", to_string(node.enrolled));
  out.member("heard", to_string(node.heard));
  out.member("sequence", static_cast<std::int64_t>(node.sequence));
  optional("reported", node.reported);
  optional("superseded", node.superseded);
  optional("duplicated", node.duplicated);
  out.key("answers");
  out.begin_object();
  for (const auto& [name, kept] : node.kept) {
    out.key(name);
    write_kept(kept, out);
  }
  out.end_object();
  out.end_object();
  return json;
}

Result<Node> read_node(std::string_view json) {
  const auto document = json::parse(json);
  if (!document) return tl::unexpected<Error>(document.error());
  const auto& root = document->root();
  Node node;
  node.device_id = text(root, "device");
  node.host = text(root, "host");
  node.name = text(root, "name");
  node.platform = static_cast<std::uint8_t>(integer(root, "platform") & any_host);
  node.enrolled = instant(root, "enrolled").value_or(Instant{});
  node.heard = instant(root, "heard").value_or(Instant{});
  node.sequence = static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer(root, "sequence")));
  node.reported = instant(root, "reported");
  node.superseded = instant(root, "superseded");
  node.duplicated = instant(root, "duplicated");
  const auto* answers = root.find("answers");
  if (answers == nullptr) return node;
  for (const auto& answer : answers->members()) {
    const auto* report = answer.value.find("report");
    if (report == nullptr || find_query(answer.name) == nullptr) continue;  // of an older pack
    auto told = compliance::read_report(*report);
    if (!told) return tl::unexpected<Error>(told.error());
    node.kept.insert_or_assign(
        std::string(answer.name),
        Node::Kept{told->reported_at, integer(answer.value, "unixTime"),
                   integer(answer.value, "epoch"), integer(answer.value, "counter"),
                   std::move(told->facts)});
  }
  return node;
}

}  // namespace sallyport::osquery
