#include "analysis/checks/catalogue.h"

#include <algorithm>

#include "analysis/checks/catalogue/rows.h"

namespace sallyport {

const std::vector<Check>& check_catalogue() {
  static const std::vector<Check> all = [] {
    std::vector<Check> checks;
    for (const auto rows :
         {coverage_rows(), risk_rows(), exclusions_rows(), grants_rows(), sessions_rows(),
          conditions_rows(), targets_rows(), workloads_rows(), relations_rows(), hygiene_rows(),
          device_compliance_rows(), app_protection_rows()}) {
      checks.insert(checks.end(), rows.begin(), rows.end());
    }
    return checks;
  }();
  return all;
}

const Check* find_check(std::string_view id) {
  const auto& all = check_catalogue();
  const auto found = std::ranges::find(all, id, &Check::id);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace sallyport
