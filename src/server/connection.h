// One client connection: reads, parses, lets the handler answer, writes; all on one thread.
// Requests are answered one after the other: behind one whose response waits the next are not
// looked at.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/http.h"
#include "server/request_parser.h"
#include "server/stream.h"

namespace sallyport {

class Connection;

// What the connections of one thread share.
struct ConnectionHome {
  HttpLimits limits;
  HttpHandler* handler = nullptr;
  HttpCounters* counters = nullptr;
  std::chrono::steady_clock::time_point now;  // of the last tick: deadlines need no finer clock
  std::string date;                           // likewise, for the Date header
  // Those whose response may not be sent yet: release() is called now and then.
  std::vector<std::shared_ptr<Connection>> waiting;
  std::function<void()> on_first_waiting;  // called when `waiting` was empty
  bool stopping = false;
  // Set by whoever asks to stop, before this thread gets to know: a handler may be running.
  std::atomic<bool> stop_asked{false};
};

class Connection final : public StreamUser, public std::enable_shared_from_this<Connection> {
 public:
  // REQUIRES: `home` outlives the connection.
  Connection(std::unique_ptr<Stream> stream, IpAddress peer, ConnectionHome& home);
  ~Connection() override;

  void start();
  // Once a second: closes what is too slow.
  void tick();
  // Sends the response that waits. False: it still may not be sent.
  bool release();
  // On a graceful stop: closes at once what is idle, lets the others finish.
  void finish();
  void close();

 private:
  enum class Phase : std::uint8_t {
    opening,
    idle,
    header,
    body,
    waiting,  // for the response in held_ to become ready
    writing,
    lingering,
    closed
  };

  void on_ready(boost::system::error_code ec) override;
  void on_read(boost::system::error_code ec, std::size_t size) override;
  void on_written(boost::system::error_code ec) override;
  void enter(Phase phase);
  void process();
  void answer_request();
  bool may_be_sent(HttpResponse& response);
  void tell(const HttpResponse& response, bool head);
  void answer_bad();
  void append_response(const HttpResponse& response, bool head, bool http_1_0, bool close);
  void flush();
  void after_flush();
  void read();

  std::unique_ptr<Stream> stream_;
  IpAddress peer_;
  ConnectionHome& home_;
  RequestParser parser_;
  std::string certificate_;
  std::vector<char> in_;
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  std::string out_;
  std::size_t out_sent_ = 0;
  std::size_t lingered_ = 0;
  std::optional<HttpResponse>
      held_;  // the next to be sent, once it may be; its request is parser_'s
  std::chrono::steady_clock::time_point held_since_;
  bool last_ = false;    // close once out_ is written
  bool unread_ = false;  // the client may still be sending what we did not take
  bool served_ = false;
  Phase phase_ = Phase::opening;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace sallyport
