// `sallyport snippet`: the lines to paste into a reverse proxy.
#include "gates/snippet.h"

#include "commands.h"

namespace sallyport::cli {

Exit snippet(const SnippetFlags& flags) {
  SnippetOptions options;
  const auto take = [](std::string& into, const std::string& given) {
    if (!given.empty()) into = given;
  };
  take(options.host, flags.host);
  take(options.server, flags.server);
  take(options.upstream, flags.upstream);
  take(options.listen, flags.listen);
  take(options.certificate, flags.certificate);
  take(options.certificate_key, flags.certificate_key);
  take(options.device_ca, flags.device_ca);
  take(options.user, flags.user);
  take(options.user_file, flags.user_file);
  options.users = flags.users;
  const auto lines = sallyport::snippet(flags.proxy, options);
  if (!lines) return could_not_run(lines.error());
  auto output = Output::open({});
  if (!output) return could_not_run(output.error());
  output->write(*lines);
  const auto finished = output->finish();
  return finished ? Exit::nothing_found : could_not_run(finished.error());
}

}  // namespace sallyport::cli
