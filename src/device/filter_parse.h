// From the text of a rule to its tree. FilterRule::parse is the way in for everybody else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "device/filter_node.h"

namespace sallyport {

[[nodiscard]] Result<FilterNode> parse_filter(std::string_view text, FilterSubject subject,
                                              FilterDialect dialect,
                                              std::vector<std::string>* notes);

}  // namespace sallyport
