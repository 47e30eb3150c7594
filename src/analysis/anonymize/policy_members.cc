#include "analysis/anonymize/policy_members.h"

#include <algorithm>

#include "base/text.h"
#include "policy/words.h"

namespace sallyport {

json::Value PolicyDisguise::unknown(const json::Value& value, json::Arena& arena) const {
  switch (value.kind()) {
    case json::Kind::string: return arena.string(disguise_.text("text-", value.text()));
    case json::Kind::number: return arena.number(0);
    case json::Kind::array: {
      std::vector<json::Value> items;
      for (const auto& item : value.items()) items.push_back(unknown(item, arena));
      return arena.array(items);
    }
    case json::Kind::object: {
      std::vector<json::Member> members;
      for (const auto& member : value.members()) {
        if (schema::is_annotation(member.name)) continue;
        members.push_back(
            {arena.copy(disguise_.text("member-", member.name)), unknown(member.value, arena), 0});
      }
      return arena.object(members);
    }
    default: return value;
  }
}

std::string PolicyDisguise::listed(const schema::Member& known, std::string_view text) const {
  if (!schema::spelling(known, text).empty()) return std::string(text);
  if (known.shape != schema::Shape::ids) return disguise_.text("unknown-", text);
  if (known.name == "allowedCombinations" || known.name == "appliesToCombinations") {
    return parse_combination(text) ? std::string(text) : disguise_.text("unknown-", text);
  }
  if (known.name == "includeAuthenticationContextClassReferences") {
    const bool context = text.size() > 1 && text.size() < 4 && (text[0] == 'c' || text[0] == 'C') &&
                         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
    return context ? std::string(text) : disguise_.text("unknown-", text);
  }
  if (known.name == "allowedPolicyOIDs") return disguise_.object_identifier(text);
  return disguise_.id(text);
}

std::string PolicyDisguise::flags(const schema::Member& known, std::string_view text) const {
  std::string other;
  for (;;) {
    const auto end = text.find(',');
    other += listed(known, trim(text.substr(0, end)));
    if (end == std::string_view::npos) return other;
    other += ',';
    text.remove_prefix(end + 1);
  }
}

json::Value PolicyDisguise::text_member(std::string_view name, std::string_view parent,
                                        std::string_view text, json::Arena& arena) const {
  if (name == "id" || name == "templateId" || name == "profileId") {
    return arena.string(disguise_.id(text));
  }
  if (name == "rule") {
    const auto subject =
        parent == "deviceFilter" ? FilterSubject::device : FilterSubject::application;
    return arena.string(attributes_.rule(text, subject));
  }
  if (name.ends_with("DateTime")) return arena.string("2020-01-01T00:00:00Z");
  return arena.string(disguise_.text(parent.empty() ? "Policy " : "Name ", text));
}

json::Value PolicyDisguise::member(const schema::Member& known, const json::Value& value,
                                   std::string_view parent, json::Arena& arena) const {
  using schema::Shape;
  if (value.is_null() || value.is_boolean()) return value;
  const auto text = [&](const json::Value& one) {
    return one.is_string() ? arena.string(listed(known, one.text())) : unknown(one, arena);
  };
  switch (known.shape) {
    case Shape::text:
      return value.is_string() ? text_member(known.name, parent, value.text(), arena)
                               : unknown(value, arena);
    case Shape::number: return value.is_number() ? value : unknown(value, arena);
    case Shape::word: return value.is_string() ? text(value) : unknown(value, arena);
    case Shape::flags:
      if (value.is_string()) return arena.string(flags(known, value.text()));
      [[fallthrough]];  // some exports write flags as a list
    case Shape::words:
    case Shape::ids:
    case Shape::objects: {
      std::vector<json::Value> items;
      if (!value.is_array()) {
        return known.object == nullptr ? text(value) : unknown(value, arena);
      }
      for (const auto& item : value.items()) {
        items.push_back(known.object != nullptr ? object(*known.object, item, known.name, arena)
                                                : text(item));
      }
      return arena.array(items);
    }
    case Shape::object: return object(*known.object, value, known.name, arena);
    case Shape::boolean:
    case Shape::any: return unknown(value, arena);
  }
  return unknown(value, arena);
}

// A mark of ours or Graph's stays; another may hold a name.
std::string PolicyDisguise::type_mark(std::string_view mark) const {
  for (const std::string_view known :
       {"#microsoft.graph.conditionalAccessPolicy", "#microsoft.graph.conditionalAccessTemplate",
        "#microsoft.graph.conditionalAccessAllExternalTenants",
        "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
        "#microsoft.graph.authenticationStrengthPolicy",
        "#microsoft.graph.fido2CombinationConfiguration",
        "#microsoft.graph.x509CertificateCombinationConfiguration"}) {
    if (equal_ignoring_case(known, mark)) return std::string(known);
  }
  return disguise_.text("#microsoft.graph.unknown", mark);
}

json::Value PolicyDisguise::object(const schema::Object& shape, const json::Value& value,
                                   std::string_view name, json::Arena& arena) const {
  if (!value.is_object()) return unknown(value, arena);
  std::vector<json::Member> members;
  for (const auto& one : value.members()) {
    if (one.name == "@odata.type") {
      members.push_back({one.name, arena.string(type_mark(one.value.text())), 0});
      continue;
    }
    if (schema::is_annotation(one.name)) continue;
    const auto known = std::ranges::find_if(shape.members, [&](const schema::Member& m) {
      return equal_ignoring_case(m.name, one.name);
    });
    if (known != shape.members.end()) {
      members.push_back({known->name, member(*known, one.value, name, arena), 0});
    } else {
      members.push_back(
          {arena.copy(disguise_.text("member-", one.name)), unknown(one.value, arena), 0});
    }
  }
  return arena.object(members);
}

}  // namespace sallyport
