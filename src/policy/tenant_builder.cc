#include <charconv>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "directory/read.h"
#include "policy/line_finder.h"
#include "policy/read.h"
#include "policy/settings.h"
#include "policy/source_text.h"
#include "policy/tenant.h"

namespace sallyport {
namespace {

constexpr std::size_t kind_count = static_cast<std::size_t>(DocumentKind::other) + 1;

}  // namespace

struct TenantBuilder::State {
  explicit State(Keep wanted) : keeps_all(wanted == Keep::everything) {}

  SourceText source;  // where the document being added stands; valid only during add()
  LineFinder lines;
  bool keeps_all;

  PolicySet policy_set = empty_policy_set();
  Directory::Editor directory;
  Inventory::Editor inventory;
  Names names;
  bool has_directory = false;
  bool has_inventory = false;
  std::vector<Finding> findings;
  std::unordered_set<Guid, GuidHash> seen[kind_count];  // but users and devices

  // Members given as bare ids are groups when such a group exists, so they wait for all groups.
  std::vector<GroupStatement> pending_groups;
  std::vector<std::pair<std::string, RoleStatement>> pending_roles;
  DeviceId device;  // of the last document, when it was a device's

  void report(Finding finding) {
    const auto at = lines.find(source.text, finding.offset);
    finding.file = std::string(source.file);
    finding.line = source.line + at.line - 1;
    finding.column = at.column;
    finding.offset = static_cast<std::uint32_t>(source.offset + finding.offset);
    findings.push_back(std::move(finding));
  }
  void report_all(std::vector<Finding> some) {
    for (auto& finding : some) report(std::move(finding));
  }

  bool is_first(DocumentKind kind, const Guid& id, std::string_view id_text, std::uint32_t offset) {
    if (seen[static_cast<std::size_t>(kind)].insert(id).second) return true;
    report_second(kind, id_text, offset);
    return false;
  }
  void report_second(DocumentKind kind, std::string_view id_text, std::uint32_t offset) {
    report(error_at(offset, "L-duplicate-id",
                    "a second `" + std::string(name_of(kind)) + "` has the id `" +
                        printable(id_text) + "`; only the first one counts, remove one of them"));
  }

  std::optional<std::string> add_policy(const json::Value& document);
  std::optional<std::string> add_location(const json::Value& document);
  std::optional<std::string> add_strength(const json::Value& document);
  std::optional<std::string> add_context(const json::Value& document);
  std::optional<std::string> add_settings(const json::Value& document);
  std::optional<std::string> take(EntryReading&& reading);
  bool take(const Directory::Editor::User& user, const EntryReading& reading);
  bool take(GroupStatement& group, const EntryReading& reading);
  bool take(const Device& read, const EntryReading& reading);
  std::optional<std::string> add_role(const json::Value& document);
  std::optional<std::string> add_assignment(const json::Value& document);
  std::optional<std::string> add_service_principal(const json::Value& document);
};

namespace {

// Templates hold words in place of ids; those who report of them should say the word.
void add_spellings(const json::Value& value, Names& names) {
  if (value.is_string()) names.add_spelling(value.text());
  for (const json::Value& item : value.items()) add_spellings(item, names);
  for (const json::Member& member : value.members()) add_spellings(member.value, names);
}

}  // namespace

std::optional<std::string> TenantBuilder::State::add_policy(const json::Value& document) {
  auto reading = read_policy(document);
  report_all(std::move(reading.findings));
  auto& policy = reading.policy;
  auto& ids = seen[static_cast<std::size_t>(DocumentKind::conditional_access_policy)];
  if (text_of(document, "id").empty()) {
    // Two files without ids may well have one name; neither may be lost.
    for (int i = 2; ids.contains(policy.id.guid); ++i) {
      policy.id_text = to_string(PolicyId::of(policy.id_text + " again " + std::to_string(i)));
      policy.id = PolicyId::of(policy.id_text);
    }
  }
  if (!is_first(DocumentKind::conditional_access_policy, policy.id.guid, policy.id_text,
                document.offset())) {
    return std::nullopt;
  }
  names.add(policy.id_text, policy.display_name);
  if (const auto* conditions = document.find_ignoring_case("conditions")) {
    for (const char* member : {"users", "applications", "clientApplications"}) {
      if (const auto* part = conditions->find_ignoring_case(member)) add_spellings(*part, names);
    }
  }
  if (policy.grant_controls && policy.grant_controls->inline_strength) {
    const auto& strength = *policy.grant_controls->inline_strength;
    names.add(strength.id_text, strength.display_name);
  }
  policy_set.policies.push_back(std::move(policy));
  return policy_set.policies.back().id_text;
}

std::optional<std::string> TenantBuilder::State::add_location(const json::Value& document) {
  auto reading = read_named_location(document);
  report_all(std::move(reading.findings));
  auto& location = reading.value;
  if (!is_first(DocumentKind::named_location, location.id.guid, location.id_text,
                document.offset())) {
    return std::nullopt;
  }
  names.add(location.id_text, location.display_name);
  policy_set.named_locations.push_back(std::move(location));
  return policy_set.named_locations.back().id_text;
}

std::optional<std::string> TenantBuilder::State::add_strength(const json::Value& document) {
  auto reading = read_authentication_strength(document);
  report_all(std::move(reading.findings));
  auto& strength = reading.value;
  if (!is_first(DocumentKind::authentication_strength_policy, strength.id.guid, strength.id_text,
                document.offset())) {
    return std::nullopt;
  }
  names.add(strength.id_text, strength.display_name);
  policy_set.authentication_strengths.push_back(std::move(strength));
  return policy_set.authentication_strengths.back().id_text;
}

std::optional<std::string> TenantBuilder::State::add_context(const json::Value& document) {
  const auto id = text_of(document, "id");
  unsigned number = 0;
  const auto digits = id.empty() ? id : id.substr(1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number < 1 || number > 99 ||
      (id.front() != 'c' && id.front() != 'C')) {
    report(error_at(
        document.offset(), "L-context-id",
        "`" + printable(id) + "` is not the id of an authentication context; write `c1` to `c99`"));
    return std::nullopt;
  }
  if (!is_first(DocumentKind::authentication_context, guid_of_text(id), id, document.offset())) {
    return std::nullopt;
  }
  names.add(id, text_of(document, "displayName"));
  policy_set.authentication_contexts.push_back(static_cast<std::uint8_t>(number));
  return std::string(id);
}

std::optional<std::string> TenantBuilder::State::add_settings(const json::Value& document) {
  auto reading = read_settings(document);
  const bool refused = reading.has_errors();
  report_all(std::move(reading.findings));
  if (refused) return std::nullopt;
  auto& settings = reading.value;
  // There is one per tenant, whatever its id.
  if (!is_first(DocumentKind::settings, guid_of_text(settings_id), settings.id_text,
                document.offset())) {
    return std::nullopt;
  }
  policy_set.mfa_trusted_ips = std::move(settings.mfa_trusted_ips);
  if (settings.office365) policy_set.office365 = std::move(*settings.office365);
  if (settings.admin_portals) policy_set.admin_portals = std::move(*settings.admin_portals);
  policy_set.break_glass = std::move(settings.break_glass);
  return settings.id_text;
}

std::optional<std::string> TenantBuilder::State::add_role(const json::Value& document) {
  auto reading = read_directory_role(document);
  report_all(std::move(reading.findings));
  if (!is_first(DocumentKind::directory_role, reading.value.id.guid, to_string(reading.value.id),
                document.offset())) {
    return std::nullopt;
  }
  auto id = text_of(document, "id");
  if (id.empty()) id = text_of(document, "roleTemplateId");
  if (keeps_all) {
    pending_roles.emplace_back(statement_key(DocumentKind::directory_role, id),
                               statement_of(reading.value));
  }
  return std::string(id);
}

std::optional<std::string> TenantBuilder::State::add_assignment(const json::Value& document) {
  auto reading = read_role_assignment(document);
  report_all(std::move(reading.findings));
  const auto id = text_of(document, "id");
  if (!id.empty() &&
      !is_first(DocumentKind::role_assignment, guid_of_text(id), id, document.offset())) {
    return std::nullopt;
  }
  if (reading.value && keeps_all) {
    // Without an id there may be many.
    const auto number = std::to_string(pending_roles.size());
    pending_roles.emplace_back(
        statement_key(DocumentKind::role_assignment, id.empty() ? number : id),
        statement_of(*reading.value));
  }
  return std::string(id);
}

std::optional<std::string> TenantBuilder::State::add_service_principal(
    const json::Value& document) {
  auto reading = read_service_principal(document);
  report_all(std::move(reading.findings));
  const auto id = text_of(document, "id");
  if (!is_first(DocumentKind::service_principal, reading.value.id.guid, id, document.offset())) {
    return std::nullopt;
  }
  if (keeps_all) directory.put_service_principal(std::move(reading.value));
  return std::string(id);
}

// What is kept knows its ids; until build() only documents make users.
void TenantBuilder::expect_users(std::uint32_t count) { state_->directory.expect_users(count); }

bool TenantBuilder::State::take(const Directory::Editor::User& user, const EntryReading& reading) {
  has_directory = true;
  if (!keeps_all) return is_first(DocumentKind::user, user.id.guid, reading.id, reading.offset);
  if (directory.has_user(user.id)) {
    report_second(DocumentKind::user, reading.id, reading.offset);
    return false;
  }
  directory.put_user(user);
  return true;
}

bool TenantBuilder::State::take(GroupStatement& group, const EntryReading& reading) {
  has_directory = true;
  if (!is_first(DocumentKind::group, group.id.guid, reading.id, reading.offset)) return false;
  if (!keeps_all) return true;
  directory.put_group(group.id, group.display_name);
  pending_groups.push_back(std::move(group));
  return true;
}

bool TenantBuilder::State::take(const Device& read, const EntryReading& reading) {
  has_inventory = true;
  device = read.id;
  if (!keeps_all) return is_first(DocumentKind::device, read.id.guid, reading.id, reading.offset);
  if (inventory.add(read)) return true;
  report_second(DocumentKind::device, to_string(read.id), reading.offset);
  return false;
}

std::optional<std::string> TenantBuilder::State::take(EntryReading&& reading) {
  report_all(std::move(reading.findings));
  const bool taken = std::visit(
      [&](auto& entry) {
        if constexpr (std::is_same_v<decltype(entry), std::monostate&>)
          return false;
        else
          return take(entry, reading);
      },
      reading.entry);
  if (!taken) return std::nullopt;
  return std::move(reading.id);
}

TenantBuilder::TenantBuilder(Keep keep) : state_(std::make_unique<State>(keep)) {}
TenantBuilder::~TenantBuilder() = default;
TenantBuilder::TenantBuilder(TenantBuilder&&) noexcept = default;
TenantBuilder& TenantBuilder::operator=(TenantBuilder&&) noexcept = default;

std::optional<std::string> TenantBuilder::add(const StoredDocument& stored) {
  const auto document = json::parse(stored.json);
  if (!document) {
    Finding finding;
    finding.code = "L-json";
    finding.message = document.error().message;
    finding.file = std::string(stored.file);
    state_->findings.push_back(std::move(finding));
    return std::nullopt;
  }
  return add(stored.kind, document->root(), SourceText{document->text(), stored.file});
}

std::optional<std::string> TenantBuilder::add(DocumentKind kind, const json::Value& document,
                                              const SourceText& source) {
  auto& state = *state_;
  state.source = source;
  switch (kind) {
    case DocumentKind::conditional_access_policy:
    case DocumentKind::policy_template: return state.add_policy(document);
    case DocumentKind::named_location: return state.add_location(document);
    case DocumentKind::authentication_strength_policy: return state.add_strength(document);
    case DocumentKind::authentication_context: return state.add_context(document);
    case DocumentKind::settings: return state.add_settings(document);
    case DocumentKind::user:
    case DocumentKind::group:
    case DocumentKind::device: return state.take(read_entry(kind, document));
    case DocumentKind::directory_role: return state.add_role(document);
    case DocumentKind::role_assignment: return state.add_assignment(document);
    case DocumentKind::service_principal: return state.add_service_principal(document);
    case DocumentKind::other: return std::string(text_of(document, "id"));
  }
  return std::nullopt;
}

std::optional<std::string> TenantBuilder::take(EntryReading&& reading) {
  auto& state = *state_;
  state.source = {};
  return state.take(std::move(reading));
}

std::vector<Finding> TenantBuilder::take_findings() { return std::exchange(state_->findings, {}); }

DeviceId TenantBuilder::last_device() const { return state_->device; }

std::string statement_key(DocumentKind kind, std::string_view id) {
  return std::string(name_of(kind)) + '/' + to_string(guid_of_text(id));
}

Tenant TenantBuilder::build(Statements* keep) && {
  auto& state = *state_;
  Statements statements;
  for (const auto& group : state.pending_groups) statements.announce(group, state.directory);
  for (const auto& each : state.pending_roles) statements.announce(each.second, state.directory);
  statements.apply(std::exchange(state.pending_groups, {}), state.directory);
  for (auto& [key, role] : state.pending_roles) {
    statements.apply(key, std::move(role), state.directory);
  }
  statements.settle();
  if (keep != nullptr) *keep = std::move(statements);
  Tenant tenant;
  tenant.policy_set = std::move(state.policy_set);
  tenant.directory = std::move(state.directory).build();
  tenant.inventory = std::move(state.inventory).build();
  tenant.has_directory = state.has_directory;
  tenant.has_inventory = state.has_inventory;
  tenant.names = std::move(state.names);
  tenant.names.set_directory(tenant.directory);
  state_ = std::make_unique<State>(state.keeps_all ? Keep::everything : Keep::ids);
  return tenant;
}

Tenant build_tenant(std::span<const StoredDocument> documents) {
  TenantBuilder builder;
  for (const auto& document : documents) builder.add(document);
  return std::move(builder).build();
}

}  // namespace sallyport
