#include "tests/support/scenario.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace sallyport::test {
namespace {

namespace fs = std::filesystem;

fs::path folder() { return fs::path(SALLYPORT_SOURCE_DIR) / "tests" / "scenarios"; }

struct Collection {
  std::string_view member;
  DocumentKind kind;
};
constexpr std::array collections = {
    Collection{"policies", DocumentKind::conditional_access_policy},
    Collection{"namedLocations", DocumentKind::named_location},
    Collection{"settings", DocumentKind::settings},
    Collection{"authenticationStrengths", DocumentKind::authentication_strength_policy},
    Collection{"users", DocumentKind::user},
    Collection{"groups", DocumentKind::group},
    Collection{"directoryRoles", DocumentKind::directory_role},
    Collection{"roleAssignments", DocumentKind::role_assignment},
    Collection{"servicePrincipals", DocumentKind::service_principal},
    Collection{"devices", DocumentKind::device},
};
constexpr std::array<std::string_view, 12> other_members = {
    "description", "source", "unconfirmed",  "now",      "signIn",   "expect",
    "checks",      "repeat", "documentType", "document", "encoding", "dialect"};

// `patch` over `base`: objects member by member, everything else replaced. What a sign-in is for
// and whose it is are each one thing, and replaced whole.
json::Value merged(const json::Value& base, const json::Value& patch, json::Arena& arena) {
  if (!base.is_object() || !patch.is_object()) return patch;
  std::vector<json::Member> members(base.members().begin(), base.members().end());
  for (const auto& change : patch.members()) {
    const auto same = std::find_if(members.begin(), members.end(),
                                   [&](const json::Member& m) { return m.name == change.name; });
    if (same == members.end()) {
      members.push_back(change);
    } else if (change.name == "signInContext" || change.name == "signInIdentity" ||
               change.name == "deviceInfo") {
      same->value = change.value;
    } else {
      same->value = merged(same->value, change.value, arena);
    }
  }
  return arena.object(members);
}

// {"member": "ipRanges", "times": 2001}: the first item of that list so often.
json::Value repeated(const json::Value& document, const json::Value* repeat, json::Arena& arena) {
  if (repeat == nullptr) return document;
  std::vector<json::Member> members(document.members().begin(), document.members().end());
  for (auto& member : members) {
    if (member.name != repeat->find("member")->text() || member.value.items().empty()) continue;
    const auto times = static_cast<std::size_t>(repeat->find("times")->integer().value_or(0));
    const std::vector<json::Value> items(times, member.value.items().front());
    member.value = arena.array(items);
  }
  return arena.object(members);
}

std::string_view text_of(const json::Value& object, std::string_view name,
                         std::string_view otherwise = {}) {
  const json::Value* value = object.find(name);
  return value == nullptr ? otherwise : value->text();
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorKind::not_found, "the scenario cannot be read", path.string());
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void add_checks(const json::Value& root, Scenario& scenario) {
  const json::Value* base = root.find(scenario.is_document ? "document" : "signIn");
  const auto add = [&](const json::Value& check, std::string_view description,
                       const json::Value& input) {
    const json::Value* repeat = check.find("repeat");
    scenario.checks.push_back(
        {std::string(description),
         repeated(input, repeat != nullptr ? repeat : root.find("repeat"), scenario.arena),
         *check.find("expect"), text_of(check, "dialect", text_of(root, "dialect", "strict"))});
  };
  if (root.find("expect") != nullptr) add(root, scenario.description, *base);
  const json::Value* checks = root.find("checks");
  if (checks == nullptr) return;
  for (const auto& check : checks->items()) {
    const json::Value* patch = check.find(scenario.is_document ? "document" : "signIn");
    add(check, text_of(check, "description"),
        patch == nullptr ? *base : merged(*base, *patch, scenario.arena));
  }
}

Result<void> check_members(const json::Value& root, const std::string& name) {
  for (const auto& member : root.members()) {
    const bool known =
        std::find(other_members.begin(), other_members.end(), member.name) != other_members.end() ||
        std::any_of(collections.begin(), collections.end(),
                    [&](const Collection& c) { return c.member == member.name; });
    if (!known) {
      return fail(ErrorKind::invalid_argument,
                  "a scenario has no member `" + std::string(member.name) + "`", name);
    }
  }
  const bool has_subject = (root.find("signIn") != nullptr) != (root.find("document") != nullptr);
  if (!has_subject || (root.find("expect") == nullptr && root.find("checks") == nullptr)) {
    return fail(ErrorKind::invalid_argument, "a scenario has a signIn or a document, and an expect",
                name);
  }
  return {};
}

}  // namespace

std::vector<std::string> scenario_names(ScenarioKind kind) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder())) {
    if (entry.path().extension() != ".json") continue;
    auto name = fs::relative(entry.path(), folder()).replace_extension().generic_string();
    const auto of = name.starts_with("documents/")    ? ScenarioKind::document
                    : name.starts_with("rest/")       ? ScenarioKind::request
                    : name.starts_with("compliance/") ? ScenarioKind::compliance
                    : name.starts_with("fleet/")      ? ScenarioKind::fleet
                                                      : ScenarioKind::sign_in;
    if (of == kind) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string test_name_of(std::string_view scenario_name) {
  std::string name(scenario_name);
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

Result<std::string> scenario_text(std::string_view name) {
  return read_file(folder() / (std::string(name) + ".json"));
}

Result<Scenario> load_scenario(std::string_view name) {
  Scenario scenario;
  scenario.name = name;
  auto text = read_file(folder() / (scenario.name + ".json"));
  if (!text) return tl::unexpected<Error>(text.error());
  auto parsed = json::parse(*text);
  if (!parsed) return tl::unexpected<Error>(parsed.error());
  scenario.file = std::move(*parsed);
  const json::Value& root = scenario.file.root();
  if (auto checked = check_members(root, scenario.name); !checked) {
    return tl::unexpected<Error>(checked.error());
  }
  scenario.description = text_of(root, "description");
  scenario.unconfirmed = root.find("unconfirmed") != nullptr && root.find("unconfirmed")->truth();
  scenario.is_document = root.find("document") != nullptr;
  scenario.document_type = text_of(root, "documentType");
  scenario.encoding = text_of(root, "encoding");
  if (const json::Value* now = root.find("now")) {
    scenario.now = parse_instant(now->text()).value_or(Instant{});
  }
  for (const auto& [member, kind] : collections) {
    const json::Value* list = root.find(member);
    if (list == nullptr) continue;
    for (const auto& item : list->items()) {
      scenario.documents.push_back({kind, std::string(member), item});
    }
  }
  add_checks(root, scenario);
  return scenario;
}

ScenarioTenant tenant_of(const Scenario& scenario) {
  ScenarioTenant result;
  TenantBuilder builder;
  for (const auto& document : scenario.documents) {
    if (document.kind == DocumentKind::conditional_access_policy) {
      result.policies.push_back(document.value);
    }
    builder.add(document.kind, document.value, SourceText{scenario.file.text(), scenario.name});
  }
  result.findings = builder.take_findings();
  result.tenant = std::move(builder).build();
  return result;
}

Result<SignInInput> sign_in_of(const Scenario& scenario, const ScenarioCheck& check,
                               const Tenant& tenant, Missing missing) {
  return read_sign_in(check.input,
                      {missing, scenario.now, tenant.directory.get(), tenant.inventory.get()});
}

}  // namespace sallyport::test
