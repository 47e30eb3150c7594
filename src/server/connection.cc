#include "server/connection.h"

#include <charconv>
#include <cstring>
#include <utility>

#include "server/fault.h"

namespace sallyport {
namespace {

// Pipelined answers are written out when they exceed this, before more requests are looked at.
constexpr std::size_t out_max = 256 * 1024;
// After an answer that leaves input unread, this much is thrown away, so that the client gets to
// read the answer before its sending fails.
constexpr std::size_t linger_bytes_max = 8 * 1024 * 1024;
constexpr std::chrono::seconds linger_time{2};
// On stop, a connection that has just come gets this long to send its first request.
constexpr std::chrono::seconds newcomer_time{1};

void append_number(std::string& out, std::size_t n) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}

std::string_view bad_request_text(int status) {
  switch (status) {
    case 413: return "the body is larger than this path takes";
    case 417: return "the only expectation understood is `100-continue`";
    case 431: return "the headers are too large or too many";
    case 503: return "too many large bodies are being taken; send it again later";
    case 501: return "the only transfer encoding understood is `chunked`";
    case 505: return "the only versions understood are HTTP/1.0 and HTTP/1.1";
    default: return "the request is malformed";
  }
}

}  // namespace

Connection::Connection(std::unique_ptr<Stream> stream, IpAddress peer, ConnectionHome& home)
    : stream_(std::move(stream)),
      peer_(peer),
      home_(home),
      parser_(
          home.limits, [&home](std::string_view path) { return home.handler->body_max(path); },
          home.counters->large_bodies),
      in_(home.limits.header_bytes_max + 1024) {
  ++home_.counters->open;
  enter(Phase::opening);
}

Connection::~Connection() { --home_.counters->open; }

void Connection::start() { stream_->start(shared_from_this()); }

void Connection::enter(Phase phase) {
  phase_ = phase;
  const auto& limits = home_.limits;
  switch (phase) {
    case Phase::opening:
    case Phase::header: deadline_ = home_.now + limits.header_time; break;
    case Phase::idle: deadline_ = home_.now + limits.idle_time; break;
    case Phase::body:
    case Phase::writing: deadline_ = home_.now + limits.body_time; break;
    case Phase::lingering: deadline_ = home_.now + linger_time; break;
    case Phase::waiting:  // the handler ends it
    case Phase::closed: deadline_ = std::chrono::steady_clock::time_point::max(); break;
  }
}

void Connection::tick() {
  if (phase_ == Phase::closed || home_.now < deadline_) return;
  if (phase_ != Phase::lingering && phase_ != Phase::idle) ++home_.counters->timed_out;
  close();
}

void Connection::finish() {
  if (phase_ == Phase::idle) {
    if (served_) return close();
    deadline_ = std::min(deadline_, home_.now + newcomer_time);
  }
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  stream_->close();
}

void Connection::on_ready(boost::system::error_code ec) {
  if (phase_ == Phase::closed) return;
  if (ec) return close();
  certificate_ = stream_->client_certificate();
  enter(Phase::idle);
  deadline_ = home_.now + home_.limits.header_time;  // the first request is not waited for long
  if (home_.stopping) finish();
  read();
}

void Connection::read() {
  if (in_begin_ == in_end_) {
    in_begin_ = in_end_ = 0;
  } else if (in_end_ == in_.size()) {
    std::memmove(in_.data(), in_.data() + in_begin_, in_end_ - in_begin_);
    in_end_ -= in_begin_;
    in_begin_ = 0;
  }
  stream_->read(in_.data() + in_end_, in_.size() - in_end_, shared_from_this());
}

void Connection::on_read(boost::system::error_code ec, std::size_t size) {
  if (phase_ == Phase::closed) return;
  if (ec) return close();
  if (phase_ == Phase::lingering) {
    lingered_ += size;
    if (lingered_ > linger_bytes_max) return close();
    in_begin_ = in_end_ = 0;
    return read();
  }
  in_end_ += size;
  process();
}

void Connection::process() {
  while (in_begin_ < in_end_ && !last_ && !held_ && out_.size() < out_max) {
    const std::size_t given = in_end_ - in_begin_;
    const auto progress = parser_.put({in_.data() + in_begin_, given});
    in_begin_ += progress.consumed;
    if (progress.state == RequestParser::State::request) {
      answer_request();
    } else if (progress.state == RequestParser::State::bad) {
      answer_bad();
    } else if (progress.state == RequestParser::State::send_continue) {
      out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    } else {
      // A line of a chunked body that does not fit where a whole header does.
      if (progress.consumed == 0 && given == in_.size()) answer_bad();
      break;
    }
  }
  flush();
}

void Connection::answer_request() {
  auto request = parser_.request();
  request.peer = peer_;
  request.tls = stream_->is_tls();
  request.client_certificate = certificate_;
  HttpResponse response;
  try {
    response = home_.handler->handle(request);
  } catch (const std::exception& why) {
    response = fault(why);
  }
  served_ = true;
  if (response.waits()) {
    held_since_ = std::chrono::steady_clock::now();
    if (!may_be_sent(response)) {
      held_ = std::move(response);
      return;
    }
  }
  tell(response, request.method == "HEAD");
}

bool Connection::may_be_sent(HttpResponse& response) {
  try {
    return home_.handler->may_be_sent(response, held_since_);
  } catch (const std::exception& why) {
    response = fault(why);
    return true;
  }
}

bool Connection::release() {
  if (phase_ == Phase::closed) return true;
  if (!may_be_sent(*held_)) return false;
  const auto response = *std::exchange(held_, std::nullopt);
  tell(response, parser_.request().method == "HEAD");
  process();
  return true;
}

void Connection::tell(const HttpResponse& response, bool head) {
  last_ = !parser_.keep_alive() || home_.stop_asked;
  append_response(response, head, parser_.is_http_1_0(), last_);
  parser_.next();
}

void Connection::answer_bad() {
  ++home_.counters->bad_requests;
  const int status = parser_.status();
  auto response = home_.handler->refusal(parser_.path(), status, bad_request_text(status));
  if (status == 503) response.add("Retry-After", "1");
  append_response(response, false, false, true);
  last_ = true;
  unread_ = true;
}

void Connection::append_response(const HttpResponse& response, bool head, bool http_1_0,
                                 bool close) {
  out_ += "HTTP/1.1 ";
  append_number(out_, static_cast<std::size_t>(response.status));
  out_ += ' ';
  out_ += reason_phrase(response.status);
  out_ += "\r\nDate: ";
  out_ += home_.date;
  for (const auto& header : response.headers) {
    out_ += "\r\n";
    out_ += header.name;
    out_ += ": ";
    out_ += header.value;
  }
  if (response.status != 204) {
    out_ += "\r\nContent-Length: ";
    append_number(out_, response.body.size());
  }
  if (close) {
    out_ += "\r\nConnection: close";
  } else if (http_1_0) {
    out_ += "\r\nConnection: keep-alive";
  }
  out_ += "\r\n\r\n";
  if (!head && response.status != 204) out_ += response.body;
}

void Connection::flush() {
  if (!out_.empty()) {
    out_sent_ = stream_->write_now(out_);
    if (out_sent_ < out_.size()) {
      enter(Phase::writing);
      stream_->write(std::string_view(out_).substr(out_sent_), shared_from_this());
      return;
    }
  }
  after_flush();
}

void Connection::on_written(boost::system::error_code ec) {
  if (phase_ == Phase::closed) return;
  if (ec) return close();
  after_flush();
}

void Connection::after_flush() {
  const bool was_full = out_.size() >= out_max;
  const bool wrote = !out_.empty();
  out_.clear();
  if (out_.capacity() > out_max) out_.shrink_to_fit();
  if (last_) {
    if (!unread_ && !stream_->is_tls()) return close();
    stream_->end_sending();
    enter(Phase::lingering);
    in_begin_ = in_end_ = 0;
    return read();
  }
  if (held_) {
    enter(Phase::waiting);
    home_.waiting.push_back(shared_from_this());
    if (home_.waiting.size() == 1) home_.on_first_waiting();
    return;
  }
  if (was_full && in_begin_ < in_end_) return process();
  const auto next = !parser_.started()      ? Phase::idle
                    : parser_.header_done() ? Phase::body
                                            : Phase::header;
  // A header or body keeps its first deadline: a byte now and then does not prolong it.
  if (next != phase_ || wrote) enter(next);
  if (home_.stopping && phase_ == Phase::idle && in_begin_ == in_end_) {
    finish();
    if (phase_ == Phase::closed) return;
  }
  read();
}

}  // namespace sallyport
