// What a device has reported, and what the judge remembers of it: kind `sallyport.posture`, by the
// device's deviceId.
//
//   {"facts": {"reports": [...]}, "history": {...}}
//
// The verdict is a document of its own (managed_devices/record.h): it can be made from this at any
// time. Threads: a value. Source: compliance/facts.h, compliance/history.h.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "compliance/facts.h"
#include "compliance/history.h"

namespace sallyport {

inline constexpr std::string_view posture_kind = "sallyport.posture";

struct Posture {
  compliance::Facts facts;
  compliance::History history;
};

std::string to_json(const Posture& posture);
[[nodiscard]] Result<Posture> parse_posture(std::string_view text);

}  // namespace sallyport
