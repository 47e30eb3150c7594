#include "service/kinds/policy_parts.h"

#include <algorithm>
#include <map>

#include "base/id.h"
#include "base/json_edit.h"
#include "base/text.h"
#include "service/document_names.h"
#include "service/document_type.h"
#include "service/kinds/shapes.h"

namespace sallyport {
namespace {

using json::Value;

constexpr std::string_view no_template = "00000000-0000-0000-0000-000000000000";

std::string_view short_type(const Value& object) {
  auto type = text_of(object, "@odata.type");
  if (type.starts_with('#')) type.remove_prefix(1);
  constexpr std::string_view space = "microsoft.graph.";
  if (type.starts_with(space)) type.remove_prefix(space.size());
  return type;
}

// That the document is there.
Result<void> check_known(Draft& draft, std::string_view kind, std::string_view noun,
                         std::string_view id, const std::string& where) {
  const auto found = draft.get(kind, store_id(id));
  if (found) return {};
  if (found.error().kind != ErrorKind::not_found) return tl::unexpected<Error>(found.error());
  return fail(ErrorKind::invalid_argument,
              "no " + std::string(noun) + " has the id `" + printable(id) + "`", where);
}

// That its group and filter are there.
Result<void> check_target(const Value& target, Draft& draft, const std::string& where) {
  const auto mode = text_of(target, "deviceAndAppManagementAssignmentFilterType");
  const auto filter = text_of(target, "deviceAndAppManagementAssignmentFilterId");
  if (!mode.empty() && !equal_ignoring_case(mode, "none")) {
    auto there = check_known(draft, assignment_filter_type.kind, assignment_filter_type.noun,
                             filter, where + "/deviceAndAppManagementAssignmentFilterId");
    if (!there) return there;
  }
  const auto group = text_of(target, "groupId");
  if (group.empty()) return {};
  return check_known(draft, group_type.kind, group_type.noun, group, where + "/groupId");
}

std::string assignment_id(std::string_view document, const Value& target) {
  const auto group = text_of(target, "groupId");
  const auto whom = group.empty() ? to_string(guid_of_text(short_type(target))) : to_lower(group);
  return std::string(document) + '_' + whom;
}

struct ActionContext {
  Draft& draft;
  json::Arena& arena;
  std::string_view document;
  std::map<std::string, int> seen = {};  // how many alike came before
};

Result<Value> with_action_id(const Value& item, ActionContext& context, const std::string& where) {
  const auto message = text_of(item, "notificationTemplateId");
  if (!message.empty() && message != no_template) {
    auto there =
        check_known(context.draft, notification_template_type.kind, notification_template_type.noun,
                    message, where + "/notificationTemplateId");
    if (!there) return tl::unexpected<Error>(there.error());
  }
  if (!text_of(item, "id").empty()) return item;
  const auto* hours = item.find("gracePeriodHours");
  auto name = std::string(context.document) + '/' + std::string(text_of(item, "actionType")) + '/' +
              std::string(hours == nullptr ? "0" : hours->text()) + '/' + std::string(message);
  const int before = context.seen[name]++;
  const auto id = to_string(guid_of_text(name + '/' + std::to_string(before)));
  return json::with(item, "id", context.arena.string(id), context.arena);
}

Result<Value> with_rule(const Value& rule, std::size_t index, ActionContext& context) {
  const auto where = "/scheduledActionsForRule/" + std::to_string(index);
  auto& arena = context.arena;
  std::vector<Value> items;
  const auto* configured = rule.find("scheduledActionConfigurations");
  const auto given = configured == nullptr ? std::span<const Value>() : configured->items();
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto at = where + "/scheduledActionConfigurations/" + std::to_string(i);
    auto item = with_action_id(given[i], context, at);
    if (!item) return item;
    items.push_back(*item);
  }
  auto out = json::with(rule, "scheduledActionConfigurations", arena.array(items), arena);
  if (text_of(out, "id").empty()) {
    const auto name = std::string(context.document) + "/rule/" + std::to_string(index);
    out = json::with(out, "id", arena.string(to_string(guid_of_text(name))), arena);
  }
  return out;
}

}  // namespace

Result<Value> with_assignments(const Value& document, Draft& draft, json::Arena& arena) {
  const auto* given = document.find("assignments");
  if (given == nullptr || given->is_null()) return document;
  std::vector<Value> out;
  for (std::size_t i = 0; i < given->items().size(); ++i) {
    const auto& one = given->items()[i];
    const auto where = "/assignments/" + std::to_string(i) + "/target";
    const auto* target = one.find("target");
    if (target == nullptr) {
      return fail(ErrorKind::invalid_argument, "an assignment needs a `target`", where);
    }
    if (auto good = check_target(*target, draft, where); !good) {
      return tl::unexpected<Error>(good.error());
    }
    const auto id = assignment_id(text_of(document, "id"), *target);
    out.push_back(json::with(one, "id", arena.string(id), arena));
  }
  return json::with(document, "assignments", arena.array(out), arena);
}

Result<Value> with_scheduled_actions(const Value& document, Draft& draft, json::Arena& arena) {
  const auto* given = document.find("scheduledActionsForRule");
  const auto rules = given == nullptr ? std::span<const Value>() : given->items();
  ActionContext context{draft, arena, text_of(document, "id")};
  std::vector<Value> out;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    auto rule = with_rule(rules[i], i, context);
    if (!rule) return rule;
    out.push_back(*rule);
  }
  return json::with(document, "scheduledActionsForRule", arena.array(out), arena);
}

Result<void> check_is_unused(Draft& draft, std::string_view noun, std::string_view id) {
  for (const auto* type :
       {&device_compliance_policy_type, &settings_catalogue_policy_type, &compliance_script_type}) {
    const auto all = draft.all(type->kind);
    if (!all) return tl::unexpected<Error>(all.error());
    for (const auto& one : *all) {
      if (one.id == store_id(id)) continue;  // itself
      if (to_lower(one.json).find('"' + to_lower(id) + '"') == std::string::npos) continue;
      const auto document = json::parse(one.json);
      const auto name = document ? display_name_of(document->root()) : std::string_view(one.id);
      return fail(ErrorKind::invalid_argument,
                  "the " + std::string(type->noun) + " `" + printable(name) + "` uses this " +
                      std::string(noun) + "; take it out of there first");
    }
  }
  return {};
}

}  // namespace sallyport
