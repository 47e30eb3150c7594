#include "service/compliance/judging.h"

#include <algorithm>

#include "base/json_members.h"
#include "compliance/verdict.h"
#include "directory/directory.h"
#include "service/compliance/posture.h"
#include "service/document_names.h"
#include "service/managed_devices/record.h"
#include "service/managed_devices/remote_actions.h"
#include "store/each_of_kind.h"

namespace sallyport {
namespace {

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

// Of a damaged one nothing is known, which satisfies nothing; the next report mends it.
Posture posture_in(const VersionedDocument& document) {
  return parse_posture(document.json).value_or(Posture());
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

}  // namespace

// What judging a device came to, for those who hear of it after the commit.
struct Judging::Outcome {
  DeviceState state;
  compliance::ComplianceState verdict = compliance::ComplianceState::unknown;
  std::string verdict_json;
  std::vector<PendingAction> actions;
  std::vector<DiscoveryScript> scripts;
  std::uint64_t sequence = 0;
  bool is_written = false;  // there is a new version of its posture
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
  const auto take_posture = [&](const VersionedDocument& one) -> Result<void> {
    const auto device = parse_guid(one.id);
    if (!device) return {};
    auto posture = posture_in(one);
    DeviceState state;
    state.facts = std::move(posture.facts);
    state.history = std::move(posture.history);
    state.version = one.version;
    state.next_change = compliance::seconds_of(now);  // finds out when
    states_.put(*device, state);
    return {};
  };
  const auto take_record = [&](const VersionedDocument& one) -> Result<void> {
    const auto record = json::parse(one.json);
    const auto* id = record ? record->root().find("azureADDeviceId") : nullptr;
    const auto device = id == nullptr ? std::nullopt : parse_guid(id->text());
    if (device) states_.set_record(*device, traits_of(record->root()));
    return {};
  };
  if (auto read = each_of_kind(store_, posture_kind, take_posture); !read) return read;
  return each_of_kind(store_, managed_device_kind, take_record);
}

// What is kept of a device, and which version of its document that is; 0: nothing yet.
struct Judging::Known {
  Posture posture;
  Version version = 0;
};

// A report that is news is taken into what memory has of the device: it is written with the version
// that memory knows, so when that is not the newest the store says so, and the plan is made again.
Result<Judging::Known> Judging::find_known(Draft& draft, const Guid& device, const std::string& id,
                                           const CheckIn* check_in) {
  if (check_in != nullptr && draft.may_be_known(posture_kind, id)) {
    auto held = states_.find(device);
    const auto& report = check_in->report;
    if (held && held->version != 0 && report.sequence > sequence_of(held->facts, report.source)) {
      return Known{{std::move(held->facts), std::move(held->history)}, held->version};
    }
  }
  const auto kept = draft.get(posture_kind, id);
  if (!kept && kept.error().kind == ErrorKind::not_found) return Known();
  if (!kept) return failed(kept.error());
  return Known{posture_in(*kept), kept->version};
}

// The record, once what the device says became of its actions is in it.
Result<ManagedRecord> Judging::find_record(Draft& draft, const std::string& id,
                                           const CheckIn* check_in, Instant now) {
  auto record = read_record(draft, id);
  if (!record || check_in == nullptr) return record;
  if (is_released(record->document.root())) {
    return fail(ErrorKind::denied, "this device has left; it has to enrol again", id);
  }
  if (check_in->actions.empty()) return record;
  for (const auto& action : check_in->actions) {
    auto told = report_action(draft, record->keys, action.id, action.state, action.detail, now);
    // An action nobody asked for is no reason to lose the report.
    if (!told && told.error().kind != ErrorKind::not_found) return failed(told.error());
  }
  return read_record(draft, id);
}

// A part of a plan: reads, judges, and says what to write.
Result<Judging::Outcome> Judging::judge(Draft& draft, const Guid& device, const CheckIn* check_in,
                                        Instant now) {
  const auto id = to_string(device);
  const auto record = find_record(draft, id, check_in, now);
  if (!record) return failed(record.error());
  auto known = find_known(draft, device, id, check_in);
  if (!known) return failed(known.error());
  auto& posture = known->posture;
  const auto last_contact = posture.facts.last_contact();
  const auto heard = check_in == nullptr ? std::nullopt : heard_of(check_in->report, now);
  // A report that came before is acknowledged, and says nothing.
  const bool is_news =
      check_in != nullptr && posture.facts.merge(check_in->report, heard.value_or(now));

  const auto& tenant = draft.tenant_without_changes_of({});
  const bool is_own = check_in != nullptr && check_in->report.source != compliance::Source::partner;
  if (auto good = check_enabled(device, tenant); is_own && !good) return failed(good.error());
  auto book = rulebook();
  if (!book) {  // nobody keeps verdicts here yet
    if (auto made = refresh_rulebook(); !made) return failed(std::move(made.error()));
    book = rulebook();
  }
  Outcome outcome;
  if (check_in != nullptr) outcome.sequence = sequence_of(posture.facts, check_in->report.source);
  outcome.state.record = traits_of(record->document.root());
  const JudgedDevice judged{device, outcome.state.record, &posture.facts};
  std::vector<compliance::AppliedPolicy> applied;
  book->applied(judged, tenant, applied);
  const auto subject = subject_of(judged, tenant);
  // Its contact is by the clock as it is now, so that what is remembered may be, too.
  if (is_news && is_own == !outcome.state.record.by_partner) {
    posture.history.set_back(compliance::seconds_of(now));
  }
  auto judgement = compliance::judge(subject, applied, book->rules(), posture.history, now);
  const auto verdict = explain(judgement, subject);
  outcome.verdict = judgement.state;
  outcome.verdict_json = to_json(verdict);

  json::Arena arena;
  RecordFacts facts;
  facts.now = now;
  facts.note = mark_;
  if (is_news && is_latest(heard, last_contact, now)) {
    facts.last_sync = *heard;
    facts.members = record_members(check_in->report, arena);
  }
  const auto written = write_verdict(draft, *record, verdict, outcome.verdict_json, facts);
  if (!written) return failed(written.error());
  posture.history.judged = judgement.history.judged;  // alone, this is not worth a write
  outcome.is_written = is_news || posture.history != judgement.history;
  posture.history = std::move(judgement.history);
  // The last that a plan writes: its version is the plan's.
  if (outcome.is_written) {
    draft.write({std::string(posture_kind), id, to_json(posture), known->version, mark_});
  }

  outcome.actions = pending_actions(record->document.root());
  outcome.scripts = book->scripts_for(applied);
  outcome.state.facts = std::move(posture.facts);
  outcome.state.history = std::move(posture.history);
  outcome.state.next_change = judgement.next_change;
  return outcome;
}

void Judging::remember(const Guid& device, Outcome outcome, const ChangeQueue::Versions& versions) {
  if (!outcome.is_written) return;
  outcome.state.version = versions.back();
  states_.put(device, outcome.state);
}

Result<CheckInAnswer> Judging::check_in(const Guid& device, const CheckIn& check_in, Instant now) {
  const Arrival arrival{device, &check_in};
  return std::move(check_in_all({&arrival, 1}, now).front());
}

std::vector<Result<CheckInAnswer>> Judging::check_in_all(std::span<const Arrival> arrivals,
                                                         Instant now) {
  std::vector<Outcome> outcomes(arrivals.size());
  std::vector<ChangeQueue::Plan> plans;
  plans.reserve(arrivals.size());
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    plans.emplace_back([&, i](Draft& draft) -> Result<void> {
      auto judged = judge(draft, arrivals[i].device, arrivals[i].check_in, now);
      if (!judged) return failed(std::move(judged.error()));
      outcomes[i] = std::move(*judged);
      return {};
    });
  }
  const auto all = queue_.run_all(plans);
  std::vector<Result<CheckInAnswer>> answers;
  answers.reserve(arrivals.size());
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    auto& outcome = outcomes[i];
    if (!all[i]) {
      answers.emplace_back(failed(all[i].error()));
      continue;
    }
    CheckInAnswer answer;
    answer.accepted_sequence = outcome.sequence;
    answer.verdict = std::move(outcome.verdict_json);
    answer.actions = std::move(outcome.actions);
    answer.scripts = std::move(outcome.scripts);
    answer.next =
        outcome.verdict == compliance::ComplianceState::compliant ? next_when_well : next_when_not;
    remember(arrivals[i].device, std::move(outcome), *all[i]);
    answers.emplace_back(std::move(answer));
  }
  return answers;
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
    const auto record = read_record(draft, id);
    if (!record) return failed(record.error());
    const auto manager =
        store_id(json::text_of(record->document.root(), "complianceManagementPartnerId"));
    CheckIn check_in;
    auto all = report_of_partners(*text, manager, now);
    if (!all) return failed(std::move(all.error()));
    check_in.report = std::move(*all);
    // A clock that was ahead once must not make this an old one.
    const auto known = find_known(draft, *report.device, id, nullptr);
    if (!known) return failed(known.error());
    check_in.report.sequence =
        std::max(check_in.report.sequence,
                 sequence_of(known->posture.facts, compliance::Source::partner) + 1);
    draft.write({std::string(partner_reports_kind), id, std::move(*text),
                 stored ? stored->version : Version{0}});
    auto judged = judge(draft, *report.device, &check_in, now);
    if (!judged) return failed(std::move(judged.error()));
    outcome = std::move(*judged);
    is_news = true;
    return {};
  });
  if (!versions) return failed(versions.error());
  if (is_news) remember(*report.device, std::move(outcome), *versions);
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

std::optional<compliance::Verdict> Judging::verdict_of(const Guid& device, Instant now) const {
  const auto book = rulebook();
  const auto tenant = tenant_.state();
  const auto state = states_.find(device);
  if (!book || !tenant || !state) return std::nullopt;
  std::vector<compliance::AppliedPolicy> applied;
  compliance::Judgement judgement;
  judge_known(device, *state, *book, *tenant, now, applied, judgement);
  return explain(judgement, subject_of({device, state->record, &state->facts}, *tenant));
}

Result<void> Judging::judge_again(std::span<const Guid> devices, Instant now) {
  ++runs_;
  of_ = devices.size();
  judged_ = 0;
  otherwise_ = 0;
  std::vector<Guid> others;
  const auto tenant = tenant_.state();
  const auto book = rulebook();
  if (!tenant || !book) {
    look_again_at(devices, now);
    return fail(ErrorKind::unavailable, "the compliance policies are still being loaded");
  }
  Result<void> done;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (fares_otherwise(devices[i], *book, *tenant, now)) {
      others.push_back(devices[i]);
      ++otherwise_;
    }
    ++judged_;
    if (others.size() < devices_a_plan && i + 1 < devices.size()) continue;
    auto written = write_judged(others, now);
    others.clear();
    if (written) continue;
    if (done) done = std::move(written);
    if (done.error().kind != ErrorKind::unavailable) continue;  // it is one device's
    look_again_at(devices.subspan(i + 1), now);
    break;
  }
  return done;
}

// What could not be judged, or not be written, is due: a verdict that is wrong must not stand
// because the store was locked when that was found out.
void Judging::look_again_at(std::span<const Guid> devices, Instant now) {
  for (const auto& device : devices) states_.set_next_change(device, compliance::seconds_of(now));
}

Result<void> Judging::write_judged(std::span<const Guid> devices, Instant now) {
  std::vector<Outcome> outcomes(devices.size());
  std::vector<ChangeQueue::Plan> plans;
  plans.reserve(devices.size());
  for (std::size_t i = 0; i < devices.size(); ++i) {
    plans.emplace_back([&, i](Draft& draft) -> Result<void> {
      outcomes[i] = {};  // of an attempt before
      auto judged = judge(draft, devices[i], nullptr, now);
      if (judged) {
        outcomes[i] = std::move(*judged);
      } else if (judged.error().kind != ErrorKind::not_found) {
        return failed(std::move(judged.error()));
      }
      return {};
    });
  }
  const auto all = queue_.run_all(plans);
  Result<void> done;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (all[i]) {
      remember(devices[i], std::move(outcomes[i]), *all[i]);
      continue;
    }
    look_again_at(devices.subspan(i, 1), now);
    // Of several problems the one that ends the run.
    if (done || all[i].error().kind == ErrorKind::unavailable) done = failed(all[i].error());
  }
  return done;
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
  auto posture = posture_in(*stored);
  if (had == 0) {  // its record was there before, and was not for anybody here then
    const auto keys = find_device(store_, stored->id);
    const auto record = keys ? store_.get(managed_device_kind, keys->record)
                             : Result<VersionedDocument>(tl::unexpect, keys.error());
    if (!record && record.error().kind != ErrorKind::not_found) return failed(record.error());
    const auto document = record ? json::parse(record->json) : json::parse("{}");
    if (document) state.record = traits_of(document->root());
  }
  state.facts = std::move(posture.facts);
  state.history = std::move(posture.history);
  state.version = stored->version;
  state.next_change = 1;  // finds out when
  states_.put(device, state);
  return {};
}

JudgingProgress Judging::progress() const {
  return {runs_.load(), of_.load(), judged_.load(), otherwise_.load()};
}

}  // namespace sallyport
