// One byte stream of either kind, so that the connection is not a template: plain TCP, or TLS.
// Asio is visible here; only stream.cc, connection.cc and http.cc include this.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace sallyport {

using Executor = boost::asio::io_context::executor_type;
// TCP, or a socket that is a file.
using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, Executor>;

class StreamUser {
 public:
  virtual ~StreamUser() = default;
  virtual void on_ready(boost::system::error_code ec) = 0;  // of start()
  virtual void on_read(boost::system::error_code ec, std::size_t size) = 0;
  virtual void on_written(boost::system::error_code ec) = 0;
};

// One operation of a kind at a time. The user is kept alive until its operation has ended.
class Stream {
 public:
  virtual ~Stream() = default;
  virtual void start(std::shared_ptr<StreamUser> user) = 0;
  virtual void read(char* data, std::size_t size, std::shared_ptr<StreamUser> user) = 0;
  // What goes out without waiting; the rest is for write().
  virtual std::size_t write_now(std::string_view bytes) = 0;
  virtual void write(std::string_view bytes, std::shared_ptr<StreamUser> user) = 0;
  virtual void end_sending() = 0;
  virtual void close() = 0;  // pending operations end with an error
  virtual bool is_tls() const = 0;
  virtual std::string client_certificate() const = 0;  // DER; empty: none
};

std::unique_ptr<Stream> plain_stream(Socket socket);
std::unique_ptr<Stream> tls_stream(Socket socket, boost::asio::ssl::context& context);

}  // namespace sallyport
