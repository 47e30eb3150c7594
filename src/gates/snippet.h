// The lines an administrator pastes into a reverse proxy so that it asks Sallyport first. The
// end-to-end tests run nginx and Caddy with exactly these.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport {

struct SnippetOptions {
  std::string host = "app.example.org";            // the application's public name
  std::string server = "http://127.0.0.1:8080";    // where Sallyport listens; unix:/PATH too
  std::string upstream = "http://127.0.0.1:3000";  // the application itself
  std::string listen;       // nginx and Caddy: address to listen on; empty: the proxy's usual
  std::string certificate;  // PEM paths; with both the snippet serves https
  std::string certificate_key;
  std::string device_ca;  // PEM path of the authority that signs device certificates
  std::string user;       // how the proxy knows the person; empty: its basic authentication
  std::string user_file;  // nginx: path of a htpasswd file for auth_basic
  std::vector<std::string> users;  // Caddy: `name hash` lines for basicauth
};

std::vector<std::string_view> snippet_proxies();  // nginx, caddy, traefik, envoy

// invalid_argument: an unknown proxy, a host or address that is none, or a value that would break
// out of the configuration it is put in.
[[nodiscard]] Result<std::string> snippet(std::string_view proxy, const SnippetOptions& options);

}  // namespace sallyport
