// A report as JSON, in Graph's words where Graph has them.
#pragma once

#include <string>

#include "report.h"

namespace sallyport::cli {

// One object, without line ends.
std::string report_json(const Report& report, const Tenant& tenant, const ReportOptions& options);

}  // namespace sallyport::cli
