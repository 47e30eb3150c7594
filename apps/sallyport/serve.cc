// `sallyport serve`: the server, until it is told to stop.
#include <charconv>
#include <csignal>

#include "base/text.h"
#include "base/thread_name.h"
#include "commands.h"
#include "server/server.h"

namespace sallyport::cli {
namespace {

// `127.0.0.1:8080`, `[::1]:8080`, `:8080`.
Result<void> listen_on(const std::string& text, HttpOptions& http) {
  const auto wrong = [&] {
    return fail(ErrorKind::invalid_argument,
                "`" + printable(text) + "` is no address with a port, as in 127.0.0.1:8080",
                "--listen");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return wrong();
  std::string_view address = std::string_view(text).substr(0, colon);
  const std::string_view port = std::string_view(text).substr(colon + 1);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  const auto end = std::from_chars(port.data(), port.data() + port.size(), http.port);
  if (end.ec != std::errc() || end.ptr != port.data() + port.size()) return wrong();
  if (!address.empty()) {
    if (!parse_ip_address(address)) return wrong();
    http.address = std::string(address);
  }
  return {};
}

}  // namespace

Exit serve(const ServeFlags& flags) {
  name_thread("sallyport");  // begun anew, the process would be called `exe`
  Config config;
  if (!flags.config.empty()) {
    ConfigReading reading = read_config(flags.config);
    for (const Error& problem : reading.problems) remark(describe(problem));
    if (!reading.problems.empty()) return Exit::could_not_run;
    config = std::move(reading.config);
  }
  if (!flags.data.empty()) config.store = flags.data + "/sallyport.db";
  if (!flags.listen.empty()) {
    if (const auto listening = listen_on(flags.listen, config.http); !listening) {
      return could_not_run(listening.error());
    }
  }
  config.api.analysis_program = "/proc/self/exe";
  // A reader of the log that goes away must not end the server.
  std::signal(SIGPIPE, SIG_IGN);
  const auto stopped = sallyport::run(config);
  return stopped ? Exit::nothing_found : could_not_run(stopped.error());
}

}  // namespace sallyport::cli
