#include "enrolment/fleet/host.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "enrolment/fleet/mapping.h"

namespace sallyport::fleet {
namespace {

using compliance::Fact;
using compliance::FactState;
using compliance::ReportedFact;
using json::Value;

constexpr auto answer_life = std::chrono::hours(24);
constexpr auto clock_difference = std::chrono::minutes(5);
constexpr std::size_t identity_max = 256;
constexpr std::size_t policies_max = 10'000;
constexpr std::string_view contradiction = "two policies of Fleet contradict each other about it";

using Facts = std::map<Fact, ReportedFact>;

std::string_view text_in(const Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr || !found->is_string() ? std::string_view() : found->text();
}

tl::unexpected<Error> unreadable(std::string message) {
  return sallyport::fail(ErrorKind::invalid_argument, std::move(message));
}

std::string identity(const Value& host, std::string_view member) {
  const auto text = trim(text_in(host, member));
  if (text.size() > identity_max || !identifies(text)) return {};
  return to_lower(text);
}

bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= compliance::fact_text_max &&
         std::ranges::none_of(text, [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
         });
}

void tell_text(Facts& facts, Fact fact, std::string_view text) {
  if (!is_plain(text)) return;
  ReportedFact told;
  told.fact = fact;
  told.text = text;
  facts.insert_or_assign(fact, std::move(told));
}

void tell_truth(Facts& facts, Fact fact, bool truth) {
  ReportedFact told;
  told.fact = fact;
  told.number = truth ? 1 : 0;
  facts.insert_or_assign(fact, std::move(told));
}

void tell_members(const Value& host, const PlatformRow& platform, Facts& facts) {
  tell_text(facts, Fact::operating_system, platform.operating_system);
  for (const auto& row : member_rows()) {
    const auto* value = host.find(row.member);
    if (value == nullptr || (row.systems & platform.system) == 0) continue;
    switch (row.reading) {
      case Reading::text:
        if (value->is_string()) tell_text(facts, row.fact, trim(value->text()));
        break;
      case Reading::version:
        if (value->is_string()) {
          tell_text(facts, row.fact, version_in(value->text(), platform.system));
        }
        break;
      case Reading::truth:
        if (value->is_boolean()) tell_truth(facts, row.fact, value->truth());
        break;
      case Reading::never_true:
        if (value->is_boolean() && !value->truth()) tell_truth(facts, row.fact, false);
        break;
    }
  }
}

bool is_of(const PolicyRule& rule, const Value& policy) {
  if (!rule.id) return text_in(policy, "name") == rule.name;
  const auto* id = policy.find("id");
  return id != nullptr && id->integer() == rule.id;
}

// Nothing: the policy does not tell.
std::optional<ReportedFact> told_by(const PolicyRule& rule, std::string_view response) {
  if (response == "pass") return rule.pass;
  return response == "fail" ? rule.fail : std::nullopt;
}

bool are_equal(const ReportedFact& a, const ReportedFact& b) {
  return a.state == b.state && a.number == b.number && a.text == b.text;
}

// A policy's word replaces that of a member: the administrator has chosen it.
void tell_policies(const Value& policies, std::span<const PolicyRule> rules, bool fresh,
                   Facts& facts) {
  std::map<Fact, std::optional<ReportedFact>> told;
  for (const auto& policy : policies.items()) {
    for (const auto& rule : rules) {
      if (!is_of(rule, policy)) continue;
      auto fact = fresh ? told_by(rule, text_in(policy, "response")) : std::nullopt;
      const auto [at, is_new] = told.try_emplace(rule.fact, fact);
      if (is_new || !at->second) continue;  // one that does not tell leaves it unknown
      if (fact && !are_equal(*fact, *at->second)) {
        fact->state = FactState::error;
        fact->number = 0;
        fact->text = contradiction;
      }
      at->second = std::move(fact);
    }
  }
  for (auto& [fact, value] : told) {
    if (value) {
      facts.insert_or_assign(fact, std::move(*value));
    } else {
      facts.erase(fact);
    }
  }
}

// Whether what was asked then still counts.
bool is_fresh(const Value& host, std::string_view member, Instant seen) {
  const auto asked = parse_instant(text_in(host, member));
  return asked && seen - *asked <= answer_life;
}

}  // namespace

Result<Host> read_host(const Value& value, std::span<const PolicyRule> rules, Instant now) {
  const auto* id = value.find("id");
  const auto number = id == nullptr ? std::nullopt : id->integer();
  if (!number || *number <= 0) return unreadable("a host has no `id`");
  const auto name = "host " + std::to_string(*number);
  const auto seen = parse_instant(text_in(value, "seen_time"));
  if (!seen) return unreadable(name + " has no `seen_time`");
  if (*seen > now + clock_difference) {
    return unreadable(name + " was seen in a time to come: compare the clocks");
  }
  const auto* policies = value.find("policies");
  if (policies != nullptr && policies->items().size() > policies_max) {
    return unreadable(name + " has more than " + std::to_string(policies_max) + " policies");
  }
  Host host;
  host.id = *number;
  host.seen = std::min(*seen, now);
  host.serial = identity(value, "hardware_serial");
  host.uuid = identity(value, "uuid");
  Facts facts;
  const auto* platform = find_platform(text_in(value, "platform"));
  if (platform != nullptr && is_fresh(value, "detail_updated_at", *seen)) {
    tell_members(value, *platform, facts);
  }
  if (policies != nullptr) {
    tell_policies(*policies, rules, is_fresh(value, "policy_updated_at", *seen), facts);
  }
  for (auto& [fact, told] : facts) host.facts.push_back(std::move(told));
  return host;
}

Result<Page> read_page(std::string_view body, std::span<const PolicyRule> rules, Instant now) {
  json::ReadOptions options;
  options.depth_max = 32;
  options.size_max = page_bytes_max;
  const auto document = json::parse(body, options);
  if (!document) return unreadable("its answer is no JSON: " + describe(document.error()));
  const auto* hosts = document->root().find("hosts");
  if (hosts == nullptr || !(hosts->is_array() || hosts->is_null())) {
    return unreadable("its answer is no list of hosts");
  }
  Page page;
  page.size = hosts->items().size();
  for (const auto& one : hosts->items()) {
    auto host = read_host(one, rules, now);
    if (host) {
      page.hosts.push_back(std::move(*host));
    } else {
      page.unreadable.push_back(std::move(host.error()));
    }
  }
  return page;
}

compliance::Report report_of(const Host& host, std::uint64_t sequence) {
  compliance::Report report;
  report.source = compliance::Source::fleet;
  report.reported_at = host.seen;
  report.sequence = sequence;
  report.facts = host.facts;
  return report;
}

}  // namespace sallyport::fleet
