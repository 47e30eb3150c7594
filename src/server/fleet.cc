#include "server/fleet.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "server/log.h"

namespace sallyport {
namespace {

// Read each time it is needed, so that another one counts without a restart.
Result<std::string> read_token(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return fail(ErrorKind::unavailable, "the token cannot be read", path);
  std::string token(trim(text.str()));
  if (const auto good = check_fleet_token(token); !good) {
    return fail(ErrorKind::unavailable, "`" + path + "` " + good.error().message);
  }
  return token;
}

}  // namespace

Result<void> check_fleet_token(std::string_view token) {
  if (token.empty()) return fail(ErrorKind::invalid_argument, "holds no token");
  const bool is_one = token.size() <= 4096 && std::ranges::all_of(token, [](unsigned char c) {
                        return c > 0x20 && c < 0x7f;
                      });
  if (is_one) return {};
  return fail(ErrorKind::invalid_argument, "holds what is no token: one line of printable letters");
}

Result<std::unique_ptr<Fleet>> make_fleet(const FleetConfig& config, Store& store, Judging& judging,
                                          Instant (*clock)()) {
  HttpClientOptions http;
  http.authorities_file = config.authorities;
  http.answer_max = fleet::page_bytes_max;
  auto client = HttpClient::make(std::move(http));
  if (!client) return tl::unexpected<Error>(std::move(client.error()));
  FleetOptions options;
  auto url = parse_http_url(config.address);
  if (!url) return tl::unexpected<Error>(std::move(url.error()));
  options.url = std::move(*url);
  options.token = [path = config.token_file] { return read_token(path); };
  options.now = clock;
  options.rules = config.policies;
  options.interval = config.interval;
  options.on_problem = [](const std::string& problem, std::chrono::seconds next) {
    log(LogLevel::warning, "Fleet could not be read; what it said before stands, and grows old",
        {{"reason", problem}, {"again_in_seconds", std::to_string(next.count())}});
  };
  options.on_passed_over = [](std::size_t hosts, const std::string& examples) {
    log(hosts == 0 ? LogLevel::info : LogLevel::warning, "hosts of Fleet that were passed over",
        {{"hosts", std::to_string(hosts)}, {"among_them", examples}});
  };
  return std::make_unique<Fleet>(store, judging, std::move(*client), std::move(options));
}

}  // namespace sallyport
