#include "tests/proofs/second_facts.h"

#include <algorithm>

#include "base/text.h"
#include "device/filter_node.h"
#include "directory/well_known.h"

namespace sallyport::proof::testing {
namespace {

constexpr int risk_levels = 5;  // low to none

template <class Key>
std::map<Key, z3::expr> yes_or_no(z3::context& context, const std::string& name,
                                  const std::set<Key>& keys) {
  std::map<Key, z3::expr> out;
  for (const Key& key : keys) {
    const std::string unique = name + std::to_string(out.size());
    out.emplace(key, context.bool_const(unique.c_str()));
  }
  return out;
}

template <class Key>
z3::expr all_are_no(z3::expr so_far, const std::map<Key, z3::expr>& list) {
  for (const auto& [key, yes] : list) so_far = so_far && !yes;
  return so_far;
}

bool is_yes(const z3::model& model, const z3::expr& e) { return model.eval(e, true).is_true(); }
int number(const z3::model& model, const z3::expr& e) {
  return model.eval(e, true).get_numeral_int();
}

// A text of a model. Letters beyond ASCII and capitals are none that a rule's letters equal: what
// the solver made of them holds of a letter that no rule has.
std::string text_in(const z3::model& model, const z3::expr& e) {
  const std::string escaped = model.eval(e, true).get_string();
  std::string out;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    const bool code = escaped.compare(i, 3, "\\u{") == 0;
    if (code) i = escaped.find('}', i);
    const char letter = escaped[i];
    out += code || (letter >= 'A' && letter <= 'Z') ? '\x01' : letter;
  }
  return out;
}

void name_filter(const FilterNode& node, Named& into) {
  const FilterComparison& c = node.comparison;
  if (node.kind == FilterNode::Kind::comparison) {
    for (const std::string& value : c.values) {
      if (c.property == FilterProperty::physical_ids) into.physical_ids.insert(to_lower(value));
      if (c.property == FilterProperty::system_labels) into.system_labels.insert(to_lower(value));
      if (c.property == FilterProperty::custom_security_attribute) {
        into.attributes.emplace(c.attribute, value);
      }
    }
    into.devices.insert(c.ids.begin(), c.ids.end());
    if (c.property == FilterProperty::text) into.device_texts.insert(c.text);
    into.device_name |= c.property == FilterProperty::display_name;
  }
  for (const FilterNode& child : node.children) name_filter(child, into);
}

template <class Ids>
void add(std::set<typename Ids::value_type>& to, const Ids& ids) {
  to.insert(ids.begin(), ids.end());
}

void name_strength(const AuthenticationStrength& strength, Named& into) {
  for (const auto& narrowing : strength.combination_configurations) {
    add(into.aaguids, narrowing.allowed_aaguids);
    add(into.issuers, narrowing.allowed_issuer_skis);
    add(into.oids, narrowing.allowed_policy_oids);
  }
}

void name_policy(const Policy& policy, Named& into) {
  const Conditions& c = policy.conditions;
  if (c.users) {
    for (const auto* side : {&c.users->include, &c.users->exclude}) {
      add(into.users, side->users);
      add(into.groups, side->groups);
      add(into.roles, side->roles);
      for (const auto& guests : side->guests) add(into.tenants, guests.tenants);
    }
  }
  if (c.client_applications) {
    for (const auto* side : {&c.client_applications->include, &c.client_applications->exclude}) {
      add(into.service_principals, side->service_principals);
      add(into.agents, side->agents);
    }
  }
  if (c.applications) {
    add(into.applications, c.applications->include.applications);
    add(into.applications, c.applications->exclude.applications);
    const auto& filter = c.applications->application_filter;
    if (filter && filter->rule) name_filter(filter->rule->root(), into);
  }
  if (c.devices && c.devices->filter && c.devices->filter->rule) {
    name_filter(c.devices->filter->rule->root(), into);
  }
  if (!policy.grant_controls) return;
  add(into.terms, policy.grant_controls->terms_of_use);
  add(into.custom_controls, policy.grant_controls->custom_authentication_factors);
  if (policy.grant_controls->inline_strength) {
    name_strength(*policy.grant_controls->inline_strength, into);
  }
}

std::vector<ServicePrincipal> principals_of(const Named& named, const Directory& directory) {
  std::vector<ServicePrincipal> out(4);
  out[0].id = ServicePrincipalId::of("ours");
  out[1].id = ServicePrincipalId::of("somebody else's");
  out[1].in_scope_of_workload_policies = false;
  out[2].id = ServicePrincipalId::of("managed");
  out[2].kind = ServicePrincipalKind::managed_identity;
  out[3].id = ServicePrincipalId::of("an agent");
  out[3].kind = ServicePrincipalKind::agent_identity;
  for (auto& one : out) {
    if (one.kind != ServicePrincipalKind::application) one.in_scope_of_workload_policies = false;
  }
  const auto undescribed = [&](ServicePrincipalId id, ServicePrincipalKind kind) {
    if (directory.find_service_principal(id) != nullptr) return;
    ServicePrincipal one;
    one.id = id;
    one.kind = kind;
    one.in_scope_of_workload_policies = kind == ServicePrincipalKind::application;
    out.push_back(one);
  };
  for (const auto id : named.service_principals) {
    undescribed(id, ServicePrincipalKind::application);
  }
  for (const auto id : named.agents) {
    if (!named.service_principals.contains(id)) {
      undescribed(id, ServicePrincipalKind::agent_identity);
    }
  }
  const auto known = directory.service_principals();
  out.insert(out.end(), known.begin(), known.end());
  return out;
}

void walk(const Directory& directory, GroupIndex group, std::set<GroupIndex>& groups,
          std::set<RoleIndex>& roles) {
  if (!groups.insert(group).second) return;
  const Group& g = directory.groups()[group];
  roles.insert(g.roles.begin(), g.roles.end());
  for (const GroupIndex outer : g.member_of) walk(directory, outer, groups, roles);
}

}  // namespace

Named names_in(const PolicySet& set, const Directory& directory) {
  Named named;
  for (const Policy& policy : set.policies) name_policy(policy, named);
  for (const auto& strength : set.authentication_strengths) name_strength(strength, named);
  for (const NamedLocation& location : set.named_locations) {
    add(named.countries, location.countries_and_regions);
  }
  add(named.applications, set.office365);
  add(named.applications, set.admin_portals);
  for (const char* id :
       {"d4ebce55-015a-49b5-a083-c84d1797ae8c", "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9",
        "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"}) {  // enrolment, and the portal
    named.applications.insert(ApplicationId::of(id));
  }
  for (const auto& principal : directory.service_principals()) {
    named.applications.insert(principal.app_id);
  }
  return named;
}

SecondFacts::SecondFacts(z3::context& c, const Named& named, const Tenant& of)
    : context(c),
      tenant(of),
      principals(principals_of(named, *of.directory)),
      workload(c.bool_const("workload")),
      principal(c.int_const("principal")),
      user(c, "user", named.users),
      user_type(c.int_const("user type")),
      agent_user(c.bool_const("agent user")),
      home(c, "home", named.tenants),
      groups(yes_or_no(c, "group ", named.groups)),
      roles(yes_or_no(c, "role ", named.roles)),
      other_group(c.bool_const("other group")),
      other_role(c.bool_const("other role")),
      target(c.int_const("target")),
      application(c, "application", named.applications),
      attributes(yes_or_no(c, "attribute ", named.attributes)),
      context_number(c.int_const("context")),
      platform(c.int_const("platform")),
      client(c.int_const("client")),
      flow(c.int_const("flow")),
      address(c.bv_const("address", 128)),
      country_known(c.bool_const("country known")),
      gps_known(c.bool_const("gps known")),
      country(c, "country", named.countries),
      gps_country(c, "gps country", named.countries),
      compliant_network(c.bool_const("compliant network")),
      outage(c.bool_const("outage")),
      sign_in_risk(c.int_const("sign-in risk")),
      user_risk(c.int_const("user risk")),
      principal_risk(c.int_const("principal risk")),
      agent_risk(c.int_const("agent risk")),
      insider_risk(c.int_const("insider risk")),
      registered(c.bool_const("registered")),
      managed(c.bool_const("managed")),
      compliance(c.int_const("compliance")),
      device(c, "device", named.devices),
      named_device(c.bool_const("device has a name")),
      device_name(c.constant("device name", c.string_sort())),
      physical_ids(yes_or_no(c, "physical id ", named.physical_ids)),
      system_labels(yes_or_no(c, "label ", named.system_labels)),
      other_physical_id(c.bool_const("other physical id")),
      other_system_label(c.bool_const("other label")),
      texts_asked(named.device_texts),
      name_asked(named.device_name),
      mfa_claim(c.bool_const("mfa claim")),
      key(c, "key", named.aaguids),
      issuer(c, "issuer", named.issuers),
      oids(yes_or_no(c, "oid ", named.oids)),
      primary_known(c.bool_const("first factor given")),
      primary_age(c.int_const("first factor's age")),
      secondary_known(c.bool_const("second factor given")),
      secondary_age(c.int_const("second factor's age")),
      terms(yes_or_no(c, "terms ", named.terms)),
      custom_controls(yes_or_no(c, "custom control ", named.custom_controls)),
      approved_app(c.bool_const("approved app")),
      protected_app(c.bool_const("protected app")),
      token_bound(c.bool_const("token bound")),
      password_changed(c.bool_const("password changed")),
      risk_remediated(c.bool_const("risk remediated")),
      trust_mfa(c.bool_const("trust mfa")),
      trust_compliant(c.bool_const("trust compliant")),
      trust_hybrid(c.bool_const("trust hybrid")) {
  for (std::size_t i = 0; i < device_text_count; ++i) {
    texts_known.push_back(c.bool_const(("has text " + std::to_string(i)).c_str()));
    texts.push_back(c.constant(("text " + std::to_string(i)).c_str(), c.string_sort()));
  }
  for (MethodModes one = 1; one <= method::qr_code_pin; one <<= 1U) {
    const std::string name = combination_text(one);
    if (!name.empty()) methods.emplace(one, c.bool_const(name.c_str()));
  }
  const auto known = tenant.directory->service_principals();
  applications_made_up =
      std::ranges::none_of(known, [](const auto& p) { return !p.attributes.empty(); });
  Directory::Editor editor(tenant.directory);
  for (const auto& [id, in] : groups) {
    if (!editor.has_group(id)) editor.put_group(id, {});
  }
  for (const auto& [id, in] : roles) {
    if (!tenant.directory->find_role(id)) editor.put_role(id, {});
  }
  editor.put_group(GroupId::of("some other group"), {});
  editor.put_role(RoleId::of("some other role"), {});
  with_names = std::move(editor).build();
}

z3::expr SecondFacts::any_of(const std::vector<z3::expr>& list) const {
  z3::expr_vector all(context);
  for (const auto& one : list) all.push_back(one);
  return z3::mk_or(all);
}

z3::expr SecondFacts::all_of(const std::vector<z3::expr>& list) const {
  z3::expr_vector all(context);
  for (const auto& one : list) all.push_back(one);
  return z3::mk_and(all);
}

z3::expr SecondFacts::in_group(GroupId id) const {
  const auto found = groups.find(id);
  return found == groups.end() ? boolean(false) : found->second;
}
z3::expr SecondFacts::in_role(RoleId id) const {
  const auto found = roles.find(id);
  return found == roles.end() ? boolean(false) : found->second;
}

z3::expr SecondFacts::legacy() const {
  return through(ClientApp::exchange_active_sync) || through(ClientApp::eas_supported) ||
         through(ClientApp::other);
}

z3::expr SecondFacts::uses(MethodModes combination) const {
  z3::expr all = boolean(true);
  for (const auto& [one, used] : methods) {
    if ((combination & one) != 0) all = all && used;
  }
  return all;
}

z3::expr SecondFacts::at(const CidrRange& range) const {
  const auto bits = [&](const IpAddress& a) {
    return z3::concat(context.bv_val(static_cast<std::uint64_t>(a.high), 64),
                      context.bv_val(static_cast<std::uint64_t>(a.low), 64));
  };
  return z3::uge(address, bits(range.first)) && z3::ule(address, bits(range.last));
}

z3::expr SecondFacts::has_text(DeviceText which) const {
  return registered && texts_known[static_cast<std::size_t>(which)];
}
z3::expr SecondFacts::text(DeviceText which) const {
  return texts[static_cast<std::size_t>(which)];
}
z3::expr SecondFacts::hybrid_joined() const {
  return has_text(DeviceText::trust_type) &&
         text(DeviceText::trust_type) == context.string_val("serverad");
}

z3::expr SecondFacts::bare_workload() const {
  z3::expr bare = user.is_another() && user_type == 0 && home.is_another() && !agent_user &&
                  !other_group && !other_role && !registered && !mfa_claim && key.is_another() &&
                  issuer.is_another() && primary_known && primary_age == 0 && !secondary_known &&
                  !password_changed && !risk_remediated && !approved_app && !protected_app &&
                  !token_bound && flow == 0 && client == 5 && platform == 6 && target == 0;
  const int none = static_cast<int>(RiskLevel::none);
  bare = bare && sign_in_risk == none && user_risk == none && insider_risk == 0;
  bare = bare && !trust_mfa && !trust_compliant && !trust_hybrid;
  bare = all_are_no(bare, groups);
  bare = all_are_no(bare, roles);
  bare = all_are_no(bare, oids);
  bare = all_are_no(bare, terms);
  bare = all_are_no(bare, custom_controls);
  for (const auto& [one, used] : methods) {
    bare = bare && (one == method::password ? used : !used);
  }
  return bare;
}

// Without a directory anybody, as far as groups nest; with one its users, and those who come
// without an object in it.
z3::expr SecondFacts::people() const {
  const Directory& all = *with_names;
  if (tenant.directory->user_count() == 0) {
    z3::expr law = boolean(true);
    for (const auto& [id, in] : groups) {
      std::set<GroupIndex> outer;
      std::set<RoleIndex> held;
      walk(all, *all.find_group(id), outer, held);
      for (const auto& [other, in_other] : groups) {
        if (outer.contains(*all.find_group(other))) law = law && z3::implies(in, in_other);
      }
      for (const auto& [role, has] : roles) {
        if (held.contains(*all.find_role(role))) law = law && z3::implies(in, has);
      }
    }
    return law;
  }
  z3::expr stranger =
      user.is_another() && !agent_user && !other_group && !other_role &&
      (is_type(UserType::b2b_direct_connect_user) || is_type(UserType::other_external_user) ||
       is_type(UserType::service_provider));
  stranger = all_are_no(all_are_no(stranger, groups), roles);
  std::vector<z3::expr> somebody{stranger};
  all.each_user([&](const UserView& one) {
    std::set<GroupIndex> in;
    std::set<RoleIndex> held(one.roles.begin(), one.roles.end());
    for (const GroupIndex group : one.groups) walk(all, group, in, held);
    z3::expr is_them = is_type(one.type) && agent_user == boolean(one.agent_user);
    const auto named_as = user.is(one.id);
    is_them = is_them && (named_as.is_false() ? user.is_another() : named_as);
    const bool elsewhere = one.type != UserType::member && one.type != UserType::internal_guest;
    const auto from = home.is(one.home_tenant);
    is_them = is_them && (elsewhere && !from.is_false() ? from : home.is_another());
    std::size_t named_groups = 0, named_roles = 0;
    for (const auto& [id, yes] : groups) {
      const bool member = in.contains(*all.find_group(id));
      named_groups += member ? 1U : 0U;
      is_them = is_them && yes == boolean(member);
    }
    for (const auto& [id, yes] : roles) {
      const bool holder = held.contains(*all.find_role(id));
      named_roles += holder ? 1U : 0U;
      is_them = is_them && yes == boolean(holder);
    }
    is_them = is_them && other_group == boolean(in.size() > named_groups) &&
              other_role == boolean(held.size() > named_roles);
    somebody.push_back(is_them);
  });
  return any_of(somebody);
}

z3::expr SecondFacts::reality() const {
  const auto within = [](const z3::expr& e, int least, int most) {
    return e >= least && e <= most;
  };
  z3::expr law = within(principal, 0, static_cast<int>(principals.size()) - 1);
  law = law && within(user_type, 0, 6) && within(target, 0, 4) && within(context_number, 1, 99);
  law = law && within(platform, 0, 6) && within(client, 0, 5) && within(flow, 0, 2);
  for (const auto& risk : {sign_in_risk, user_risk, principal_risk, agent_risk}) {
    law = law && within(risk, 0, risk_levels - 1);
  }
  law = law && within(insider_risk, 0, 3) && within(compliance, 0, 2);
  law = law && user.in_bounds() && home.in_bounds() && application.in_bounds() &&
        country.in_bounds() && gps_country.in_bounds() && device.in_bounds() && key.in_bounds() &&
        issuer.in_bounds() && primary_age >= 0 && secondary_age >= 0;
  // An attribute is a text; the service knows few trust types and owners.
  if (name_asked) law = law && device_name.length() > 0;
  for (const DeviceText one : texts_asked) law = law && text(one).length() > 0;
  const auto only = [&](DeviceText which, std::initializer_list<const char*> words) {
    std::vector<z3::expr> any;
    for (const char* word : words) any.push_back(text(which) == context.string_val(word));
    return any_of(any);
  };
  law = law && only(DeviceText::trust_type, {"workplace", "azuread", "serverad"});
  if (texts_asked.contains(DeviceText::device_ownership)) {
    law = law && only(DeviceText::device_ownership, {"personal", "company"});
  }
  if (!oids.empty()) {
    z3::expr_vector all(context);
    for (const auto& [oid, has] : oids) all.push_back(has);
    law = law && z3::atmost(all, 5);  // no more count
  }
  if (!applications_made_up) law = all_are_no(law, attributes);
  law = law && z3::implies(!application.is_another(), all_are_no(boolean(true), attributes));
  const int none = static_cast<int>(RiskLevel::none);
  const z3::expr person = client != 5 && principal == 0 && principal_risk == none &&
                          z3::implies(!external(), home.is_another() && !trust_mfa &&
                                                       !trust_compliant && !trust_hybrid) &&
                          people();
  return law && z3::ite(workload, bare_workload(), person);
}

void SecondFacts::draft_person(const z3::model& model, Draft& into) const {
  if (const auto* id = user.found_in(model)) into.user.id = *id;
  into.user.type = static_cast<UserType>(number(model, user_type));
  into.user.agent_user = is_yes(model, agent_user);
  if (const auto* id = home.found_in(model)) {
    into.user.home_tenant = *id;
  } else if (into.user.type != UserType::member && into.user.type != UserType::internal_guest) {
    into.user.home_tenant = nowhere_in_particular();
  }
  for (const auto& [id, in] : groups) {
    if (is_yes(model, in)) into.groups.push_back(*with_names->find_group(id));
  }
  for (const auto& [id, has] : roles) {
    if (is_yes(model, has)) into.roles.push_back(*with_names->find_role(id));
  }
  if (is_yes(model, other_group)) {
    into.groups.push_back(*with_names->find_group(GroupId::of("some other group")));
  }
  if (is_yes(model, other_role)) {
    into.roles.push_back(*with_names->find_role(RoleId::of("some other role")));
  }
}

void SecondFacts::draft_device(const z3::model& model, Draft& into) const {
  into.registered = is_yes(model, registered);
  if (const auto* id = device.found_in(model)) into.device.id = *id;
  if (name_asked && is_yes(model, named_device)) into.device_name = text_in(model, device_name);
  constexpr DeviceFlag flags[] = {DeviceFlag::absent, DeviceFlag::no, DeviceFlag::yes};
  into.shape.is_compliant = flags[number(model, compliance)];
  into.shape.is_managed = is_yes(model, managed) ? DeviceFlag::yes : DeviceFlag::no;
  for (std::size_t i = 0; i < device_text_count; ++i) {
    const auto which = static_cast<DeviceText>(i);
    const bool asked = texts_asked.contains(which) || which == DeviceText::trust_type;
    if (!asked || !is_yes(model, texts_known[i])) continue;
    into.shape.texts[i] = DeviceAttribute::of(text_in(model, texts[i]));
  }
  for (const auto& [id, has] : physical_ids) {
    if (is_yes(model, has)) into.physical_ids.push_back(id);
  }
  if (is_yes(model, other_physical_id)) into.physical_ids.emplace_back("\x01");
  for (const auto& [label, has] : system_labels) {
    if (is_yes(model, has)) into.shape.system_labels.push_back(label);
  }
  if (is_yes(model, other_system_label)) into.shape.system_labels.emplace_back("\x01");
}

std::shared_ptr<const Directory> SecondFacts::directory_of(const z3::model& model) const {
  ServicePrincipal made_up;
  made_up.app_id = nothing_in_particular();
  for (const auto& [attribute, has] : attributes) {
    if (!is_yes(model, has)) continue;
    const auto& name = attribute.first;
    const auto& value = attribute.second;
    auto& all = made_up.attributes;
    const auto at = std::ranges::find_if(
        all, [&](const auto& one) { return equal_ignoring_case(one.first, name); });
    if (at == all.end()) {
      all.push_back({name, {value}});
    } else {
      at->second.push_back(value);
    }
  }
  if (made_up.attributes.empty()) return with_names;
  Directory::Editor editor(with_names);
  editor.put_service_principal(std::move(made_up));
  return std::move(editor).build();
}

void SecondFacts::draft(const z3::model& model, Draft& into) const {
  SignIn& s = into.sign_in;
  const auto yes = [&](const z3::expr& e) { return is_yes(model, e); };
  if (yes(workload)) {
    s.identity = IdentityKind::service_principal;
    into.service_principal = &principals[static_cast<std::size_t>(number(model, principal))];
  } else {
    draft_person(model, into);
  }
  const int kind = number(model, target);
  if (kind == 4) {
    s.target.kind = TargetKind::authentication_context;
    s.target.authentication_context = static_cast<std::uint8_t>(number(model, context_number));
  } else if (kind != 0) {
    s.target.kind = TargetKind::user_action;
    s.target.user_action = static_cast<UserAction>(kind - 1);
  }
  if (const auto* id = application.found_in(model)) into.application = *id;
  const int on_platform = number(model, platform), through_client = number(model, client);
  s.device_platform = on_platform == 6 ? Fact<Platform>::absent()
                                       : Fact<Platform>(static_cast<Platform>(on_platform));
  s.client_app_type = through_client == 5 ? Fact<ClientApp>::absent()
                                          : Fact<ClientApp>(static_cast<ClientApp>(through_client));
  if (const int f = number(model, flow)) s.authentication_flow = static_cast<TransferMethod>(f);
  const z3::expr high = model.eval(address.extract(127, 64), true);
  const z3::expr low = model.eval(address.extract(63, 0), true);
  s.ip_address = IpAddress{high.get_numeral_uint64(), low.get_numeral_uint64()};
  const auto place = [&](const z3::expr& known, const OneOf<Country>& where) {
    if (!yes(known)) return Fact<Country>::absent();
    const auto* named = where.found_in(model);
    return Fact<Country>(named != nullptr ? *named : *parse_country("QZ"));
  };
  s.country = place(country_known, country);
  s.gps_country = place(gps_known, gps_country);
  s.compliant_network = yes(compliant_network);
  s.outage = yes(outage);
  const auto level = [&](const z3::expr& e) { return static_cast<RiskLevel>(number(model, e)); };
  s.sign_in_risk_level = level(sign_in_risk);
  s.user_risk_level = level(user_risk);
  s.service_principal_risk_level = level(principal_risk);
  s.agent_id_risk_level = level(agent_risk);
  s.insider_risk_level = static_cast<InsiderRiskLevel>(number(model, insider_risk));
  draft_device(model, into);
  Proofs& p = s.proofs;
  into.methods = 0;
  for (const auto& [one, used] : methods) into.methods |= yes(used) ? one : 0;
  p.mfa_claim = yes(mfa_claim);
  if (const auto* id = key.found_in(model)) p.fido2_aaguid = *id;
  if (const auto* id = issuer.found_in(model)) p.x509_issuer_ski = *id;
  for (const auto& [oid, has] : oids) {
    if (yes(has)) into.policy_oids.push_back(oid);
  }
  const auto when = [&](const z3::expr& known, const z3::expr& age) {
    if (!yes(known)) return Fact<Instant>::absent();
    const std::int64_t seconds = model.eval(age, true).get_numeral_int64();
    return Fact<Instant>(drafted_at - std::chrono::seconds(seconds));
  };
  p.primary_authenticated_at = when(primary_known, primary_age);
  p.secondary_authenticated_at = when(secondary_known, secondary_age);
  for (const auto& [id, done] : terms) {
    if (yes(done)) into.terms.push_back(id);
  }
  for (const auto& [id, done] : custom_controls) {
    if (yes(done)) into.custom_controls.push_back(id);
  }
  s.approved_client_app = yes(approved_app);
  s.app_protection_policy = yes(protected_app);
  p.token_bound = yes(token_bound);
  p.password_changed = yes(password_changed);
  p.risk_remediated = yes(risk_remediated);
  s.trust = {yes(trust_mfa), yes(trust_compliant), yes(trust_hybrid)};
}

}  // namespace sallyport::proof::testing
