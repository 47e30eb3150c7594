#include "server/request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace sallyport {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

// Places in Message::head: the text grows while headers arrive, so views are made at the end.
struct Piece {
  std::size_t begin = 0;
  std::size_t size = 0;
};

// What one body takes of all that large ones may hold together.
class BodyShare {
 public:
  BodyShare(const HttpLimits& limits, std::atomic<std::size_t>& held)
      : limits_(limits), held_(held) {}
  ~BodyShare() { give_back(); }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  // False: there is no room for a body of this size.
  bool grow_to(std::size_t size) {
    if (size <= limits_.small_body_max || size <= own_) return true;
    const auto more = size - own_;
    if (held_.fetch_add(more) + more > limits_.large_bodies_max) {
      held_ -= more;
      return false;
    }
    own_ = size;
    return true;
  }
  void give_back() {
    if (own_ != 0) held_ -= std::exchange(own_, 0);  // few have any, and all share the number
  }

 private:
  const HttpLimits& limits_;
  std::atomic<std::size_t>& held_;
  std::size_t own_ = 0;
};

struct Message {
  Message(const HttpLimits& limits, std::atomic<std::size_t>& large_bodies)
      : share(limits, large_bodies) {}
  std::string head;
  Piece method, target;
  std::vector<std::pair<Piece, Piece>> fields;
  std::vector<Header> headers;
  std::string body;
  std::size_t body_max = 0;
  BodyShare share;  // of the body
  int version = 11;
  int status = 400;  // of what is wrong, when something is
  std::size_t hosts = 0;
  bool expects_continue = false;

  void clear() {
    head.clear();
    method = target = {};
    fields.clear();
    headers.clear();
    drop_body();
    body_max = 0;
    status = 400;
    hosts = 0;
    expects_continue = false;
  }
  void drop_body() {
    if (body.capacity() > 1U << 16U) body = std::string();
    body.clear();
    share.give_back();
  }
  Piece keep(BeastView text) {
    const Piece piece{head.size(), text.size()};
    head.append(text.data(), text.size());
    return piece;
  }
  std::string_view view(Piece p) const { return std::string_view(head).substr(p.begin, p.size); }
};

class Parser final : public http::basic_parser<true> {
 public:
  Parser(Message& message, const HttpLimits& limits) : message_(message), limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    body_limit(boost::none);  // by route, below
    eager(false);             // stops after the header
  }

 private:
  void refuse(error_code& ec, int status) {
    message_.status = status;
    ec = http::error::bad_field;
  }
  void on_request_impl(http::verb, BeastView method, BeastView target, int version,
                       error_code&) override {
    message_.method = message_.keep(method);
    message_.target = message_.keep(target);
    message_.version = version;
  }
  void on_response_impl(int, BeastView, int, error_code&) override {}
  void on_field_impl(http::field field, BeastView name, BeastView value, error_code& ec) override {
    if (is_header_done()) return;  // a trailer behind a chunked body: nothing here reads any
    if (message_.fields.size() >= limits_.headers_max ||
        message_.head.size() + name.size() + value.size() > limits_.header_bytes_max)
      return refuse(ec, 431);
    const std::string_view text(value.data(), value.size());
    if (field == http::field::transfer_encoding && !equal_ignoring_case(text, "chunked"))
      return refuse(ec, 501);
    if (field == http::field::host && ++message_.hosts > 1) return refuse(ec, 400);
    if (field == http::field::expect) {
      if (!equal_ignoring_case(text, "100-continue")) return refuse(ec, 417);
      message_.expects_continue = true;
    }
    const auto kept = message_.keep(name);
    message_.fields.emplace_back(kept, message_.keep(value));
  }
  void on_header_impl(error_code& ec) override {
    if (message_.version >= 11 && message_.hosts == 0) refuse(ec, 400);
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (!length) return;  // and what is announced only takes no room
    message_.body.reserve(std::min(static_cast<std::size_t>(*length), limits_.small_body_max));
  }
  std::size_t append(BeastView bytes, error_code& ec) {
    if (bytes.size() > message_.body_max - message_.body.size()) {
      refuse(ec, 413);
      return 0;
    }
    if (!message_.share.grow_to(message_.body.size() + bytes.size())) {
      refuse(ec, 503);
      return 0;
    }
    message_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  std::size_t on_body_impl(BeastView bytes, error_code& ec) override { return append(bytes, ec); }
  void on_chunk_header_impl(std::uint64_t size, BeastView, error_code& ec) override {
    if (size > message_.body_max - message_.body.size()) refuse(ec, 413);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView bytes, error_code& ec) override {
    return append(bytes, ec);
  }
  void on_finish_impl(error_code&) override {}

  Message& message_;
  const HttpLimits& limits_;
};

}  // namespace

struct RequestParser::Impl {
  Impl(const HttpLimits& a_limits, BodyMax a_body_max, std::atomic<std::size_t>& large_bodies)
      : limits(a_limits), body_max(std::move(a_body_max)), message(limits, large_bodies) {}

  HttpLimits limits;
  BodyMax body_max;
  Message message;
  std::optional<Parser> parser;
  std::string_view path;
  std::string_view query;
  bool header_seen = false;

  // After the header: the target's parts, the body's bound. False: refused, status is set.
  bool finish_header() {
    for (const auto& [name, value] : message.fields)
      message.headers.push_back({message.view(name), message.view(value)});
    auto target = message.view(message.target);
    if (!target.empty() && target.front() != '/') {
      // The absolute form, which servers must accept (RFC 9112, 3.2.2).
      const auto scheme = target.find("://");
      if (scheme != target.npos && scheme <= 5) {
        const auto slash = target.find('/', scheme + 3);
        target = slash == target.npos ? std::string_view("/") : target.substr(slash);
      } else if (target != "*") {
        message.status = 400;
        return false;
      }
    }
    target = target.substr(0, target.find('#'));
    const auto question = target.find('?');
    path = target.substr(0, question);
    query = question == target.npos ? std::string_view() : target.substr(question + 1);
    message.body_max = body_max(path);
    if (const auto length = parser->content_length(); length && *length > message.body_max) {
      message.status = 413;
      return false;
    }
    return true;
  }
};

RequestParser::RequestParser(const HttpLimits& limits, BodyMax body_max,
                             std::atomic<std::size_t>& large_bodies)
    : impl_(std::make_unique<Impl>(limits, std::move(body_max), large_bodies)) {
  next();
}

RequestParser::~RequestParser() = default;

RequestParser::Progress RequestParser::put(std::string_view bytes) {
  Progress progress;
  auto& impl = *impl_;
  auto& parser = *impl.parser;
  while (!parser.is_done()) {
    error_code ec;
    const auto rest = bytes.substr(progress.consumed);
    if (rest.empty()) return progress;
    // What is left of a chunked body is at least `0 CRLF CRLF`; Beast, asked again with less than
    // that behind the last chunk's line, reads past the end.
    if (impl.header_seen && parser.chunked() && rest.size() < 5) return progress;
    progress.consumed += parser.put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
    if (ec && ec != http::error::need_more) {
      if (ec == http::error::header_limit) impl.message.status = 431;
      if (ec == http::error::bad_version) impl.message.status = 505;
      impl.message.drop_body();
      progress.state = State::bad;
      return progress;
    }
    if (parser.is_header_done() && !impl.header_seen) {
      impl.header_seen = true;
      if (!impl.finish_header()) {
        progress.state = State::bad;
        return progress;
      }
      const bool body_is_here = progress.consumed < bytes.size();
      if (impl.message.expects_continue && !parser.is_done() && !body_is_here) {
        progress.state = State::send_continue;
        return progress;
      }
    }
    if (ec == http::error::need_more) return progress;
  }
  progress.state = State::request;
  return progress;
}

std::string_view RequestParser::path() const {
  const auto target = impl_->message.view(impl_->message.target);
  return target.substr(0, target.find('?'));
}

int RequestParser::status() const { return impl_->message.status; }
bool RequestParser::started() const { return impl_->parser->got_some(); }
bool RequestParser::header_done() const { return impl_->header_seen; }
bool RequestParser::keep_alive() const { return impl_->parser->keep_alive(); }
bool RequestParser::is_http_1_0() const { return impl_->message.version < 11; }

HttpRequest RequestParser::request() const {
  HttpRequest request;
  request.method = impl_->message.view(impl_->message.method);
  request.target = impl_->message.view(impl_->message.target);
  request.path = impl_->path;
  request.query = impl_->query;
  request.headers = impl_->message.headers;
  request.body = impl_->message.body;
  return request;
}

void RequestParser::next() {
  impl_->message.clear();
  impl_->header_seen = false;
  impl_->parser.emplace(impl_->message, impl_->limits);
}

}  // namespace sallyport
