#include "web/http_client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "base/text.h"
#include "web/asio_address.h"

namespace sallyport {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t answer_header_max = 16 * 1024;
constexpr std::string_view user_agent = "sallyport";

tl::unexpected<Error> unreachable(std::string why) {
  return fail(ErrorKind::unavailable, std::move(why));
}

// One request, step by step, none of which goes on after the deadline.
class Exchange {
 public:
  Exchange(const HttpClientOptions& options, asio::ssl::context& tls, Clock::time_point deadline)
      : options_(options), tls_(tls), deadline_(deadline) {}

  Result<OutgoingAnswer> run(const OutgoingRequest& wanted) {
    const auto& url = wanted.url;
    const auto endpoints = look_up(url);
    if (!endpoints) return tl::unexpected<Error>(endpoints.error());
    auto request = request_of(wanted);
    if (!url.tls) {
      Tcp::socket socket(loop_);
      if (auto connected = connect(socket, *endpoints); !connected) {
        return tl::unexpected<Error>(connected.error());
      }
      return talk(socket, socket, request);
    }
    asio::ssl::stream<Tcp::socket> stream(loop_, tls_);
    if (auto connected = connect(stream.next_layer(), *endpoints); !connected) {
      return tl::unexpected<Error>(connected.error());
    }
    if (auto known = shake_hands(stream, url); !known) {
      return tl::unexpected<Error>(known.error());
    }
    return talk(stream, stream.next_layer(), request);
  }

 private:
  using Request = http::request<http::string_body>;
  using Endpoints = std::vector<Tcp::endpoint>;

  // Starts an operation and waits until it has ended, or the deadline has come: then `cancel`
  // makes it end.
  template <class Start, class Cancel>
  error_code finish(Start start, Cancel cancel) {
    std::optional<error_code> ended;
    start([&ended](error_code ec) { ended = ec; });
    loop_.restart();
    loop_.run_until(deadline_);
    if (ended) return *ended;
    cancel();
    loop_.restart();
    loop_.run();
    return asio::error::timed_out;
  }

  static auto closing(Tcp::socket& socket) {
    return [&socket] {
      error_code ignored;
      socket.close(ignored);
    };
  }

  // All addresses of a name have to be allowed: one that is inside and outside is no mistake.
  Result<Endpoints> look_up(const HttpUrl& url) {
    Tcp::resolver resolver(loop_);
    Endpoints endpoints;
    const auto ec = finish(
        [&](auto done) {
          resolver.async_resolve(url.host, std::to_string(url.port), Tcp::resolver::numeric_service,
                                 [&endpoints, done](error_code why, const auto& results) {
                                   for (const auto& one : results) {
                                     endpoints.push_back(one.endpoint());
                                   }
                                   done(why);
                                 });
        },
        [&] { resolver.cancel(); });
    if (ec == asio::error::timed_out) return unreachable("its name was not found in time");
    if (ec || endpoints.empty()) return unreachable("its name was not found");
    for (const auto& endpoint : endpoints) {
      if (!options_.may_reach) break;
      if (auto may = options_.may_reach(address_of(endpoint.address()), url.tls); !may) {
        return tl::unexpected<Error>(may.error());
      }
    }
    return endpoints;
  }

  Result<void> connect(Tcp::socket& socket, const Endpoints& endpoints) {
    const auto ec = finish(
        [&](auto done) {
          asio::async_connect(socket, endpoints,
                              [done](error_code why, const Tcp::endpoint&) { done(why); });
        },
        closing(socket));
    if (ec == asio::error::timed_out) return unreachable("it did not answer in time");
    if (ec) return unreachable("no connection: " + ec.message());
    return {};
  }

  Result<void> shake_hands(asio::ssl::stream<Tcp::socket>& stream, const HttpUrl& url) {
    if (!parse_ip_address(url.host)) {
      SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
    }
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification(url.host));
    const auto ec =
        finish([&](auto done) { stream.async_handshake(asio::ssl::stream_base::client, done); },
               closing(stream.next_layer()));
    if (ec == asio::error::timed_out) return unreachable("it did not answer in time");
    if (ec)
      return unreachable("no TLS with it, or not the certificate of `" + url.host +
                         "`: " + ec.message());
    return {};
  }

  static Request request_of(const OutgoingRequest& wanted) {
    const auto& url = wanted.url;
    Request request(http::string_to_verb(wanted.method), url.target, 11);
    const bool v6 = url.host.find(':') != std::string::npos;
    const bool usual = url.port == (url.tls ? 443 : 80);
    request.set(http::field::host, (v6 ? "[" + url.host + "]" : url.host) +
                                       (usual ? "" : ":" + std::to_string(url.port)));
    request.set(http::field::user_agent, user_agent);
    request.set(http::field::connection, "close");
    for (const auto& [name, value] : wanted.headers) request.set(name, value);
    request.body() = wanted.body;
    request.prepare_payload();
    return request;
  }

  template <class Stream>
  Result<OutgoingAnswer> talk(Stream& stream, Tcp::socket& socket, Request& request) {
    auto ec = finish(
        [&](auto done) {
          http::async_write(stream, request, [done](error_code why, std::size_t) { done(why); });
        },
        closing(socket));
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.header_limit(answer_header_max);
    parser.body_limit(options_.answer_max);
    if (!ec) {
      ec = finish(
          [&](auto done) {
            http::async_read(stream, buffer, parser,
                             [done](error_code why, std::size_t) { done(why); });
          },
          closing(socket));
    }
    if (ec == asio::error::timed_out) return unreachable("it did not answer in time");
    if (ec == http::error::body_limit || ec == http::error::header_limit) {
      return unreachable("its answer is too long");
    }
    if (ec) return unreachable("its answer could not be read: " + ec.message());
    const auto& response = parser.get();
    OutgoingAnswer answer;
    answer.status = static_cast<int>(response.result_int());
    for (const auto& field : response) {
      answer.headers.emplace_back(field.name_string(), field.value());
    }
    answer.body = response.body();
    return answer;
  }

  const HttpClientOptions& options_;
  asio::ssl::context& tls_;
  const Clock::time_point deadline_;
  asio::io_context loop_{1};
};

// PEM blocks of a text: certificates to trust, or key, certificate and chain.
Result<void> trust(asio::ssl::context& tls, const HttpClientOptions& options) {
  error_code ec;
  if (options.authorities.empty()) {
    tls.set_default_verify_paths(ec);  // none there: none trusted
  } else {
    tls.add_certificate_authority(asio::buffer(options.authorities), ec);
    if (ec) {
      return fail(ErrorKind::invalid_argument, "the authorities cannot be read: " + ec.message());
    }
  }
  if (options.authorities_file.empty()) return {};
  tls.load_verify_file(options.authorities_file, ec);
  if (ec) {
    return fail(ErrorKind::invalid_argument, "the authorities cannot be read: " + ec.message(),
                options.authorities_file);
  }
  return {};
}

Result<void> identify(asio::ssl::context& tls, const HttpClientOptions& options) {
  if (options.identity.empty()) return {};
  const auto text = asio::buffer(options.identity);
  error_code ec;
  tls.use_certificate_chain(text, ec);
  bool good = !ec;
  if (good && options.key) {
    good = SSL_CTX_use_PrivateKey(tls.native_handle(), options.key.get()) == 1;
  } else if (good) {
    tls.use_private_key(text, asio::ssl::context::pem, ec);
    good = !ec;
  }
  ERR_clear_error();
  if (good) return {};
  return fail(ErrorKind::invalid_argument, "the certificate and its key cannot be used");
}

class AsioClient final : public HttpClient {
 public:
  AsioClient(HttpClientOptions options, std::unique_ptr<asio::ssl::context> tls)
      : options_(std::move(options)), tls_(std::move(tls)) {}

  Result<OutgoingAnswer> send(const OutgoingRequest& request) override {
    try {
      return Exchange(options_, *tls_, Clock::now() + request.patience).run(request);
    } catch (const std::exception&) {  // out of memory or file descriptors
      return unreachable("it could not be asked now");
    }
  }

 private:
  HttpClientOptions options_;
  std::unique_ptr<asio::ssl::context> tls_;
};

}  // namespace

std::string_view OutgoingAnswer::header(std::string_view name) const {
  for (const auto& [one, value] : headers) {
    if (equal_ignoring_case(one, name)) return value;
  }
  return {};
}

Result<std::unique_ptr<HttpClient>> HttpClient::make(HttpClientOptions options) {
  auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  if (auto trusted = trust(*tls, options); !trusted) {
    return tl::unexpected<Error>(trusted.error());
  }
  if (auto known = identify(*tls, options); !known) {
    return tl::unexpected<Error>(known.error());
  }
  return std::unique_ptr<HttpClient>(
      std::make_unique<AsioClient>(std::move(options), std::move(tls)));
}

}  // namespace sallyport
