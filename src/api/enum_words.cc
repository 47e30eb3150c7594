#include "api/enum_words.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"

namespace sallyport::api {
namespace {

constexpr std::string_view hidden = "unknownFutureValue";

// A word of an enumeration, and the members that hold that enumeration.
struct NewerWord {
  std::string_view word;
  std::string_view members[2];
};
constexpr std::string_view satisfied = "conditionsSatisfied";
constexpr std::string_view not_satisfied = "conditionsNotSatisfied";
constexpr NewerWord newer_words[] = {
    {"riskRemediation", {"builtInControls", {}}},
    {"strictLocation", {"mode", {}}},
    {"reportOnlySuccess", {"result", {}}},
    {"reportOnlyFailure", {"result", {}}},
    {"reportOnlyNotApplied", {"result", {}}},
    {"reportOnlyInterrupted", {"result", {}}},
    {"servicePrincipals", {satisfied, not_satisfied}},
    {"servicePrincipalRisk", {satisfied, not_satisfied}},
    {"authenticationFlows", {satisfied, not_satisfied}},
    {"insiderRisk", {satisfied, not_satisfied}},
};

bool is_newer(std::string_view member, std::string_view word) {
  return std::ranges::any_of(newer_words, [&](const NewerWord& one) {
    return one.word == word && (member == one.members[0] || member == one.members[1]);
  });
}

// One word, or several joined by commas; the unknown one at most once, as the last.
json::Value replaced(std::string_view member, const json::Value& text, json::Arena& arena) {
  std::string out;
  bool any = false;
  auto rest = text.text();
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const auto word = rest.substr(0, comma);
    rest = comma == rest.npos ? std::string_view() : rest.substr(comma + 1);
    if (is_newer(member, trim(word))) {
      any = true;
      continue;
    }
    if (!out.empty()) out += ',';
    out += word;
  }
  if (!any) return text;
  if (!out.empty()) out += ',';
  return arena.string(out + std::string(hidden));
}

json::Value walk(std::string_view member, const json::Value& value, json::Arena& arena) {
  if (value.is_string()) return replaced(member, value, arena);
  if (value.is_array()) {
    std::vector<json::Value> items;
    for (const auto& item : value.items()) items.push_back(walk(member, item, arena));
    return arena.array(items);
  }
  if (!value.is_object()) return value;
  std::vector<json::Member> members;
  for (const auto& one : value.members()) {
    members.push_back({one.name, walk(one.name, one.value, arena), 0});
  }
  return arena.object(members);
}

}  // namespace

bool may_hold_newer_words(std::string_view text) {
  return std::ranges::any_of(newer_words, [&](const NewerWord& one) {
    return text.find(one.word) != std::string_view::npos;
  });
}

json::Value without_newer_words(const json::Value& value, json::Arena& arena) {
  return walk({}, value, arena);
}

}  // namespace sallyport::api
