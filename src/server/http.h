// The HTTP/1.1 server: sockets and TLS in, values out. A handler sees an HttpRequest and gives an
// HttpResponse, synchronously: decisions are made in memory and take microseconds. What may not be
// told before something else has happened (HttpResponse::ticket), or is made on another thread
// (HttpResponse::pending), waits at its connection, and the thread serves others meanwhile.
//
// One event loop a thread, each with its own listening socket (SO_REUSEPORT), so threads share
// nothing. Requests are parsed by Boost.Beast, pipelined ones are answered in order. Keep-alive,
// `Expect: 100-continue` and chunked bodies are understood; anything ambiguous is 400.
//
// Bounds, each in HttpLimits: header bytes and count (431), body by route (413, without reading
// it), what large bodies take together (503), time for a header, a body and between requests (the
// connection is closed), connections (503). Threads: handlers are called by several at once.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gates/message.h"

namespace sallyport {

struct HttpLimits {
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t headers_max = 100;
  std::chrono::seconds header_time{10};  // from the first byte, TLS handshake included
  std::chrono::seconds body_time{30};    // and to take an answer
  std::chrono::seconds idle_time{75};    // between requests
  std::size_t connections_max = 10'000;
  // What bodies of more than small_body_max hold together, of all connections.
  std::size_t large_bodies_max = std::size_t{512} << 20U;
  std::size_t small_body_max = std::size_t{64} << 10U;
  std::chrono::seconds drain_time{10};  // on stop, for requests in flight
};

struct TlsOptions {
  std::string certificate;  // PEM paths: the chain,
  std::string key;          // its key,
  // And who signs client certificates: others end the handshake. Empty: none are asked for.
  std::string client_authority;
  // PEM of the device authority: certificates are asked for, and whichever is shown is passed on.
  // What it is worth is for DeviceAuthority to say, so that who shows a bad one is told why.
  std::string device_authority;
};

struct HttpOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  // Besides: a socket that is a file, without TLS. Whoever comes through it is the peer 127.0.0.1.
  std::string socket;  // its path; empty: none
  unsigned threads = 1;
  HttpLimits limits;
  bool tls = false;
  TlsOptions tls_options;  // TLS 1.2 and later
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // The largest body taken at this path.
  virtual std::size_t body_max(std::string_view path) const = 0;
  virtual HttpResponse handle(const HttpRequest& request) = 0;
  // The answer to what is no request that could be handled: malformed, or over a bound. The path is
  // empty when it was not understood.
  virtual HttpResponse refusal(std::string_view /*path*/, int status, std::string_view message) {
    return error_response(status, status == 503 ? "serviceUnavailable" : "badRequest", message);
  }
  // Of a response that waits(), made at `since`: whether it may be sent. So may what the response
  // has been turned into meanwhile: the answer that was pending, or a refusal when waiting for its
  // record is of no more use. Asked after each wake(), ten times a second, and before it waits.
  virtual bool may_be_sent(HttpResponse& response, std::chrono::steady_clock::time_point since) = 0;
};

struct HttpCounters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};  // over connections_max
  std::atomic<std::uint64_t> timed_out{0};
  std::atomic<std::uint64_t> bad_requests{0};  // refused before a handler saw them
  std::atomic<std::size_t> open{0};
  std::atomic<std::size_t> large_bodies{0};  // bytes held
};

class HttpServer {
 public:
  // Listens when it returns. REQUIRES: `handler` and `counters` outlive the server.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(const HttpOptions& options,
                                                                 HttpHandler& handler,
                                                                 HttpCounters& counters);
  ~HttpServer();  // stops, and waits
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  // Responses that wait may have become ready. Any thread may call, at any time; returns at once.
  void wake();
  // No new connections; what is in flight is finished within drain_time. Returns at once.
  void stop();
  void wait();  // until everything has ended after stop()

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sallyport
