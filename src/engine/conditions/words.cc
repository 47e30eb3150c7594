// The conditions over a fact of few values: platforms, client apps, risks, flows
// (spec, sections 2.4, 2.6, 2.7 and 2.9).
#include "engine/conditions/conditions.h"

namespace sallyport {
namespace {

template <class Word>
Tested by_value(Fact<Word> fact, bool met) {
  return {match_of(met), {fact.is_absent() ? ReasonKind::absent : ReasonKind::value}};
}

}  // namespace

Tested test_platforms(const PlatformCondition& condition, Fact<Platform> platform) {
  if (platform.is_unknown()) {
    return test_every_value(Platform::linux,
                            [&](Fact<Platform> value) { return test_platforms(condition, value); });
  }
  const auto lists = [&](const WordSet<Platform>& set) {
    return set.all || (platform.is_known() && set.contains(*platform));
  };
  const auto& include = condition.include;
  const bool included = include.empty() || include.unknown || lists(include);
  const bool met = included && !lists(condition.exclude);
  Reason reason = by_value(platform, met).reason();
  if (included && include.unknown && !lists(include)) reason.kind = ReasonKind::unknown_word;
  reason.excludes = included && !met;
  return {match_of(met), reason};
}

Tested test_client_app_types(WordSet<ClientApp> types, Fact<ClientApp> client_app) {
  if (client_app.is_unknown()) {
    return test_every_value(ClientApp::other, [&](Fact<ClientApp> value) {
      return test_client_app_types(types, value);
    });
  }
  if (types.unknown) return {Match::yes, {ReasonKind::unknown_word}};
  if (client_app.is_absent()) return by_value(client_app, false);
  // In a policy, exchangeActiveSync means every client of that protocol.
  const bool any_eas =
      *client_app == ClientApp::eas_supported && types.contains(ClientApp::exchange_active_sync);
  return by_value(client_app, types.contains(*client_app) || any_eas);
}

Tested test_risk(WordSet<RiskLevel> levels, Fact<RiskLevel> level) {
  if (level.is_unknown()) {
    return test_every_value(RiskLevel::none,
                            [&](Fact<RiskLevel> value) { return test_risk(levels, value); });
  }
  if (levels.unknown) return {Match::yes, {ReasonKind::unknown_word}};
  return by_value(level,
                  levels.all || levels.contains(level.is_known() ? *level : RiskLevel::none));
}

Tested test_insider_risk(WordSet<InsiderRiskLevel> levels, Fact<InsiderRiskLevel> level) {
  if (level.is_unknown()) {
    return test_every_value(InsiderRiskLevel::elevated, [&](Fact<InsiderRiskLevel> value) {
      return test_insider_risk(levels, value);
    });
  }
  if (levels.unknown) return {Match::yes, {ReasonKind::unknown_word}};
  const auto value = level.is_known() ? *level : InsiderRiskLevel::none;
  return by_value(level, value != InsiderRiskLevel::none && (levels.all || levels.contains(value)));
}

Tested test_authentication_flows(WordSet<TransferMethod> methods, Fact<TransferMethod> flow) {
  if (flow.is_unknown()) {
    return test_every_value(
        TransferMethod::authentication_transfer,
        [&](Fact<TransferMethod> value) { return test_authentication_flows(methods, value); });
  }
  if (methods.unknown) return {Match::yes, {ReasonKind::unknown_word}};
  const auto value = flow.is_known() ? *flow : TransferMethod::none;
  return by_value(flow, value != TransferMethod::none && methods.contains(value));
}

}  // namespace sallyport
