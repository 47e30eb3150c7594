#include "service/due_actions/spell.h"

#include <algorithm>

#include "base/json_members.h"
#include "service/configuration.h"
#include "service/document_names.h"

namespace sallyport {
namespace {

using json::Value;

Result<Instant> instant_of(const Value& object, std::string_view name) {
  const auto at = parse_instant(text_of(object, name));
  if (at) return *at;
  return fail(ErrorKind::internal, "`" + std::string(name) + "` is no date and time");
}

Result<Spell> read_spell(const Value& value) {
  Spell spell;
  spell.policy = text_of(value, "policyId");
  const auto since = instant_of(value, "since");
  if (!since) return tl::unexpected<Error>(since.error());
  spell.since = *since;
  for (const auto& item : list_of(value, "done")) {
    const auto at = instant_of(item, "at");
    if (!at) return tl::unexpected<Error>(at.error());
    spell.done.push_back({std::string(text_of(item, "key")), std::string(text_of(item, "outcome")),
                          std::string(text_of(item, "detail")), *at});
  }
  return spell;
}

void write_spell(json::Writer& w, const Spell& spell) {
  w.begin_object();
  w.member("policyId", spell.policy);
  w.member("since", to_string(spell.since));
  w.key("done");
  w.begin_array();
  for (const auto& one : spell.done) {
    w.begin_object();
    w.member("key", one.key);
    w.member("outcome", one.outcome);
    w.member("at", to_string(one.at));
    if (!one.detail.empty()) w.member("detail", one.detail);
    w.end_object();
  }
  w.end_array();
  w.end_object();
}

// The spells that a verdict tells of, nothing done in them.
std::vector<Spell> spells_of(const compliance::Verdict& verdict) {
  std::vector<Spell> spells;
  for (const auto& policy : verdict.policies) {
    // The built-in policy has no actions of its own.
    if (policy.noncompliant_since && !policy.id.empty()) {
      spells.push_back({store_id(policy.id), *policy.noncompliant_since, {}});
    }
  }
  return spells;
}

}  // namespace

const DoneAction* Spell::find(std::string_view key) const {
  const auto found = std::ranges::find(done, key, &DoneAction::key);
  return found == done.end() ? nullptr : &*found;
}

Spell* Noncompliance::find(std::string_view policy, Instant since) {
  const auto found = std::ranges::find_if(
      spells, [&](const Spell& one) { return one.policy == policy && one.since == since; });
  return found == spells.end() ? nullptr : &*found;
}

Result<Noncompliance> read_noncompliance(const Value& document) {
  Noncompliance out;
  out.device_id = text_of(document, "deviceId");
  for (const auto& item : list_of(document, "spells")) {
    auto spell = read_spell(item);
    if (!spell) return tl::unexpected<Error>(spell.error());
    out.spells.push_back(std::move(*spell));
  }
  const auto* next = document.find("nextDueDateTime");
  if (next == nullptr || next->is_null()) {
    out.next = Noncompliance::Next::never;
  } else if (const auto at = parse_instant(next->text())) {
    out.next = Noncompliance::Next::at;
    out.next_at = *at;
  }
  return out;
}

std::string to_json(const Noncompliance& noncompliance) {
  using Next = Noncompliance::Next;
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("deviceId", noncompliance.device_id);
  w.key("spells");
  w.begin_array();
  for (const auto& spell : noncompliance.spells) write_spell(w, spell);
  w.end_array();
  // Empty comes first in the index: it has to be planned.
  if (noncompliance.next == Next::unplanned) w.member("nextDueDateTime", "");
  if (noncompliance.next == Next::at) {
    w.member("nextDueDateTime", to_string(noncompliance.next_at));
  }
  w.end_object();
  return text;
}

std::string key_of(const compliance::CompliancePolicy& policy, std::size_t action) {
  const auto& one = policy.actions[action];
  if (!one.id.empty()) return one.id;
  const auto alike = [&](const compliance::ScheduledAction& other) {
    return other.type == one.type && other.grace_hours == one.grace_hours &&
           other.notification_template_id == one.notification_template_id;
  };
  const auto before = std::count_if(
      policy.actions.begin(), policy.actions.begin() + static_cast<std::ptrdiff_t>(action), alike);
  return std::string(name_of(one.type)) + '/' + std::to_string(one.grace_hours) + '/' +
         one.notification_template_id + '/' + std::to_string(before);
}

std::vector<DueAction> outstanding(const Spell& spell, const compliance::CompliancePolicy& policy) {
  std::vector<DueAction> due;
  for (std::size_t i = 0; i < policy.actions.size(); ++i) {
    auto key = key_of(policy, i);
    if (spell.find(key) != nullptr) continue;
    const auto& action = policy.actions[i];
    due.push_back({&action, std::move(key), spell.since + std::chrono::hours(action.grace_hours)});
  }
  std::ranges::stable_sort(due, {}, &DueAction::due);
  return due;
}

Result<void> follow_verdict(Draft& draft, std::string_view device_id,
                            const compliance::Verdict& verdict) {
  auto spells = spells_of(verdict);
  const auto stored = draft.get(noncompliance_kind, device_id);
  if (!stored && stored.error().kind != ErrorKind::not_found) {
    return tl::unexpected<Error>(stored.error());
  }
  if (!stored && spells.empty()) return {};
  Noncompliance now{std::string(device_id), std::move(spells), {}, {}};
  if (!stored) {
    draft.write({std::string(noncompliance_kind), now.device_id, to_json(now), Version{0}});
    return {};
  }
  if (now.spells.empty()) {
    draft.write({stored->kind, stored->id, std::nullopt, stored->version});
    return {};
  }
  const auto document = json::parse(stored->json);
  if (!document) {
    return tl::unexpected<Error>(damaged(document.error(), stored->kind + '/' + stored->id));
  }
  auto before = read_noncompliance(document->root());
  if (!before) return tl::unexpected<Error>(before.error());
  bool same = before->spells.size() == now.spells.size();
  for (auto& spell : now.spells) {
    auto* was = before->find(spell.policy, spell.since);
    same = same && was != nullptr;
    if (was != nullptr) spell.done = std::move(was->done);
  }
  if (same) return {};
  draft.write({stored->kind, stored->id, to_json(now), stored->version});
  return {};
}

}  // namespace sallyport
