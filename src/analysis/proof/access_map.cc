#include "analysis/proof/access_map.h"

#include "analysis/proof/search.h"
#include "analysis/proof/violations.h"
#include "analysis/proof/words.h"

namespace sallyport::proof {
namespace {

using List = std::vector<std::string>;

struct Line {
  std::string title;
  List words;  // as an expectation has them
};

std::vector<Line> rows(const Emergency& emergency) {
  std::vector<Line> out = {
      {"Members", {"members"}}, {"Guests", {"guests"}}, {"Administrators", {"administrators"}}};
  Line accounts{"Emergency accounts", {}};
  for (const UserId id : emergency.users) accounts.words.push_back("user:" + to_string(id));
  for (const GroupId id : emergency.groups) accounts.words.push_back("group:" + to_string(id));
  if (!accounts.words.empty()) out.push_back(std::move(accounts));
  return out;
}

const std::vector<Line>& columns() {
  static const std::vector<Line> list = {
      {"Any application", {"any application"}},
      {"Office 365", {"Office365"}},
      {"Admin portals", {"MicrosoftAdminPortals"}},
      {"Azure management", {"797f4846-ba00-4fd7-ba43-dac1f8f63013"}},
      {"Registering security information", {"register security information"}},
      {"Registering a device", {"register device"}}};
  return list;
}

Expectation cell_of(const Line& who, const Line& what, const Emergency& emergency) {
  Expectation e;
  e.name = who.title;
  e.who = who.words;
  e.what = what.words;
  if (who.title == "Emergency accounts") return e;
  for (const UserId id : emergency.users) e.except.push_back("user:" + to_string(id));
  for (const GroupId id : emergency.groups) e.except.push_back("group:" + to_string(id));
  return e;
}

struct Step {
  Barrier barrier;
  Bdd proven;  // at the most this
};

std::vector<Step> ladder(const Encoding& e) {
  const Bdd device = e.trait(Trait::compliant_device) | e.trait(Trait::hybrid_joined_device);
  const Bdd no_mfa = !e.multifactor();
  const Bdd relayable = !e.phishing_resistant();
  return {{Barrier::password, no_mfa - device},
          {Barrier::managed_device, no_mfa},
          {Barrier::mfa, relayable - device},
          {Barrier::mfa_on_managed_device, relayable},
          {Barrier::phishing_resistant, Bdd::all()}};
}

}  // namespace

std::string_view name_of(Barrier barrier) {
  switch (barrier) {
    case Barrier::password: return "a password";
    case Barrier::managed_device: return "a managed device";
    case Barrier::mfa: return "MFA";
    case Barrier::mfa_on_managed_device: return "MFA on a managed device";
    case Barrier::phishing_resistant: return "phishing-resistant MFA";
    case Barrier::blocked: return "blocked";
  }
  return "";
}

void add_map_interests(const Tenant& tenant, const Emergency& emergency, Interests& into) {
  for (const Line& who : rows(emergency)) {
    for (const Line& what : columns()) {
      // Words of ours: none is unknown.
      (void)add_interests(cell_of(who, what, emergency), tenant, into);
    }
  }
}

AccessMap access_map(const Encoding& encoding, const Emergency& emergency, Solver& solver) {
  const Universe& u = encoding.universe();
  solver.start_afresh();
  AccessMap out;
  const auto steps = ladder(encoding);
  for (const Line& what : columns()) out.resources.push_back(what.title);
  for (const Line& who : rows(emergency)) {
    out.people.push_back(who.title);
    auto& row = out.cells.emplace_back();
    for (const Line& what : columns()) {
      auto& cell = row.emplace_back();
      const Bdd region = region_of(cell_of(who, what, emergency), encoding);
      for (const Step& step : steps) {
        const auto witness = Violations(Need::blocked, encoding, region & step.proven).smallest();
        if (!witness) continue;
        cell.barrier = step.barrier;
        Box point;
        for (const ChoiceIndex choice : *witness) point.push_back({choice});
        cell.sentence = sentence(u, point, *witness);
        cell.details = details(u, *witness);
        break;
      }
    }
  }
  out.gave_up = solver.gave_up();
  return out;
}

}  // namespace sallyport::proof
