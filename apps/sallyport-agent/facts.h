// What `sallyport-agent facts` says: everything the agent would report now, and why it thinks so.
#pragma once

#include <string>

#include "agent/reading.h"
#include "table.h"

namespace sallyport::agent {

cli::Table facts_table(const Readings& readings);

}  // namespace sallyport::agent
