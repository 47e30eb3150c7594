#include "gates/decider.h"

namespace sallyport {

void Verdict::clear() {
  outcome = Outcome::blocked;
  error_code = 0;
  decision_id.clear();
  reason_user.clear();
  reason_admin.clear();
  missing.clear();
  policies.clear();
  report_only.clear();
  max_age.reset();
  user_name.clear();
  display_name.clear();
  mail.clear();
  groups.clear();
  ticket = 0;
}

std::string acr_values(std::span<const std::string> missing) {
  std::string out;
  for (const auto& name : missing) {
    if (!out.empty()) out += ' ';
    out += "urn:sallyport:acr:";
    out += name;
  }
  return out;
}

}  // namespace sallyport
