#include "service/audit.h"

#include <algorithm>
#include <array>

#include "base/id.h"

namespace sallyport {
namespace {

constexpr std::array<std::string_view, 4> secret_members = {"passwordProfile", "secretHash", "hash",
                                                            "clientState"};

void write_value(std::string_view name, std::string_view member, const json::Value* value,
                 json::Writer& w) {
  w.key(name);
  if (value == nullptr || value->is_null()) {
    w.null();
  } else if (std::ranges::find(secret_members, member) != secret_members.end()) {
    w.value("(not shown)");
  } else {
    w.value(json::write(*value));
  }
}

void write_property(std::string_view member, const json::Value* before, const json::Value* after,
                    json::Writer& w) {
  w.begin_object();
  w.member("displayName", member);
  write_value("oldValue", member, before, w);
  write_value("newValue", member, after, w);
  w.end_object();
}

bool is_null(const json::Value* value) { return value == nullptr || value->is_null(); }

void write_properties(const json::Value* before, const json::Value* after, json::Writer& w) {
  const json::Value nothing;
  const auto& old = before == nullptr ? nothing : *before;
  const auto& now = after == nullptr ? nothing : *after;
  for (const auto& member : old.members()) {
    const auto* other = now.find(member.name);
    const bool same =
        is_null(&member.value) ? is_null(other) : other != nullptr && *other == member.value;
    if (!same) write_property(member.name, &member.value, other, w);
  }
  for (const auto& member : now.members()) {
    if (old.find(member.name) == nullptr && !member.value.is_null()) {
      write_property(member.name, nullptr, &member.value, w);
    }
  }
}

void write_initiator(const Caller& caller, json::Writer& w) {
  w.key("initiatedBy");
  w.begin_object();
  const bool person = caller.kind == CallerKind::person;
  w.key("user");
  if (person) {
    w.begin_object();
    w.member("id", caller.user_id.empty() ? caller.id : caller.user_id);
    w.member("displayName", caller.name);
    w.member("ipAddress", caller.ip_address);
    w.end_object();
  } else {
    w.null();
  }
  w.key("app");
  if (person) {
    w.null();
  } else {
    w.begin_object();
    w.member("appId", caller.id);
    w.member("displayName", caller.name);
    w.end_object();
  }
  w.end_object();
}

}  // namespace

AuditRecord make_audit(const Caller& caller, Instant now, const AuditedChange& change) {
  AuditRecord record;
  record.id = to_string(random_guid());
  record.at = now;
  record.actor = caller.user_id.empty() ? caller.id : caller.user_id;
  record.target = change.target_id;
  json::Writer w(record.json);
  w.begin_object();
  w.member("id", record.id);
  w.member("category", change.category);
  w.member("correlationId", caller.correlation_id);
  w.member("result", change.refused ? "failure" : "success");
  w.member("resultReason", change.reason);
  w.member("activityDisplayName", change.activity);
  w.member("activityDateTime", to_string(now));
  w.member("loggedByService",
           change.category == "Policy" ? "Conditional Access" : "Core Directory");
  w.member("operationType", change.operation);
  write_initiator(caller, w);
  w.key("targetResources");
  w.begin_array();
  w.begin_object();
  w.member("id", change.target_id);
  w.member("displayName", change.target_name);
  w.member("type", change.target_type);
  w.key("modifiedProperties");
  w.begin_array();
  write_properties(change.before, change.after, w);
  w.end_array();
  w.end_object();
  w.end_array();
  w.key("additionalDetails");
  w.begin_array();
  w.end_array();
  w.end_object();
  return record;
}

}  // namespace sallyport
