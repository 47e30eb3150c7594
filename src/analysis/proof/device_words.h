// Values of device attributes as words: `device.model=Surface`, and `device.model=` of a device
// that has none. The names are those of the rule language, `*` stands for any letters that no rule
// looks at, and a list has commas.
#pragma once

#include <optional>
#include <string>

#include "analysis/proof/draft.h"
#include "base/result.h"
#include "device/filter_node.h"

namespace sallyport::proof {

struct DeviceValue {
  FilterComparison what;             // property and text only
  std::optional<std::string> value;  // nothing: it has none
};

[[nodiscard]] Result<DeviceValue> parse_device_value(std::string_view word);
std::string device_word(const DeviceValue& value);

// What the drafted device has; nothing: it has none.
std::optional<std::string> device_value(const Draft& draft, const FilterComparison& what);
void put_device_value(Draft& draft, const DeviceValue& value);
// An extension attribute is seen only of a managed device (spec, section 3.5): it is one, then.
void put_device_text(Draft& draft, DeviceText which, std::string text);

std::string joined_list(const std::vector<std::string>& list);  // with commas

}  // namespace sallyport::proof
