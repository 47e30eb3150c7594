#include "service/due_actions/due_actions.h"

#include <algorithm>

#include "base/id.h"
#include "base/json_members.h"
#include "base/text.h"
#include "base/thread_name.h"
#include "compliance/tenant_settings.h"
#include "service/audit.h"
#include "service/configuration.h"
#include "service/document_names.h"
#include "service/document_type.h"
#include "service/managed_devices/member_edits.h"
#include "service/managed_devices/remote_actions.h"
#include "store/each_of_kind.h"

namespace sallyport {
namespace {

using compliance::ActionType;
using json::Value;

constexpr std::size_t devices_at_once = 100;
constexpr std::size_t changes_at_once = 1000;
constexpr std::string_view lockable[] = {"android", "ios", "ipados", "macos", "linux"};

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

Result<json::Document> document_of(Store& store, std::string_view kind, std::string_view id) {
  const auto stored = store.get(kind, id);
  if (!stored) return failed(stored.error());
  auto document = json::parse(stored->json);
  if (!document) return failed(damaged(document.error(), stored->kind + '/' + stored->id));
  return document;
}

// Nothing was found out: it is tried again.
bool is_away(const Result<json::Document>& read) {
  return !read && read.error().kind == ErrorKind::unavailable;
}

bool is_policy_kind(std::string_view kind) {
  return kind == device_compliance_policy_type.kind || kind == settings_catalogue_policy_type.kind;
}

auto day_of(Instant at) { return std::chrono::floor<std::chrono::days>(at); }

Caller service_itself() {
  Caller caller;
  caller.kind = CallerKind::application;
  caller.id = "sallyport";
  caller.name = "Actions for noncompliance";
  return caller;
}

// Known again by whoever gets it twice.
std::string unique_id(const std::string& device, const Spell& spell, const DueAction& due) {
  return to_string(
      guid_of_text(device + '/' + spell.policy + '/' + to_string(spell.since) + '/' + due.key));
}

}  // namespace

// A device whose actions are due, as it is now.
struct DueActions::Case {
  std::string device_id;
  std::string record_id;
  json::Document record;
  Noncompliance spells;
};

DueActions::DueActions(Store& store, LiveTenant& tenant, WebhookClient& webhooks, Mailer* mailer,
                       DueActionsOptions options)
    : store_(store),
      webhooks_(webhooks),
      mailer_(mailer),
      options_(std::move(options)),
      queue_(store, tenant) {}

DueActions::~DueActions() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void DueActions::start() { thread_ = std::thread(&DueActions::run, this); }

void DueActions::run() {
  name_thread("due actions");
  std::unique_lock lock(mutex_);
  std::string problem;  // told of once, however often it is tried again
  while (!stopping_) {
    lock.unlock();
    const auto done = carry_out();
    const auto now = done ? std::string() : describe(done.error());
    if (now != problem && !now.empty() && options_.on_problem) {
      options_.on_problem("due actions", now);
    }
    problem = now;
    lock.lock();
    stop_.wait_for(lock, options_.pause, [this] { return stopping_; });
  }
}

// ---- what is due when ----

Result<bool> DueActions::is_enabled() {
  const auto root = document_of(store_, device_management_type.kind, "deviceManagement");
  if (!root && root.error().kind == ErrorKind::not_found) return true;
  if (!root) return failed(root.error());
  const auto* settings = root->root().find("settings");
  if (settings == nullptr) return true;
  return compliance::read_tenant_settings(*settings, Dialect::lenient, nullptr)
      .scheduled_actions_enabled;
}

Result<void> DueActions::read_policies() {
  Policies read;
  const auto read_one = [&](const VersionedDocument& one) -> Result<void> {
    const auto document = json::parse(one.json);
    if (!document) return failed(damaged(document.error(), one.kind + '/' + one.id));
    read.emplace(one.id, compliance::read_compliance_policy(document->root()).policy);
    return {};
  };
  for (const auto kind :
       {device_compliance_policy_type.kind, settings_catalogue_policy_type.kind}) {
    if (auto all = each_of_kind(store_, kind, read_one); !all) return all;
  }
  policies_ = std::move(read);
  return {};
}

// Policies that changed may have other actions, or the same at another time.
Result<void> DueActions::follow_policies() {
  const auto last = store_.last_sequence();
  if (!last) return failed(last.error());
  bool news = !followed_;
  for (auto from = followed_.value_or(*last); !news && from < *last;) {
    const auto changes = store_.changes_after(from, changes_at_once);
    if (!changes) return failed(changes.error());
    if (changes->empty()) break;
    news = std::ranges::any_of(*changes, [](const Change& c) { return is_policy_kind(c.kind); });
    from = changes->back().sequence;
  }
  if (news) {
    if (auto read = read_policies(); !read) return read;
    if (auto planned = plan_all(); !planned) return planned;
  }
  followed_ = *last;
  return {};
}

Noncompliance::Next DueActions::next_of(const Noncompliance& spells, Instant& at) const {
  using Next = Noncompliance::Next;
  auto next = Next::never;
  const auto now = options_.now();
  for (const auto& spell : spells.spells) {
    const auto policy = policies_.find(spell.policy);
    if (policy == policies_.end()) continue;
    for (const auto& due : outstanding(spell, policy->second)) {
      // What is due and was not done just now is tried again.
      const auto when = due.due > now ? due.due : now + options_.retry;
      if (next == Next::never || when < at) at = when;
      next = Next::at;
    }
  }
  return next;
}

Result<void> DueActions::plan(const std::string& device_id) {
  const auto done = queue_.run([&](Draft& draft) -> Result<void> {
    const auto stored = draft.get(noncompliance_kind, device_id);
    if (!stored && stored.error().kind == ErrorKind::not_found) return {};
    if (!stored) return failed(stored.error());
    const auto document = json::parse(stored->json);
    if (!document) return failed(damaged(document.error(), stored->kind + '/' + stored->id));
    auto spells = read_noncompliance(document->root());
    if (!spells) return failed(spells.error());
    spells->next = next_of(*spells, spells->next_at);
    auto text = to_json(*spells);
    if (text != stored->json) {
      draft.write({stored->kind, stored->id, std::move(text), stored->version});
    }
    return {};
  });
  if (!done) return failed(done.error());
  return {};
}

Result<void> DueActions::plan_all() {
  const auto plan_one = [&](const VersionedDocument& one) -> Result<void> {
    const auto document = json::parse(one.json);
    auto spells = document ? read_noncompliance(document->root())
                           : Result<Noncompliance>(failed(document.error()));
    if (!spells) return {};  // carrying it out says so
    // To be looked at soon, which finds out when it is due.
    if (spells->next == Noncompliance::Next::unplanned) return {};
    spells->next = Noncompliance::Next::unplanned;
    const auto written = store_.put(one.kind, one.id, to_json(*spells), one.version);
    if (!written && written.error().kind != ErrorKind::conflict) return failed(written.error());
    return {};
  };
  return each_of_kind(store_, noncompliance_kind, plan_one);
}

// ---- carrying out ----

Result<void> DueActions::carry_out() {
  const auto enabled = is_enabled();
  if (!enabled) return failed(enabled.error());
  if (!*enabled) return {};
  if (auto followed = follow_policies(); !followed) return followed;
  constexpr std::string_view member = "nextDueDateTime";
  ValueRange range;
  range.member = member;
  Result<void> all;
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return {};
    }
    range.upto = to_lower(to_string(std::chrono::floor<std::chrono::seconds>(options_.now())));
    const auto found = store_.find(noncompliance_kind, range, devices_at_once);
    if (!found) return failed(found.error());
    if (found->empty()) return all;
    for (const auto& one : *found) {
      auto done = carry_out_of(one.id);
      if (done) done = plan(one.id);
      if (!done && done.error().kind == ErrorKind::unavailable) return done;
      if (!done && all) all = std::move(done);  // a damaged document keeps no other device waiting
    }
    const auto last = json::parse(found->back().json);
    if (!last) return all;
    range.after.emplace(to_lower(text_of(last->root(), member)), found->back().id);
  }
}

Result<void> DueActions::carry_out_of(const std::string& device_id) {
  const auto keys = find_device(store_, device_id);
  if (!keys) return failed(keys.error());
  Case subject{device_id, keys->record, {}, {}};
  if (!keys->record.empty()) {
    auto record = document_of(store_, managed_device_kind, keys->record);
    if (!record) return failed(record.error());
    subject.record = std::move(*record);
  }
  const auto document = document_of(store_, noncompliance_kind, device_id);
  if (!document) return failed(document.error());
  auto spells = read_noncompliance(document->root());
  if (!spells) return failed(spells.error());
  subject.spells = std::move(*spells);
  for (std::size_t i = 0; i < subject.spells.spells.size(); ++i) {
    const auto policy = policies_.find(subject.spells.spells[i].policy);
    if (policy == policies_.end()) continue;
    for (const auto& due : outstanding(subject.spells.spells[i], policy->second)) {
      if (due.due > options_.now()) break;
      // A push may have been done together with the one before.
      if (subject.spells.spells[i].find(due.key) != nullptr) continue;
      const Place place{subject, subject.spells.spells[i], due, policy->second};
      if (auto done = carry_out(place); !done) return done;
      const auto again = document_of(store_, noncompliance_kind, device_id);
      if (!again && again.error().kind == ErrorKind::not_found) return {};  // compliant meanwhile
      if (!again) return failed(again.error());
      auto now = read_noncompliance(again->root());
      if (!now) return failed(now.error());
      const auto* spell =
          now->find(subject.spells.spells[i].policy, subject.spells.spells[i].since);
      if (spell == nullptr) break;
      subject.spells.spells[i].done = spell->done;
    }
  }
  return {};
}

Result<bool> DueActions::edit_spell(const Place& place, const SpellEdit& edit) {
  bool goes_on = false;
  const auto done = queue_.run([&](Draft& draft) -> Result<void> {
    goes_on = false;
    const auto stored = draft.get(noncompliance_kind, place.subject.device_id);
    if (!stored && stored.error().kind == ErrorKind::not_found) return {};
    if (!stored) return failed(stored.error());
    const auto document = json::parse(stored->json);
    if (!document) return failed(damaged(document.error(), stored->kind + '/' + stored->id));
    auto spells = read_noncompliance(document->root());
    if (!spells) return failed(spells.error());
    auto* spell = spells->find(place.spell.policy, place.spell.since);
    if (spell == nullptr) return {};
    if (auto edited = edit(draft, *spell); !edited) return edited;
    draft.write({stored->kind, stored->id, to_json(*spells), stored->version});
    goes_on = true;
    return {};
  });
  if (!done) return failed(done.error());
  return goes_on;
}

Result<bool> DueActions::note(const Place& place, std::string_view outcome, std::string_view detail,
                              const Effect& effect) {
  return edit_spell(place, [&](Draft& draft, Spell& spell) -> Result<void> {
    std::erase_if(spell.done, [&](const DoneAction& one) { return one.key == place.due.key; });
    const auto now = options_.now();
    spell.done.push_back({place.due.key, std::string(outcome), printable(detail, 300), now});
    if (place.due.action->type == ActionType::push_notification && outcome == "done") {
      for (const auto& other : outstanding(spell, place.policy)) {
        const bool same_day = other.due <= now || day_of(other.due) == day_of(now);
        if (other.action->type != ActionType::push_notification || !same_day) continue;
        spell.done.push_back({other.key, "skipped", "one push message a day", now});
      }
    }
    return effect == nullptr ? Result<void>() : effect(draft);
  });
}

Result<void> DueActions::skip(const Place& place, std::string_view why) {
  const auto noted = note(place, "skipped", why);
  if (!noted) return failed(noted.error());
  return {};
}

// It was not taken after all.
Result<void> DueActions::forget_note(const Place& place) {
  const auto forgotten = edit_spell(place, [&](Draft&, Spell& spell) -> Result<void> {
    std::erase_if(spell.done, [&](const DoneAction& one) { return one.key == place.due.key; });
    return {};
  });
  if (!forgotten) return failed(forgotten.error());
  return {};
}

Result<void> DueActions::carry_out(const Place& place) {
  const auto type = place.due.action->type;
  if (place.subject.record_id.empty()) return skip(place, "the device is not managed any more");
  if (is_partner_managed(place.subject.record.root())) {
    return skip(place, "the device is managed by a compliance partner");
  }
  if (is_released(place.subject.record.root())) return skip(place, "the device has left");
  switch (type) {
    case ActionType::notification: return send_mail(place);
    case ActionType::push_notification: return push(place);
    case ActionType::remote_lock: return lock(place);
    case ActionType::retire: return list_for_retirement(place);
    case ActionType::wipe: return skip(place, "a device is wiped by an administrator alone");
    case ActionType::remove_resource_access_profiles:
      return skip(place, "there are no resource access profiles here");
    case ActionType::block:
    case ActionType::no_action: return skip(place, "there is nothing to do");
  }
  return {};
}

// An administrator has to confirm: the device is only listed.
Result<void> DueActions::list_for_retirement(const Place& place) {
  const auto now = options_.now();
  const auto noted = note(place, "done", {}, [&](Draft& draft) -> Result<void> {
    const auto stored = draft.get(managed_device_kind, place.subject.record_id);
    if (!stored) return failed(stored.error());
    const auto record = json::parse(stored->json);
    if (!record) return failed(damaged(record.error(), stored->kind + '/' + stored->id));
    json::Arena arena;
    MemberEdits edits(record->root(), arena);
    edits.set("retireAfterDateTime", to_string(now));
    draft.write({stored->kind, stored->id, json::write(edits.value()), stored->version});
    const auto& after = edits.value();
    draft.audit(
        make_audit(service_itself(), now,
                   {"List managed device for retirement", "Device", "Update", "ManagedDevice",
                    stored->id, display_name_of(after), &record->root(), &after}));
    return {};
  });
  if (!noted) return failed(noted.error());
  return {};
}

Result<void> DueActions::lock(const Place& place) {
  const auto system = to_lower(text_of(place.subject.record.root(), "operatingSystem"));
  if (std::ranges::find(lockable, system) == std::end(lockable)) {
    return skip(place, "devices with this operating system cannot be locked from afar");
  }
  const auto now = options_.now();
  const DeviceKeys keys{place.subject.device_id, place.subject.record_id, {}};
  const auto noted = note(place, "done", {}, [&](Draft& draft) -> Result<void> {
    const auto added =
        add_request(draft, keys, *find_remote_action("remoteLock"), {}, service_itself(), now);
    if (!added) return failed(added.error());
    return {};
  });
  if (!noted) return failed(noted.error());
  return {};
}

Result<void> DueActions::push(const Place& place) {
  if (options_.push_url.empty()) return {};  // it waits until somebody says where to
  const auto& record = place.subject.record.root();
  WebhookPost post;
  post.url = options_.push_url;
  post.patience = options_.patience;
  json::Writer w(post.body);
  w.begin_object();
  w.key("value");
  w.begin_array();
  w.begin_object();
  w.member("id", unique_id(place.subject.device_id, place.spell, place.due));
  w.member("changeType", "updated");
  w.member("resource", "deviceManagement/managedDevices/" + place.subject.record_id);
  w.key("resourceData");
  w.begin_object();
  w.member("@odata.type", "#microsoft.graph.managedDevice");
  w.member("id", place.subject.record_id);
  w.member("policyId", place.spell.policy);
  w.member("policyName", place.policy.display_name);
  w.member("noncompliantSince", to_string(place.spell.since));
  for (const auto* name :
       {"azureADDeviceId", "deviceName", "operatingSystem", "userId", "userPrincipalName",
        "complianceState", "complianceGracePeriodExpirationDateTime"}) {
    w.member(name, text_of(record, name));
  }
  w.end_object();
  w.end_object();
  w.end_array();
  w.end_object();
  const auto answer = webhooks_.post(post);
  const bool taken = answer && answer->status >= 200 && answer->status < 300;
  if (!taken) {
    const auto problem =
        answer ? "it answered " + std::to_string(answer->status) : describe(answer.error());
    if (options_.on_problem) options_.on_problem("push messages to " + post.url, problem);
    return {};
  }
  const auto noted = note(place, "done");
  if (!noted) return failed(noted.error());
  return {};
}

std::vector<std::string> DueActions::addresses_of(const Place& place, const Value& user) const {
  constexpr std::size_t addresses_max = 100;
  std::vector<std::string> addresses;
  const auto add = [&](std::string_view address) {
    const bool there = std::ranges::any_of(
        addresses, [&](const std::string& one) { return equal_ignoring_case(one, address); });
    if (is_mail_address(address) && !there && addresses.size() < addresses_max) {
      addresses.emplace_back(address);
    }
  };
  add(text_of(user, "mail"));
  if (addresses.empty()) return {};
  for (const auto& group : place.due.action->cc_groups) {
    const auto document = document_of(store_, group_type.kind, store_id(group));
    if (!document) continue;
    const auto* members = document->root().find("members");
    if (members == nullptr) continue;
    for (const auto& member : members->items()) {
      const auto id = member.is_string() ? member.text() : text_of(member, "id");
      const auto person = document_of(store_, user_type.kind, store_id(id));
      if (person) add(text_of(person->root(), "mail"));
    }
  }
  return addresses;
}

Result<void> DueActions::send_mail(const Place& place) {
  const auto& record = place.subject.record.root();
  const auto message_template = document_of(store_, notification_template_type.kind,
                                            store_id(place.due.action->notification_template_id));
  if (is_away(message_template)) return failed(message_template.error());
  if (!message_template) return skip(place, "there is no such notification template");
  const auto user = document_of(store_, user_type.kind, store_id(text_of(record, "userId")));
  if (is_away(user)) return failed(user.error());
  if (!user) return skip(place, "the device has no user that is known");
  Mail mail;
  mail.to = addresses_of(place, user->root());
  if (mail.to.empty()) return skip(place, "the user has no mail address");
  const auto* message =
      localized_message(message_template->root(), text_of(user->root(), "preferredLanguage"));
  if (message == nullptr) return skip(place, "the notification template has no message");
  if (mailer_ == nullptr || options_.sender.empty()) return {};  // it waits for a mail server
  const auto system = std::string(text_of(record, "operatingSystem")) + ' ' +
                      std::string(text_of(record, "osVersion"));
  const MailTokens tokens{std::string(text_of(user->root(), "displayName")),
                          std::string(text_of(record, "deviceName")), place.subject.record_id,
                          std::string(trim(system))};
  const auto text = text_of(*message, "messageTemplate");
  mail.from = options_.sender;
  mail.is_html = is_plain_html(text);
  mail.text = with_tokens(text, tokens, mail.is_html);
  mail.subject = printable(with_tokens(text_of(*message, "subject"), tokens, false), 500);
  mail.date = options_.now();
  const auto at = options_.sender.find('@');
  mail.message_id = unique_id(place.subject.device_id, place.spell, place.due) +
                    options_.sender.substr(std::min(at, options_.sender.size()));
  bool handed_over = false;
  const auto handover = mailer_->send(mail, [&] {
    const auto noted = note(place, "handingOver", "the mail server has not answered");
    handed_over = noted && *noted;
    return handed_over;
  });
  using Fate = Handover::Fate;
  if (handover.fate != Fate::taken && options_.on_problem) {
    options_.on_problem("mail to " + mail.to.front(), handover.words);
  }
  if (handover.fate == Fate::later) return handed_over ? forget_note(place) : Result<void>();
  if (handover.fate == Fate::unknown) return {};
  const auto noted = note(place, handover.fate == Fate::taken ? "done" : "failed", handover.words);
  if (!noted) return failed(noted.error());
  return {};
}

}  // namespace sallyport
