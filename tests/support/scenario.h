// A scenario: a file under tests/scenarios/ that holds policies, a tenant, one or several sign-ins
// and what must come out. tests/scenarios/README.md tells the members.
//
// This loads and merges; it decides nothing, so every way in (an evaluator, the command line, an
// API) can be tested with the same files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "policy/tenant.h"
#include "signin/read.h"

namespace sallyport::test {

// One sign-in and what must come of it, or one document.
struct ScenarioCheck {
  std::string description;
  json::Value input;  // the sign-in, or the document: the scenario's own with the check's changes
  json::Value expect;
  std::string_view dialect;  // of a document: `strict`, `lenient`
};

struct ScenarioDocument {
  DocumentKind kind = DocumentKind::other;
  std::string member;  // the scenario's member it stands in: `namedLocations`
  json::Value value;
};

struct Scenario {
  std::string name;  // `users/001-excluded-group-beats-included-user`
  std::string description;
  bool unconfirmed = false;  // the outcome is our choice, no source tells it
  bool is_document = false;  // about reading or refusing a document
  std::string_view document_type;
  std::string_view encoding;  // of a document's file: `utf-16le`; empty: UTF-8
  Instant now{};
  std::vector<ScenarioDocument> documents;  // policies, locations, users ..., in the file's order
  std::vector<ScenarioCheck> checks;        // the scenario's own first
  json::Document file;
  json::Arena arena;
};

// In order of names. Those about documents are the folder `documents`, those about requests to the
// REST interface `rest`, those about the verdict on a device `compliance`, those about hosts of a
// Fleet server `fleet`.
enum class ScenarioKind : std::uint8_t { sign_in, document, request, compliance, fleet };
std::vector<std::string> scenario_names(ScenarioKind kind);

// For GoogleTest: letters, digits and underscores.
std::string test_name_of(std::string_view scenario_name);

[[nodiscard]] Result<Scenario> load_scenario(std::string_view name);
// The text of the file, for those that are no sign-ins and no documents.
[[nodiscard]] Result<std::string> scenario_text(std::string_view name);

struct ScenarioTenant {
  Tenant tenant;
  std::vector<json::Value> policies;  // in the order of tenant.policy_set.policies
  std::vector<Finding> findings;
};
ScenarioTenant tenant_of(const Scenario& scenario);

// Expectations hold for Missing::absent, as in Graph's evaluate call.
[[nodiscard]] Result<SignInInput> sign_in_of(const Scenario& scenario, const ScenarioCheck& check,
                                             const Tenant& tenant,
                                             Missing missing = Missing::absent);

}  // namespace sallyport::test
