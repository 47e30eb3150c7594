// The settings of a deviceManagementCompliancePolicy (spec, section 1.2): a list of instances, each
// with the id of its definition. A definition that is not known asks for something nobody can
// judge.
#include <algorithm>

#include "compliance/policy_reader.h"

namespace sallyport::compliance {
namespace {

using json::Pointer;
using json::Value;

constexpr std::size_t settings_max = 1000;
constexpr std::string_view distros_id = "linux_distribution_alloweddistros";
constexpr std::string_view distro_type_id = "linux_distribution_alloweddistros_item_$type";
constexpr std::string_view distro_minimum_id =
    "linux_distribution_alloweddistros_item_minimumversion";
constexpr std::string_view distro_maximum_id =
    "linux_distribution_alloweddistros_item_maximumversion";
constexpr std::string_view custom_prefix = "linux_customcompliance_";
constexpr std::string_view custom_script_id = "linux_customcompliance_discoveryscript";
constexpr std::string_view custom_rules_id = "linux_customcompliance_rules";
constexpr std::string_view custom_required_id = "linux_customcompliance_required";

// The value of a choice or simple instance.
const Value* value_of(const Value& instance) {
  for (const auto* member : {"choiceSettingValue", "simpleSettingValue"}) {
    if (const auto* holder = set_in(instance, member)) return set_in(*holder, "value");
  }
  return nullptr;
}

std::string_view children_name(const Value& instance) {
  return instance.find("children") != nullptr ? "children" : "";
}

class CatalogReader {
 public:
  explicit CatalogReader(PolicyReader& reader) : reader_(reader) {}

  void instance(const Value& instance, const Pointer& at) {
    const auto id = text_in(instance, "settingDefinitionId");
    if (id == distros_id) return distributions(instance, at);
    if (id.starts_with(custom_prefix)) return custom(id, instance);
    const auto* row = find_setting(PolicyType::linux, id);
    const auto* value = value_of(instance);
    if (row == nullptr || value == nullptr) {
      reader_.error("C-setting",
                    id.empty() ? "a setting needs its `settingDefinitionId`"
                    : row == nullptr
                        ? quoted(id) +
                              " is no setting that is known here, so no device meets it; "
                              "remove it"
                        : quoted(id) + " has no value",
                    at, instance);
      return reader_.add_not_understood(id.empty() ? "setting" : id);
    }
    if (row->type == SettingType::boolean) return choice(*row, *value, at);
    const auto number = value->integer();
    if (!number || *number < row->least || *number > row->most) {
      reader_.error("C-value",
                    quoted(id) + " must be a whole number from " + std::to_string(row->least) +
                        " to " + std::to_string(row->most),
                    at, *value);
      return reader_.add_not_understood(id);
    }
    if (*number > 0) reader_.add(*row, id).number = *number;
  }

  // After all instances: script and rules may stand in any order, also one within the other.
  void finish(const Pointer& at) {
    if (custom_ == nullptr || !custom_required_) return;
    if (script_.empty() || rules_ == nullptr) {
      reader_.error("C-value", "custom compliance needs a discovery script and rules", at,
                    *custom_);
      return reader_.add_not_understood(custom_script_id);
    }
    read_script_rules(rules_->text(), ScriptId::of(script_), "linux_customcompliance", at, *rules_,
                      reader_);
  }

 private:
  void choice(const SettingRow& row, const Value& value, const Pointer& at) {
    const auto wanted = value.text();
    if (wanted == std::string(row.member) + "_false") return;
    if (wanted == std::string(row.member) + "_true") {
      reader_.add(row, row.member).number = 1;
      return;
    }
    reader_.error("C-value", quoted(wanted) + " is no choice of " + quoted(row.member), at, value);
    reader_.add_not_understood(row.member);
  }

  void custom(std::string_view id, const Value& instance) {
    custom_ = &instance;
    const auto* value = value_of(instance);
    if (id == custom_script_id && value != nullptr) script_ = value->text();
    if (id == custom_rules_id && value != nullptr) rules_ = value;
    if (id == custom_required_id && value != nullptr) {
      custom_required_ = !value->text().ends_with("_false");
    }
    for (const auto* holder : {"choiceSettingValue", "simpleSettingValue"}) {
      const auto* inner = set_in(instance, holder);
      if (inner == nullptr || children_name(*inner).empty()) continue;
      for (const auto& child : inner->find("children")->items()) {
        custom(text_in(child, "settingDefinitionId"), child);
      }
    }
  }

  void bound(const Value& value, const Pointer& at, std::string& text, Version& version,
             bool& good) {
    text = trim(value.text());
    if (text.empty()) return;
    if (const auto parsed = parse_version(text)) {
      version = *parsed;
      return;
    }
    good = false;
    reader_.error("C-value", quoted(text) + " is no version, so this entry holds for nothing", at,
                  value);
  }

  void distributions(const Value& instance, const Pointer& at) {
    const auto* entries = set_in(instance, "groupSettingCollectionValue");
    std::vector<Range> ranges;
    bool with_minimum = false;
    bool with_maximum = false;
    if (entries == nullptr || !entries->is_array() || entries->items().empty()) {
      reader_.error("C-value", "no distribution is allowed by this; name one, or remove it", at,
                    instance);
      return reader_.add_not_understood(distros_id);
    }
    for (const auto& entry : entries->items()) {
      Range range;
      bool good = true;
      const auto* children = set_in(entry, "children");
      if (children == nullptr) continue;
      for (const auto& child : children->items()) {
        const auto id = text_in(child, "settingDefinitionId");
        const auto* value = value_of(child);
        if (value == nullptr) continue;
        if (id == distro_type_id) {
          const auto prefix = std::string(distro_type_id) + '_';
          const auto word = value->text();
          range.name = word.starts_with(prefix) ? word.substr(prefix.size()) : word;
        } else if (id == distro_minimum_id) {
          bound(*value, at, range.low, range.low_version, good);
        } else if (id == distro_maximum_id) {
          bound(*value, at, range.high, range.high_version, good);
        } else {
          reader_.error("C-setting",
                        quoted(id) +
                            " is not known here, so this entry holds for "
                            "nothing",
                        at, child);
          good = false;
        }
      }
      if (range.name.empty()) {
        reader_.error("C-value", "an entry needs the name of a distribution", at, entry);
        good = false;
      }
      with_minimum = with_minimum || !range.low.empty();
      with_maximum = with_maximum || !range.high.empty();
      if (good) ranges.push_back(std::move(range));
    }
    const auto* row = find_setting(PolicyType::linux, distros_id);
    reader_.add(*row, distro_type_id).ranges = ranges;
    if (with_minimum) reader_.add(distro_minimum_row, distro_minimum_id).ranges = ranges;
    if (with_maximum) reader_.add(distro_maximum_row, distro_maximum_id).ranges = ranges;
  }

  PolicyReader& reader_;
  const Value* custom_ = nullptr;
  bool custom_required_ = true;
  std::string script_;
  const Value* rules_ = nullptr;
};

}  // namespace

void read_catalog_settings(const Value& document, PolicyReader& reader) {
  const Pointer root;
  const auto at = root.member("settings");
  const auto* settings = set_in(document, "settings");
  if (settings == nullptr) return;
  if (!settings->is_array() || settings->items().size() > settings_max) {
    reader.error("C-value", "`settings` must be a list of at most 1000 settings", at, *settings);
    return reader.add_not_understood("settings");
  }
  CatalogReader catalog(reader);
  for (std::size_t i = 0; i < settings->items().size(); ++i) {
    const auto& item = settings->items()[i];
    const auto* instance = set_in(item, "settingInstance");
    catalog.instance(instance == nullptr ? item : *instance, at.item(i));
    reader.count_edition("settings", item);
  }
  catalog.finish(at);
}

}  // namespace sallyport::compliance
