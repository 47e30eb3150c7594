// Each scenario about a document: what is accepted, what is refused and with which number, and in
// which form it is stored.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "directory/read.h"
#include "policy/read.h"
#include "policy/validate.h"
#include "policy/write.h"
#include "tests/support/expectation.h"
#include "tests/support/scenario.h"

namespace sallyport::test {
namespace {

// ASCII only: the scenarios that use it hold nothing else.
std::string utf16le_with_mark(std::string_view text) {
  std::string bytes = "\xff\xfe";
  for (const char c : text) {
    bytes += c;
    bytes += '\0';
  }
  return bytes;
}

struct Reception {
  std::vector<std::string> errors;  // "1032: InvalidUsers: ..."
  int warnings = 0;
};

void receive(const std::vector<Finding>& findings, Reception& reception) {
  for (const auto& finding : findings) {
    if (finding.severity == Severity::error) {
      reception.errors.push_back(finding.code + ": " + finding.message);
    } else if (finding.severity == Severity::warning) {
      ++reception.warnings;
    }
  }
}

Reception receive(const json::Value& document, std::string_view type, Dialect dialect) {
  Reception reception;
  if (type == "ipNamedLocation") {
    receive(read_named_location(document, dialect).findings, reception);
    return reception;
  }
  receive(read_policy(document, dialect).findings, reception);
  if (is_policy_template(document)) return reception;
  for (const auto& violation : validate(document, empty_policy_set(), dialect)) {
    if (violation.is_error) reception.errors.push_back(graph_message(violation));
  }
  return reception;
}

// `400` where the fact sheet names no number.
bool holds(const std::vector<std::string>& errors, std::string_view start) {
  if (start == "400") return !errors.empty();
  return std::any_of(errors.begin(), errors.end(),
                     [&](const std::string& error) { return error.starts_with(start); });
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += "\n  " + line;
  return text;
}

// The policy a document makes: its own, or the one a template holds.
const json::Value& policy_in(const json::Value& document) {
  return is_policy_template(document) ? *document.find("details") : document;
}

class Documents : public ::testing::TestWithParam<std::string> {};

TEST_P(Documents, are_received_as_expected) {
  const auto scenario = load_scenario(GetParam());
  ASSERT_TRUE(scenario.has_value()) << describe(scenario.error());
  ASSERT_TRUE(scenario->is_document);
  for (const auto& check : scenario->checks) {
    SCOPED_TRACE(check.description);
    const auto text = json::write(check.input);
    const auto decoded =
        decode_text(scenario->encoding == "utf-16le" ? utf16le_with_mark(text) : text);
    ASSERT_TRUE(decoded.has_value()) << describe(decoded.error());
    const auto document = json::parse(*decoded);
    ASSERT_TRUE(document.has_value()) << describe(document.error());
    const auto dialect = check.dialect == "lenient" ? Dialect::lenient : Dialect::strict;
    const auto reception = receive(document->root(), scenario->document_type, dialect);
    if (const json::Value* error = check.expect.find("error")) {
      EXPECT_TRUE(holds(reception.errors, error->text()))
          << "expected " << error->text() << joined(reception.errors);
      continue;
    }
    EXPECT_TRUE(reception.errors.empty()) << joined(reception.errors);
    if (const json::Value* warnings = check.expect.find("warnings")) {
      EXPECT_EQ(reception.warnings, warnings->integer());
    }
    if (const json::Value* stored = check.expect.find("stored")) {
      json::Arena arena;
      const auto form = normalise_stored(canonical(policy_in(document->root()), arena), {}, arena);
      const auto lines = differences(*stored, form);
      EXPECT_TRUE(lines.empty()) << joined(lines);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Documents,
                         ::testing::ValuesIn(scenario_names(ScenarioKind::document)),
                         [](const auto& file) { return test_name_of(file.param); });

}  // namespace
}  // namespace sallyport::test
