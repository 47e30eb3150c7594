// Any text: reading never crashes, and what is read has a canonical spelling that reads back as
// itself and means the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "device/filter.h"

using namespace sallyport;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(std::string_view text, FilterSubject subject, FilterDialect dialect) {
  std::vector<std::string> notes;
  const auto rule = FilterRule::parse(text, subject, dialect, &notes);
  if (!rule) {
    require(!rule.error().message.empty() && !rule.error().where.empty());
    return;
  }
  const auto canonical = rule->canonical();
  if (text.size() > filter_rule_length_max) return;  // its canonical form may pass the bound
  notes.clear();
  const auto again = FilterRule::parse(canonical, subject, FilterDialect::lenient, &notes);
  require(again.has_value() && again->canonical() == canonical);
  require(again->needs_more_than_shape() == rule->needs_more_than_shape());
  require(again->matches(nullptr) == rule->matches(nullptr));
  DeviceShape shape;
  shape.text(DeviceText::model) = DeviceAttribute::of(std::string(text.substr(0, 8)));
  shape.text(DeviceText::trust_type) = DeviceAttribute::unknown();
  shape.is_compliant = DeviceFlag::yes;
  DeviceView device;
  device.shape = &shape;
  device.display_name = text.substr(0, 4);
  require(again->matches(&device) == rule->matches(&device));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto subject = (data[0] & 1U) != 0 ? FilterSubject::application : FilterSubject::device;
  check(text, subject, (data[0] & 2U) != 0 ? FilterDialect::lenient : FilterDialect::strict);
  return 0;
}
