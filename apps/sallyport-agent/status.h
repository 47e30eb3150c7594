// What `sallyport-agent status` says: to the user in words, to programs as JSON.
#pragma once

#include <optional>
#include <string>

#include "agent/reports.h"
#include "base/instant.h"
#include "table.h"

namespace sallyport::agent {

struct Status {
  bool enrolled = false;
  Contact contact;
  std::size_t waiting = 0;  // reports
};

enum class Standing { compliant, not_compliant, unknown };

// What the last verdict is worth now: one whose time is over is unknown.
Standing standing_of(const Status& status, Instant now);
std::string status_text(const Status& status, Instant now, const cli::Presentation& presentation);
std::string status_json(const Status& status, Instant now);

}  // namespace sallyport::agent
