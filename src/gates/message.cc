#include "gates/message.h"

#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace sallyport {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// Most names differ in length or are written alike, which is cheaper to see.
bool is_named(const Header& header, std::string_view name) {
  return header.name.size() == name.size() &&
         (header.name == name || equal_ignoring_case(header.name, name));
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  for (const auto& h : headers)
    if (is_named(h, name)) return h.value;
  return {};
}

bool HttpRequest::has_header(std::string_view name) const {
  for (const auto& h : headers)
    if (is_named(h, name)) return true;
  return false;
}

Result<std::optional<std::string_view>> single_header(const HttpRequest& request,
                                                      std::string_view name) {
  std::optional<std::string_view> found;
  for (const auto& h : request.headers) {
    if (!is_named(h, name)) continue;
    if (found && *found != h.value)
      return fail(ErrorKind::invalid_argument,
                  "header `" + std::string(name) + "` came twice with different values");
    found = h.value;
  }
  return found;
}

std::string_view cookie(const HttpRequest& request, std::string_view name) {
  for (const auto& h : request.headers) {
    if (!is_named(h, "cookie")) continue;
    std::string_view rest = h.value;
    while (!rest.empty()) {
      const auto end = rest.find(';');
      const auto pair = trim(rest.substr(0, end));
      rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
      const auto equals = pair.find('=');
      if (equals != pair.npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
    }
  }
  return {};
}

std::string query_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    query = end == query.npos ? std::string_view() : query.substr(end + 1);
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    std::string value(equals == pair.npos ? std::string_view() : pair.substr(equals + 1));
    for (auto& c : value)
      if (c == '+') c = ' ';
    return percent_decode(value).value_or(std::string());
  }
  return {};
}

void HttpResponse::add(std::string_view name, std::string_view value) {
  if (headers.empty()) headers.reserve(8);  // what a grant at the door has
  auto& header = headers.emplace_back();
  header.name = name;
  header.value = value;
  for (auto& c : header.value)
    if (is_control(c)) c = ' ';
}

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& h : headers)
    if (equal_ignoring_case(h.name, name)) return h.value;
  return {};
}

void PendingResponse::set(HttpResponse made) {
  const std::lock_guard lock(mutex_);
  made_ = std::move(made);
}

std::optional<HttpResponse> PendingResponse::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(made_, std::nullopt);
}

HttpResponse json_response(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.add("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

HttpResponse error_response(int status, std::string_view code, std::string_view message) {
  std::string body;
  json::Writer w(body);
  w.begin_object();
  w.key("error");
  w.begin_object();
  w.member("code", code);
  w.member("message", message);
  w.end_object();
  w.end_object();
  return json_response(status, std::move(body));
}

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument: return 400;
    case ErrorKind::not_found: return 404;
    case ErrorKind::conflict: return 409;
    case ErrorKind::too_large: return 413;
    case ErrorKind::denied: return 403;
    case ErrorKind::unavailable: return 503;
    case ErrorKind::internal: return 500;
  }
  return 500;
}

std::string told(const Error& error) {
  const bool ours = error.kind == ErrorKind::unavailable || error.kind == ErrorKind::internal;
  return ours ? error.message : describe(error);
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 302: return "Found";
    case 303: return "See Other";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 424: return "Failed Dependency";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto u = static_cast<unsigned char>(c);
      out += {'%', digits[u >> 4], digits[u & 15]};
    }
  }
  return out;
}

}  // namespace sallyport
