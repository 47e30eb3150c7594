#include "gates/snippet.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace sallyport {
namespace {

constexpr std::array<std::string_view, 4> proxy_names = {"nginx", "caddy", "traefik", "envoy"};
constexpr std::string_view identity_headers[] = {"Remote-User", "Remote-Groups", "Remote-Name",
                                                 "Remote-Email"};

struct Endpoint {
  std::string host_and_port;
  bool tls = false;
  std::string host;
  std::string port;
  std::string socket;  // the path of a file instead of host and port
};

tl::unexpected<Error> bad(std::string message) {
  return fail(ErrorKind::invalid_argument, std::move(message));
}

bool holds_only(std::string_view text, std::string_view also) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.find(c) != also.npos;
  });
}

// A socket that is a file, as nginx writes it: unix:/run/sallyport.sock
Result<Endpoint> parse_socket(std::string_view text) {
  Endpoint endpoint;
  endpoint.socket = text.substr(5);
  endpoint.host_and_port = text;
  if (endpoint.socket.substr(0, 1) != "/" || !holds_only(endpoint.socket, "/._-+@"))
    return bad("`--server` is `" + printable(text) +
               "`: behind `unix:` there must be the whole path of the socket, of letters, digits "
               "and /._-+@");
  return endpoint;
}

Result<Endpoint> parse_endpoint(std::string_view text, std::string_view flag) {
  Endpoint endpoint;
  endpoint.tls = text.substr(0, 8) == "https://";
  if (!endpoint.tls && text.substr(0, 7) != "http://")
    return bad("`" + std::string(flag) + "` is `" + printable(text) +
               "`: it must begin with http:// or https://");
  auto rest = text.substr(endpoint.tls ? 8 : 7);
  if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  const auto colon = rest.rfind(':');
  const bool has_port = colon != rest.npos && rest.back() != ']';
  endpoint.host = rest.substr(0, has_port ? colon : rest.npos);
  endpoint.port = has_port ? std::string(rest.substr(colon + 1)) : endpoint.tls ? "443" : "80";
  const bool well_formed = !endpoint.host.empty() && holds_only(endpoint.host, ".-_[]:") &&
                           !endpoint.port.empty() && endpoint.port.size() <= 5 &&
                           endpoint.port.find_first_not_of("0123456789") == std::string::npos;
  if (!well_formed)
    return bad("`" + std::string(flag) + "` is `" + printable(text) +
               "`: it must be a scheme, a host and a port, as http://127.0.0.1:8080");
  endpoint.host_and_port = endpoint.host + ":" + endpoint.port;
  return endpoint;
}

Result<void> check_values(const SnippetOptions& options) {
  if (options.host.empty() || !holds_only(options.host, ".-"))
    return bad("`--host` is `" + printable(options.host) + "`: it must be a host name");
  if (!holds_only(options.listen, ".:[]"))
    return bad("`--listen` is `" + printable(options.listen) +
               "`: it must be an address and a port, as 127.0.0.1:8443");
  struct Named {
    std::string_view flag;
    const std::string& value;
  };
  for (const auto& [flag, value] :
       {Named{"--certificate", options.certificate},
        Named{"--certificate-key", options.certificate_key},
        Named{"--device-ca", options.device_ca}, Named{"--user-file", options.user_file}})
    if (!holds_only(value, "/._-+@ ") || value.find("  ") != value.npos)
      return bad("`" + std::string(flag) + "` is `" + printable(value) +
                 "`: a path may hold letters, digits and /._-+@");
  if (!holds_only(options.user, "${}._-"))
    return bad("`--user` is `" + printable(options.user) + "`: it must be one variable");
  for (const auto& user : options.users)
    if (!holds_only(user, " $./_-@+=") || user.find(' ') == user.npos)
      return bad("a user must be a name, a blank and a hash of `caddy hash-password`");
  if (options.certificate.empty() != options.certificate_key.empty())
    return bad("`--certificate` and `--certificate-key` belong together");
  if (!options.device_ca.empty() && options.certificate.empty())
    return bad(
        "`--device-ca` needs `--certificate` and `--certificate-key`: a device shows its "
        "certificate inside TLS");
  return {};
}

// Of its own for each host, so that several snippets fit into one configuration.
std::string upstream_name(const SnippetOptions& o) {
  auto name = "sallyport_" + to_lower(o.host);
  for (auto& c : name)
    if (c == '.' || c == '-') c = '_';
  return name;
}

std::string quoted(const std::string& path) { return '"' + path + '"'; }

// What the check and the answer both send. Every header that Sallyport believes is set here, to
// nothing where there is nothing, so that what a client sends under the same name never passes.
std::string nginx_headers(const SnippetOptions& o) {
  const std::string user = o.user.empty() ? "$remote_user" : o.user;
  std::string out;
  const auto set = [&](std::string_view name, const std::string& value) {
    out += "    proxy_set_header " + std::string(name) + " " + value + ";\n";
  };
  set("Connection", "\"\"");
  set("Content-Length", "\"\"");
  set("Authorization", "\"\"");
  set("X-Original-URL", "$scheme://" + o.host + ":$server_port$request_uri");
  set("X-Original-Method", "$request_method");
  set("X-Forwarded-For", "$remote_addr");
  set("X-Client-Cert", o.device_ca.empty() ? "\"\"" : "$ssl_client_escaped_cert");
  set("X-Client-Cert-Verify", o.device_ca.empty() ? "\"\"" : "$ssl_client_verify");
  set("Remote-User", user);
  return out;
}

// Puts values in the place of `<name>`s.
std::string fill(std::string text,
                 std::initializer_list<std::pair<std::string_view, std::string>> values) {
  for (const auto& [name, value] : values) {
    const std::string mark = '<' + std::string(name) + '>';
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
      text.replace(at, mark.size(), value);
      at += value.size();
    }
  }
  return text;
}

std::string nginx_listen(const SnippetOptions& o, const Endpoint& server) {
  const bool tls = !o.certificate.empty();
  std::string out = fill(R"(# nginx: inside http { }. Asks Sallyport before every request to <host>.
upstream <upstream> {
  server <server>;
  keepalive 64;
}
server {
  listen <listen><ssl>;
  server_name <host>;
)",
                         {{"host", o.host},
                          {"upstream", upstream_name(o)},
                          {"server", server.host_and_port},
                          {"listen", o.listen.empty() ? (tls ? "443" : "80") : o.listen},
                          {"ssl", tls ? " ssl" : ""}});
  if (tls) {
    out += "  ssl_certificate " + quoted(o.certificate) + ";\n";
    out += "  ssl_certificate_key " + quoted(o.certificate_key) + ";\n";
  }
  if (!o.device_ca.empty()) {
    out += "  ssl_client_certificate " + quoted(o.device_ca) + ";\n  ssl_verify_client optional;\n";
  }
  if (o.user.empty()) {
    out += "  auth_basic \"Sign in\";\n  auth_basic_user_file ";
    out += quoted(o.user_file.empty() ? "/etc/nginx/htpasswd" : o.user_file) + ";\n";
  }
  return out;
}

std::string nginx_location(const Endpoint& upstream) {
  std::string identity;
  for (const auto name : identity_headers) {
    auto variable = to_lower(name);
    std::replace(variable.begin(), variable.end(), '-', '_');
    identity += fill(R"(    auth_request_set $sallyport_<variable> $upstream_http_<variable>;
    proxy_set_header <name> $sallyport_<variable>;
)",
                     {{"variable", variable}, {"name", std::string(name)}});
  }
  return fill(R"(
  location / {
    auth_request /_sallyport/check;
    auth_request_set $sallyport_answer $upstream_http_x_sallyport_answer;
    error_page 401 403 = @sallyport_answer;
<identity>    proxy_set_header Host $host;
    proxy_set_header Authorization "";
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_pass <application>;
  }
)",
              {{"identity", identity},
               {"application", (upstream.tls ? "https://" : "http://") + upstream.host_and_port}});
}

std::string nginx_check(const SnippetOptions& o, const Endpoint& server) {
  return fill(R"(
  location = /_sallyport/check {
    internal;
    proxy_pass <sallyport>/forward-auth/nginx;
    proxy_http_version 1.1;
    proxy_pass_request_body off;
    proxy_connect_timeout 1s;
    proxy_read_timeout 2s;
<headers>  }

  # Shows the person what the check said; auth_request drops it.
  location @sallyport_answer {
    internal;
    rewrite ^ /forward-auth/answer? break;
    proxy_pass <sallyport>;
    proxy_method GET;
    proxy_http_version 1.1;
    proxy_pass_request_body off;
    proxy_set_header X-Sallyport-Answer $sallyport_answer;
<headers>  }
}
)",
              {{"sallyport", (server.tls ? "https://" : "http://") + upstream_name(o)},
               {"headers", nginx_headers(o)}});
}

std::string nginx(const SnippetOptions& o, const Endpoint& server, const Endpoint& upstream) {
  return nginx_listen(o, server) + nginx_location(upstream) + nginx_check(o, server);
}

std::string caddy(const SnippetOptions& o, const Endpoint& server, const Endpoint& upstream) {
  const bool tls = !o.certificate.empty();
  const auto colon = o.listen.rfind(':');
  const std::string port = colon == std::string::npos ? "" : o.listen.substr(colon);
  const std::string bind = colon == std::string::npos ? o.listen : o.listen.substr(0, colon);
  std::string out = "# Caddy. Asks Sallyport before every request to " + o.host + ".\n";
  // With a certificate of its own the site is https; with neither, Caddy gets one by itself.
  out += (tls || o.listen.empty() ? "" : "http://") + o.host + port + " {\n";
  if (!bind.empty()) out += "\tbind " + bind + "\n";
  if (tls) {
    out += "\ttls " + quoted(o.certificate) + " " + quoted(o.certificate_key) + " {\n";
    if (!o.device_ca.empty())
      out +=
          "\t\tclient_auth {\n"
          "\t\t\tmode verify_if_given\n"
          "\t\t\ttrusted_ca_cert_file " +
          quoted(o.device_ca) +
          "\n"
          "\t\t}\n";
    out += "\t}\n";
  }
  if (o.user.empty()) {
    out += "\tbasicauth {\n";
    if (o.users.empty())
      out += "\t\t# a line for each person: the name and its `caddy hash-password`\n";
    for (const auto& user : o.users) out += "\t\t" + user + "\n";
    out += "\t}\n";
  }
  out += "\tforward_auth " +
         (server.socket.empty() ? std::string(server.tls ? "https://" : "") + server.host_and_port
                                : "unix/" + server.socket) +
         " {\n"
         "\t\turi /forward-auth/caddy\n"
         "\t\theader_up Remote-User " +
         (o.user.empty() ? "{http.auth.user.id}" : o.user) + "\n";
  out += o.device_ca.empty()
             ? "\t\theader_up -X-Client-Cert\n"
             : "\t\theader_up X-Client-Cert {http.request.tls.client.certificate_der_base64}\n";
  out +=
      "\t\theader_up -Authorization\n"
      "\t\tcopy_headers Remote-User Remote-Groups Remote-Name Remote-Email\n"
      "\t}\n"
      "\treverse_proxy " +
      std::string(upstream.tls ? "https://" : "") + upstream.host_and_port +
      "\n"
      "}\n";
  return out;
}

std::string traefik(const SnippetOptions& o, const Endpoint& server, const Endpoint& upstream) {
  const bool device = !o.device_ca.empty();
  std::string out = "# Traefik, dynamic configuration. Asks Sallyport before every request to " +
                    o.host +
                    ".\n"
                    "http:\n"
                    "  routers:\n"
                    "    sallyport-app:\n"
                    "      rule: \"Host(`" +
                    o.host +
                    "`)\"\n"
                    "      service: sallyport-app\n";
  if (!o.certificate.empty()) out += "      tls: {}\n";
  out += "      middlewares: [sallyport-clean, sallyport-user, " +
         std::string(device ? "sallyport-device, " : "") +
         "sallyport-check]\n"
         "  middlewares:\n"
         "    # First: what the client claims about itself is removed.\n"
         "    sallyport-clean:\n"
         "      headers:\n"
         "        customRequestHeaders:\n";
  for (const auto name : identity_headers) out += "          " + std::string(name) + ": \"\"\n";
  out +=
      "          X-Forwarded-Tls-Client-Cert: \"\"\n"
      "    sallyport-user:\n"
      "      basicAuth:\n"
      "        usersFile: " +
      quoted(o.user_file.empty() ? "/etc/traefik/users" : o.user_file) +
      "\n"
      "        headerField: Remote-User\n"
      "        removeHeader: true\n";
  if (device)
    out +=
        "    sallyport-device:\n"
        "      passTLSClientCert:\n"
        "        pem: true\n";
  out +=
      "    sallyport-check:\n"
      "      forwardAuth:\n"
      "        address: \"" +
      std::string(server.tls ? "https://" : "http://") + server.host_and_port +
      "/forward-auth/traefik\"\n"
      "        authResponseHeaders: [Remote-User, Remote-Groups, Remote-Name, Remote-Email]\n"
      "  services:\n"
      "    sallyport-app:\n"
      "      loadBalancer:\n"
      "        servers:\n"
      "          - url: \"" +
      std::string(upstream.tls ? "https://" : "http://") + upstream.host_and_port + "\"\n";
  if (o.certificate.empty()) return out;
  out +=
      "tls:\n"
      "  certificates:\n"
      "    - certFile: " +
      quoted(o.certificate) +
      "\n"
      "      keyFile: " +
      quoted(o.certificate_key) + "\n";
  if (device)
    out +=
        "  options:\n"
        "    default:\n"
        "      clientAuth:\n"
        "        caFiles: [" +
        quoted(o.device_ca) +
        "]\n"
        "        clientAuthType: VerifyClientCertIfGiven\n";
  return out;
}

std::string envoy(const SnippetOptions& o, const Endpoint& server) {
  const auto list = [](std::initializer_list<std::string_view> names) {
    std::string out;
    for (const auto name : names) out += "            - exact: " + std::string(name) + "\n";
    return out;
  };
  return "# Envoy: in the HttpConnectionManager whose route serves " + o.host +
         ".\n"
         "# The certificate a device showed to this Envoy, and no other, goes to Sallyport.\n"
         "forward_client_cert_details: SANITIZE_SET\n"
         "set_current_client_cert_details: {cert: true}\n"
         "use_remote_address: true\n"
         "http_filters:\n"
         "  # First: what the client claims about itself is removed.\n"
         "  - name: envoy.filters.http.lua\n"
         "    typed_config:\n"
         "      \"@type\": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua\n"
         "      default_source_code:\n"
         "        inline_string: |\n"
         "          function envoy_on_request(handle)\n"
         "            for _, name in ipairs({\"remote-user\", \"remote-groups\", \"remote-name\",\n"
         "                                   \"remote-email\", \"x-sallyport-secret\"}) do\n"
         "              handle:headers():remove(name)\n"
         "            end\n"
         "          end\n"
         "  # Here: the filter that signs people in and sets remote-user, such as jwt_authn with\n"
         "  # claim_to_headers.\n"
         "  - name: envoy.filters.http.ext_authz\n"
         "    typed_config:\n"
         "      \"@type\": "
         "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz\n"
         "      failure_mode_allow: false\n"
         "      http_service:\n"
         "        server_uri:\n"
         "          uri: " +
         std::string(server.tls ? "https://" : "http://") + server.host_and_port +
         "\n"
         "          cluster: sallyport\n"
         "          timeout: 2s\n"
         "        path_prefix: /forward-auth/envoy\n"
         "        authorization_response:\n"
         "          allowed_upstream_headers:\n"
         "            patterns:\n" +
         list({"remote-user", "remote-groups", "remote-name", "remote-email"}) +
         "          allowed_client_headers:\n"
         "            patterns:\n" +
         list({"set-cookie", "content-type", "cache-control", "content-security-policy",
               "x-sallyport-decision"}) +
         "      allowed_headers:\n"
         "        patterns:\n" +
         list({"accept", "cookie", "origin", "upgrade", "user-agent", "remote-user",
               "access-control-request-method", "x-forwarded-client-cert", "x-forwarded-for",
               "x-forwarded-proto", "x-requested-with"}) +
         "  - name: envoy.filters.http.router\n"
         "    typed_config:\n"
         "      \"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router\n"
         "# And among the clusters:\n"
         "clusters:\n"
         "  - name: sallyport\n"
         "    type: STRICT_DNS\n"
         "    connect_timeout: 1s\n"
         "    load_assignment:\n"
         "      cluster_name: sallyport\n"
         "      endpoints:\n"
         "        - lb_endpoints:\n"
         "            - endpoint:\n"
         "                address:\n"
         "                  socket_address: {address: " +
         server.host + ", port_value: " + server.port + "}\n";
}

}  // namespace

std::vector<std::string_view> snippet_proxies() { return {proxy_names.begin(), proxy_names.end()}; }

Result<std::string> snippet(std::string_view proxy, const SnippetOptions& options) {
  if (const auto checked = check_values(options); !checked)
    return tl::unexpected<Error>(checked.error());
  const bool is_socket = options.server.rfind("unix:", 0) == 0;
  if (is_socket && (proxy == "traefik" || proxy == "envoy"))
    return bad("`--server` is `" + printable(options.server) + "`: " + printable(proxy) +
               " is given an address, as http://127.0.0.1:8080");
  const auto server =
      is_socket ? parse_socket(options.server) : parse_endpoint(options.server, "--server");
  if (!server) return tl::unexpected<Error>(server.error());
  const auto upstream = parse_endpoint(options.upstream, "--upstream");
  if (!upstream) return tl::unexpected<Error>(upstream.error());
  if (proxy == "nginx") return nginx(options, *server, *upstream);
  if (proxy == "caddy") return caddy(options, *server, *upstream);
  if (proxy == "traefik") return traefik(options, *server, *upstream);
  if (proxy == "envoy") return envoy(options, *server);
  return bad("`" + printable(proxy) +
             "` is no proxy this version knows: nginx, caddy, traefik or envoy");
}

}  // namespace sallyport
