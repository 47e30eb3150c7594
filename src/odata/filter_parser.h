// The reader of filters. parse_filter (filter_node.h) is the way in for everybody else.
// filter_parse.cc: how conditions are joined and compared; filter_call.cc: functions, `isof`, `any`
// and `all`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "odata/filter_node.h"
#include "odata/filter_path.h"
#include "odata/filter_scan.h"

namespace sallyport::odata {

class FilterParser {
 public:
  FilterParser(std::string_view text, const Schema& schema) : scan_(text), schema_(schema) {}
  Result<FilterNode> filter();

 private:
  Result<FilterNode> joined(FilterNode::Kind kind, int depth);
  Result<FilterNode> factor(int depth, bool negated);
  Result<FilterNode> negation(int depth);
  Result<FilterNode> call(std::string_view name, int depth);
  Result<FilterNode> function(TextFunction which);
  Result<FilterNode> isof();
  Result<FilterNode> lambda(FoundPath found, int depth);
  Result<FilterNode> with_truth(Result<FilterNode> node, int depth);
  Result<FilterNode> comparison(int depth, bool negated);
  Result<FilterNode> reversed(bool negated);
  Result<FoundPath> operand(FilterNode& node);
  Result<void> compared(FilterNode& node, const FoundPath& found);
  Result<void> listed(FilterNode& node, const FoundPath& found);
  std::optional<Comparison> take_comparison();
  Result<void> check_comparison(const FilterNode& node, const FoundPath& found,
                                std::size_t offset) const;

  Result<FilterNode> make(FilterNode::Kind kind) {
    if (++nodes_ > filter_nodes_max) {
      return filter_error(scan_.offset(),
                          "a filter has at most " + std::to_string(filter_nodes_max) +
                              " conditions and words that join them; ask in several requests",
                          ErrorKind::too_large);
    }
    FilterNode node;
    node.kind = kind;
    return node;
  }
  Result<void> check_depth(int depth, std::size_t offset) const {
    if (depth <= filter_depth_max) return {};
    return filter_error(offset,
                        "brackets, `not`, `any` and `all` nest at most " +
                            std::to_string(filter_depth_max) + " deep",
                        ErrorKind::too_large);
  }
  // OData binds `not` to `a` alone in `not a eq b`, which for anything but a boolean is nonsense.
  static tl::unexpected<Error> ambiguous(const FoundPath& found) {
    return filter_error(found.offset, "`not` before " + in_backticks(found.name) +
                                          " could mean two things; put brackets around the "
                                          "comparison");
  }
  tl::unexpected<Error> expected(std::string_view what) const {
    if (scan_.at_end()) {
      return filter_error(scan_.offset(),
                          "the filter ends too early: expected " + std::string(what));
    }
    return filter_error(scan_.offset(), "expected " + std::string(what) + ", found " +
                                            in_backticks(scan_.rest().substr(0, 20)));
  }

  FilterScanner scan_;
  const Schema& schema_;
  std::vector<LambdaVariable> variables_;
  std::size_t nodes_ = 0;
};

// Hands an error on.
inline tl::unexpected<Error> pass(Error& error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace sallyport::odata
