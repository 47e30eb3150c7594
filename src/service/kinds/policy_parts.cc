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
using shapes::text_of;

constexpr std::size_t assignments_max = 1000;
constexpr std::size_t actions_max = 100;
constexpr std::size_t cc_groups_max = 100;
constexpr std::int64_t grace_hours_max = 8760;
constexpr std::string_view no_template = "00000000-0000-0000-0000-000000000000";

constexpr std::string_view target_types[] = {
    "groupAssignmentTarget", "exclusionGroupAssignmentTarget", "allDevicesAssignmentTarget",
    "allLicensedUsersAssignmentTarget", "configurationManagerCollectionAssignmentTarget"};
constexpr std::string_view filter_modes[] = {"none", "include", "exclude"};
constexpr std::string_view action_types[] = {
    "noAction", "notification",                 "block",            "retire",
    "wipe",     "removeResourceAccessProfiles", "pushNotification", "remoteLock"};

tl::unexpected<Error> refuse(std::string message, std::string where) {
  return fail(ErrorKind::invalid_argument, std::move(message), std::move(where));
}

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
  return refuse("no " + std::string(noun) + " has the id `" + printable(id) + "`", where);
}

Result<void> check_target(const Value& target, Draft& draft, const std::string& where) {
  const auto type = short_type(target);
  const bool known = std::ranges::any_of(
      target_types, [&](std::string_view one) { return equal_ignoring_case(one, type); });
  if (!known) {
    return refuse(
        "the target of an assignment is of a type such as #microsoft.graph.groupAssignmentTarget, "
        "not `" + printable(type) + "`",
        where + "/@odata.type");
  }
  const auto mode = text_of(target, "deviceAndAppManagementAssignmentFilterType");
  const bool filtered = !mode.empty() && !equal_ignoring_case(mode, "none");
  if (filtered && std::ranges::none_of(filter_modes, [&](std::string_view one) {
        return equal_ignoring_case(one, mode);
      })) {
    return refuse("a filter's type is `none`, `include` or `exclude`",
                  where + "/deviceAndAppManagementAssignmentFilterType");
  }
  if (filtered) {
    auto there = check_known(draft, assignment_filter_type.kind, assignment_filter_type.noun,
                             text_of(target, "deviceAndAppManagementAssignmentFilterId"),
                             where + "/deviceAndAppManagementAssignmentFilterId");
    if (!there) return there;
  }
  if (!to_lower(type).ends_with("groupassignmenttarget")) return {};
  return check_known(draft, group_type.kind, group_type.noun, text_of(target, "groupId"),
                     where + "/groupId");
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
  std::map<std::string, int> seen;  // how many alike came before
  std::size_t count = 0;
  int blocks = 0;
};

Result<void> check_action(const Value& item, ActionContext& context, const std::string& where) {
  const auto* hours = item.find("gracePeriodHours");
  const auto number = hours == nullptr || hours->is_null() ? std::optional<std::int64_t>(0)
                                                           : hours->integer();
  if (!number || *number < 0 || *number > grace_hours_max) {
    return refuse("`gracePeriodHours` is a whole number from 0 to 8760",
                  where + "/gracePeriodHours");
  }
  const auto* groups = item.find("notificationMessageCCList");
  if (groups != nullptr && groups->items().size() > cc_groups_max) {
    return refuse("at most 100 groups get a copy", where + "/notificationMessageCCList");
  }
  const auto message = text_of(item, "notificationTemplateId");
  if (message.empty() || message == no_template) return {};
  return check_known(context.draft, notification_template_type.kind,
                     notification_template_type.noun, message, where + "/notificationTemplateId");
}

Result<Value> with_action_id(const Value& item, ActionContext& context, const std::string& where) {
  if (!item.is_object()) return refuse("an action must be an object", where);
  auto worded = shapes::with_word(item, "actionType", action_types, context.arena);
  if (!worded) {
    worded.error().where = where + "/actionType";
    return worded;
  }
  if (text_of(*worded, "actionType").empty()) {
    return refuse("an action needs an `actionType`", where + "/actionType");
  }
  if (auto good = check_action(*worded, context, where); !good) {
    return tl::unexpected<Error>(good.error());
  }
  if (text_of(*worded, "actionType") == "block") ++context.blocks;
  if (++context.count > actions_max) return refuse("a policy has at most 100 actions", where);
  if (!text_of(*worded, "id").empty()) return worded;
  const auto* hours = worded->find("gracePeriodHours");
  auto name = std::string(context.document) + '/' + std::string(text_of(*worded, "actionType")) +
              '/' + std::string(hours == nullptr ? "0" : hours->text()) + '/' +
              std::string(text_of(*worded, "notificationTemplateId"));
  const int before = context.seen[name]++;
  const auto id = to_string(guid_of_text(name + '/' + std::to_string(before)));
  return json::with(*worded, "id", context.arena.string(id), context.arena);
}

Result<Value> with_rule(const Value& rule, std::size_t index, ActionContext& context) {
  const auto where = "/scheduledActionsForRule/" + std::to_string(index);
  if (!rule.is_object()) return refuse("a rule must be an object", where);
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
  if (!given->is_array()) return refuse("`assignments` must be a list", "/assignments");
  if (given->items().size() > assignments_max) {
    return refuse("there are at most 1000 assignments", "/assignments");
  }
  std::vector<Value> out;
  for (std::size_t i = 0; i < given->items().size(); ++i) {
    const auto& one = given->items()[i];
    const auto where = "/assignments/" + std::to_string(i);
    const auto* target = one.find("target");
    if (target == nullptr || !target->is_object()) {
      return refuse("an assignment needs a `target`", where + "/target");
    }
    if (auto good = check_target(*target, draft, where + "/target"); !good) {
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
  ActionContext context{draft, arena, text_of(document, "id"), {}, 0, 0};
  std::vector<Value> out;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    auto rule = with_rule(rules[i], i, context);
    if (!rule) return rule;
    out.push_back(*rule);
  }
  if (context.blocks != 1) {
    return refuse(
        "`scheduledActionsForRule` must hold exactly one action of type `block`, which says after "
        "how many hours a device counts as not compliant; it has " + std::to_string(context.blocks),
        "/scheduledActionsForRule");
  }
  return json::with(document, "scheduledActionsForRule", arena.array(out), arena);
}

Result<void> check_is_unused(Draft& draft, std::string_view noun, std::string_view id) {
  for (const auto* type : {&device_compliance_policy_type, &settings_catalogue_policy_type,
                           &compliance_script_type}) {
    const auto all = draft.all(type->kind);
    if (!all) return tl::unexpected<Error>(all.error());
    for (const auto& one : *all) {
      if (one.id == store_id(id)) continue;  // itself
      if (to_lower(one.json).find('"' + to_lower(id) + '"') == std::string::npos) continue;
      const auto document = json::parse(one.json);
      const auto name = document ? display_name_of(document->root()) : std::string_view(one.id);
      return fail(ErrorKind::invalid_argument, "the " + std::string(type->noun) + " `" +
                                                   printable(name) + "` uses this " +
                                                   std::string(noun) +
                                                   "; take it out of there first");
    }
  }
  return {};
}

}  // namespace sallyport
