#include "server/stream.h"

#include <openssl/x509.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace sallyport {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class PlainStream final : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {
    error_code ec;
    socket_.non_blocking(true, ec);  // for write_now
  }
  void start(std::shared_ptr<StreamUser> user) override { user->on_ready({}); }
  void read(char* data, std::size_t size, std::shared_ptr<StreamUser> user) override {
    socket_.async_read_some(
        asio::buffer(data, size),
        [user = std::move(user)](error_code ec, std::size_t got) { user->on_read(ec, got); });
  }
  std::size_t write_now(std::string_view bytes) override {
    error_code ec;
    const auto sent = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), ec);
    return ec ? 0 : sent;  // a real error shows in write()
  }
  void write(std::string_view bytes, std::shared_ptr<StreamUser> user) override {
    asio::async_write(
        socket_, asio::buffer(bytes.data(), bytes.size()),
        [user = std::move(user)](error_code ec, std::size_t) { user->on_written(ec); });
  }
  void end_sending() override {
    error_code ec;
    socket_.shutdown(asio::socket_base::shutdown_send, ec);
  }
  void close() override {
    error_code ec;
    socket_.close(ec);
  }
  bool is_tls() const override { return false; }
  std::string client_certificate() const override { return {}; }

 private:
  Socket socket_;
};

class TlsStream final : public Stream {
 public:
  TlsStream(Socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}
  void start(std::shared_ptr<StreamUser> user) override {
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [user = std::move(user)](error_code ec) { user->on_ready(ec); });
  }
  void read(char* data, std::size_t size, std::shared_ptr<StreamUser> user) override {
    stream_.async_read_some(
        asio::buffer(data, size),
        [user = std::move(user)](error_code ec, std::size_t got) { user->on_read(ec, got); });
  }
  std::size_t write_now(std::string_view) override { return 0; }
  void write(std::string_view bytes, std::shared_ptr<StreamUser> user) override {
    asio::async_write(
        stream_, asio::buffer(bytes.data(), bytes.size()),
        [user = std::move(user)](error_code ec, std::size_t) { user->on_written(ec); });
  }
  void end_sending() override {
    // Without a close_notify: every answer tells its length, so a cut one is noticed.
    error_code ec;
    stream_.next_layer().shutdown(asio::socket_base::shutdown_send, ec);
  }
  void close() override {
    error_code ec;
    stream_.next_layer().close(ec);
  }
  bool is_tls() const override { return true; }
  std::string client_certificate() const override {
    auto* ssl = const_cast<asio::ssl::stream<Socket>&>(stream_).native_handle();
    const std::unique_ptr<X509, decltype(&X509_free)> peer(SSL_get1_peer_certificate(ssl),
                                                           &X509_free);
    if (!peer) return {};
    const int size = i2d_X509(peer.get(), nullptr);
    std::string der(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    if (size > 0) i2d_X509(peer.get(), &out);
    return der;
  }

 private:
  asio::ssl::stream<Socket> stream_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(Socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<Stream> tls_stream(Socket socket, asio::ssl::context& context) {
  return std::make_unique<TlsStream>(std::move(socket), context);
}

}  // namespace sallyport
