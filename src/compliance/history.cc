#include "compliance/history.h"

#include <algorithm>
#include <charconv>

namespace sallyport::compliance {
namespace {

constexpr std::string_view standing_names[] = {"notApplicable", "compliant", "unknown",
                                               "nonCompliant"};
constexpr std::size_t entries_max = 100'000;

std::optional<Standing> parse_standing(std::string_view word) {
  const auto found = std::ranges::find(standing_names, word);
  if (found == std::end(standing_names)) return std::nullopt;
  return static_cast<Standing>(found - std::begin(standing_names));
}

std::optional<Seconds> seconds_in(const json::Value& object, std::string_view name) {
  const auto* found = object.find(name);
  if (found == nullptr) return Seconds{0};
  const auto number = found->integer();
  if (!number || *number < 0 || *number > 0xffffffffLL) return std::nullopt;
  return static_cast<Seconds>(*number);
}

std::string_view text_in(const json::Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? std::string_view{} : found->text();
}

std::optional<PolicyHistory> read_policy(const json::Value& item) {
  PolicyHistory policy;
  const auto id = parse_guid(text_in(item, "id"));
  const auto standing = parse_standing(text_in(item, "standing"));
  const auto edition = seconds_in(item, "edition");
  const auto first = seconds_in(item, "first");
  const auto since = seconds_in(item, "since");
  const auto spell = seconds_in(item, "noncompliantSince");
  if (!id || !standing || !edition || !first || !since || !spell) return std::nullopt;
  policy.policy = PolicyId{*id};
  policy.edition = *edition;
  policy.first = *first;
  policy.since = *since;
  policy.noncompliant_since = *spell;
  policy.standing = *standing;
  return policy;
}

std::optional<SettingHistory> read_setting(const json::Value& item) {
  SettingHistory setting;
  const auto key = text_in(item, "key");
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), setting.key, 16);
  const auto status = parse_compliance_status(text_in(item, "status"));
  const auto since = seconds_in(item, "since");
  if (error != std::errc() || end != key.data() + key.size() || !status || !since) {
    return std::nullopt;
  }
  setting.since = *since;
  setting.status = *status;
  return setting;
}

// A list's entries, in order of their keys.
template <class Entry, class Key>
bool read_list(const json::Value* list, std::optional<Entry> (*read)(const json::Value&), Key key,
               std::vector<Entry>& out) {
  if (list == nullptr) return true;
  if (!list->is_array() || list->items().size() > entries_max) return false;
  for (const auto& item : list->items()) {
    auto entry = read(item);
    if (!entry) return false;
    out.push_back(*entry);
  }
  std::ranges::sort(out, {}, key);
  return std::ranges::adjacent_find(out, {}, key) == out.end();
}

}  // namespace

void History::set_back(Seconds now) {
  if (judged <= now) return;
  const auto by = judged - now;
  const auto move = [&](Seconds& at) {
    if (at != 0) at = at > by ? at - by : 1;
  };
  move(judged);
  move(since);
  for (auto& policy : policies) {
    move(policy.first);
    move(policy.since);
    move(policy.noncompliant_since);
  }
  for (auto& setting : settings) move(setting.since);
}

void History::write(json::Writer& writer) const {
  writer.begin_object();
  writer.member("state", name_of(state));
  writer.member("since", std::int64_t{since});
  writer.member("judged", std::int64_t{judged});
  writer.key("policies");
  writer.begin_array();
  for (const auto& policy : policies) {
    writer.begin_object();
    writer.member("id", to_string(policy.policy));
    writer.member("standing", standing_names[static_cast<std::size_t>(policy.standing)]);
    writer.member("edition", std::int64_t{policy.edition});
    writer.member("first", std::int64_t{policy.first});
    writer.member("since", std::int64_t{policy.since});
    writer.member("noncompliantSince", std::int64_t{policy.noncompliant_since});
    writer.end_object();
  }
  writer.end_array();
  writer.key("settings");
  writer.begin_array();
  for (const auto& setting : settings) {
    char digits[16];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, setting.key, 16);
    writer.begin_object();
    writer.member("key", std::string_view(digits, static_cast<std::size_t>(end - digits)));
    writer.member("status", name_of(setting.status));
    writer.member("since", std::int64_t{setting.since});
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

Result<History> History::read(const json::Value& document) {
  History history;
  const auto state = parse_compliance_state(text_in(document, "state"));
  const auto since = seconds_in(document, "since");
  const auto judged = seconds_in(document, "judged");
  const bool good =
      state && since && judged &&
      read_list(document.find("policies"), read_policy, &PolicyHistory::policy, history.policies) &&
      read_list(document.find("settings"), read_setting, &SettingHistory::key, history.settings);
  if (!good) return fail(ErrorKind::invalid_argument, "is not the history of a device's verdicts");
  history.state = *state;
  history.since = *since;
  history.judged = *judged;
  return history;
}

std::size_t History::bytes() const {
  return sizeof(*this) + policies.capacity() * sizeof(PolicyHistory) +
         settings.capacity() * sizeof(SettingHistory);
}

}  // namespace sallyport::compliance
