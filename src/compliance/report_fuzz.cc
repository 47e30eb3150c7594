// Any text as a device's report, as what a discovery script printed, and as a rules file: nothing
// crashes, and what was read is the same after writing and reading it again.
#include <cstdlib>

#include "compliance/custom_rules.h"
#include "compliance/facts.h"
#include "compliance/history.h"

namespace {

using namespace sallyport;
using namespace sallyport::compliance;

void try_report(std::string_view text) {
  const auto report = parse_report(text);
  if (!report) return;
  const auto once = to_json(*report);
  const auto again = parse_report(once);
  if (!again || to_json(*again) != once) std::abort();
  Facts facts;
  if (!facts.merge(*report, report->reported_at)) std::abort();
  if (facts.merge(*report, report->reported_at)) std::abort();  // a replay
  FactTable table;
  facts.fill(table, Account::system, {});
  std::string stored;
  json::Writer writer(stored);
  facts.write(writer);
  const auto document = json::parse(stored);
  if (!document || !Facts::read(document->root())) std::abort();
}

void try_rules(std::string_view text) {
  static const auto printed = json::parse(
      R"({"BiosVersion":"2.10","Ram":8,"Ok":true,"Load":1.5,"When":"2025-03-01","a":null})");
  for (const auto& rule : read_custom_rules(text).rules) {
    (void)judge_rule(rule, printed->root());
    (void)words_of(rule, text.substr(0, 100));
  }
  static const auto rules = read_custom_rules(
      R"({"Rules":[{"SettingName":"a","Operator":"GreaterThan","DataType":"Int64","Operand":1,)"
      R"("MoreInfoUrl":"https://example.org","RemediationStrings":[{"Language":"en_US",)"
      R"("Title":"t","Description":"d"}]}]})");
  const auto output = json::parse(text);
  if (output) (void)judge_rule(rules.rules.at(0), output->root());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_report(text);
  try_rules(text);
  const auto document = json::parse(text);
  if (document) {
    (void)History::read(document->root());
    (void)Facts::read(document->root());
  }
  return 0;
}
