// `sallyport explain`: every policy and condition of one sign-in, and the cheapest way in.
#include "commands.h"
#include "report.h"

namespace sallyport::cli {

Exit explain(const ExplainOptions& options) {
  const bool recorded = !options.decision.empty();
  if (recorded == !options.what_if.paths.empty()) {
    return could_not_run({ErrorKind::invalid_argument,
                          "give either folders of policies and a sign-in, or --data and --decision",
                          "explain"});
  }
  if (recorded) return explain_recorded(options);
  ReportOptions report_options;
  report_options.every_condition = true;
  report_options.applied_only = options.what_if.applied_only;
  return answer(options.what_if, report_options);
}

}  // namespace sallyport::cli
