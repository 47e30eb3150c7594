// On which device: registered or not, and every attribute a filter asks for.
//
// Of an attribute, the values that some rules can tell apart are: nothing, each text they name, and
// for each subset of their prefixes, parts and suffixes a text that has exactly these, made by
// joining them with a letter no rule uses (proof: whatever the rules say of any text they say of
// the joined one, since a rule's own letters can only lie within one of its pieces). The rules
// themselves are then asked about every candidate, so there is no second reading of them here.
#include <algorithm>

#include "analysis/proof/universe_builder.h"
#include "base/text.h"
#include "device/filter_node.h"

namespace sallyport::proof {
namespace {

constexpr std::size_t pieces_max = 6;

// An attribute, and the comparisons that ask for it.
struct AskedAttribute {
  FilterComparison what;
  std::vector<const FilterNode*> nodes;
};

void collect(const FilterNode& node, std::map<std::string, AskedAttribute>& by_attribute) {
  if (node.kind == FilterNode::Kind::comparison) {
    auto& asked = by_attribute[attribute_key(node.comparison)];
    asked.what = node.comparison;
    asked.nodes.push_back(&node);
  }
  for (const FilterNode& child : node.children) collect(child, by_attribute);
}

const char* words_for(DeviceText text) {
  switch (text) {
    case DeviceText::device_ownership: return "ownership";
    case DeviceText::enrollment_profile_name: return "enrollment profile";
    case DeviceText::manufacturer: return "manufacturer";
    case DeviceText::mdm_app_id: return "MDM application";
    case DeviceText::model: return "model";
    case DeviceText::operating_system: return "operating system";
    case DeviceText::operating_system_version: return "operating system version";
    case DeviceText::profile_type: return "profile type";
    case DeviceText::trust_type: return "trust type";
    default: return "extension attribute";
  }
}

std::string subject_of(const FilterComparison& c) {
  switch (c.property) {
    case FilterProperty::device_id: return "device id";
    case FilterProperty::display_name: return "device name";
    case FilterProperty::is_compliant: return "compliance";
    case FilterProperty::physical_ids: return "physical ids";
    case FilterProperty::system_labels: return "system labels";
    case FilterProperty::text: break;
    case FilterProperty::custom_security_attribute: return "attribute";
  }
  std::string words = words_for(c.text);
  if (c.text >= DeviceText::extension_attribute_1) {
    words += ' ' + std::to_string(static_cast<int>(c.text) -
                                  static_cast<int>(DeviceText::extension_attribute_1) + 1);
  }
  return words;
}

// Texts that together show every combination of answers.
std::vector<std::string> candidate_texts(const std::vector<const FilterNode*>& asked, bool& cut) {
  std::set<std::string> named, prefixes, parts, suffixes;
  for (const FilterNode* node : asked) {
    const auto& c = node->comparison;
    for (const std::string& raw : c.values) {
      const std::string value = to_lower(raw);
      switch (c.op) {
        case FilterOperator::eq:
        case FilterOperator::in: named.insert(raw); break;
        case FilterOperator::starts_with: prefixes.insert(value); break;
        case FilterOperator::ends_with: suffixes.insert(value); break;
        case FilterOperator::contains: parts.insert(value); break;
      }
    }
  }
  // A control character: no rule can name it.
  const std::string gap = "\x01";
  struct Piece {
    enum { prefix, part, suffix } kind;
    std::string text;
  };
  std::vector<Piece> pieces;
  for (const auto& text : prefixes) pieces.push_back({Piece::prefix, text});
  for (const auto& text : parts) pieces.push_back({Piece::part, text});
  for (const auto& text : suffixes) pieces.push_back({Piece::suffix, text});
  cut = pieces.size() > pieces_max;
  if (cut) pieces.resize(pieces_max);
  std::vector<std::string> out(named.begin(), named.end());
  for (std::size_t mask = 0; mask < std::size_t{1} << pieces.size(); ++mask) {
    std::string first, middle, last;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if ((mask >> i & 1U) == 0) continue;
      if (pieces[i].kind == Piece::prefix && pieces[i].text.size() > first.size()) {
        first = pieces[i].text;
      }
      if (pieces[i].kind == Piece::part) middle += gap + pieces[i].text;
      if (pieces[i].kind == Piece::suffix && pieces[i].text.size() > last.size()) {
        last = pieces[i].text;
      }
    }
    out.push_back(first + middle + gap + last);
  }
  return out;
}

// Every set of the elements that rules name.
std::vector<std::vector<std::string>> candidate_collections(
    const std::vector<const FilterNode*>& asked, bool& cut) {
  std::set<std::string> named;
  for (const FilterNode* node : asked) {
    named.insert(node->comparison.values.begin(), node->comparison.values.end());
  }
  std::vector<std::string> list(named.begin(), named.end());
  cut = list.size() > pieces_max;
  if (cut) list.resize(pieces_max);
  std::vector<std::vector<std::string>> out;
  for (std::size_t mask = 0; mask < std::size_t{1} << list.size(); ++mask) {
    auto& some = out.emplace_back();
    for (std::size_t i = 0; i < list.size(); ++i) {
      if ((mask >> i & 1U) != 0) some.push_back(list[i]);
    }
  }
  return out;
}

std::string shown(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\x01') {
      if (out.empty() || out.back() != '*') out += '*';
    } else {
      out += c;
    }
  }
  return out == "*" ? "something no rule names" : out;
}

template <class Consider>
void consider_texts(DeviceText which, const std::vector<const FilterNode*>& asked, bool& cut,
                    const Consider& consider) {
  const auto put = [which](std::string value) {
    return [which, value](Draft& d) { put_device_text(d, which, value); };
  };
  consider(
      "none", [](Draft&) {}, 0);
  // The service knows no other values of these two.
  if (which == DeviceText::trust_type) {
    consider("Entra registered", put("Workplace"), 0);
    consider("Entra joined", put("AzureAD"), 0);
    consider("hybrid joined", put("ServerAD"), 1);
  } else if (which == DeviceText::device_ownership) {
    consider("Personal", put("Personal"), 0);
    consider("Company", put("Company"), 0);
  } else {
    for (const std::string& text : candidate_texts(asked, cut)) {
      consider(shown(text), put(text), 0);
    }
  }
}

}  // namespace

void UniverseBuilder::add_device() {
  add_yes_no(
      Question::device, key_of(Question::device), {}, "an unregistered device",
      "a registered device", [](Draft& d) { d.registered = true; }, 3);
  std::map<std::string, AskedAttribute> by_attribute;
  each_policy([&](const PolicySet&, const Policy& policy) {
    const auto& devices = policy.conditions.devices;
    if (devices && devices->filter && devices->filter->rule) {
      collect(devices->filter->rule->root(), by_attribute);
    }
  });
  // The grant controls look at these two whatever the filters do.
  const auto also = [&](const FilterComparison& what) {
    by_attribute.try_emplace(attribute_key(what), AskedAttribute{what, {}});
  };
  FilterComparison compliance;
  compliance.property = FilterProperty::is_compliant;
  also(compliance);
  FilterComparison trust;
  trust.text = DeviceText::trust_type;
  also(trust);
  for (const DeviceValue& value : interests_.device_values) also(value.what);
  for (const auto& [key, asked] : by_attribute) {
    add_device_attribute(key, asked.what, asked.nodes);
  }
}

void UniverseBuilder::add_device_attribute(const std::string& key, const FilterComparison& what,
                                           const std::vector<const FilterNode*>& asked) {
  std::vector<const DeviceValue*> interesting;
  for (const DeviceValue& value : interests_.device_values) {
    if (attribute_key(value.what) == attribute_key(what)) interesting.push_back(&value);
  }
  std::vector<Candidate> candidates;
  std::set<std::optional<std::string>> seen;
  const auto consider = [&](std::string words, std::function<void(Draft&)> put, int apart = 0) {
    Draft draft;
    draft.registered = true;
    put(draft);
    draft.settle();
    seen.insert(device_value(draft, what));
    std::vector<int> signature{apart};
    for (const DeviceValue* value : interesting) {
      signature.push_back(device_value(draft, what) == value->value ? 1 : 0);
    }
    for (const FilterNode* node : asked) {
      signature.push_back(evaluate(*node, &draft.device) == Truth::yes ? 1 : 0);
    }
    candidates.push_back({{std::move(words), std::move(put)}, std::move(signature)});
  };
  bool cut = false;
  switch (what.property) {
    case FilterProperty::is_compliant: {
      const auto flag = [](DeviceFlag f) { return [f](Draft& d) { d.shape.is_compliant = f; }; };
      consider("not compliant", flag(DeviceFlag::no));
      consider("of unknown compliance", flag(DeviceFlag::absent));
      consider("compliant", flag(DeviceFlag::yes), 1);
      break;
    }
    case FilterProperty::device_id:
      consider("any other device", [](Draft&) {});
      for (const FilterNode* node : asked) {
        for (std::size_t i = 0; i < node->comparison.ids.size(); ++i) {
          consider("device " + node->comparison.values[i],
                   [id = node->comparison.ids[i]](Draft& d) { d.device.id = id; });
        }
      }
      break;
    case FilterProperty::display_name:
      consider("without a name", [](Draft&) {});
      for (const std::string& text : candidate_texts(asked, cut)) {
        consider("named " + shown(text), [text](Draft& d) { d.device_name = text; });
      }
      break;
    case FilterProperty::physical_ids:
    case FilterProperty::system_labels: {
      const bool labels = what.property == FilterProperty::system_labels;
      for (const auto& some : candidate_collections(asked, cut)) {
        consider(some.empty() ? "none that a rule names" : list_of(some), [labels, some](Draft& d) {
          (labels ? d.shape.system_labels : d.physical_ids) = some;
        });
      }
      break;
    }
    case FilterProperty::text: consider_texts(what.text, asked, cut, consider); break;
    case FilterProperty::custom_security_attribute: return;
  }
  for (const DeviceValue* value : interesting) {
    if (seen.contains(value->value)) continue;
    consider(shown(value->value.value_or("none")),
             [v = *value](Draft& d) { put_device_value(d, v); });
  }
  if (cut) {
    u_.notes_.push_back("device filters look for more than " + std::to_string(pieces_max) +
                        " parts of the " + subject_of(what) +
                        "; not every combination of them is looked at");
  }
  add(Question::device_attribute, key_of(Question::device_attribute, key), subject_of(what),
      merge(std::move(candidates)));
}

}  // namespace sallyport::proof
