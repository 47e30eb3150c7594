// Any bytes, in any pieces, become requests within the bounds or one refusal. The first byte of the
// input is the size of the pieces.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "server/request_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  if (size == 0) return 0;
  HttpLimits limits;
  limits.header_bytes_max = 4096;
  limits.headers_max = 20;
  constexpr std::size_t body_max = 1000;
  limits.small_body_max = 100;
  limits.large_bodies_max = 500;
  std::atomic<std::size_t> large_bodies{0};
  RequestParser parser(
      limits, [](std::string_view) { return body_max; }, large_bodies);
  const std::size_t piece = std::size_t{data[0]} + 1;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string waiting;
  std::size_t given = 0;
  while (true) {
    const auto progress = parser.put(waiting);
    if (progress.consumed > waiting.size()) __builtin_trap();
    waiting.erase(0, progress.consumed);
    if (progress.state == RequestParser::State::bad) {
      const int status = parser.status();
      if (status < 400 || status > 505) __builtin_trap();
      return 0;
    }
    if (progress.state == RequestParser::State::request) {
      const auto request = parser.request();
      std::size_t bytes = request.method.size() + request.target.size();
      for (const auto& header : request.headers) bytes += header.name.size() + header.value.size();
      const bool bounded = request.body.size() <= body_max &&
                           request.headers.size() <= limits.headers_max &&
                           bytes <= 2 * limits.header_bytes_max;
      const bool path_is_one = request.path == "*" || request.path.substr(0, 1) == "/";
      if (!bounded || !path_is_one) __builtin_trap();
      (void)parser.keep_alive();
      parser.next();
      continue;
    }
    if (progress.state == RequestParser::State::send_continue) continue;
    if (given == input.size()) return 0;
    const auto next = input.substr(given, piece);
    given += next.size();
    waiting += next;
  }
}
