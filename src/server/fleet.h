// A Fleet server, as the configuration names it, read by service/fleet. Threads: as Fleet.
#pragma once

#include <memory>
#include <string_view>

#include "server/config.h"
#include "service/fleet/fleet.h"

namespace sallyport {

// Whether this can stand in a header. Errors: what is wrong with it, without telling it.
[[nodiscard]] Result<void> check_fleet_token(std::string_view token);

// Not started yet. REQUIRES: store and judging outlive it. Errors: the authorities cannot be read.
[[nodiscard]] Result<std::unique_ptr<Fleet>> make_fleet(const FleetConfig& config, Store& store,
                                                        Judging& judging, Instant (*clock)());

}  // namespace sallyport
