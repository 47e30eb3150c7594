#include "service/compliance/judging.h"

#include <algorithm>

#include "base/json.h"
#include "compliance/verdict.h"
#include "directory/directory.h"
#include "service/compliance/posture.h"
#include "service/document_names.h"
#include "service/managed_devices/record.h"
#include "service/managed_devices/remote_actions.h"

namespace sallyport {
namespace {

using json::Value;

constexpr std::size_t page_size = 1000;
constexpr std::size_t devices_a_plan = 100;
// A device that is well comes back after a working day; one that is not, soon: its user is waiting.
constexpr std::chrono::seconds next_when_well = std::chrono::hours(8);
constexpr std::chrono::seconds next_when_not = std::chrono::seconds(15);

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

compliance::EnrolledUser enrolled_user(const Guid& user, const TenantState& tenant) {
  if (user == Guid{}) return compliance::EnrolledUser::none;
  if (!tenant.has_directory) return compliance::EnrolledUser::unknown;
  return tenant.directory->find_user(UserId{user}) ? compliance::EnrolledUser::valid
                                                   : compliance::EnrolledUser::missing;
}

compliance::Subject subject_of(const JudgedDevice& device, const TenantState& tenant) {
  compliance::Subject subject;
  subject.facts = device.facts;
  const auto system = device.facts->find(compliance::Fact::operating_system);
  subject.platform = compliance::platform_of(system.text);
  subject.user = enrolled_user(device.record.user, tenant);
  if (device.record.by_partner) subject.authority = compliance::Authority::partner;
  return subject;
}

Result<json::Document> parsed(const VersionedDocument& stored) {
  auto document = json::parse(stored.json);
  if (!document) {
    return failed(damaged(document.error(), stored.kind + '/' + stored.id));
  }
  return document;
}

std::uint64_t sequence_of(const compliance::Facts& facts, compliance::Source source) {
  for (const auto& contact : facts.contacts()) {
    if (contact.source == source) return contact.sequence;
  }
  return 0;
}

void judge_known(const Guid& device, const DeviceState& state, const Rulebook& book,
                 const TenantState& tenant, Instant now,
                 std::vector<compliance::AppliedPolicy>& applied, compliance::Judgement& out) {
  const JudgedDevice judged{device, state.record, &state.facts};
  book.applied(judged, tenant, applied);
  compliance::judge(subject_of(judged, tenant), applied, book.rules(), state.history, now, out);
}

bool is_well(const compliance::PolicyHistory& policy) {
  return policy.standing == compliance::Standing::compliant ||
         policy.standing == compliance::Standing::not_applicable;
}

// Whether all that is wrong is the same. Policies that are met may be others, or edited.
bool fare_alike(const compliance::History& a, const compliance::History& b) {
  if (a.state != b.state) return false;
  const auto troubled = [](const compliance::History& history) {
    auto out = history.policies;
    std::erase_if(out, is_well);
    return out;
  };
  const auto same_policy = [](const auto& x, const auto& y) {
    return x.policy == y.policy && x.standing == y.standing &&
           x.noncompliant_since == y.noncompliant_since;
  };
  const auto same_setting = [](const auto& x, const auto& y) {
    return x.key == y.key && x.status == y.status;
  };
  return std::ranges::equal(troubled(a), troubled(b), same_policy) &&
         std::ranges::equal(a.settings, b.settings, same_setting);
}

// When the device itself was heard of. Fleet tells when it saw it; whoever else reports has heard
// of it just now. A partner's word proves no contact.
std::optional<Instant> heard_of(const compliance::Report& report, Instant now) {
  if (report.source == compliance::Source::partner) return std::nullopt;
  return report.source == compliance::Source::fleet ? std::min(report.reported_at, now) : now;
}

// What Fleet saw before the device said more of itself is no news of the record.
bool is_latest(std::optional<Instant> heard, std::optional<Instant> last_contact, Instant now) {
  return heard && (*heard == now || !last_contact || *heard >= *last_contact);
}

// Nobody signs in with a disabled device, and nothing that it says is taken.
Result<void> check_enabled(const Guid& device, const TenantState& tenant) {
  const auto known = tenant.inventory->find(DeviceId{device});
  if (!known || known->enabled == DeviceFlag::yes) return {};
  return fail(ErrorKind::denied,
              "this device is disabled in the directory; an administrator can enable it");
}

// What a report says of the record, besides its verdict.
Value members_of_report(const compliance::Report& report, json::Arena& arena) {
  const auto document = json::parse(arena.string(to_json(report)).text());
  const auto* facts = document ? document->root().find("facts") : nullptr;
  return facts == nullptr ? Value() : record_members(*facts, arena);
}

}  // namespace

// What judging a device came to, for those who hear of it after the commit.
struct Judging::Outcome {
  DeviceState state;
  compliance::ComplianceState verdict = compliance::ComplianceState::unknown;
  std::string verdict_json;
  std::vector<PendingAction> actions;
  std::vector<DiscoveryScript> scripts;
  std::uint64_t sequence = 0;
};

std::shared_ptr<const Rulebook> Judging::rulebook() const {
  const std::shared_lock lock(mutex_);
  return rulebook_;
}

Result<void> Judging::refresh_rulebook() {
  const auto tenant = tenant_.state();
  if (!tenant) return fail(ErrorKind::unavailable, "the directory is still being loaded");
  auto made = Rulebook::load(store_, *tenant);
  if (!made) return failed(std::move(made.error()));
  const std::unique_lock lock(mutex_);
  rulebook_ = std::move(*made);
  return {};
}

Result<void> Judging::load(Instant now) {
  if (auto made = refresh_rulebook(); !made) return made;
  std::string after;
  for (;;) {
    const auto page = store_.list(posture_kind, after, page_size);
    if (!page) return failed(page.error());
    for (const auto& one : *page) {
      const auto device = parse_guid(one.id);
      auto posture = parse_posture(one.json);
      if (!device || !posture) continue;  // it is judged as if it had never reported
      DeviceState state;
      state.facts = std::move(posture->facts);
      state.history = std::move(posture->history);
      state.version = one.version;
      state.next_change = compliance::seconds_of(now);  // finds out when
      states_.put(*device, std::move(state));
    }
    if (page->size() < page_size) break;
    after = page->back().id;
  }
  after.clear();
  for (;;) {
    const auto page = store_.list(managed_device_kind, after, page_size);
    if (!page) return failed(page.error());
    for (const auto& one : *page) {
      const auto record = json::parse(one.json);
      if (!record) continue;
      const auto* id = record->root().find("azureADDeviceId");
      const auto device = id == nullptr ? std::nullopt : parse_guid(id->text());
      if (!device) continue;
      states_.set_record(*device, traits_of(record->root()));
    }
    if (page->size() < page_size) return {};
    after = page->back().id;
  }
}

// A part of a plan: reads, judges, and says what to write.
Result<Judging::Outcome> Judging::judge(Draft& draft, const Guid& device, const CheckIn* check_in,
                                        Instant now) {
  const auto id = to_string(device);
  const auto keys = find_device(store_, id);
  if (!keys) return failed(keys.error());
  if (keys->record.empty()) return fail(ErrorKind::not_found, "this device is not managed", id);
  const auto stored = draft.get(managed_device_kind, keys->record);
  if (!stored) return failed(stored.error());
  const auto record = parsed(*stored);
  if (!record) return failed(record.error());
  if (check_in != nullptr && is_released(record->root())) {
    return fail(ErrorKind::denied, "this device has left; it has to enrol again", id);
  }

  Posture posture;
  const auto kept = draft.get(posture_kind, id);
  if (!kept && kept.error().kind != ErrorKind::not_found) return failed(kept.error());
  if (kept) {
    auto read = parse_posture(kept->json);
    if (!read) return failed(damaged(read.error(), kept->kind + '/' + kept->id));
    posture = std::move(*read);
  }

  Outcome outcome;
  bool is_news = false;  // a report that came before is acknowledged, and says nothing
  const auto last_contact = posture.facts.last_contact();
  const auto heard = check_in == nullptr ? std::nullopt : heard_of(check_in->report, now);
  if (check_in != nullptr) {
    for (const auto& action : check_in->actions) {
      auto told = report_action(draft, *keys, action.id, action.state, action.detail, now);
      // An action nobody asked for is no reason to lose the report.
      if (!told && told.error().kind != ErrorKind::not_found) return failed(told.error());
    }
    is_news = posture.facts.merge(check_in->report, heard.value_or(now));
    outcome.sequence = sequence_of(posture.facts, check_in->report.source);
  }

  const auto& tenant = draft.tenant_without_changes_of({});
  const bool is_own = check_in != nullptr && check_in->report.source != compliance::Source::partner;
  if (auto good = check_enabled(device, tenant); is_own && !good) return failed(good.error());
  auto book = rulebook();
  if (!book) {  // nobody keeps verdicts here yet
    if (auto made = refresh_rulebook(); !made) return failed(std::move(made.error()));
    book = rulebook();
  }
  auto traits = traits_of(record->root());
  const JudgedDevice judged{device, traits, &posture.facts};
  std::vector<compliance::AppliedPolicy> applied;
  book->applied(judged, tenant, applied);
  const auto subject = subject_of(judged, tenant);
  // Its contact is by the clock as it is now, so that what is remembered may be, too.
  if (is_news && is_own == !traits.by_partner)
    posture.history.set_back(compliance::seconds_of(now));
  const auto judgement = compliance::judge(subject, applied, book->rules(), posture.history, now);
  posture.history = judgement.history;
  outcome.verdict = judgement.state;
  outcome.verdict_json = to_json(explain(judgement, subject));

  json::Arena arena;
  const auto verdict = json::parse(outcome.verdict_json);
  if (!verdict) return failed(verdict.error());
  RecordFacts facts;
  facts.now = now;
  if (is_news && is_latest(heard, last_contact, now)) {
    facts.last_sync = *heard;
    facts.members = members_of_report(check_in->report, arena);
  }
  if (auto written = write_verdict(draft, *keys, verdict->root(), facts); !written) {
    return failed(written.error());
  }
  draft.write({std::string(posture_kind), id, to_json(posture), kept ? kept->version : Version{0}});

  outcome.actions = pending_actions(record->root());
  outcome.scripts = book->scripts_for(applied);
  outcome.state.record = std::move(traits);
  outcome.state.facts = std::move(posture.facts);
  outcome.state.history = std::move(posture.history);
  outcome.state.next_change = judgement.next_change;
  return outcome;
}

void Judging::remember(const Guid& device, Outcome outcome, Version version) {
  outcome.state.version = version;
  states_.put(device, std::move(outcome.state));
}

Result<CheckInAnswer> Judging::check_in(const Guid& device, const CheckIn& check_in, Instant now) {
  Outcome outcome;
  const auto versions = queue_.run([&](Draft& draft) -> Result<void> {
    auto judged = judge(draft, device, &check_in, now);
    if (!judged) return failed(std::move(judged.error()));
    outcome = std::move(*judged);
    return {};
  });
  if (!versions) return failed(versions.error());
  CheckInAnswer answer;
  answer.accepted_sequence = outcome.sequence;
  answer.verdict = std::move(outcome.verdict_json);
  answer.actions = std::move(outcome.actions);
  answer.scripts = std::move(outcome.scripts);
  answer.next =
      outcome.verdict == compliance::ComplianceState::compliant ? next_when_well : next_when_not;
  remember(device, std::move(outcome), versions->empty() ? Version{0} : versions->back());
  return answer;
}

Result<void> Judging::take_partner_report(const PartnerReport& report, Instant now) {
  const auto id = to_string(*report.device);
  Outcome outcome;
  bool is_news = false;
  const auto versions = queue_.run([&](Draft& draft) -> Result<void> {
    is_news = false;
    const auto stored = draft.get(partner_reports_kind, id);
    if (!stored && stored.error().kind != ErrorKind::not_found) return failed(stored.error());
    const auto kept = json::parse(stored ? std::string_view(stored->json) : "{}");
    if (!kept) return failed(kept.error());
    auto text = with_report(kept->root(), report);
    if (!text) return {};
    CheckIn check_in;
    auto all = report_of_partners(*text, now);
    if (!all) return failed(std::move(all.error()));
    check_in.report = std::move(*all);
    draft.write({std::string(partner_reports_kind), id, std::move(*text),
                 stored ? stored->version : Version{0}});
    auto judged = judge(draft, *report.device, &check_in, now);
    if (!judged) return failed(std::move(judged.error()));
    outcome = std::move(*judged);
    is_news = true;
    return {};
  });
  if (!versions) return failed(versions.error());
  if (is_news) remember(*report.device, std::move(outcome), versions->back());
  return {};
}

// By what is in memory: nearly all devices fare as before, and cost no more than this.
bool Judging::fares_otherwise(const Guid& device, const Rulebook& book, const TenantState& tenant,
                              Instant now) {
  thread_local std::vector<compliance::AppliedPolicy> applied;
  thread_local compliance::Judgement judgement;
  bool otherwise = false;
  compliance::Seconds next = 0;
  states_.look_at(device, [&](const DeviceState& state) {
    judge_known(device, state, book, tenant, now, applied, judgement);
    otherwise = !fare_alike(state.history, judgement.history);
    next = judgement.next_change;
  });
  if (!otherwise) states_.set_next_change(device, next);
  return otherwise;
}

compliance::Judgement Judging::judge_as_known(const Guid& device, const DeviceState& state,
                                              Instant now) const {
  std::vector<compliance::AppliedPolicy> applied;
  compliance::Judgement judgement;
  judge_known(device, state, *rulebook(), *tenant_.state(), now, applied, judgement);
  return judgement;
}

Result<void> Judging::judge_again(std::span<const Guid> devices, Instant now) {
  ++runs_;
  of_ = devices.size();
  judged_ = 0;
  otherwise_ = 0;
  std::vector<Guid> others;
  const auto write = [&]() -> Result<void> {
    std::vector<std::pair<Guid, Outcome>> outcomes;
    const auto versions = queue_.run([&](Draft& draft) -> Result<void> {
      outcomes.clear();
      for (const auto& device : others) {
        auto judged = judge(draft, device, nullptr, now);
        if (judged) {
          outcomes.emplace_back(device, std::move(*judged));
        } else if (judged.error().kind != ErrorKind::not_found) {
          return failed(std::move(judged.error()));
        }
      }
      return {};
    });
    if (!versions) return failed(versions.error());
    // The posture is the last that a device's part of the plan writes, so no version is newer.
    const auto version = versions->empty() ? Version{0} : versions->back();
    for (auto& [device, outcome] : outcomes) remember(device, std::move(outcome), version);
    others.clear();
    return {};
  };
  const auto tenant = tenant_.state();
  const auto book = rulebook();
  if (!tenant || !book) {
    return fail(ErrorKind::unavailable, "the compliance policies are still being loaded");
  }
  for (const auto& device : devices) {
    if (fares_otherwise(device, *book, *tenant, now)) {
      others.push_back(device);
      ++otherwise_;
    }
    ++judged_;
    if (others.size() < devices_a_plan) continue;
    if (auto done = write(); !done) return done;
  }
  return others.empty() ? Result<void>() : write();
}

Result<void> Judging::take_in(const Guid& device, Version version) {
  Version had = 0;
  DeviceState state;
  states_.look_at(device, [&](const DeviceState& held) {
    had = held.version;
    state.record = held.record;
  });
  if (had >= version) return {};
  const auto stored = store_.get(posture_kind, to_string(device));
  if (!stored && stored.error().kind == ErrorKind::not_found) return {};
  if (!stored) return failed(stored.error());
  auto posture = parse_posture(stored->json);
  if (!posture) return failed(damaged(posture.error(), stored->kind + '/' + stored->id));
  if (had == 0) {  // its record was there before, and was not for anybody here then
    const auto keys = find_device(store_, stored->id);
    const auto record = keys ? store_.get(managed_device_kind, keys->record)
                             : Result<VersionedDocument>(tl::unexpect, keys.error());
    if (!record && record.error().kind != ErrorKind::not_found) return failed(record.error());
    const auto document = record ? json::parse(record->json) : json::parse("{}");
    if (document) state.record = traits_of(document->root());
  }
  state.facts = std::move(posture->facts);
  state.history = std::move(posture->history);
  state.version = stored->version;
  state.next_change = 1;  // finds out when
  states_.put(device, std::move(state));
  return {};
}

JudgingProgress Judging::progress() const {
  return {runs_.load(), of_.load(), judged_.load(), otherwise_.load()};
}

}  // namespace sallyport
