// Bytes to requests: Beast's parser, our limits, and a few refusals of our own (a missing or second
// Host, a Transfer-Encoding other than chunked, a target that is no path).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "gates/message.h"
#include "server/http.h"

namespace sallyport {

class RequestParser {
 public:
  using BodyMax = std::function<std::size_t(std::string_view path)>;

  // `large_bodies`: what those of all connections hold together. REQUIRES: it outlives this.
  RequestParser(const HttpLimits& limits, BodyMax body_max, std::atomic<std::size_t>& large_bodies);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  enum class State : std::uint8_t {
    more,           // give more bytes, beginning with those not consumed
    send_continue,  // the client waits for `100 Continue`; then as `more`
    request,        // request() is complete; next() begins another
    bad,            // answer with status() and close
  };
  struct Progress {
    State state = State::more;
    std::size_t consumed = 0;
  };
  // Unconsumed bytes never exceed header_bytes_max, so a buffer of that size always makes progress.
  Progress put(std::string_view bytes);

  std::string_view path() const;  // of a bad request, if it came so far
  int status() const;             // of a bad request: 400, 413, 417, 431, 501, 503, 505
  bool started() const;           // some byte of this request was seen
  bool header_done() const;       // what is missing is body
  bool keep_alive() const;        // REQUIRES: header_done()
  bool is_http_1_0() const;       // REQUIRES: header_done()
  // REQUIRES: the state is `request`. Views are valid until next(). Peer, tls and certificate are
  // for the connection to fill in.
  HttpRequest request() const;
  void next();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sallyport
