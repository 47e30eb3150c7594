#include "server/http.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <list>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/thread_name.h"
#include "server/connection.h"
#include "server/local_socket.h"
#include "server/stream.h"
#include "web/asio_address.h"

namespace sallyport {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Local = asio::local::stream_protocol;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
constexpr std::chrono::milliseconds tick_pause{1000};
constexpr std::chrono::milliseconds waiting_pause{100};
constexpr std::chrono::milliseconds stopping_pause{50};

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

// Who it is that came; nothing when they have left again.
std::optional<IpAddress> peer_of(const asio::basic_stream_socket<Tcp, Executor>& socket) {
  error_code ec;
  const auto remote = socket.remote_endpoint(ec);
  if (ec) return std::nullopt;
  return address_of(remote.address());
}
std::optional<IpAddress> peer_of(const asio::basic_stream_socket<Local, Executor>&) {
  return address_of(asio::ip::address_v4::loopback());
}

template <class Protocol>
struct Listener {
  explicit Listener(asio::io_context& loop) : acceptor(loop) {}
  asio::basic_socket_acceptor<Protocol, Executor> acceptor;
  bool waits = false;  // out of file descriptors: the next tick tries again
};

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
      : tcp_(loop_), local_(loop_), timer_(loop_), tls_(tls) {
    home_.limits = options.limits;
    home_.handler = &handler;
    home_.counters = &counters;
    home_.on_first_waiting = [this] { tick_sooner(); };
    refresh_clock();
  }

  error_code listen(const Tcp::endpoint& endpoint, bool shared) {
    error_code ec;
    auto& acceptor = tcp_.acceptor;
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec && shared) acceptor.set_option(ReusePort(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (!ec) acceptor.non_blocking(true, ec);
    return ec;
  }
  // `listening` is every worker's.
  error_code share(int listening) {
    error_code ec;
    const int own = ::fcntl(listening, F_DUPFD_CLOEXEC, 0);
    if (own < 0) return {errno, boost::system::system_category()};
    local_.acceptor.assign(Local(), own, ec);
    if (ec) ::close(own);
    if (!ec) local_.acceptor.non_blocking(true, ec);
    return ec;
  }
  std::uint16_t port() const { return tcp_.acceptor.local_endpoint().port(); }

  void start() {
    accept(tcp_);
    if (local_.acceptor.is_open()) accept(local_);
    wait_for_tick();
    thread_ = std::thread([this] {
      name_thread("http");
      loop_.run();
    });
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

  template <class Protocol>
  void accept(Listener<Protocol>& listener) {
    listener.acceptor.async_accept(
        loop_.get_executor(),
        [this, &listener](error_code ec, asio::basic_stream_socket<Protocol, Executor> socket) {
          if (ec == asio::error::operation_aborted || home_.stopping) return;
          if (ec) {
            listener.waits = true;
            return;
          }
          take(std::move(socket));
          accept(listener);
        });
  }

  template <class Protocol>
  void take(asio::basic_stream_socket<Protocol, Executor> socket) {
    const bool tls = tls_ != nullptr && std::is_same_v<Protocol, Tcp>;
    error_code ec;
    const auto peer = peer_of(socket);
    if (!peer) return;
    if constexpr (std::is_same_v<Protocol, Tcp>) socket.set_option(Tcp::no_delay(true), ec);
    take(Socket(std::move(socket)), *peer, tls);
  }

  void take(Socket socket, const IpAddress& peer, bool tls) {
    auto& counters = *home_.counters;
    if (counters.open >= home_.limits.connections_max) {
      ++counters.refused;
      static constexpr std::string_view full =
          "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      error_code ec;
      socket.non_blocking(true, ec);
      if (!tls) socket.write_some(asio::buffer(full.data(), full.size()), ec);
      return;
    }
    ++counters.accepted;
    auto stream = tls ? tls_stream(std::move(socket), *tls_) : plain_stream(std::move(socket));
    auto connection = std::make_shared<Connection>(std::move(stream), peer, home_);
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
    if (std::exchange(tcp_.waits, false)) accept(tcp_);
    if (std::exchange(local_.waits, false)) accept(local_);
    wait_for_tick();
  }

  // Whoever the kernel already shook hands with is served.
  template <class Protocol>
  void take_last(Listener<Protocol>& listener) {
    error_code ec;
    while (listener.acceptor.is_open()) {
      asio::basic_stream_socket<Protocol, Executor> socket(loop_.get_executor());
      listener.acceptor.accept(socket, ec);
      if (ec) break;
      take(std::move(socket));
    }
    listener.acceptor.close(ec);
  }

  void begin_stop() {
    if (home_.stopping) return;
    refresh_clock();
    take_last(tcp_);
    take_last(local_);
    home_.stopping = true;
    stop_at_ = home_.now + home_.limits.drain_time;
    for (auto& weak : connections_)
      if (const auto connection = weak.lock()) connection->finish();
    timer_.cancel();
    tick();
  }

  ConnectionHome home_;  // outlives the connections that loop_ still holds when it ends
  // One thread runs the loop, and all but post() happens on it.
  asio::io_context loop_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  Listener<Tcp> tcp_;
  Listener<Local> local_;
  Timer timer_;
  asio::ssl::context* tls_;
  std::list<std::weak_ptr<Connection>> connections_;
  std::size_t prune_at_ = 64;
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

// Asks for certificates of this authority, and lets any pass: a device whose certificate has
// expired gets an answer that says so, not a connection that ends.
Result<void> ask_devices(asio::ssl::context& context, const std::string& pem) {
  auto* native = context.native_handle();
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> authority(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  if (!authority || SSL_CTX_add_client_CA(native, authority.get()) != 1)
    return fail(ErrorKind::internal, "the device authority cannot be used for TLS");
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
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
  if (!options.device_authority.empty())
    if (const auto asked = ask_devices(*context, options.device_authority); !asked)
      return tl::unexpected<Error>(asked.error());
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
    const bool taken = why == asio::error::address_in_use;
    return fail(ErrorKind::unavailable,
                "cannot listen on `" + where + "`: " +
                    (taken ? "another program does, perhaps a second Sallyport; end it, or say "
                             "another port"
                           : why.message()));
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
  if (!options.socket.empty()) {
    const auto listening = listen_on_file(options.socket);
    if (!listening) return tl::unexpected<Error>(listening.error());
    error_code why;
    for (auto& worker : state->workers)
      if (!why) why = worker->share(*listening);
    ::close(*listening);
    if (why)
      return fail(ErrorKind::unavailable,
                  "cannot listen on `" + options.socket + "`: " + why.message());
  }
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
