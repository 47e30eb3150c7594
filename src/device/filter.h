// The rule language of device filters and application filters (spec, section 3).
//
//   device.trustType -ne "ServerAD" -or device.isCompliant -ne True
//
// One grammar, two sets of properties: `device.*`, and `CustomSecurityAttribute.<Set>_<Name>` of an
// application's service principal. A parsed rule never changes; any number of threads may evaluate.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "device/device.h"

namespace sallyport {

// Three-valued truth (Kleene): what is unknown may turn out either way. In this order `both` is the
// lesser and `either` the greater.
enum class Truth : unsigned char { no, unknown, yes };

constexpr Truth negate(Truth t) {
  return t == Truth::unknown ? t : t == Truth::yes ? Truth::no : Truth::yes;
}
constexpr Truth both(Truth a, Truth b) { return a < b ? a : b; }
constexpr Truth either(Truth a, Truth b) { return a < b ? b : a; }

enum class FilterSubject : unsigned char { device, application };

// How forgiving to be: the API refuses what the service refuses; an import takes what exports hold
// (a missing `device.` prefix, `-eq` on a collection) and reports it through `notes`.
enum class FilterDialect : unsigned char { strict, lenient };

struct FilterNode;

class FilterRule {
 public:
  // `where` of an error is `column N`, counted from 1 in characters; notes begin with it.
  // Errors: invalid_argument; too_large for a rule that is too long or nests too deep.
  [[nodiscard]] static Result<FilterRule> parse(std::string_view text, FilterSubject subject,
                                                FilterDialect dialect,
                                                std::vector<std::string>* notes = nullptr);

  // Null: the unregistered device, whose every attribute is null.
  Truth matches(const DeviceView* device) const;
  // "<Set>_<Name>" -> values; an application without a service principal has none.
  Truth matches(std::span<const std::pair<std::string, std::vector<std::string>>> attributes) const;

  const std::string& text() const { return text_; }  // as it was written
  // One spelling for rules that mean the same letter by letter. Parsing it gives the same rule and
  // again this text; it may be longer than what was written, so parse it leniently.
  std::string canonical() const;
  // True when the answer may differ between devices of one shape (id, name, physical ids).
  bool needs_more_than_shape() const;
  const FilterNode& root() const { return *root_; }  // device/filter_node.h

 private:
  FilterRule() = default;
  std::string text_;
  std::shared_ptr<const FilterNode> root_;
};

inline constexpr std::size_t filter_rule_length_max = 3072;  // in characters, as the service has it
inline constexpr std::size_t filter_rule_length_lenient_max = 32768;

}  // namespace sallyport
