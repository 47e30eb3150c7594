#include "server/http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "server/router.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A client that speaks bytes, to say what no library would.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    limit_patience();
  }
  explicit Client(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    limit_patience();
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  // Until `count` answers have arrived in full, or the other side closes.
  std::string receive(std::size_t count = 1) {
    std::string out;
    char buffer[4096];
    while (answers_in(out) < count) {
      const auto n = ::recv(fd_, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      out.append(buffer, static_cast<std::size_t>(n));
    }
    return out;
  }
  std::string receive_until(std::string_view last) {
    std::string out;
    char c = 0;
    while (out.size() < last.size() ||
           out.compare(out.size() - last.size(), last.npos, last) != 0) {
      if (::recv(fd_, &c, 1, 0) <= 0) break;
      out += c;
    }
    return out;
  }
  // Nothing arrives for a moment, and the connection is open.
  bool is_silent() {
    std::this_thread::sleep_for(milliseconds(50));
    char c = 0;
    return ::recv(fd_, &c, 1, MSG_DONTWAIT) < 0;
  }
  bool is_closed() {
    char c = 0;
    return ::recv(fd_, &c, 1, 0) == 0;
  }

 private:
  void limit_patience() {
    const timeval limit{5, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  static std::size_t answers_in(std::string_view text) {
    std::size_t count = 0;
    while (true) {
      const auto end = text.find("\r\n\r\n");
      if (end == text.npos) return count;
      std::size_t length = 0;
      const auto at = text.find("Content-Length: ");
      if (at < end) length = std::stoul(std::string(text.substr(at + 16, 12)));
      if (text.size() < end + 4 + length) return count;
      text.remove_prefix(end + 4 + length);
      ++count;
    }
  }
  int fd_;
  bool connected_ = false;
};

int status_in(const std::string& answer) {
  return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}
std::string body_in(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

class HttpTest : public ::testing::Test, public HttpHandler {
 protected:
  HttpOptions options_;
  HttpCounters counters_;
  Router router_;
  std::atomic<std::uint64_t> settled_{0};  // responses with a ticket up to this may be sent
  std::atomic<bool> hopeless_{false};      // those above never may
  std::unique_ptr<HttpServer> server_;

  HttpTest() {
    options_.port = 0;
    options_.threads = 2;
    router_.add({"POST", "/echo",
                 [](const HttpRequest& r) {
                   HttpResponse response;
                   response.body = std::string(r.body);
                   return response;
                 },
                 1000});
    router_.add({"POST", "/upload",
                 [](const HttpRequest& r) {
                   HttpResponse response;
                   response.body = std::to_string(r.body.size());
                   return response;
                 },
                 200'000});
    router_.add({"GET", "/hello", [](const HttpRequest& r) {
                   HttpResponse response;
                   response.body = "hello " + std::string(r.query);
                   return response;
                 }});
    router_.add({"GET", "/slow", [](const HttpRequest&) {
                   std::this_thread::sleep_for(milliseconds(300));
                   HttpResponse response;
                   response.body = "done";
                   return response;
                 }});
    // `?3` waits for ticket 3.
    router_.add({"GET", "/held", [](const HttpRequest& r) {
                   HttpResponse response;
                   response.body = "held " + std::string(r.query);
                   response.ticket = std::stoul(std::string(r.query));
                   response.withhold = [](HttpResponse& held, const Error& why) {
                     held = error_response(503, "serviceUnavailable", why.message);
                   };
                   return response;
                 }});
    router_.add({"GET", "/large", [](const HttpRequest&) {
                   HttpResponse response;
                   response.body = std::string(20'000'000, 'x');
                   return response;
                 }});
    router_.add({"GET", "/throws",
                 [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("fault"); }});
    router_.add({"POST", "/json", [](const HttpRequest&) { return HttpResponse(); }, 1000, true});
  }
  std::size_t body_max(std::string_view path) const override { return router_.body_max(path); }
  HttpResponse handle(const HttpRequest& request) override { return router_.handle(request); }
  bool may_be_sent(HttpResponse& response, std::chrono::steady_clock::time_point) override {
    if (settled_ >= response.ticket) return true;
    if (!hopeless_) return false;
    response.withhold(response, Error{ErrorKind::unavailable, "too late", {}});
    return true;
  }
  void settle(std::uint64_t ticket) {
    settled_ = ticket;
    server_->wake();
  }
  void start() {
    auto server = HttpServer::start(options_, *this, counters_);
    ASSERT_TRUE(server.has_value()) << server.error().message;
    server_ = std::move(*server);
  }
  std::string ask(std::string_view request) {
    Client client(server_->port());
    client.send(request);
    return client.receive();
  }
};

TEST_F(HttpTest, a_connection_serves_many_requests) {
  start();
  Client client(server_->port());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /hello?x HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.receive();
    EXPECT_EQ(status_in(answer), 200);
    EXPECT_EQ(body_in(answer), "hello x");
    EXPECT_NE(answer.find("\r\nDate: "), std::string::npos);
  }
  client.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.receive().find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpTest, pipelined_requests_are_answered_in_order) {
  start();
  Client client(server_->port());
  std::string all;
  for (int i = 0; i < 500; ++i)
    all += "GET /hello?" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(all);
  const auto answers = client.receive(500);
  std::size_t at = 0;
  for (int i = 0; i < 500; ++i) {
    at = answers.find("hello " + std::to_string(i), at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST_F(HttpTest, a_request_may_arrive_byte_by_byte) {
  start();
  Client client(server_->port());
  for (const char c :
       std::string_view("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"))
    client.send({&c, 1});
  EXPECT_EQ(body_in(client.receive()), "abc");
  for (const char c :
       std::string_view("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked"
                        "\r\n\r\n2\r\nde\r\n0\r\nX: 1\r\n\r\n"))
    client.send({&c, 1});
  EXPECT_EQ(body_in(client.receive()), "de");
}

TEST_F(HttpTest, chunked_bodies_are_joined_and_trailers_ignored) {
  start();
  EXPECT_EQ(body_in(ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n")),
            "abcde");
}

struct Refusal {
  std::string_view name;
  std::string request;
  int status;
};

TEST_F(HttpTest, what_is_ambiguous_or_over_a_bound_is_refused_and_the_server_goes_on) {
  start();
  std::string many = "GET /hello HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 200; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
  const Refusal refusals[] = {
      {"no host", "GET /hello HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"garbage", "\x16\x03\x01 garbage\r\n\r\n", 400},
      {"relative target", "GET hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two lengths",
       "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"length and chunked",
       "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"other encoding", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"broken chunk",
       "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzzzzz\r\n", 400},
      {"version", "GET /hello HTTP/3.1\r\nHost: a\r\n\r\n", 505},
      {"expectation", "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n",
       417},
      {"large header",
       "GET /hello HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431},
      {"many headers", many + "\r\n", 431},
      {"long chunk line",
       "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
           std::string(40'000, 'x'),
       400},
      {"body", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n", 413},
      {"chunked body",
       "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n", 413},
      {"unknown path", "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 404},
      {"other method", "PUT /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"no json",
       "POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
       415},
      {"fault of ours", "GET /throws HTTP/1.1\r\nHost: a\r\n\r\n", 500},
  };
  for (const auto& refusal : refusals) {
    const auto answer = ask(refusal.request);
    EXPECT_EQ(status_in(answer), refusal.status) << refusal.name;
    EXPECT_NE(answer.find("{\"error\":{\"code\":"), std::string::npos) << refusal.name;
  }
  EXPECT_EQ(status_in(ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")), 200);
}

TEST_F(HttpTest, a_client_that_keeps_sending_gets_to_read_the_413) {
  start();
  Client client(server_->port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n");
  for (int i = 0; i < 64; ++i) client.send(std::string(16'384, 'x'));
  EXPECT_EQ(status_in(client.receive()), 413);
}

TEST_F(HttpTest, large_bodies_share_a_bound_and_small_ones_do_not_wait_for_it) {
  options_.limits.large_bodies_max = 150'000;
  start();
  const auto upload = [](std::size_t size) {
    return "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n";
  };
  const auto chunked = "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string chunk = "186a0\r\n" + std::string(100'000, 'x') + "\r\n0\r\n\r\n";
  const auto wait_until_held = [&](std::size_t bytes) {
    while (counters_.large_bodies != bytes) std::this_thread::sleep_for(milliseconds(2));
  };
  Client first(server_->port());
  first.send(upload(100'001) + "\r\n" + std::string(100'000, 'x'));
  wait_until_held(100'000);
  const auto refused = ask(upload(100'000) + "\r\n" + std::string(100'000, 'x'));
  EXPECT_EQ(status_in(refused), 503);
  EXPECT_NE(refused.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_EQ(status_in(ask(chunked + chunk)), 503);
  EXPECT_EQ(body_in(ask(upload(60'000) + "\r\n" + std::string(60'000, 'x'))), "60000");
  first.send("x");
  EXPECT_EQ(body_in(first.receive()), "100001");
  EXPECT_EQ(body_in(ask(chunked + chunk)), "100000");
  {
    Client gone(server_->port());
    gone.send(upload(100'001) + "\r\n" + std::string(100'000, 'x'));
    wait_until_held(100'000);
  }
  wait_until_held(0);
}

TEST_F(HttpTest, whoever_waits_for_100_continue_gets_it_or_the_refusal) {
  start();
  Client client(server_->port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_EQ(body_in(client.receive()), "abc");
  EXPECT_EQ(status_in(ask("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                          "Content-Length: 99999\r\n\r\n")),
            413);
}

TEST_F(HttpTest, head_has_no_body_and_http_1_0_closes) {
  start();
  const auto head = ask("HEAD /hello?abc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 9"), std::string::npos);
  EXPECT_EQ(body_in(head), "");
  Client old(server_->port());
  old.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(status_in(old.receive()), 200);
  EXPECT_TRUE(old.is_closed());
  Client kept(server_->port());
  kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(kept.receive().find("Connection: keep-alive"), std::string::npos);
}

TEST_F(HttpTest, slow_clients_are_closed) {
  options_.limits.header_time = seconds(1);
  options_.limits.body_time = seconds(1);
  options_.limits.idle_time = seconds(1);
  start();
  Client header(server_->port()), body(server_->port()), idle(server_->port());
  header.send("GET /hello HTTP/1.1\r\nHo");
  body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
  idle.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_in(idle.receive()), 200);
  EXPECT_TRUE(header.is_closed());
  EXPECT_TRUE(body.is_closed());
  EXPECT_TRUE(idle.is_closed());
  EXPECT_EQ(counters_.timed_out, 2U);
}

TEST_F(HttpTest, an_answer_larger_than_the_socket_takes_arrives_whole) {
  start();
  EXPECT_EQ(body_in(ask("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")).size(), 20'000'000U);
}

TEST_F(HttpTest, connections_are_bounded) {
  options_.limits.connections_max = 2;
  start();
  Client one(server_->port()), two(server_->port());
  for (Client* client : {&one, &two}) {
    client->send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(status_in(client->receive()), 200);
  }
  Client three(server_->port());
  EXPECT_EQ(status_in(three.receive()), 503);
  EXPECT_EQ(counters_.refused, 1U);
}

TEST_F(HttpTest, stopping_finishes_what_is_in_flight) {
  start();
  Client idle(server_->port());
  idle.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_in(idle.receive()), 200);
  Client busy(server_->port());
  busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(100));
  server_->stop();
  const auto answer = busy.receive();
  EXPECT_EQ(body_in(answer), "done");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(idle.is_closed());
  server_->wait();
  EXPECT_FALSE(Client(server_->port()).connected());
  EXPECT_EQ(counters_.open, 0U);
}

TEST_F(HttpTest, responses_that_wait_hold_up_nobody_else) {
  options_.threads = 1;
  start();
  std::vector<std::unique_ptr<Client>> held;
  for (int i = 1; i <= 300; ++i) {
    held.push_back(std::make_unique<Client>(server_->port()));
    held.back()->send("GET /held?" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  Client other(server_->port());
  for (int i = 0; i < 10; ++i) {
    other.send("GET /hello?x HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(body_in(other.receive()), "hello x");
  }
  settle(150);
  for (std::size_t i = 0; i < 150; ++i)
    EXPECT_EQ(body_in(held[i]->receive()), "held " + std::to_string(i + 1));
  EXPECT_TRUE(held[150]->is_silent());
  EXPECT_TRUE(held[299]->is_silent());
  held[200].reset();  // who has left is no trouble
  settle(300);
  for (std::size_t i = 150; i < 300; ++i)
    if (held[i]) {
      EXPECT_EQ(body_in(held[i]->receive()), "held " + std::to_string(i + 1));
    }
  EXPECT_EQ(status_in(ask("GET /held?7 HTTP/1.1\r\nHost: a\r\n\r\n")), 200) << "ready at once";
}

TEST_F(HttpTest, a_response_that_waits_keeps_its_place_between_pipelined_ones) {
  start();
  Client client(server_->port());
  client.send(
      "GET /hello?1 HTTP/1.1\r\nHost: a\r\n\r\nGET /held?1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "HEAD /held?2 HTTP/1.1\r\nHost: a\r\n\r\nGET /hello?2 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(body_in(client.receive()), "hello 1") << "what is ready does not wait";
  EXPECT_TRUE(client.is_silent());
  settle(1);
  EXPECT_EQ(body_in(client.receive()), "held 1");
  EXPECT_TRUE(client.is_silent());
  settle(2);
  const auto rest = client.receive_until("hello 2");
  EXPECT_LT(rest.find("Content-Length: 6"), rest.find("hello 2"));
  EXPECT_EQ(rest.find("held"), std::string::npos) << "a HEAD has no body";
}

TEST_F(HttpTest,
       a_response_that_may_never_be_sent_becomes_a_refusal_though_nobody_wakes_the_server) {
  start();
  Client client(server_->port());
  client.send("GET /held?1 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.is_silent());
  hopeless_ = true;
  const auto answer = client.receive();
  EXPECT_EQ(status_in(answer), 503);
  EXPECT_NE(answer.find("too late"), std::string::npos);
  EXPECT_EQ(answer.find("held"), std::string::npos);
}

TEST_F(HttpTest, stopping_waits_for_responses_that_wait_but_not_for_ever) {
  options_.limits.drain_time = seconds(1);
  start();
  Client in_time(server_->port()), never(server_->port());
  in_time.send("GET /held?1 HTTP/1.1\r\nHost: a\r\n\r\n");
  never.send("GET /held?2 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(in_time.is_silent());
  EXPECT_TRUE(never.is_silent());
  server_->stop();
  settle(1);
  const auto answer = in_time.receive();
  EXPECT_EQ(body_in(answer), "held 1");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  server_->wait();
  EXPECT_TRUE(never.is_closed());
  EXPECT_EQ(counters_.open, 0U);
  server_->wake();  // is no trouble afterwards
}

TEST_F(HttpTest, a_socket_that_is_a_file_serves_the_peer_127_0_0_1) {
  const TemporaryFolder folder;
  options_.socket = folder.file("s.sock");
  router_.add({"GET", "/peer", [](const HttpRequest& r) {
                 HttpResponse response;
                 response.body = to_string(r.peer) + (r.tls ? ", tls" : "");
                 return response;
               }});
  start();
  struct stat file {};
  ASSERT_EQ(::stat(options_.socket.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0660U);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(std::make_unique<Client>(options_.socket));
  for (auto& client : clients) {
    client->send("GET /peer HTTP/1.1\r\nHost: a\r\n\r\nGET /hello?x HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answers = client->receive(2);
    EXPECT_NE(answers.find("\r\n\r\n127.0.0.1HTTP/1.1"), std::string::npos) << answers;
  }
  EXPECT_EQ(status_in(ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")), 200) << "TCP goes on";
  server_->stop();
  server_->wait();
  EXPECT_TRUE(clients.front()->is_closed());
  EXPECT_FALSE(Client(options_.socket).connected());
}

TEST_F(HttpTest, the_file_of_a_socket_replaces_what_a_dead_server_left_and_nothing_else) {
  const TemporaryFolder folder;
  options_.socket = folder.file("s.sock");
  start();
  const auto second = HttpServer::start(options_, *this, counters_);
  ASSERT_FALSE(second.has_value()) << "somebody listens there";
  EXPECT_NE(second.error().message.find("s.sock"), std::string::npos);
  server_.reset();
  start();
  EXPECT_TRUE(Client(options_.socket).connected());
  server_.reset();
  options_.socket = folder.file("notes.txt");
  std::ofstream(options_.socket) << "keep";
  EXPECT_FALSE(HttpServer::start(options_, *this, counters_).has_value());
  EXPECT_EQ(std::ifstream(options_.socket).get(), 'k');
  options_.socket = folder.file(std::string(200, 'x'));
  EXPECT_NE(HttpServer::start(options_, *this, counters_).error().message.find("shorter than"),
            std::string::npos);
  options_.socket = folder.file("nowhere/s.sock");
  EXPECT_FALSE(HttpServer::start(options_, *this, counters_).has_value());
}

TEST_F(HttpTest, a_port_in_use_is_an_error_that_names_it) {
  start();
  HttpOptions again = options_;
  again.port = server_->port();
  const auto second = HttpServer::start(again, *this, counters_);
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().message.find(std::to_string(again.port)), std::string::npos);
  again.address = "not an address";
  EXPECT_FALSE(HttpServer::start(again, *this, counters_).has_value());
}

}  // namespace
}  // namespace sallyport
