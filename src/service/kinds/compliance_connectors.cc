// Who tells something of devices from outside: threat defence connectors (device-compliance spec,
// section 7.1) and compliance partners (section 9).
#include <algorithm>

#include "base/json_edit.h"
#include "base/text.h"
#include "compliance/tenant_settings.h"
#include "service/document_names.h"
#include "service/document_type.h"
#include "service/kinds/shapes.h"

namespace sallyport {
namespace {

using json::Value;
using schema::Member;
using schema::Shape;

// ---- threat defence ----

constexpr std::string_view read_only[] = {"id"};
constexpr std::string_view connector_states[] = {"unavailable",  "available", "enabled",
                                                 "unresponsive", "notSetUp",  "error"};
constexpr std::string_view toggles[] = {"androidEnabled", "iosEnabled", "windowsEnabled",
                                        "macEnabled"};
// Enabled is what has a platform switched on; the other states are told, not chosen.
Value with_state(const Value& document, json::Arena& arena) {
  const auto state = text_of(document, "partnerState");
  const bool ready = state.empty() || state == "available" || state == "enabled";
  if (!ready) return document;
  const bool on = std::ranges::any_of(toggles, [&](std::string_view name) {
    const auto* value = document.find(name);
    return value != nullptr && value->truth();
  });
  return json::with(document, "partnerState", Value::string(on ? "enabled" : "available"), arena);
}

Result<Value> check_connector(const Proposal& proposal) {
  auto& arena = proposal.arena;
  const auto& document = proposal.document;
  std::vector<Finding> findings;
  compliance::read_threat_connector(document, Dialect::strict, &findings);
  if (auto good = refuse_errors(findings); !good) return tl::unexpected<Error>(good.error());
  auto worded = shapes::with_word(document, "partnerState", connector_states, arena);
  if (!worded) return worded;
  return with_state(*worded, arena);
}

// ---- compliance partners ----

constexpr std::string_view partner_states[] = {"unknown",    "unavailable", "enabled",
                                               "terminated", "rejected",    "unresponsive"};
constexpr std::string_view platforms[] = {"androidOnboarded", "iosOnboarded", "macOsOnboarded",
                                          "linuxOnboarded"};
constexpr Member partner_members[] = {{"displayName", Shape::text},
                                      {"partnerState", Shape::text},
                                      {"lastHeartbeatDateTime", Shape::text},
                                      {"androidOnboarded", Shape::boolean},
                                      {"iosOnboarded", Shape::boolean},
                                      {"macOsOnboarded", Shape::boolean},
                                      {"linuxOnboarded", Shape::boolean},
                                      {"androidEnrollmentAssignments", Shape::objects},
                                      {"iosEnrollmentAssignments", Shape::objects},
                                      {"macOsEnrollmentAssignments", Shape::objects}};

bool is_true(const Value& document, std::string_view name) {
  const auto* value = document.find(name);
  return value != nullptr && value->truth();
}

// One partner a platform.
Result<void> check_platforms(const Proposal& proposal) {
  const auto all = proposal.draft.all(compliance_partner_type.kind);
  if (!all) return tl::unexpected<Error>(all.error());
  for (const auto& stored : *all) {
    if (stored.id == store_id(text_of(proposal.document, "id"))) continue;
    const auto other = json::parse(stored.json);
    if (!other) continue;
    for (const auto platform : platforms) {
      if (!is_true(proposal.document, platform) || !is_true(other->root(), platform)) continue;
      return shapes::refuse("`" + printable(display_name_of(other->root())) +
                                "` is the partner of this platform already",
                            platform);
    }
  }
  return {};
}

Result<Value> check_partner(const Proposal& proposal) {
  const auto& document = proposal.document;
  for (const auto& done : {shapes::check_shapes(document, partner_members),
                           shapes::check_present(document, {"displayName"})}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  if (auto alone = check_platforms(proposal); !alone) return tl::unexpected<Error>(alone.error());
  auto worded = shapes::with_word(document, "partnerState", partner_states, proposal.arena);
  if (!worded) return worded;
  return shapes::with_default(*worded, "partnerState", Value::string("unknown"), proposal.arena);
}

}  // namespace

const DocumentType threat_connector_type{
    .kind = "mobileThreatDefenseConnector",
    .noun = "threat defence connector",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = {},
    .dates = Dates::none,
    .read_only = read_only,
    .check = check_connector,
};
const DocumentType compliance_partner_type{
    .kind = "complianceManagementPartner",
    .noun = "compliance partner",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = {},
    .dates = Dates::none,
    .read_only = read_only,
    .check = check_partner,
};

}  // namespace sallyport
