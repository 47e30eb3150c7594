// Device filter and the deprecated device states (spec, sections 2.8 and 3).
#include "policy/conditions/conditions.h"

namespace sallyport {
namespace {

void read_excluded_states(const DocumentPart& part, std::string_view name,
                          DeviceCondition& condition) {
  part.each_text(name, [&](std::string_view text, std::size_t) {
    if (equal_ignoring_case(text, "Compliant")) condition.exclude_compliant = true;
    if (equal_ignoring_case(text, "DomainJoined")) condition.exclude_domain_joined = true;
  });
}

}  // namespace

std::optional<Filter> read_filter(const DocumentPart& part, std::string_view name,
                                  FilterSubject subject) {
  const auto* value = part.get(name);
  if (value == nullptr) return std::nullopt;
  auto& remarks = part.remarks();
  const auto pointer = part.pointer().member(name);
  const DocumentPart members(*value, pointer, remarks);
  Filter filter;
  const auto mode = members.text("mode");
  filter.text = std::string(members.text("rule"));
  const bool mode_known =
      equal_ignoring_case(mode, "include") || equal_ignoring_case(mode, "exclude");
  if (equal_ignoring_case(mode, "exclude")) filter.mode = FilterMode::exclude;
  if (!mode_known) {
    if (mode.empty()) {
      remarks.add(Severity::error, "L-filter",
                  "this filter has no `mode`, so it counts as met; write `include` or `exclude`",
                  pointer, value->offset());
    }
    return filter;
  }
  const auto* rule = members.get("rule");
  const auto rule_pointer = pointer.member("rule");
  const auto offset = rule == nullptr ? value->offset() : rule->offset();
  std::vector<std::string> notes;
  auto parsed =
      FilterRule::parse(filter.text, subject,
                        remarks.strict() ? FilterDialect::strict : FilterDialect::lenient, &notes);
  for (auto& note : notes) {
    remarks.add(Severity::note, "L-filter", std::move(note), rule_pointer, offset);
  }
  if (parsed) {
    filter.rule = std::move(*parsed);
  } else {
    // A number of the rules, not of the shape, whatever the dialect: validate() says it.
    Finding finding;
    finding.code = "L-filter";
    finding.message =
        "the rule cannot be read, so the filter counts as met: " + parsed.error().message;
    if (!parsed.error().where.empty()) finding.message += " (at " + parsed.error().where + ')';
    finding.pointer = rule_pointer.text();
    finding.offset = offset;
    if (!remarks.strict()) remarks.findings().push_back(std::move(finding));
  }
  return filter;
}

std::optional<DeviceCondition> read_devices(const DocumentPart& conditions) {
  DeviceCondition condition;
  if (const auto* value = conditions.get("devices")) {
    const auto pointer = conditions.pointer().member("devices");
    const DocumentPart part(*value, pointer, conditions.remarks());
    condition.filter = read_filter(part, "deviceFilter", FilterSubject::device);
    read_excluded_states(part, "excludeDevices", condition);
    read_excluded_states(part, "excludeDeviceStates", condition);
  }
  if (const auto* value = conditions.get("deviceStates")) {
    const auto pointer = conditions.pointer().member("deviceStates");
    const DocumentPart part(*value, pointer, conditions.remarks());
    read_excluded_states(part, "excludeStates", condition);
  }
  if (!condition.filter && !condition.exclude_compliant && !condition.exclude_domain_joined) {
    return std::nullopt;
  }
  return condition;
}

}  // namespace sallyport
