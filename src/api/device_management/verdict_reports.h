// What the reports of verdicts share: who a device is, and walking over every verdict.
// Cost of a walk: every verdict; beyond verdicts_max devices it is refused. Threads: free.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "api/answers.h"
#include "base/json_members.h"

namespace sallyport::api {

inline constexpr std::int64_t verdicts_max = 100'000;

// A device as the reports name it.
struct Named {
  std::string id;
  std::string name;
  std::string model;
  std::string system;
  std::string user_id;
  std::string user;
  std::string last_sync;
};
Named named(const json::Value& record);
Named device_named(const Call& call, const std::string& device_id);

// A collection in Graph's envelope; `write` writes the items.
template <class Write>
Reply collection(const Call& call, std::string_view context, Write write) {
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context", context_url(call, context));
  w.key("value");
  w.begin_array();
  write(w);
  w.end_array();
  w.end_object();
  return reply;
}

// Visits each verdict with the deviceId it is about.
using VisitVerdict = std::function<void(const std::string& device_id, const json::Value& verdict)>;
OrFailure<void> each_verdict(const Call& call, const VisitVerdict& visit);

// Visits what each device came to by the policy that the path names. Refused: 404 for none.
using VisitState = std::function<void(const std::string& device_id, const json::Value& verdict,
                                      const json::Value& policy)>;
OrFailure<void> each_state_of_policy(const Call& call, const VisitState& visit);
// `deviceManagement/deviceCompliancePolicies('...')/<what>`
std::string context_of_policy(const Call& call, std::string_view what);

// How many devices, or users, are in which state.
struct Counts {
  std::map<std::string, std::int64_t, std::less<>> by_state;
  std::int64_t of(std::string_view state) const {
    const auto found = by_state.find(state);
    return found == by_state.end() ? 0 : found->second;
  }
};
// Graph's overview of a policy. `newest`: when the last was judged; empty: nobody was.
Reply overview_of(const Call& call, std::string_view what, const Counts& counts,
                  const std::string& newest);

}  // namespace sallyport::api
