// What decided a condition, as data: an explanation of 200 policies is a few kilobytes of these,
// and becomes words only for whoever reads it (describe.cc).
#pragma once

#include <cstdint>

#include "engine/match.h"

namespace sallyport {

enum class ReasonKind : std::uint8_t {
  nothing_included,  // the include side lists nothing
  not_listed,        // no include entry matches, and no exclude entry
  not_excluded,      // the include side is everything, and nothing excludes
  everyone,
  user,
  group,  // operand: GroupIndex
  role,   // operand: RoleIndex
  any_group,
  any_role,
  guest,
  agent_user,
  other_identity,  // a user where the policy is about service principals, or the reverse
  service_principal,
  all_service_principals,
  all_agents,
  application,  // operand: which requested resource
  office365,
  admin_portals,
  agent_resource,
  application_filter,
  all_resources,
  user_action,
  authentication_context,
  location,            // operand: index of the named location
  undefined_location,  // operand: which entry of the policy's list
  all_locations,
  trusted_locations,
  mfa_trusted_ips,
  value,         // the fact's own value
  absent,        // the fact is absent
  fact_unknown,  // the fact is unknown
  filter_matches,
  filter_does_not_match,
  filter_unreadable,
  compliant_device,
  domain_joined_device,
  unknown_word,
};

struct Reason {
  ReasonKind kind = ReasonKind::not_listed;
  bool excludes = false;  // the deciding entry stands on the exclude side
  std::uint32_t operand = 0;
};

// Whether a condition is met, and why. One word, so that it is handed over in a register: an
// explanation makes thousands of these.
class Tested {
 public:
  constexpr Tested() : Tested(Match::no, {}) {}
  constexpr Tested(Match match, Reason reason)
      : word_(static_cast<std::uint64_t>(match) | static_cast<std::uint64_t>(reason.kind) << 8U |
              std::uint64_t{reason.excludes} << 16U | std::uint64_t{reason.operand} << 32U) {}
  constexpr Match match() const { return static_cast<Match>(word_ & 0xffU); }
  constexpr Reason reason() const {
    return {static_cast<ReasonKind>(word_ >> 8U & 0xffU), (word_ >> 16U & 1U) != 0,
            static_cast<std::uint32_t>(word_ >> 32U)};
  }

 private:
  std::uint64_t word_;
};

// Collects the entries of a condition: include and not exclude, and the entry that decided.
class Sides {
 public:
  void include(Match match, ReasonKind kind, std::uint32_t operand = 0) {
    any_ = true;
    take(included_, match, {kind, false, operand});
  }
  void exclude(Match match, ReasonKind kind, std::uint32_t operand = 0) {
    take(excluded_, match, {kind, true, operand});
  }

  Tested result() const {
    if (!any_) return {Match::no, {ReasonKind::nothing_included}};
    if (included_.match() == Match::no) return {Match::no, {ReasonKind::not_listed}};
    if (excluded_.match() == Match::no) return included_;
    const Match match = match_and(included_.match(), match_not(excluded_.match()));
    // Included for certain, or certainly excluded: it is the exclusion that decides.
    const bool by_exclusion = excluded_.match() == Match::yes || included_.match() == Match::yes;
    return {match, by_exclusion ? excluded_.reason() : included_.reason()};
  }

 private:
  static void take(Tested& side, Match match, Reason reason) {
    const Match combined = match_or(side.match(), match);
    if (combined != side.match()) side = {combined, reason};
  }
  bool any_ = false;
  Tested included_;
  Tested excluded_;
};

}  // namespace sallyport
