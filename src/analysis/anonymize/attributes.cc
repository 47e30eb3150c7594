#include "analysis/anonymize/attributes.h"

#include "base/text.h"
#include "device/filter_words.h"

namespace sallyport {
namespace {

std::string key_of(const FilterComparison& comparison) {
  if (comparison.property == FilterProperty::custom_security_attribute) {
    return "customSecurityAttribute." + to_lower(comparison.attribute);
  }
  return "device." + std::string(word_of(comparison).name);
}

std::string key_of(FilterProperty property, DeviceText text) {
  FilterComparison comparison;
  comparison.property = property;
  comparison.text = text;
  return key_of(comparison);
}

// Words every tenant has.
bool is_common_word(std::string_view value) {
  if (!value.empty() && value.find_first_not_of("0123456789.") == std::string_view::npos) {
    return value.find('.') != std::string_view::npos;
  }
  for (const std::string_view word : {"AzureAD",
                                      "ServerAD",
                                      "Workplace",
                                      "Personal",
                                      "Company",
                                      "Unknown",
                                      "RegisteredDevice",
                                      "SecureVM",
                                      "Printer",
                                      "Shared",
                                      "IoT",
                                      "Windows",
                                      "iOS",
                                      "IPhone",
                                      "IPad",
                                      "Android",
                                      "AndroidEnterprise",
                                      "AndroidForWork",
                                      "MacMDM",
                                      "macOS",
                                      "Linux",
                                      "True",
                                      "False"}) {
    if (equal_ignoring_case(word, value)) return true;
  }
  return false;
}

bool asks_for_parts(FilterOperator op) {
  return op == FilterOperator::starts_with || op == FilterOperator::ends_with ||
         op == FilterOperator::contains;
}

}  // namespace

AttributeDisguise::AttributeDisguise(const PolicySet& policies, const Disguise& disguise)
    : disguise_(disguise) {
  const auto look = [&](const std::optional<Filter>& filter) {
    if (filter && filter->rule) look_at(filter->rule->root());
  };
  for (const Policy& policy : policies.policies) {
    const Conditions& c = policy.conditions;
    if (c.devices) look(c.devices->filter);
    if (c.applications) look(c.applications->application_filter);
    if (c.client_applications) {
      look(c.client_applications->service_principal_filter);
      look(c.client_applications->agent_filter);
    }
  }
}

void AttributeDisguise::look_at(const FilterNode& node) {
  if (node.kind == FilterNode::Kind::comparison && asks_for_parts(node.comparison.op)) {
    looked_into_.insert(key_of(node.comparison));
  }
  for (const FilterNode& child : node.children) look_at(child);
}

std::string AttributeDisguise::value(const std::string& key, std::string_view text) const {
  if (text.empty()) return {};
  if (looked_into_.contains(key)) return disguise_.letters(text);
  if (parse_guid(text)) return disguise_.id(text);
  return is_common_word(text) ? std::string(text) : disguise_.text("v", text);
}

FilterNode AttributeDisguise::disguised(const FilterNode& node) const {
  FilterNode other = node;
  for (FilterNode& child : other.children) child = disguised(child);
  if (node.kind != FilterNode::Kind::comparison) return other;
  FilterComparison& comparison = other.comparison;
  const auto key = key_of(node.comparison);
  for (std::string& asked : comparison.values) {
    asked =
        comparison.property == FilterProperty::device_id ? disguise_.id(asked) : value(key, asked);
  }
  for (DeviceId& id : comparison.ids) id = disguise_.id(id);
  comparison.attribute = name(comparison.attribute);
  return other;
}

// "<Set>_<Name>", part by part, so that a set and a name make the same as both together.
std::string AttributeDisguise::name(std::string_view name) const {
  std::string other;
  while (!name.empty()) {
    const auto end = name.find('_');
    other += disguise_.text("A", name.substr(0, end));
    if (end == std::string_view::npos) break;
    other += '_';
    name.remove_prefix(end + 1);
  }
  return other;
}

std::string AttributeDisguise::rule(std::string_view text, FilterSubject subject) const {
  const auto parsed = FilterRule::parse(text, subject, FilterDialect::lenient);
  // What nobody can read must stay so.
  return parsed ? canonical(disguised(parsed->root())) : disguise_.text("unreadable-", text);
}

DeviceShape AttributeDisguise::shape(const DeviceShape& shape) const {
  DeviceShape other = shape;
  for (std::size_t i = 0; i < other.texts.size(); ++i) {
    const auto key = key_of(FilterProperty::text, static_cast<DeviceText>(i));
    other.texts[i].text = value(key, other.texts[i].text);
  }
  const auto labels = key_of(FilterProperty::system_labels, DeviceText::model);
  for (auto& label : other.system_labels) label = value(labels, label);
  return other;
}

std::string AttributeDisguise::device_name(std::string_view name) const {
  return value(key_of(FilterProperty::display_name, DeviceText::model), name);
}

std::string AttributeDisguise::physical_id(std::string_view id) const {
  return value(key_of(FilterProperty::physical_ids, DeviceText::model), id);
}

std::string AttributeDisguise::custom(std::string_view name, std::string_view text) const {
  return value("customSecurityAttribute." + to_lower(name), text);
}

}  // namespace sallyport
