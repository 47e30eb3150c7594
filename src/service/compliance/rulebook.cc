#include "service/compliance/rulebook.h"

#include <algorithm>
#include <set>

#include "base/base64.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "compliance/compliance_policy.h"
#include "device/inventory.h"
#include "service/document_names.h"
#include "service/membership.h"
#include "store/each_of_kind.h"

namespace sallyport {
namespace {

using compliance::FilterProperty;
using json::Value;

constexpr std::string_view kinds[] = {
    "deviceCompliancePolicy", "deviceManagementCompliancePolicy",
    "deviceManagement",       "deviceAndAppManagementAssignmentFilter",
    "deviceComplianceScript", "mobileThreatDefenseConnector",
};

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

std::string text_in(const Value& document, std::string_view member) {
  const auto* value = document.find_ignoring_case(member);
  return value == nullptr ? std::string() : std::string(value->text());
}

DiscoveryScript read_script(const Value& document) {
  DiscoveryScript script;
  script.id = store_id(text_in(document, "id"));
  script.name = text_in(document, "displayName");
  script.script = text_in(document, "detectionScriptContent");
  script.sha256 = sha256_hex(decode_base64(script.script).value_or(std::string()));
  return script;
}

// What a filter may ask about a device. What the directory does not say is null.
compliance::FilterableDevice filterable(const JudgedDevice& device, const TenantState& tenant) {
  compliance::FilterableDevice out;
  const auto view = tenant.inventory->find(DeviceId{device.id});
  if (view && view->shape != nullptr) {
    const auto set = [&](FilterProperty property, DeviceText text) {
      const auto& attribute = view->shape->text(text);
      if (attribute.state == DeviceAttribute::State::known) out[property] = attribute.text;
    };
    set(FilterProperty::device_ownership, DeviceText::device_ownership);
    set(FilterProperty::enrollment_profile_name, DeviceText::enrollment_profile_name);
    set(FilterProperty::manufacturer, DeviceText::manufacturer);
    set(FilterProperty::model, DeviceText::model);
    set(FilterProperty::operating_system_version, DeviceText::operating_system_version);
    set(FilterProperty::os_version, DeviceText::operating_system_version);
    set(FilterProperty::device_trust_type, DeviceText::trust_type);
    auto& trust = out[FilterProperty::device_trust_type];
    if (trust) trust = std::string(compliance::filter_trust_type(*trust));
    auto& ownership = out[FilterProperty::device_ownership];
    if (ownership && equal_ignoring_case(*ownership, "Company")) ownership = "Corporate";
    if (view->display_name_known) {
      out[FilterProperty::device_name] = std::string(view->display_name);
    }
  }
  if (!device.record.category.empty())
    out[FilterProperty::device_category] = device.record.category;
  const auto rooted = device.facts->find(compliance::Fact::jail_broken);
  if (rooted.state == compliance::FactState::known) {
    out[FilterProperty::is_rooted] = rooted.number != 0 ? "True" : "False";
  }
  return out;
}

}  // namespace

bool Rulebook::is_made_of(std::string_view kind) {
  return std::ranges::find(kinds, kind) != std::end(kinds);
}

Result<std::shared_ptr<const Rulebook>> Rulebook::load(Store& store, const TenantState& tenant) {
  auto book = std::make_shared<Rulebook>();
  if (auto done = book->read(store); !done) return failed(std::move(done.error()));
  book->find_assigned(tenant);
  if (auto done = book->find_devices(store); !done) return failed(std::move(done.error()));
  return std::shared_ptr<const Rulebook>(std::move(book));
}

Result<void> Rulebook::read(Store& store) {
  for (const auto kind : kinds) {
    auto read = each_of_kind(store, kind, [&](const VersionedDocument& one) -> Result<void> {
      const auto document = json::parse(one.json);
      if (!document) return failed(damaged(document.error(), one.kind + '/' + one.id));
      take(kind, document->root());
      return {};
    });
    if (!read) return read;
  }
  return {};
}

void Rulebook::take(std::string_view kind, const Value& document) {
  if (kind == "deviceCompliancePolicy" || kind == "deviceManagementCompliancePolicy") {
    policies_.push_back(compliance::read_compliance_policy(document).policy);
  } else if (kind == "deviceManagement") {
    const auto* settings = document.find_ignoring_case("settings");
    rules_.settings = compliance::read_tenant_settings(settings == nullptr ? document : *settings,
                                                       Dialect::lenient, nullptr);
  } else if (kind == "deviceAndAppManagementAssignmentFilter") {
    auto filter = compliance::read_assignment_filter(document).filter;
    filters_.emplace(filter.id, std::move(filter));
  } else if (kind == "deviceComplianceScript") {
    auto script = read_script(document);
    scripts_.emplace(compliance::ScriptId::of(script.id), std::move(script));
  } else {
    rules_.connectors.push_back(
        compliance::read_threat_connector(document, Dialect::lenient, nullptr));
  }
}

// A group leads to those that policies name when it is one of them or is nested in one.
void Rulebook::find_assigned(const TenantState& tenant) {
  const auto& directory = *tenant.directory;
  std::set<GroupId> named;
  for (const auto& policy : policies_) {
    for (const auto& assignment : policy.assignments) {
      if (assignment.target == compliance::AssignmentTarget::group ||
          assignment.target == compliance::AssignmentTarget::excluded_group) {
        named.insert(assignment.group);
      }
    }
  }
  assigned_.insert(named.begin(), named.end());
  const auto groups = directory.groups();
  for (GroupIndex start = 0; start < groups.size(); ++start) {
    std::set<GroupIndex> seen = {start};
    std::vector<GroupIndex> left = {start};
    std::vector<GroupId> found;
    while (!left.empty()) {
      const auto& group = groups[left.back()];
      left.pop_back();
      if (named.contains(group.id)) found.push_back(group.id);
      for (const auto outer : group.member_of) {
        if (seen.insert(outer).second) left.push_back(outer);
      }
    }
    if (found.empty()) continue;
    assigned_.insert(groups[start].id);
    leads_to_[groups[start].id] = std::move(found);
  }
}

// Devices are members by what the documents of groups list; the snapshot knows of users only.
Result<void> Rulebook::find_devices(Store& store) {
  for (const auto& [group, leads_to] : leads_to_) {
    const auto stored = store.get("group", to_string(group));
    if (!stored && stored.error().kind == ErrorKind::not_found) continue;
    if (!stored) return failed(stored.error());
    const auto document = json::parse(stored->json);
    const auto* members = document ? document->root().find_ignoring_case("members") : nullptr;
    if (members == nullptr) continue;
    for (const auto& item : members->items()) {
      const auto* type = item.find_ignoring_case("@odata.type");
      if (type == nullptr || !type->text().ends_with("device")) continue;
      const auto device = store.get("device", store_id(id_of_reference(item)));
      if (!device && device.error().kind == ErrorKind::not_found) continue;
      if (!device) return failed(device.error());
      const auto parsed = json::parse(device->json);
      const auto id = parsed ? parse_guid(text_in(parsed->root(), "deviceId")) : std::nullopt;
      if (!id) continue;
      auto& groups = groups_of_device_[*id];
      groups.insert(groups.end(), leads_to.begin(), leads_to.end());
    }
  }
  for (auto& [device, groups] : groups_of_device_) {
    std::ranges::sort(groups);
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  }
  return {};
}

void Rulebook::groups_of_user(const Guid& user, const TenantState& tenant,
                              std::vector<GroupId>& into) const {
  into.clear();
  if (leads_to_.empty() || user == Guid{}) return;
  UserView view;
  if (!tenant.directory->find_user(UserId{user}, view)) return;
  const auto groups = tenant.directory->groups();
  for (const auto group : view.groups) {
    const auto found = leads_to_.find(groups[group].id);
    if (found == leads_to_.end()) continue;
    into.insert(into.end(), found->second.begin(), found->second.end());
  }
  std::ranges::sort(into);
}

void Rulebook::applied(const JudgedDevice& device, const TenantState& tenant,
                       std::vector<compliance::AppliedPolicy>& into) const {
  thread_local std::vector<GroupId> user_groups;
  groups_of_user(device.record.user, tenant, user_groups);
  std::optional<compliance::FilterableDevice> attributes;
  compliance::AssignmentSubject subject;
  subject.user_groups = user_groups;
  const auto own = groups_of_device_.find(device.id);
  if (own != groups_of_device_.end()) subject.device_groups = own->second;
  subject.has_user = device.record.user != Guid{};
  if (!filters_.empty()) {
    attributes = filterable(device, tenant);
    subject.device = &*attributes;
  }
  const auto find_filter = [&](const Guid& id) -> const compliance::AssignmentFilter* {
    const auto found = filters_.find(id);
    return found == filters_.end() ? nullptr : &found->second;
  };
  into.clear();
  for (const auto& policy : policies_) {
    const auto outcome = compliance::evaluate_assignments(policy.assignments, subject, find_filter);
    if (outcome.applies) into.push_back({&policy, outcome.for_user, outcome.for_system});
  }
}

std::vector<DiscoveryScript> Rulebook::scripts_for(
    std::span<const compliance::AppliedPolicy> applied) const {
  std::set<compliance::ScriptId> wanted;
  for (const auto& one : applied) {
    for (const auto& setting : one.policy->settings) {
      if (setting.rule) wanted.insert(setting.script);
    }
  }
  std::vector<DiscoveryScript> out;
  for (const auto& id : wanted) {
    if (const auto found = scripts_.find(id); found != scripts_.end()) {
      out.push_back(found->second);
    }
  }
  return out;
}

}  // namespace sallyport
