// What a replay found, written for people or for programs.
#pragma once

#include <span>
#include <string>

#include "analysis/replay/replay.h"
#include "policy/tenant.h"
#include "table.h"

namespace sallyport::cli {

struct ReplayedSide {
  const replay::Side* side = nullptr;
  const Names* names = nullptr;
};

// `top`: how many rows a table for people has; 0: all.
std::string render(const replay::Report& report, std::span<const ReplayedSide> sides,
                   const Presentation& presentation, std::size_t top);

}  // namespace sallyport::cli
