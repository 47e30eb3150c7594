#include "gates/decider.h"

namespace sallyport {

void Verdict::clear() {
  outcome = Outcome::blocked;
  error_code = 0;
  decision_id.clear();
  reasons.reset();
  device_faults.clear();
  device_refused = {};
  user_name.clear();
  display_name.clear();
  mail.clear();
  groups.clear();
  ticket = 0;
}

const Reasons& Verdict::why() const {
  static const Reasons none;
  return reasons ? *reasons : none;
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
