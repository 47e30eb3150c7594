#include "service/compliance/keeper.h"

#include <utility>

#include "base/json.h"
#include "base/thread_name.h"
#include "service/compliance/posture.h"
#include "service/managed_devices/record.h"
#include "service/touched_memberships.h"

namespace sallyport {
namespace {

constexpr std::size_t changes_max = 10'000;
constexpr std::chrono::milliseconds round_length{1000};  // how late time is noticed
constexpr std::chrono::milliseconds slice{200};          // how soon the end is noticed

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

std::optional<Guid> guid_in(const json::Value& document, std::string_view member) {
  const auto* value = document.find(member);
  return value == nullptr ? std::nullopt : parse_guid(value->text());
}

}  // namespace

Keeper::~Keeper() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Keeper::follow() {
  thread_ = std::thread([this] { run(); });
}

void Keeper::run() {
  name_thread("verdicts");
  std::string problem;
  while (!stopping_) {
    const auto done = round();
    const auto now = done ? std::string() : describe(done.error());
    if (now != problem && !now.empty() && options_.on_problem) options_.on_problem(now);
    problem = now;
    const auto until = std::chrono::steady_clock::now() + round_length;
    while (!stopping_ && std::chrono::steady_clock::now() < until) {
      const auto news = store_.wait_for_change(reached_, slice);
      if (done && news && *news > reached_) break;
      if (!done || !news) std::this_thread::sleep_for(slice);  // there is nothing to wait for
    }
  }
}

Result<void> Keeper::round() {
  const auto now = options_.now();
  if (!loaded_) {
    const auto last = store_.last_sequence();
    if (!last) return failed(last.error());
    if (auto done = judging_.load(now); !done) return done;
    loaded_ = true;
    reached_ = *last;
  }
  if (auto done = catch_up(); !done) return done;
  const auto devices = take_touched(compliance::seconds_of(now));
  return devices.empty() ? Result<void>() : judging_.judge_again(devices, now);
}

// With the store. An error leaves what was seen so far in touched_.
Result<void> Keeper::catch_up() {
  const auto last = store_.last_sequence();
  if (!last) return failed(last.error());
  while (reached_ < *last) {
    const auto changes = store_.changes_after(reached_, changes_max);
    if (!changes) return failed(changes.error());
    if (changes->empty()) return {};
    // The directory that verdicts are judged with has to know of them.
    if (auto done = tenant_.refresh(); !done) return done;
    auto found = look_at(*changes);
    if (!found) return failed(std::move(found.error()));
    if (found->everybody) {
      if (auto made = judging_.refresh_rulebook(); !made) return made;
    }
    touched_.everybody = touched_.everybody || found->everybody;
    touched_.users.merge(found->users);
    touched_.devices.merge(found->devices);
    reached_ = changes->back().sequence;
  }
  return {};
}

std::vector<Guid> Keeper::take_touched(compliance::Seconds now) {
  auto touched = std::exchange(touched_, {});
  if (touched.everybody) return judging_.states().ids();
  for (const auto& device : judging_.states().used_by(touched.users)) {
    touched.devices.insert(device);
  }
  // Finding out looks at all of them, so it is not done with every commit.
  if (std::exchange(due_looked_at_, now) != now) {
    const auto due = judging_.states().due(now);
    touched.devices.insert(due.begin(), due.end());
  }
  return {touched.devices.begin(), touched.devices.end()};
}

Result<Keeper::Touched> Keeper::look_at(std::span<const Change> changes) {
  Touched touched;
  for (const auto& change : changes) {
    if (auto done = look_at(change, touched); !done) return failed(std::move(done.error()));
    if (touched.everybody) break;
  }
  return touched;
}

Result<void> Keeper::look_at(const Change& change, Touched& touched) {
  if (judging_.has_written(change)) return {};
  const auto book = judging_.rulebook();
  if (Rulebook::is_made_of(change.kind)) {
    touched.everybody = true;
  } else if (change.kind == "group" || change.kind == "user") {
    // Who comes into a group that some policy is for, or leaves it, is judged by other policies.
    const auto user = change.kind == "user" ? parse_guid(change.id) : std::nullopt;
    if (user) touched.users.insert(*user);
    touched.everybody = !user && book && book->is_assigned(GroupId::of(change.id)) &&
                        (change.created || change.removed);
    for (const auto& [group, member] : touched_memberships(change)) {
      if (!book || !book->is_assigned(GroupId::of(group))) continue;
      const auto member_id = parse_guid(member);
      const bool is_user =
          member_id && tenant_.state()->directory->find_user(UserId{*member_id}).has_value();
      if (is_user) {
        touched.users.insert(*member_id);
      } else {
        touched.everybody = true;  // a group or a device: the rulebook has them
      }
    }
  } else if (change.kind == posture_kind) {
    const auto device = parse_guid(change.id);
    if (!device) return {};
    if (change.removed) judging_.states().remove(*device);
    // Another server's; our own is known already, and is passed over for its version.
    return change.removed ? Result<void>() : judging_.take_in(*device, change.sequence);
  } else if (change.kind == managed_device_kind || change.kind == "device") {
    const auto stored = store_.get(change.kind, change.id);
    if (!stored && stored.error().kind == ErrorKind::not_found) return {};
    if (!stored) return failed(stored.error());
    const auto document = json::parse(stored->json);
    if (!document) return {};
    const bool is_record = change.kind == managed_device_kind;
    const auto device = guid_in(document->root(), is_record ? "azureADDeviceId" : "deviceId");
    if (!device) return {};
    if (is_record) {
      judging_.states().set_record(*device, traits_of(document->root()));
    }
    touched.devices.insert(*device);
  }
  return {};
}

}  // namespace sallyport
