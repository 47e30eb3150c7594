// `sallyport lint config`: every mistake of a server configuration.
#include "commands.h"
#include "server/config.h"

namespace sallyport::cli {

Exit lint_config(const LintConfigOptions& options) {
  if (const auto text = read_input(options.file); !text) return could_not_run(text.error());
  const ConfigReading reading = read_config(options.file);
  auto output = Output::open({});
  if (!output) return could_not_run(output.error());
  for (const Error& problem : reading.problems) output->write(describe(problem) + '\n');
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return reading.problems.empty() ? Exit::nothing_found : Exit::findings;
}

}  // namespace sallyport::cli
