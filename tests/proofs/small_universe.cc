#include "tests/proofs/small_universe.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>
#include <set>

#include "directory/authentication_strength.h"
#include "engine/facts.h"

namespace sallyport::proof::testing {
namespace {

using testing_support::Random;
using testing_support::World;

bool is_about_people(Question question) {
  return question >= Question::user && question <= Question::any_group;
}

// Which dimensions the policies, the questions and the laws between them ask about.
std::vector<bool> asked(const Case& of) {
  const Universe& u = *of.universe;
  std::vector<bool> out(u.dimensions().size());
  const auto ask = [&](const Bdd& set) {
    const auto more = u.asked_by(set);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = out[i] || more[i];
  };
  for (const Encoding* encoding : {of.encoding.get(), of.other_encoding.get()}) {
    for (const EncodedPolicy& policy : encoding->policies()) {
      ask(policy.applies);
      ask(policy.satisfied);
      ask(policy.failed);
    }
  }
  for (const Expectation& e : of.expectations) {
    ask(unreal_region_of(e, *of.encoding));
    ask(proof_of(e.need, *of.encoding));
  }
  out[*u.find(Question::identity)] = true;
  // Who is in one group may have to be in another; of a directory, nobody may be quite plain.
  bool people = u.has_people();
  for (DimensionIndex i = 0; i < out.size(); ++i) {
    people = people || (out[i] && is_about_people(u.dimensions()[i].question));
  }
  for (DimensionIndex i = 0; i < out.size(); ++i) {
    if (people && is_about_people(u.dimensions()[i].question)) {
      out[i] = out[i] || u.has_people() || u.dimensions()[i].question == Question::group ||
               u.dimensions()[i].question == Question::role;
    }
  }
  return out;
}

// Sets of methods, one for each thing they can amount to and the least of these. What is asked of
// methods is whether they hold one of some combinations: so sets that hold as many whole
// combinations as there are such questions show everything.
std::vector<MethodModes> telling_methods(const Case& of) {
  std::vector<std::vector<MethodModes>> questions{mfa_combinations()};
  questions.push_back({method::fido2, method::windows_hello_for_business,
                       method::x509_certificate_multi_factor});
  const auto ask = [&](const PolicySet& set, const Policy& policy) {
    if (!policy.grant_controls || !policy.grant_controls->authentication_strength) return;
    const auto* strength = set.find_strength(*policy.grant_controls->authentication_strength);
    if (strength == nullptr && policy.grant_controls->inline_strength) {
      strength = &*policy.grant_controls->inline_strength;
    }
    if (strength == nullptr) return;
    // Each combination a question of its own where keys narrow it.
    if (strength->combination_configurations.empty()) {
      questions.push_back(strength->allowed_combinations);
    } else {
      for (const MethodModes one : strength->allowed_combinations) questions.push_back({one});
    }
  };
  for (const PolicySet* set : {&of.tenant.policy_set, &of.other}) {
    for (const Policy& policy : set->policies) ask(*set, policy);
  }
  std::ranges::sort(questions);
  questions.erase(std::unique(questions.begin(), questions.end()), questions.end());
  std::map<std::vector<bool>, MethodModes> least;
  const auto cost = [](MethodModes m) {
    return 3 * std::popcount(static_cast<unsigned>(m & ~method::password)) +
           ((m & method::password) != 0 ? 0 : 1);
  };
  const auto consider = [&](MethodModes m) {
    std::vector<bool> answers;
    for (const auto& combinations : questions) {
      answers.push_back(std::ranges::any_of(
          combinations, [&](MethodModes c) { return (m & c) == c; }));
    }
    const auto [at, added] = least.try_emplace(answers, m);
    if (!added && cost(m) < cost(at->second)) at->second = m;
  };
  std::vector<MethodModes> held{method::password, 0};
  std::set<MethodModes> seen(held.begin(), held.end());
  for (const auto& combinations : questions) {
    const std::size_t before = held.size();
    for (std::size_t i = 0; i < before && held.size() < 20'000; ++i) {
      for (const MethodModes c : combinations) {
        if (seen.insert(held[i] | c).second) held.push_back(held[i] | c);
      }
    }
  }
  for (const MethodModes m : held) consider(m);
  std::vector<MethodModes> out;
  for (const auto& [answers, m] : least) out.push_back(m);
  return out;
}

struct AskedMethod {
  MethodModes method = 0;
  DimensionIndex dimension = 0;
};

std::vector<AskedMethod> asked_methods(const Universe& u) {
  std::vector<AskedMethod> out;
  for (MethodModes one = 1; one <= method::qr_code_pin; one <<= 1U) {
    if (const auto dimension = u.method(one)) out.push_back({one, *dimension});
  }
  return out;
}

void set_methods(const std::vector<AskedMethod>& all, MethodModes methods, Point& point) {
  for (const auto& [one, dimension] : all) {
    const bool used = (methods & one) != 0;
    point[dimension] = used == (one == method::password) ? 0 : 1;
  }
}

bool in(const Directory& directory, const UserView& user, const std::string& kind,
        const std::string& id) {
  Memberships memberships;
  memberships.walk(directory, user);
  if (kind == "group") {
    const auto index = directory.find_group(GroupId::of(id));
    return index && memberships.groups.contains(*index);
  }
  if (kind == "role") {
    const auto index = directory.find_role(RoleId::of(id));
    return index && memberships.roles.contains(*index);
  }
  return user.id == UserId::of(id);
}

bool who_is(const std::string& text, const SignIn& s, const Directory& directory) {
  if (text == "workloads") {
    return s.identity == IdentityKind::service_principal &&
           (*s.service_principal)->kind == ServicePrincipalKind::application &&
           (*s.service_principal)->in_scope_of_workload_policies;
  }
  if (s.identity != IdentityKind::user) return false;
  if (text == "everyone") return true;
  if (text == "members") return s.user->type == UserType::member;
  if (text == "guests") return s.user->type != UserType::member;
  const auto colon = text.find(':');
  return in(directory, *s.user, text.substr(0, colon), text.substr(colon + 1));
}

bool what_is(const std::string& text, const SignIn& s) {
  const auto action = [&](UserAction wanted) {
    return s.target.kind == TargetKind::user_action && s.target.user_action == wanted;
  };
  if (text == "register security information") return action(UserAction::register_security_info);
  if (text == "register device") return action(UserAction::register_device);
  if (s.target.kind != TargetKind::applications) return false;
  return text == "any application" || s.target.applications.front() == ApplicationId::of(text);
}

template <class List, class Test>
bool any_or_empty(const List& list, Test test) {
  return list.empty() || std::ranges::any_of(list, test);
}

}  // namespace

std::size_t number_from_environment(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::size_t>(std::strtoull(text, nullptr, 10));
}

Tenant tenant_of(const World& world, bool with_people) {
  Tenant tenant;
  tenant.policy_set = world.policy_set;
  tenant.directory = with_people ? world.directory : std::make_shared<const Directory>();
  tenant.inventory = world.inventory;
  return tenant;
}

Case::Case(Tenant of, std::vector<Expectation> questions, PolicySet compared_with)
    : tenant(std::move(of)), other(std::move(compared_with)), expectations(std::move(questions)) {
  Interests interests;
  for (const Expectation& e : expectations) {
    if (!add_interests(e, tenant, interests)) std::abort();
  }
  const PolicySet* sets[] = {&tenant.policy_set, &other};
  universe = std::make_unique<Universe>(solver, sets, tenant, interests);
  encoding = std::make_unique<Encoding>(*universe, tenant.policy_set);
  program = compile(tenant.policy_set, universe->directory(), tenant.inventory).value();
  other_encoding = std::make_unique<Encoding>(*universe, other);
  other_program = compile(other, universe->directory(), tenant.inventory).value();
  asks = asked(*this);
}

void thin_out(PolicySet& set, std::vector<Expectation>& expectations, Random& random) {
  const auto thin = [&](auto& list) {
    while (list.size() > 1 && random.chance(70)) list.pop_back();
  };
  for (Policy& policy : set.policies) {
    Conditions& c = policy.conditions;
    const auto half = [&] { return random.chance(70); };
    if (half()) c.platforms.reset();
    if (half()) c.locations.reset();
    if (half()) c.devices.reset();
    if (half()) c.client_app_types = {};
    if (half()) c.sign_in_risk_levels = {};
    if (half()) c.user_risk_levels = {};
    if (half()) c.insider_risk_levels = {};
    if (half()) c.authentication_flows = {};
    if (half()) policy.session_controls.reset();
    if (policy.grant_controls) thin(policy.grant_controls->terms_of_use);
    for (PrincipalLists* lists : {c.users ? &c.users->include : nullptr,
                                  c.users ? &c.users->exclude : nullptr}) {
      if (lists == nullptr) continue;
      thin(lists->users);
      thin(lists->groups);
      if (half()) lists->guests.clear();
    }
    if (c.applications) {
      thin(c.applications->include.applications);
      thin(c.applications->exclude.applications);
      if (half()) c.applications->application_filter.reset();
      if (half()) c.applications->include.office365 = false;
      if (half()) c.applications->include.admin_portals = false;
    }
  }
  for (Expectation& e : expectations) {
    if (random.chance(50)) e.client.clear();
    if (random.chance(50)) e.platform.clear();
    if (random.chance(50)) e.flow.clear();
    if (random.chance(50)) e.sign_in_risk.clear();
    thin(e.who);
  }
}

Expectation make_expectation(const World& world, Random& random) {
  Expectation e;
  e.id = e.name = "asked";
  static const std::vector<Need> needs{
      Need::blocked,        Need::granted,     Need::reachable,
      Need::mfa,            Need::mfa,         Need::phishing_resistant,
      Need::managed_device, Need::managed_app, Need::mfa_or_managed_device,
      Need::password_change};
  e.need = random.pick(needs);
  const auto somebody = [&]() -> std::string {
    switch (random.below(6)) {
      case 0: return "group:" + to_string(random.pick(world.groups));
      case 1: return "role:" + to_string(random.pick(world.roles));
      case 2: return "user:" + to_string(random.pick(world.users));
      case 3: return "guests";
      case 4: return "members";
      default: return "everyone";
    }
  };
  e.who = {random.chance(12) ? "workloads" : somebody()};
  if (random.chance(30)) e.who.push_back(somebody());
  if (random.chance(30)) e.except = {somebody()};
  if (e.except == std::vector<std::string>{"everyone"}) e.except.clear();
  const std::vector<std::string> targets{"any application", "any application",
                                         "register security information", "register device",
                                         to_string(random.pick(world.applications))};
  if (random.chance(85)) e.what = {random.pick(targets)};
  if (random.chance(20)) e.client = {random.chance(50) ? "legacy" : "modern"};
  if (random.chance(15)) e.platform = {random.chance(50) ? "iOS" : "unknown", "android"};
  if (random.chance(15)) e.flow = {random.chance(50) ? "deviceCodeFlow" : "ordinary"};
  if (random.chance(15)) e.sign_in_risk = {"medium", "high"};
  if (random.chance(10)) e.user_risk = {"high"};
  return e;
}

bool is_about(const Expectation& e, const SignIn& s, const Directory& directory) {
  const auto who = [&](const std::string& text) { return who_is(text, s, directory); };
  if (!any_or_empty(e.who, who) || std::ranges::any_of(e.except, who)) return false;
  if (!any_or_empty(e.what, [&](const auto& text) { return what_is(text, s); })) return false;
  const auto client = [&](const std::string& text) {
    if (!s.client_app_type.is_known()) return false;
    const bool modern = s.client_app_type.is(ClientApp::browser) ||
                        s.client_app_type.is(ClientApp::mobile_apps_and_desktop_clients);
    return modern == (text == "modern");
  };
  const auto platform = [&](const std::string& text) {
    if (text == "unknown") return s.device_platform.is_absent();
    return s.device_platform.is(text == "iOS" ? Platform::ios : Platform::android);
  };
  const auto flow = [&](const std::string& text) {
    return text == "ordinary" ? !s.authentication_flow.is_known()
                              : s.authentication_flow.is(TransferMethod::device_code_flow);
  };
  const auto risk = [](Fact<RiskLevel> level) {
    return [level](const std::string& text) {
      return level.is(text == "medium" ? RiskLevel::medium : RiskLevel::high);
    };
  };
  return any_or_empty(e.client, client) && any_or_empty(e.platform, platform) &&
         any_or_empty(e.flow, flow) && any_or_empty(e.sign_in_risk, risk(s.sign_in_risk_level)) &&
         any_or_empty(e.user_risk, risk(s.user_risk_level));
}

bool is_kept(Need need, const SignIn& s, Outcome outcome) {
  const auto& p = s.proofs;
  const auto uses = [&](MethodModes c) { return (*p.methods & c) == c; };
  const bool mfa = p.mfa_claim.is(true) || std::ranges::any_of(mfa_combinations(), uses);
  const bool managed =
      s.device.is_known() && (s.device->shape->is_compliant == DeviceFlag::yes ||
                              s.device->shape->text(DeviceText::trust_type) ==
                                  DeviceAttribute::of("ServerAD"));
  const bool mobile = s.device_platform.is(Platform::ios) || s.device_platform.is(Platform::android);
  switch (need) {
    case Need::blocked: return outcome != Outcome::granted;
    case Need::granted: return outcome == Outcome::granted;
    case Need::reachable: return outcome != Outcome::blocked;
    case Need::mfa: return outcome != Outcome::granted || mfa;
    case Need::phishing_resistant:
      return outcome != Outcome::granted || uses(method::fido2) ||
             uses(method::windows_hello_for_business) || uses(method::x509_certificate_multi_factor);
    case Need::managed_device: return outcome != Outcome::granted || managed;
    case Need::mfa_or_managed_device: return outcome != Outcome::granted || mfa || managed;
    case Need::managed_app:
      return outcome != Outcome::granted || (s.approved_client_app.is(true) && mobile) ||
             (s.app_protection_policy.is(true) &&
              (mobile || s.device_platform.is(Platform::windows)));
    case Need::password_change:
      return outcome != Outcome::granted || p.password_changed.is(true) ||
             p.risk_remediated.is(true);
  }
  return false;
}

bool each_sign_in(const Case& of, std::size_t most, const std::function<void(const Point&)>& visit) {
  const Universe& u = *of.universe;
  const std::vector<bool>& ask = of.asks;
  const std::vector<MethodModes> methods = telling_methods(of);
  std::vector<DimensionIndex> order;
  for (DimensionIndex i = 0; i < ask.size(); ++i) {
    if (ask[i] && u.dimensions()[i].question != Question::method) order.push_back(i);
  }
  // How many there are is known before they are walked.
  Bdd asked_alone = u.reality();
  double unasked_bits = 0;
  for (DimensionIndex i = static_cast<DimensionIndex>(ask.size()); i-- > 0;) {
    if (std::ranges::find(order, i) != order.end()) continue;
    asked_alone = asked_alone.without(u.variables_of(i));
    unasked_bits += u.dimensions()[i].bits;
  }
  const double all = std::exp2(asked_alone.log_count() - unasked_bits);
  if (all * static_cast<double>(methods.size()) > static_cast<double>(most)) return false;
  if (!visit) return true;
  const auto client = *u.find(Question::client_app);
  const auto platform = *u.find(Question::platform);
  const auto identity = *u.find(Question::identity);
  const std::vector<AskedMethod> told_apart = asked_methods(u);
  std::size_t count = 0;
  Point point(ask.size(), 0);
  // What may still be real, of those with the answers so far.
  const std::function<bool(std::size_t, const Bdd&)> go = [&](std::size_t step, const Bdd& left) {
    if (left.is_empty()) return true;
    if (step < order.size()) {
      const DimensionIndex i = order[step];
      for (ChoiceIndex c = 0; c < u.dimensions()[i].choices.size(); ++c) {
        point[i] = c;
        if (!go(step + 1, left & u.is(i, c))) return false;
      }
      point[i] = 0;
      return true;
    }
    const bool workload = point[identity] == 1;
    for (const MethodModes m : methods) {
      if (workload && m != method::password) continue;
      set_methods(told_apart, m, point);
      if (workload && !ask[client]) {
        point[client] = static_cast<ChoiceIndex>(u.dimensions()[client].choices.size() - 1);
      }
      if (workload && !ask[platform]) {
        point[platform] = static_cast<ChoiceIndex>(u.dimensions()[platform].choices.size() - 1);
      }
      if (u.holds(u.reality(), point)) {
        if (++count > most) return false;
        visit(point);
      }
      if (!ask[client]) point[client] = 0;
      if (!ask[platform]) point[platform] = 0;
    }
    set_methods(told_apart, method::password, point);
    return true;
  };
  return go(0, asked_alone);
}

std::optional<Point> with_other_answers(const Case& of, const Point& point, Random& random) {
  const Universe& u = *of.universe;
  const std::vector<bool>& ask = of.asks;
  for (int attempt = 0; attempt < 5; ++attempt) {
    Point other = point;
    for (DimensionIndex i = 0; i < ask.size(); ++i) {
      const Question question = u.dimensions()[i].question;
      if (ask[i] || question == Question::method || random.chance(50)) continue;
      other[i] = static_cast<ChoiceIndex>(random.below(u.dimensions()[i].choices.size()));
    }
    if (u.holds(u.reality(), other)) return other;
  }
  return std::nullopt;
}

Point random_member(const Universe& u, const Bdd& set, Random& random) {
  const unsigned plain = static_cast<unsigned>(random.pick(std::vector<int>{50, 80, 95}));
  Point point(u.dimensions().size(), 0);
  const auto put = [&](DimensionIndex at, int bit, bool on) {
    const auto mask = static_cast<ChoiceIndex>(1U << static_cast<unsigned>(bit));
    point[at] = static_cast<ChoiceIndex>(on ? point[at] | mask : point[at] & ~mask);
  };
  for (DimensionIndex i = 0; i < point.size(); ++i) {
    for (int bit = 0; bit < u.dimensions()[i].bits; ++bit) put(i, bit, !random.chance(plain));
  }
  for (int node = set.node(); node > 1;) {
    const int variable = Bdd::variable_of(node);
    const DimensionIndex at = u.dimension_of(variable);
    const Dimension& dimension = u.dimensions()[at];
    const int low = Bdd::low_of(node), high = Bdd::high_of(node);
    const bool up = low == 0 || (high != 0 && !random.chance(plain));
    put(at, dimension.bits - 1 - (variable - dimension.first_variable), up);
    node = up ? high : low;
  }
  return point;
}

unsigned weight(const Universe& u, const Point& point) {
  unsigned sum = 0;
  for (DimensionIndex i = 0; i < point.size(); ++i) {
    if (point[i] != 0) sum += u.dimensions()[i].weight;
  }
  return sum;
}

unsigned memberships(const Universe& u, const Point& point) {
  unsigned count = 0;
  for (DimensionIndex i = 0; i < point.size(); ++i) {
    const Question q = u.dimensions()[i].question;
    const bool counts = q == Question::role || q == Question::any_role || q == Question::group ||
                        q == Question::any_group || q == Question::user;
    if (counts && point[i] != 0) ++count;
  }
  return count;
}

std::string show(const Universe& u, const Point& point) {
  std::string out;
  for (DimensionIndex i = 0; i < point.size(); ++i) {
    if (point[i] != 0) out += "\n  " + u.dimensions()[i].choices[point[i]].words;
  }
  return out;
}

}  // namespace sallyport::proof::testing
