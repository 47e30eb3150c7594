// An HTTP request and response as handlers see them: values without sockets.
// Doors are functions from one to the other, so they are tested without a server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"

namespace sallyport {

struct Header {
  std::string_view name;
  std::string_view value;
};

// Views into the connection's memory, valid while the request is handled.
struct HttpRequest {
  std::string_view method;
  std::string_view target;  // as it came: path and query
  std::string_view path;
  std::string_view query;  // without `?`
  std::span<const Header> headers;
  std::string_view body;
  IpAddress peer;
  bool tls = false;
  // The client certificate of this connection as DER; empty when there is none. Its holder has the
  // key; whom it names, and whether that counts, is for DeviceAuthority to say.
  std::string_view client_certificate;

  // The value of the first header with this name, ignoring letter case; empty when there is none.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
};

// The one value of a header that must not be ambiguous: absent when there is none, the value when
// all copies agree. Copies that differ are an error: somebody added one behind the proxy's back.
[[nodiscard]] Result<std::optional<std::string_view>> single_header(const HttpRequest& request,
                                                                    std::string_view name);
// A cookie of the request; empty when there is none.
std::string_view cookie(const HttpRequest& request, std::string_view name);
// A parameter of an `application/x-www-form-urlencoded` query, decoded; empty when there is none.
std::string query_parameter(std::string_view query, std::string_view name);

struct ResponseHeader {
  std::string name;
  std::string value;
};

class PendingResponse;

struct HttpResponse {
  int status = 200;
  std::vector<ResponseHeader> headers;  // without Content-Length, Connection and Date
  std::string body;
  // While this is not 0 the response tells of a decision whose record is not on the disk yet: it is
  // sent once the sign-in log has come so far, and when the log cannot, `withhold` turns it into a
  // refusal that is sent instead.
  std::uint64_t ticket = 0;
  void (*withhold)(HttpResponse& response, const Error& why) = nullptr;
  // While this is set the answer is still being made, on another thread, and this one stands in
  // for it.
  std::shared_ptr<PendingResponse> pending;

  bool waits() const { return ticket != 0 || pending != nullptr; }
  // Line ends and other control characters in `value` become blanks: no value can add a header.
  void add(std::string_view name, std::string_view value);
  std::string_view header(std::string_view name) const;
};

// An answer on its way from the thread that makes it to the one that sends it.
class PendingResponse {
 public:
  void set(HttpResponse made);
  std::optional<HttpResponse> take();  // nothing: it is not made yet

 private:
  std::mutex mutex_;
  std::optional<HttpResponse> made_;
};

HttpResponse json_response(int status, std::string body);
// The error envelope of this server's own endpoints, Graph's shape:
// {"error": {"code": "...", "message": "..."}}
HttpResponse error_response(int status, std::string_view code, std::string_view message);
// The HTTP status of an operating error.
int status_of(ErrorKind kind);
// What a caller is told of it: where it is, too, unless that is a place of this server's, such as
// the file of its store.
std::string told(const Error& error);
std::string_view reason_phrase(int status);

// %XX decoded once; nothing when a `%` is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);
// Everything but unreserved characters (RFC 3986) as %XX.
std::string percent_encode(std::string_view text);

}  // namespace sallyport
