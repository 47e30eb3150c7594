#include "judge.h"

#include "application_names.h"
#include "engine/remedy.h"
#include "engine/what_if.h"
#include "sign_in_input.h"

namespace sallyport::cli {
namespace {

std::vector<std::string> words_of(const std::vector<FactName>& facts) {
  std::vector<std::string> words;
  for (const FactName fact : facts) words.emplace_back(name_of(fact));
  return words;
}

}  // namespace

Result<void> Judge::compile_for(const json::Value& body) {
  auto directory = with_described_principals(body, tenant_.directory);
  if (program_ && directory == directory_) return {};
  auto program = compile(tenant_.policy_set, directory, tenant_.inventory);
  if (!program) return tl::unexpected<Error>(program.error());
  directory_ = std::move(directory);
  program_ = std::move(*program);
  return {};
}

Result<Report> Judge::judge(const json::Value& given, bool with_remedy) {
  json::Arena arena;
  const auto with_ids = with_application_ids(given, tenant_, arena);
  if (!with_ids) return tl::unexpected<Error>(with_ids.error());
  const json::Value& body = *with_ids;
  if (auto compiled = compile_for(body); !compiled) return tl::unexpected<Error>(compiled.error());
  SignInReadOptions options;
  options.missing = missing_;
  options.now = now_;
  options.directory = directory_.get();
  options.inventory = tenant_.has_inventory ? tenant_.inventory.get() : nullptr;
  const auto input = read_sign_in(body, options);
  if (!input) return tl::unexpected<Error>(input.error());

  WhatIf found = sallyport::what_if(*program_, input->sign_in());
  Report report;
  report.title = title_of(body, tenant_.names);
  report.worst = std::move(found.worst);
  report.best = std::move(found.best);
  report.definite = found.definite;
  report.depends_on = words_of(found.depends_on);
  for (const auto& facts : found.policy_depends_on) {
    report.policy_depends_on.push_back(words_of(facts));
  }
  if (!with_remedy || report.worst.outcome == Outcome::granted) return report;
  if (auto remedy = cheapest_change(*program_, input->sign_in())) {
    report.remedy = std::move(remedy->steps);
  } else if (report.definite) {
    report.remedy = {"none of the sign-in alone: only a change of the policies lets it through"};
  } else {
    report.remedy = {"none is certain while that is not known: say more of the sign-in"};
  }
  return report;
}

}  // namespace sallyport::cli
