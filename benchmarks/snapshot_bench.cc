// How long until a tenant of a million users and devices can decide, and until a change counts?
//
// The server's own path: documents in its SQLite store, read by LiveTenant. Writing them there is
// not timed. Before anything is believed, the state that was read has to decide a sample as the
// reference evaluator does with the company the documents were made from.
#include <chrono>
#include <fstream>
#include <sstream>

#include "benchmarks/documents.h"
#include "benchmarks/question.h"
#include "reference/decide.h"
#include "service/live.h"
#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport::benchmarks {
namespace {

// Gathers writes into transactions of a bearable size.
class Filler {
 public:
  explicit Filler(Store& store) : store_(store) {}
  ~Filler() { flush(); }
  void put(std::string_view kind, std::string id, std::string json) {
    bytes_ += json.size();
    total_ += json.size();
    writes_.push_back({std::string(kind), std::move(id), std::move(json), std::nullopt});
    if (bytes_ > (std::size_t{8} << 20U)) flush();
  }
  std::size_t total() const { return total_; }

 private:
  void flush() {
    const auto done = store_.write(writes_);
    if (!done) refuse(describe(done.error()));
    writes_.clear();
    bytes_ = 0;
  }
  Store& store_;
  std::vector<Write> writes_;
  std::size_t bytes_ = 0;
  std::size_t total_ = 0;
};

std::size_t fill(Store& store, const Size& size, const PolicySet& policies) {
  Filler filler(store);
  for (const auto& policy : policies.policies) {
    filler.put("conditionalAccessPolicy", policy.id_text, policy_json(policy));
  }
  for (const auto& location : policies.named_locations) {
    filler.put("namedLocation", to_string(location.id), location_json(location));
  }
  const auto members = members_of_groups(size);
  for (std::uint32_t i = 0; i < size.groups; ++i) {
    filler.put("group", to_string(group_id(i)), group_json(i, members[i]));
  }
  for (std::uint32_t i = 0; i < size.users; ++i) {
    const auto user = make_user(size, i);
    filler.put("user", to_string(user.id), user_json(user));
    for (const auto role : user.roles) {
      filler.put("unifiedRoleAssignment", assignment_id(i), assignment_json(user, role, i));
    }
  }
  for (std::uint32_t i = 0; i < size.devices; ++i) {
    filler.put("device", device_object_id(i), device_json(make_device(i), i));
  }
  return filler.total();
}

SignIn blank() {
  SignIn sign_in = sign_in_with_nothing_else();
  sign_in.now = Instant(std::chrono::seconds(1'790'000'000));
  sign_in.proofs.primary_authenticated_at = sign_in.now;
  return sign_in;
}

void check(const World& world, const TenantState& state) {
  const auto requests = make_requests(world.size, 500, 42);
  SignIn in_world = blank();
  SignIn in_state = blank();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    resolve(requests[i], *world.directory, *world.inventory, in_world);
    resolve(requests[i], *state.directory, *state.inventory, in_state);
    const Decision decision = state.program->decide(in_state);
    const Answer answer = reference::decide(world.policies, *world.directory, in_world);
    if (decision.outcome != answer.outcome || decision.error_code != answer.error_code ||
        state.program->missing(decision) != answer.missing) {
      refuse("what was read decides request " + std::to_string(i) + " differently");
    }
  }
}

// Of all threads: reading has helpers.
double process_cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

// Megabytes of this process, from the kernel's own table.
double memory(const char* row) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with(row))
      return std::strtod(line.c_str() + line.find(':') + 1, nullptr) / 1024;
  }
  return 0;
}

void forget_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

class Changes {
 public:
  Changes(Store& store, LiveTenant& live) : store_(store), live_(live) {}

  // Milliseconds of CPU from the call that stores the document until decisions use it.
  double put(std::string_view kind, const std::string& id, const std::string& json) {
    const double begin = cpu_ns();
    const auto stored = store_.put(kind, id, json);
    const auto done = live_.refresh();
    const double took = (cpu_ns() - begin) / 1e6;
    if (!stored || !done) refuse("a change was refused: " + live_.health().problem);
    if (live_.health().sequence != *stored) refuse("a change is not in effect");
    if (live_.health().loads != 1) refuse("a change read every document again");
    return took;
  }

 private:
  Store& store_;
  LiveTenant& live_;
};

void report_changes(const World& world, Store& store, LiveTenant& live) {
  Changes changes(store, live);
  constexpr std::uint32_t rounds = 200;
  std::vector<double> times;
  for (std::uint32_t i = 0; i < rounds; ++i) {
    auto policy = world.policies.policies[i * 7 % world.policies.policies.size()];
    policy.state = i % 2 == 0 ? PolicyState::disabled : PolicyState::enabled;
    times.push_back(changes.put("conditionalAccessPolicy", policy.id_text, policy_json(policy)));
  }
  report("policy change to effect: p99", percentile(times, 0.99), "ms", 50, Better::less);
  report("policy change to effect: median", median(times), "ms");

  times.clear();
  for (std::uint32_t i = 0; i < rounds; ++i) {
    auto user = make_user(world.size, i * 997 % world.size.users);
    user.groups.front() = group_id(i % 16);
    times.push_back(changes.put("user", to_string(user.id), user_json(user)));
    const auto now = live.state()->directory->find_user(user.id);
    const auto index = live.state()->directory->find_group(user.groups.front());
    if (std::ranges::find(now->groups, *index) == now->groups.end()) refuse("not a member");
  }
  report("membership change in a user's document: median", median(times), "ms", 1, Better::less);
  report("membership change in a user's document: p99", percentile(times, 0.99), "ms");

  const auto members = members_of_groups(world.size);
  times.clear();
  for (std::uint32_t i = 0; i < rounds; ++i) {
    const auto group = world.size.groups / 2 + i % 100;
    auto now = members[group];
    if (i % 2 == 0) {
      now.pop_back();
    } else {
      now.push_back(i * 4999 % world.size.users);
    }
    times.push_back(changes.put("group", to_string(group_id(group)), group_json(group, now)));
  }
  const auto middle = std::to_string(members[world.size.groups / 2].size());
  report(("membership change in a group's document of " + middle + " members: median").c_str(),
         median(times), "ms", 1, Better::less);
  auto most = members.front();
  most.pop_back();
  report(("the same, of " + std::to_string(most.size()) + " members").c_str(),
         changes.put("group", to_string(group_id(0)), group_json(0, most)), "ms");

  times.clear();
  for (std::uint32_t i = 0; i < rounds; ++i) {
    const auto number = i * 991 % world.size.devices;
    auto device = make_device(number);
    device.shape.is_compliant = i % 2 == 0 ? DeviceFlag::yes : DeviceFlag::no;
    times.push_back(changes.put("device", device_object_id(number), device_json(device, number)));
    const auto now = live.state()->inventory->find(device.id);
    if (now->shape->is_compliant != device.shape.is_compliant) refuse("a device did not change");
  }
  report("device change: median", median(times), "ms", 1, Better::less);
  report("device change: p99", percentile(times, 0.99), "ms");
}

void run() {
  Size size;
  size.policies = 1'000;
  if (const char* users = std::getenv("SALLYPORT_BENCH_USERS")) {
    size.users = size.devices = static_cast<std::uint32_t>(std::strtoul(users, nullptr, 10));
  }
  const TemporaryFolder folder;
  const auto store = open_sqlite_store(folder.file("store.db"));
  if (!store) refuse(describe(store.error()));
  const auto bytes = fill(**store, size, make_policies(size));
  std::fprintf(stderr, "  %.0f MB of JSON in the store\n", static_cast<double>(bytes) / 1e6);

  const double before = memory("VmRSS");
  forget_peak();
  LiveTenant live(**store);
  const double begin = process_cpu_seconds();
  const auto clock = std::chrono::steady_clock::now();
  const auto loaded = live.refresh();
  const double seconds = process_cpu_seconds() - begin;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - clock;
  const double peak = memory("VmHWM") - before;
  if (!loaded) refuse(describe(loaded.error()));
  const auto state = live.state();
  if (state->directory->user_count() != size.users || state->inventory->size() != size.devices) {
    refuse("some users or devices are missing");
  }

  const World world = make_world(size);
  check(world, *state);
  // What counts is how long nobody can be let in; on a busy machine, look at the CPU time.
  report("snapshot of 1M users, 1M devices, 1,000 policies: elapsed", elapsed.count(), "s", 6,
         Better::less);
  report("the same, CPU time of all threads", seconds, "s");
  report("memory while it is read, at most", peak, "MB");
  report("memory a user of it", static_cast<double>(state->directory->user_bytes()) / size.users,
         "B", 200, Better::less);
  report("memory a device of it",
         static_cast<double>(state->inventory->device_bytes()) / size.devices, "B", 64,
         Better::less);
  report_changes(world, **store, live);
}

}  // namespace
}  // namespace sallyport::benchmarks

int main() { sallyport::benchmarks::run(); }
