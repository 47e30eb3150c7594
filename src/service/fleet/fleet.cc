#include "service/fleet/fleet.h"

#include <algorithm>

#include "base/thread_name.h"
#include "service/fleet/known_device.h"

namespace sallyport {
namespace {

constexpr std::chrono::seconds first_pause{10};
constexpr std::chrono::hours renewal{1};
constexpr std::size_t examples_max = 5;

std::string name_of(const fleet::Host& host) { return "host " + std::to_string(host.id); }

// What is known of the device from Fleet already.
struct Known {
  std::uint64_t sequence = 0;
  Instant seen{};
};
Known known_of(const DeviceStates& states, const Guid& device) {
  Known known;
  states.look_at(device, [&](const DeviceState& state) {
    for (const auto& contact : state.facts.contacts()) {
      if (contact.source != compliance::Source::fleet) continue;
      known.sequence = contact.sequence;
      known.seen = compliance::instant_of(contact.received_at);
    }
  });
  return known;
}

// How often each text is there.
std::unordered_map<std::string, int> counted(const std::vector<fleet::Host>& hosts,
                                             std::string fleet::Host::*member) {
  std::unordered_map<std::string, int> counts;
  for (const auto& host : hosts) {
    if (!(host.*member).empty()) ++counts[host.*member];
  }
  return counts;
}

}  // namespace

struct Fleet::PassedOver {
  std::size_t unknown = 0;
  std::size_t ambiguous = 0;
  std::size_t named = 0;
  std::string examples;

  void say(const std::string& what) {
    if (++named <= examples_max) examples += (examples.empty() ? "" : "; ") + what;
  }
  void is_unknown(const fleet::Host& host, std::string_view why) {
    ++unknown;
    say(name_of(host) + " " + std::string(why));
  }
  void is_ambiguous(const fleet::Host& host, std::string_view why) {
    ++ambiguous;
    say(name_of(host) + " " + std::string(why));
  }
};

std::chrono::seconds fleet_pause(std::size_t failures, std::chrono::seconds interval,
                                 std::chrono::seconds asked) {
  if (failures == 0) return interval;
  const auto doubled = first_pause * (std::int64_t{1} << std::min<std::size_t>(failures - 1, 16));
  return std::max(std::min(doubled, interval), asked);
}

Fleet::~Fleet() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Fleet::start() {
  thread_ = std::thread([this] { run(); });
}

bool Fleet::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

FleetCounts Fleet::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Fleet::run() {
  name_thread("fleet");
  std::size_t failures = 0;
  for (;;) {
    const auto done = round();
    failures = done ? 0 : failures + 1;
    const auto pause = fleet_pause(failures, options_.interval, asked_);
    if (!done && !is_stopping() && options_.on_problem) {
      options_.on_problem(describe(done.error()), pause);
    }
    std::unique_lock lock(mutex_);
    if (stop_.wait_for(lock, pause, [this] { return stopping_; })) return;
  }
}

Result<void> Fleet::round() {
  asked_ = {};
  const auto hosts = read(asked_);
  auto done = hosts ? take_all(*hosts) : Result<void>(tl::unexpected<Error>(hosts.error()));
  if (!done) {
    const std::lock_guard lock(mutex_);
    ++counts_.failures;
  }
  return done;
}

Result<FleetHosts> Fleet::read(std::chrono::seconds& wait) {
  auto token = options_.token();
  if (!token) return tl::unexpected<Error>(std::move(token.error()));
  FleetRequest request;
  request.url = options_.url;
  request.token = std::move(*token);
  request.should_stop = [this] { return is_stopping(); };
  return read_fleet_hosts(*client_, request, options_.rules, options_.now(), wait);
}

Result<void> Fleet::take_all(const FleetHosts& all) {
  const auto serials = counted(all.hosts, &fleet::Host::serial);
  const auto uuids = counted(all.hosts, &fleet::Host::uuid);
  const auto shared = [](const auto& counts, const std::string& text) {
    const auto found = counts.find(text);
    return found != counts.end() && found->second > 1;
  };
  PassedOver over;
  std::unordered_map<Guid, std::vector<const fleet::Host*>, GuidHash> claims;  // by device
  for (const auto& host : all.hosts) {
    if (shared(serials, host.serial) || shared(uuids, host.uuid)) {
      over.is_ambiguous(host, "has the serial number or UUID of another host");
      continue;
    }
    const auto devices = find_known_devices(store_, host);
    if (!devices) return tl::unexpected<Error>(devices.error());
    if (devices->empty()) {
      over.is_unknown(host, "is no device that is known here");
    } else if (devices->size() > 1) {
      over.is_ambiguous(host, "may be several devices");
    } else {
      claims[devices->front()].push_back(&host);
    }
  }
  std::uint64_t matched = 0;
  for (const auto& [device, hosts] : claims) {
    if (hosts.size() > 1) {
      for (const auto* host : hosts) over.is_ambiguous(*host, "is one device with another host");
      continue;
    }
    if (is_stopping()) return fail(ErrorKind::unavailable, "the server is stopping");
    const auto before = over.unknown;
    if (auto done = take(*hosts.front(), device, over); !done) return done;
    if (over.unknown == before) ++matched;
  }
  for (const auto& error : all.unreadable) over.say(error.message);
  {
    const std::lock_guard lock(mutex_);
    ++counts_.rounds;
    counts_.matched = matched;
    counts_.unknown = over.unknown;
    counts_.ambiguous = over.ambiguous;
    counts_.unreadable = all.unreadable.size();
    counts_.last = options_.now();
  }
  const auto told = std::to_string(over.named) + over.examples;
  if (told != told_ && (over.named != 0 || !told_.empty()) && options_.on_passed_over) {
    options_.on_passed_over(over.named, over.examples);
  }
  told_ = told;
  return {};
}

Result<void> Fleet::take(const fleet::Host& host, const Guid& device, PassedOver& over) {
  const auto now = options_.now();
  const auto known = known_of(judging_.states(), device);
  if (host.seen < known.seen) return {};  // late, as from a server that was restored
  auto report = fleet::report_of(host, 0);
  report.reported_at = {};
  const auto digest = guid_of_text(compliance::to_json(report));
  const auto before = taken_.find(device);
  if (before != taken_.end() && before->second.facts == digest &&
      host.seen - before->second.seen < renewal) {
    return {};
  }
  CheckIn check_in;
  check_in.report = fleet::report_of(
      host,
      std::max(known.sequence + 1,
               static_cast<std::uint64_t>(
                   std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch())
                       .count())));
  const auto judged = judging_.check_in(device, check_in, now);
  if (!judged) {
    // Of the store; anything else is this device's, and keeps no other waiting.
    if (judged.error().kind == ErrorKind::unavailable) {
      return tl::unexpected<Error>(judged.error());
    }
    over.is_unknown(host, "is not taken: " + judged.error().message);
    return {};
  }
  taken_[device] = {digest, host.seen};
  const std::lock_guard lock(mutex_);
  ++counts_.reports;
  return {};
}

}  // namespace sallyport
