#include "server/http.h"

#include <fcntl.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <list>
#include <thread>
#include <utility>
#include <vector>

#include "server/connection.h"
#include "server/stream.h"

namespace sallyport {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
constexpr std::chrono::milliseconds tick_pause{1000};
constexpr std::chrono::milliseconds waiting_pause{100};
constexpr std::chrono::milliseconds stopping_pause{50};

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

IpAddress address_of(const asio::ip::address& address) {
  asio::ip::address_v6::bytes_type bytes{};
  if (address.is_v4()) {
    bytes = asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
  } else {
    bytes = address.to_v6().to_bytes();
  }
  IpAddress out;
  for (std::size_t i = 0; i < 8; ++i) out.high = out.high << 8 | bytes[i];
  for (std::size_t i = 8; i < 16; ++i) out.low = out.low << 8 | bytes[i];
  return out;
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  // The C locale's names; nothing here ever calls setlocale.
  const auto size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return std::string(text, size);
}

// One thread's loop, listener and connections.
class Worker {
 public:
  Worker(const HttpOptions& options, HttpHandler& handler, HttpCounters& counters,
         asio::ssl::context* tls)
      : acceptor_(loop_), timer_(loop_), tls_(tls) {
    home_.limits = options.limits;
    home_.handler = &handler;
    home_.counters = &counters;
    home_.on_first_waiting = [this] { tick_sooner(); };
    refresh_clock();
  }

  error_code listen(const Tcp::endpoint& endpoint, bool shared) {
    error_code ec;
    acceptor_.open(endpoint.protocol(), ec);
    if (!ec) acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec && shared) acceptor_.set_option(ReusePort(true), ec);
    if (!ec) acceptor_.bind(endpoint, ec);
    if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
    if (!ec) acceptor_.non_blocking(true, ec);
    return ec;
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void start() {
    accept();
    wait_for_tick();
    thread_ = std::thread([this] { loop_.run(); });
  }
  void wake() {
    if (!wake_asked_.exchange(true)) asio::post(loop_, [this] { release_waiting(); });
  }
  void stop() {
    home_.stop_asked = true;
    asio::post(loop_, [this] { begin_stop(); });
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  void refresh_clock() {
    home_.now = std::chrono::steady_clock::now();
    home_.date = http_date();
  }

  void accept() {
    acceptor_.async_accept(loop_.get_executor(), [this](error_code ec, Socket socket) {
      if (ec == asio::error::operation_aborted || home_.stopping) return;
      if (ec) {  // out of file descriptors: the next tick tries again
        accept_waits_ = true;
        return;
      }
      take(std::move(socket));
      accept();
    });
  }

  void take(Socket socket) {
    auto& counters = *home_.counters;
    error_code ec;
    const auto remote = socket.remote_endpoint(ec);
    if (ec) return;
    if (counters.open >= home_.limits.connections_max) {
      ++counters.refused;
      static constexpr std::string_view full =
          "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      socket.non_blocking(true, ec);
      if (tls_ == nullptr) socket.write_some(asio::buffer(full.data(), full.size()), ec);
      return;
    }
    ++counters.accepted;
    socket.set_option(Tcp::no_delay(true), ec);
    auto stream =
        tls_ == nullptr ? plain_stream(std::move(socket)) : tls_stream(std::move(socket), *tls_);
    auto connection =
        std::make_shared<Connection>(std::move(stream), address_of(remote.address()), home_);
    connections_.push_back(connection);
    connection->start();
    if (connections_.size() >= prune_at_) prune();
  }

  void prune() {
    connections_.remove_if([](const auto& weak) { return weak.expired(); });
    prune_at_ = 2 * connections_.size() + 64;
  }

  void release_waiting() {
    wake_asked_ = false;
    // One that is released may have another request, whose response waits again.
    for (auto& connection : std::exchange(home_.waiting, {}))
      if (!connection->release()) home_.waiting.push_back(std::move(connection));
  }

  // How long an answer may take is the handler's to say, so it is asked even if nobody wakes us.
  void tick_sooner() {
    if (timer_.expiry() > std::chrono::steady_clock::now() + waiting_pause) wait_for_tick();
  }

  void wait_for_tick() {
    timer_.expires_after(home_.stopping          ? stopping_pause
                         : home_.waiting.empty() ? tick_pause
                                                 : waiting_pause);
    timer_.async_wait([this](error_code ec) {
      if (!ec) tick();
    });
  }

  void tick() {
    refresh_clock();
    release_waiting();
    for (auto& weak : connections_) {
      const auto connection = weak.lock();
      if (!connection) continue;
      connection->tick();
      if (home_.stopping && home_.now >= stop_at_) connection->close();
    }
    prune();
    if (home_.stopping && connections_.empty()) return;  // the loop has nothing left and ends
    if (std::exchange(accept_waits_, false)) accept();
    wait_for_tick();
  }

  void begin_stop() {
    if (home_.stopping) return;
    refresh_clock();
    // Whoever the kernel already shook hands with is served.
    while (true) {
      error_code ec;
      Socket socket(loop_.get_executor());
      acceptor_.accept(socket, ec);
      if (ec) break;
      take(std::move(socket));
    }
    home_.stopping = true;
    stop_at_ = home_.now + home_.limits.drain_time;
    error_code ec;
    acceptor_.close(ec);
    for (auto& weak : connections_)
      if (const auto connection = weak.lock()) connection->finish();
    timer_.cancel();
    tick();
  }

  ConnectionHome home_;  // outlives the connections that loop_ still holds when it ends
  // One thread runs the loop, and all but post() happens on it.
  asio::io_context loop_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  Acceptor acceptor_;
  Timer timer_;
  asio::ssl::context* tls_;
  std::list<std::weak_ptr<Connection>> connections_;
  std::size_t prune_at_ = 64;
  bool accept_waits_ = false;
  std::atomic<bool> wake_asked_{false};
  std::chrono::steady_clock::time_point stop_at_;
  std::thread thread_;
};

Result<void> use_authority(asio::ssl::context& context, const std::string& path) {
  error_code ec;
  context.load_verify_file(path, ec);
  if (ec)
    return fail(ErrorKind::invalid_argument, "the client authority cannot be read: " + ec.message(),
                path);
  // verify_peer alone: a client may show none, but not a wrong one.
  context.set_verify_mode(asio::ssl::verify_peer);
  auto* names = SSL_load_client_CA_file(path.c_str());
  if (names != nullptr) SSL_CTX_set_client_CA_list(context.native_handle(), names);
  return {};
}

Result<std::unique_ptr<asio::ssl::context>> tls_context(const TlsOptions& options) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  auto* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  static constexpr unsigned char session_id[] = "sallyport";
  SSL_CTX_set_session_id_context(native, session_id, sizeof session_id - 1);
  error_code ec;
  context->use_certificate_chain_file(options.certificate, ec);
  if (ec)
    return fail(ErrorKind::invalid_argument, "the certificate cannot be read: " + ec.message(),
                options.certificate);
  context->use_private_key_file(options.key, asio::ssl::context::pem, ec);
  if (ec)
    return fail(ErrorKind::invalid_argument,
                "the key cannot be read or does not belong to the certificate: " + ec.message(),
                options.key);
  if (!options.client_authority.empty())
    if (const auto used = use_authority(*context, options.client_authority); !used)
      return tl::unexpected<Error>(used.error());
  return context;
}

}  // namespace

struct HttpServer::State {
  std::unique_ptr<asio::ssl::context> tls;
  std::vector<std::unique_ptr<Worker>> workers;
  std::uint16_t port = 0;
};

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() {
  stop();
  wait();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpOptions& options,
                                                      HttpHandler& handler,
                                                      HttpCounters& counters) {
  auto state = std::make_unique<State>();
  error_code ec;
  const auto address = asio::ip::make_address(options.address, ec);
  if (ec)
    return fail(ErrorKind::invalid_argument,
                "`" + options.address + "` is no address to listen on");
  if (options.tls) {
    auto context = tls_context(options.tls_options);
    if (!context) return tl::unexpected<Error>(std::move(context.error()));
    state->tls = std::move(*context);
  }
  Tcp::endpoint endpoint(address, options.port);
  const auto where = options.address + ":" + std::to_string(options.port);
  const auto cannot_listen = [&](const error_code& why) {
    return fail(ErrorKind::unavailable, "cannot listen on `" + where + "`: " + why.message());
  };
  // Listeners that share a port would also share it with a second server started by mistake, so
  // it is first asked for alone.
  if (options.port != 0) {
    Worker alone(options, handler, counters, nullptr);
    if (const auto why = alone.listen(endpoint, false)) return cannot_listen(why);
  }
  for (unsigned i = 0; i < std::max(1U, options.threads); ++i) {
    auto worker = std::make_unique<Worker>(options, handler, counters, state->tls.get());
    if (const auto why = worker->listen(endpoint, true)) return cannot_listen(why);
    endpoint.port(worker->port());
    state->workers.push_back(std::move(worker));
  }
  state->port = endpoint.port();
  for (auto& worker : state->workers) worker->start();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

std::uint16_t HttpServer::port() const { return state_->port; }

void HttpServer::wake() {
  for (auto& worker : state_->workers) worker->wake();
}

void HttpServer::stop() {
  for (auto& worker : state_->workers) worker->stop();
}

void HttpServer::wait() {
  for (auto& worker : state_->workers) worker->join();
}

}  // namespace sallyport
