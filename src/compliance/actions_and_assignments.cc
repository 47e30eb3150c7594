// What follows from not being compliant, and whom a policy is for (spec, sections 1.3 to 1.5).
#include <algorithm>
#include <array>

#include "compliance/policy_reader.h"

namespace sallyport::compliance {
namespace {

using json::Pointer;
using json::Value;

constexpr std::array<std::string_view, 8> action_names = {
    "noAction",         "notification", "block", "retire", "wipe", "removeResourceAccessProfiles",
    "pushNotification", "remoteLock"};
constexpr std::size_t cc_groups_max = 100;
constexpr std::size_t assignments_max = 1000;

class ActionReader {
 public:
  explicit ActionReader(PolicyReader& reader) : reader_(reader) {}

  void action(const Value& item, const Pointer& at) {
    const auto type = parse_action_type(text_in(item, "actionType"));
    const auto* hours = set_in(item, "gracePeriodHours");
    const auto number = hours == nullptr ? std::optional<std::int64_t>(0) : hours->integer();
    const bool in_bounds = number && *number >= 0 && *number <= grace_hours_max;
    if (!in_bounds) {
      reader_.error("C-grace", "`gracePeriodHours` must be a whole number from 0 to 8760",
                    at.member("gracePeriodHours"), *hours);
    }
    if (!type) {
      reader_.error("C-action",
                    quoted(text_in(item, "actionType")) +
                        " is no action for noncompliance, so it does nothing",
                    at.member("actionType"), item);
      return;
    }
    ScheduledAction action;
    action.type = *type;
    action.grace_hours = in_bounds ? static_cast<int>(*number) : 0;
    if (*type == ActionType::block) {
      // Of two, the stricter counts.
      reader_.policy().grace_hours =
          blocks_ == 0 ? action.grace_hours
                       : std::min(reader_.policy().grace_hours, action.grace_hours);
      ++blocks_;
      return;
    }
    if (!in_bounds) return;
    action.id = text_in(item, "id");
    const auto id = text_in(item, "notificationTemplateId");
    if (!id.empty() && id != "00000000-0000-0000-0000-000000000000") {
      action.notification_template_id = id;
    }
    if (const auto* groups = set_in(item, "notificationMessageCCList")) {
      if (groups->items().size() > cc_groups_max) {
        reader_.error("C-action", "an action can tell at most 100 groups",
                      at.member("notificationMessageCCList"), *groups);
      }
      for (const auto& group : groups->items()) {
        if (action.cc_groups.size() < cc_groups_max) action.cc_groups.emplace_back(group.text());
      }
    }
    reader_.policy().actions.push_back(std::move(action));
  }

  void finish(const Pointer& at, const Value& value) {
    if (blocks_ == 1) return;
    reader_.error("C-block",
                  "a policy needs exactly one `block` action, not " + std::to_string(blocks_) +
                      "; its `gracePeriodHours` is the grace period",
                  at, value);
  }

 private:
  PolicyReader& reader_;
  int blocks_ = 0;
};

Assignment read_target(const Value& target, const Pointer& at, PolicyReader& reader) {
  Assignment assignment;
  const auto* type = target.find("@odata.type");
  auto name = to_lower(type == nullptr ? std::string_view{} : type->text());
  if (const auto dot = name.rfind('.'); dot != std::string::npos) name.erase(0, dot + 1);
  if (name == "groupassignmenttarget") {
    assignment.target = AssignmentTarget::group;
  } else if (name == "exclusiongroupassignmenttarget") {
    assignment.target = AssignmentTarget::excluded_group;
  } else if (name == "alldevicesassignmenttarget") {
    assignment.target = AssignmentTarget::all_devices;
  } else if (name == "alllicensedusersassignmenttarget") {
    assignment.target = AssignmentTarget::all_users;
  } else if (name == "configurationmanagercollectionassignmenttarget") {
    assignment.target = AssignmentTarget::collection;
    reader.warn("C-collection",
                "who is in a Configuration Manager collection is not known here, so "
                "this assigns the policy to nobody",
                at, target);
  } else {
    reader.error("C-target",
                 quoted(name) +
                     " is no assignment target that is known here, so the policy is "
                     "taken to be for every device",
                 at, target);
  }
  const bool needs_group = assignment.target == AssignmentTarget::group ||
                           assignment.target == AssignmentTarget::excluded_group;
  const auto group = text_in(target, "groupId");
  if (needs_group && group.empty()) {
    reader.error("C-target", "the assignment needs a `groupId`", at.member("groupId"), target);
    if (assignment.target == AssignmentTarget::group) assignment.target = AssignmentTarget::unknown;
  }
  assignment.group = GroupId::of(group);
  const auto mode = text_in(target, "deviceAndAppManagementAssignmentFilterType");
  const auto filter = text_in(target, "deviceAndAppManagementAssignmentFilterId");
  if (mode.empty() || mode == "none" || filter.empty()) return assignment;
  assignment.filter = guid_of_text(filter);
  assignment.filter_mode = mode == "exclude" ? FilterMode::exclude : FilterMode::include;
  if (mode != "exclude" && mode != "include") assignment.target = AssignmentTarget::unknown;
  return assignment;
}

}  // namespace

std::string_view name_of(ActionType type) { return action_names[static_cast<std::size_t>(type)]; }

std::optional<ActionType> parse_action_type(std::string_view word) {
  for (std::size_t i = 0; i < action_names.size(); ++i) {
    if (equal_ignoring_case(action_names[i], word)) return static_cast<ActionType>(i);
  }
  return std::nullopt;
}

void read_scheduled_actions(const Value& document, PolicyReader& reader) {
  const Pointer root;
  const auto at = root.member("scheduledActionsForRule");
  const auto* rules = set_in(document, "scheduledActionsForRule");
  if (rules == nullptr || !rules->is_array()) {
    // Exports made without expanding it leave it out.
    if (reader.strict()) {
      reader.error("C-block", "`scheduledActionsForRule` must be given, with one `block` action",
                   at, document);
    } else if (rules == nullptr) {
      reader.warn("C-block",
                  "`scheduledActionsForRule` is missing, so there is no grace period; export with "
                  "`$expand=scheduledActionsForRule($expand=scheduledActionConfigurations)`",
                  at, document);
    }
    return;
  }
  ActionReader actions(reader);
  std::size_t count = 0;
  for (std::size_t i = 0; i < rules->items().size(); ++i) {
    const auto& rule = rules->items()[i];
    const auto rule_at = at.item(i);
    const auto list_at = rule_at.member("scheduledActionConfigurations");
    const auto* list = set_in(rule, "scheduledActionConfigurations");
    if (list == nullptr) continue;
    for (std::size_t j = 0; j < list->items().size(); ++j) {
      if (++count > scheduled_actions_max) continue;
      actions.action(list->items()[j], list_at.item(j));
    }
  }
  if (count > scheduled_actions_max) {
    reader.error("C-action", "a policy has at most 100 actions; those beyond do nothing", at,
                 *rules);
  }
  actions.finish(at, *rules);
}

void read_assignments(const Value& document, PolicyReader& reader) {
  const Pointer root;
  const auto at = root.member("assignments");
  const auto* list = set_in(document, "assignments");
  if (list == nullptr) return;
  reader.policy().assignments_known = true;
  if (list->items().size() > assignments_max) {
    reader.error("C-target", "a policy has at most 1000 assignments", at, *list);
  }
  for (std::size_t i = 0; i < std::min(list->items().size(), assignments_max); ++i) {
    const auto& item = list->items()[i];
    const auto item_at = at.item(i);
    const auto* target = set_in(item, "target");
    reader.policy().assignments.push_back(
        read_target(target == nullptr ? item : *target, item_at.member("target"), reader));
  }
}

}  // namespace sallyport::compliance
