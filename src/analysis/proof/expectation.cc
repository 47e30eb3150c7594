#include "analysis/proof/expectation.h"

#include "base/text.h"

namespace sallyport::proof {
namespace {

struct NeedWords {
  Need need;
  std::string_view words;
};
constexpr NeedWords needs[] = {
    {Need::blocked, "blocked"},
    {Need::granted, "granted"},
    {Need::reachable, "reachable"},
    {Need::prompted, "prompted"},
    {Need::refused, "refused"},
    {Need::mfa, "needs mfa"},
    {Need::phishing_resistant, "needs phishing-resistant mfa"},
    {Need::managed_device, "needs managed device"},
    {Need::mfa_or_managed_device, "needs mfa or managed device"},
    {Need::managed_app, "needs managed app"},
    {Need::password_change, "needs password change"},
};

constexpr ExpectationList lists[] = {
    {"who", &Expectation::who, &Vocabulary::who},
    {"also", &Expectation::also, &Vocabulary::fact},
    {"except", &Expectation::except, &Vocabulary::fact},
    {"what", &Expectation::what, &Vocabulary::what},
    {"where", &Expectation::where, &Vocabulary::where},
    {"client", &Expectation::client, &Vocabulary::client},
    {"platform", &Expectation::platform, &Vocabulary::platform},
    {"flow", &Expectation::flow, &Vocabulary::flow},
    {"device", &Expectation::device, &Vocabulary::device},
    {"sign_in_risk", &Expectation::sign_in_risk, &Vocabulary::sign_in_risk},
    {"user_risk", &Expectation::user_risk, &Vocabulary::user_risk},
    {"insider_risk", &Expectation::insider_risk, &Vocabulary::insider_risk},
    {"workload_risk", &Expectation::workload_risk, &Vocabulary::workload_risk},
    {"agent_risk", &Expectation::agent_risk, &Vocabulary::agent_risk},
    {"with", &Expectation::with, &Vocabulary::with},
};

// Entries of a list are alternatives, but of `also` all are so and of `except` none; what is no
// matter to any policy narrows nothing.
Result<Bdd> read_region(const Expectation& e, const Vocabulary& vocabulary) {
  Bdd region = Bdd::all();
  for (const ExpectationList& list : lists) {
    const bool all_of = list.member == &Expectation::also;
    const bool none_of = list.member == &Expectation::except;
    Bdd any;
    for (const std::string& text : e.*list.member) {
      const Result<Vocabulary::Set> one = (vocabulary.*list.read)(text);
      if (!one) return tl::unexpected(one.error());
      if (all_of && *one) region &= **one;
      if (none_of && *one) region -= **one;
      any |= one->value_or(Bdd::all());
    }
    if (!all_of && !none_of && !(e.*list.member).empty()) region &= any;
  }
  return region;
}

}  // namespace

std::string_view name_of(Need need) {
  for (const auto& [one, words] : needs) {
    if (one == need) return words;
  }
  return {};
}

std::optional<Need> parse_need(std::string_view text) {
  for (const auto& [need, words] : needs) {
    if (equal_ignoring_case(text, words)) return need;
  }
  return std::nullopt;
}

std::string all_needs() {
  std::string out;
  for (const auto& one : needs) out += (out.empty() ? "" : ", ") + std::string(one.words);
  return out;
}

bool breaks(Need need, Outcome outcome) {
  switch (need) {
    case Need::granted: return outcome != Outcome::granted;
    case Need::reachable: return outcome == Outcome::blocked;
    case Need::prompted: return outcome != Outcome::interrupted;
    case Need::refused: return outcome != Outcome::blocked;
    default: return outcome == Outcome::granted;
  }
}

bool is_about_refusals(Need need) {
  return need == Need::granted || need == Need::reachable || need == Need::prompted ||
         need == Need::refused;
}

std::span<const ExpectationList> expectation_lists() { return lists; }

Result<void> add_interests(const Expectation& expectation, const Tenant& tenant, Interests& into) {
  const auto region = read_region(expectation, Vocabulary(tenant, into));
  if (!region) return tl::unexpected(region.error());
  return {};
}

Bdd unreal_region_of(const Expectation& expectation, const Encoding& encoding) {
  const auto region = read_region(expectation, Vocabulary(encoding));
  return region ? *region : Bdd();
}

Bdd region_of(const Expectation& expectation, const Encoding& encoding) {
  return unreal_region_of(expectation, encoding) & encoding.universe().reality();
}

Bdd proof_of(Need need, const Encoding& e) {
  const auto managed_device = [&] {
    return e.trait(Trait::compliant_device) | e.trait(Trait::hybrid_joined_device);
  };
  switch (need) {
    case Need::blocked:
    case Need::granted:
    case Need::reachable:
    case Need::prompted:
    case Need::refused: break;
    case Need::mfa: return e.multifactor();
    case Need::phishing_resistant: return e.phishing_resistant();
    case Need::managed_device: return managed_device();
    case Need::mfa_or_managed_device: return e.multifactor() | managed_device();
    case Need::managed_app:
      return e.trait(Trait::approved_application) | e.trait(Trait::protected_application);
    case Need::password_change:
      return e.trait(Trait::password_changed) | e.trait(Trait::risk_remediated);
  }
  return {};
}

Bdd violations(Need need, const Encoding& e, const Bdd& region) {
  if (need == Need::granted) return region - e.granted(region);
  if (need == Need::reachable) return e.blocked(region);
  if (need == Need::prompted) return e.granted(region) | e.blocked(region);
  if (need == Need::refused) return region - e.blocked(region);
  return e.granted(region - proof_of(need, e));
}

}  // namespace sallyport::proof
