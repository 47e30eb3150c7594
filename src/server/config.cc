#include "server/config.h"

#include <thread>

#include "base/id.h"
#include "gates/client_cert.h"
#include "gates/peer_device.h"
#include "server/config_reader.h"

namespace sallyport {
namespace {

void read_listen(ConfigReader& r, const toml::node& node, HttpOptions& http) {
  auto& tls = http.tls_options;
  r.table(node, "listen",
          {{"address",
            [&](const toml::node& n) {
              r.text(http.address)(n);
              if (n.is_string() && !parse_ip_address(http.address))
                r.note(n, "`listen.address` is `" + printable(http.address) +
                              "`: it must be an IP address");
            }},
           {"port",
            r.number(0, 65535, [&](std::int64_t v) { http.port = static_cast<std::uint16_t>(v); })},
           {"socket",
            [&](const toml::node& n) {
              r.text(http.socket)(n);
              if (!http.socket.empty()) http.socket = r.resolve(http.socket);
            }},
           {"threads",
            r.number(1, 256, [&](std::int64_t v) { http.threads = static_cast<unsigned>(v); })},
           {"tls_certificate", r.readable(tls.certificate)},
           {"tls_key", r.readable(tls.key)},
           {"tls_client_authority", r.readable(tls.client_authority)}});
  http.tls = !tls.certificate.empty();
  if (tls.certificate.empty() != tls.key.empty())
    r.note(node, "`listen.tls_certificate` and `listen.tls_key` belong together");
  if (!http.tls && !tls.client_authority.empty())
    r.note(node, "`listen.tls_client_authority` needs `listen.tls_certificate`");
}

void read_limits(ConfigReader& r, const toml::node& node, HttpLimits& limits) {
  r.table(node, "limits",
          {{"header_bytes", r.count(limits.header_bytes_max, 1024, 1 << 20)},
           {"headers", r.count(limits.headers_max, 10, 10'000)},
           {"connections", r.count(limits.connections_max, 1, 1'000'000)},
           {"header_seconds", r.seconds(limits.header_time)},
           {"body_seconds", r.seconds(limits.body_time)},
           {"idle_seconds", r.seconds(limits.idle_time)},
           {"drain_seconds", r.seconds(limits.drain_time)}});
}

void read_forward_auth(ConfigReader& r, const toml::node& node, ForwardAuthConfig& config) {
  std::string secret_file;
  r.table(node, "forward_auth",
          {{"trusted_proxies", r.each([&](const toml::node& n, const std::string& text) {
              if (const auto range = parse_cidr(text)) {
                config.trusted_proxies.push_back(*range);
              } else {
                r.note(n, "`" + printable(text) + "` is no address or range, as 10.0.0.0/8");
              }
            })},
           {"secret_file",
            [&](const toml::node& n) {
              r.readable(secret_file)(n);
              const auto content = read_file(secret_file);
              if (!content) return;
              config.secret = std::string(trim(*content));
              if (config.secret.size() < 16)
                r.note(n, "the secret in `" + secret_file + "` is shorter than 16 characters");
            }},
           {"user_header", r.header_name(config.user_header)},
           {"methods_header", r.header_name(config.methods_header)},
           {"authenticated_at_header", r.header_name(config.authenticated_at_header)},
           {"device_authority",
            [&](const toml::node& n) {
              r.readable(config.device_authority)(n);
              const auto pem = read_file(config.device_authority);
              if (!pem) return;
              if (const auto authority = DeviceAuthority::from_pem(*pem); !authority)
                r.note(n, "`" + config.device_authority + "` " + authority.error().message);
            }},
           {"step_up_url", r.url(config.step_up_url)},
           {"sign_in_url", r.url(config.sign_in_url)},
           {"allow_cors_preflight", r.truth(config.allow_cors_preflight)}});
}

std::optional<TokenHash> parse_hash(std::string_view text) {
  TokenHash hash{};
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    hash[i / 2] = static_cast<std::uint8_t>(hash[i / 2] << 4 | digit);
  }
  return hash;
}

void read_authzen(ConfigReader& r, const toml::node& node, AuthzenOptions& options) {
  r.table(node, "authzen",
          {{"public_url", r.url(options.public_url)},
           {"token_hashes", r.each([&](const toml::node& n, const std::string& text) {
              if (const auto hash = parse_hash(text)) {
                options.tokens.push_back(*hash);
              } else {
                r.note(n,
                       "`authzen.token_hashes` holds what is no SHA-256 in hexadecimal: make "
                       "one with `printf %s TOKEN | sha256sum`");
              }
            })},
           {"batch_max", r.count(options.batch_max, 1, 1'000'000)}});
}

void read_api(ConfigReader& r, const toml::node& node, Config& config) {
  auto& options = config.api;
  const auto rate = [&](double& into) {
    return r.number(1, 1'000'000, [&into](std::int64_t n) { into = static_cast<double>(n); });
  };
  r.table(node, "api",
          {{"public_url", r.url(options.public_url)},
           {"tenant_id",
            [&](const toml::node& n) {
              r.text(options.tenant_id)(n);
              if (n.is_string() && !parse_guid(options.tenant_id))
                r.note(n, "`api.tenant_id` is `" + printable(options.tenant_id) +
                              "`: it must be a GUID");
            }},
           {"requests_per_second", rate(options.limit.per_second)},
           {"burst", rate(options.limit.burst)},
           {"threads", r.number(1, 256, [&](std::int64_t n) {
              config.api_threads = static_cast<unsigned>(n);
            })}});
}

void read_enrolment(ConfigReader& r, const toml::node& node, EnrolmentConfig& config) {
  config.on = true;
  const auto path = [&r](std::string& into) {
    return [&r, &into](const toml::node& n) {
      r.text(into)(n);
      if (!into.empty()) into = r.resolve(into);
    };
  };
  const auto days = [&r](std::chrono::days& into) {
    return r.number(1, 3650, [&into](std::int64_t n) { into = std::chrono::days(n); });
  };
  r.table(node, "enrolment",
          {{"authority_folder", path(config.folder)},
           {"authority_key", path(config.key)},
           {"public_url",
            [&](const toml::node& n) {
              r.url(config.public_url)(n);
              // These divide a certificate's list of addresses.
              if (config.public_url.find_first_of(",;") != std::string::npos)
                r.note(n, "`enrolment.public_url` must not hold `,` or `;`");
            }},
           {"certificate_header",
            [&](const toml::node& n) {
              r.header_name(config.certificate_header)(n);
              if (!config.certificate_header.empty() && !cert_header_of(config.certificate_header))
                r.note(n,
                       "`enrolment.certificate_header` must be Client-Cert, X-Client-Cert, "
                       "X-Forwarded-Tls-Client-Cert or X-Forwarded-Client-Cert");
            }},
           {"certificate_days", days(config.certificate_life)},
           {"renewal_days", days(config.renewal_window)},
           {"devices_per_user", r.count(config.devices_per_user_max, 1, 1000)},
           {"check_ins_per_minute", r.number(0, 1'000'000,
                                             [&config](std::int64_t n) {
                                               config.check_in_limit.per_second =
                                                   static_cast<double>(n) / 60;
                                             })},
           {"check_in_burst", r.number(1, 1'000'000,
                                       [&config](std::int64_t n) {
                                         config.check_in_limit.burst = static_cast<double>(n);
                                       })},
           {"tpm_authorities", r.readable(config.tpm_authorities)},
           {"scep", r.truth(config.scep)},
           {"scep_legacy_algorithms", r.truth(config.scep_legacy_algorithms)},
           {"osquery", r.truth(config.osquery)},
           {"osquery_secret_hashes", r.each([&](const toml::node& n, const std::string& text) {
              if (parse_hash(text)) {
                config.osquery_secret_hashes.push_back(text);
              } else {
                r.note(n,
                       "`enrolment.osquery_secret_hashes` holds what is no SHA-256 in "
                       "hexadecimal: make one with `printf %s SECRET | sha256sum`");
              }
            })}});
}

void read_notifications(ConfigReader& r, const toml::node& node, WebhookOptions& options) {
  r.table(node, "notifications",
          {{"allowed_addresses", r.each([&](const toml::node& n, const std::string& text) {
              if (const auto range = parse_cidr(text)) {
                options.allowed_addresses.push_back(*range);
              } else {
                r.note(n, "`" + printable(text) + "` is no address or range, as 10.0.0.0/8");
              }
            })},
           {"http_to_loopback", r.truth(options.http_to_loopback)},
           {"authorities", r.readable(options.authorities)}});
}

void read_mail(ConfigReader& r, const toml::node& node, MailOptions& options) {
  using Security = MailOptions::Security;
  std::string password_file;
  r.table(
      node, "mail",
      {{"server",
        [&](const toml::node& n) {
          r.text(options.server)(n);
          if (options.server.find_first_of("/@ \t[]") != std::string::npos)
            r.note(n, "`mail.server` is `" + printable(options.server) +
                          "`: it must be a host name or an address alone");
        }},
       {"port",
        r.number(1, 65535, [&](std::int64_t v) { options.port = static_cast<std::uint16_t>(v); })},
       {"security",
        [&](const toml::node& n) {
          std::string word;
          r.text(word)(n);
          options.security = word == "tls"    ? Security::tls
                             : word == "none" ? Security::none
                                              : Security::starttls;
          if (n.is_string() && word != "tls" && word != "none" && word != "starttls")
            r.note(n, "`mail.security` must be starttls, tls or none");
        }},
       {"sender",
        [&](const toml::node& n) {
          r.text(options.sender)(n);
          if (n.is_string() && !is_mail_address(options.sender))
            r.note(n, "`mail.sender` is `" + printable(options.sender) +
                          "`: it must be an address, as sallyport@example.org");
        }},
       {"user", r.text(options.user)},
       {"password_file",
        [&](const toml::node& n) {
          r.readable(password_file)(n);
          if (const auto content = read_file(password_file))
            options.password = std::string(trim(*content));
        }},
       {"authorities", r.readable(options.authorities)}});
  if (options.server.empty() != options.sender.empty())
    r.note(node, "`mail.server` and `mail.sender` belong together");
  if (options.user.empty() != options.password.empty())
    r.note(node, "`mail.user` and `mail.password_file` belong together");
  if (options.security == Security::none && !options.user.empty())
    r.note(node, "`mail.user` needs TLS: a password is not sent in the open");
}

void read_noncompliance(ConfigReader& r, const toml::node& node, Config& config) {
  r.table(node, "noncompliance", {{"push_url", r.url(config.push_url)}});
}

void read_application(ConfigReader& r, const toml::node& node, Config& config) {
  std::string host, id;
  r.table(node, "application", {{"host", r.text(host)}, {"id", r.text(id)}});
  if (!node.is_table()) return;
  if (host.empty() || id.empty()) {
    r.note(node, "an [[application]] needs `host` and `id`");
  } else if (host.find_first_of("/: ") != std::string::npos) {
    r.note(node, "`application.host` is `" + printable(host) + "`: a host name alone");
  } else if (!config.applications.emplace(to_lower(host), id).second) {
    r.note(node, "`" + printable(host) + "` has two [[application]] entries");
  }
}

}  // namespace

ConfigReading parse_config(std::string_view text, const std::string& file) {
  ConfigReading out;
  auto& config = out.config;
  config.http.threads = std::max(2U, std::thread::hardware_concurrency());
  ConfigReader r(file, out);
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    r.note(parsed.error().source(), std::string(parsed.error().description()));
    return out;
  }
  const toml::table& root = parsed.table();
  r.table(
      root, "",
      {{"listen", [&](const toml::node& n) { read_listen(r, n, config.http); }},
       {"limits", [&](const toml::node& n) { read_limits(r, n, config.http.limits); }},
       {"store",
        [&](const toml::node& n) {
          r.text(config.store)(n);
          config.store = r.resolve(config.store);
        }},
       {"country_database", r.readable(config.country_database)},
       {"log_level",
        [&](const toml::node& n) {
          std::string word;
          r.text(word)(n);
          const auto level = parse_log_level(word);
          if (n.is_string() && !level)
            r.note(n, "`log_level` must be debug, info, warning or error");
          config.log_level = level.value_or(LogLevel::info);
        }},
       {"sign_ins_kept_days",
        r.number(0, 36'500,
                 [&](std::int64_t days) { config.sign_ins_kept = std::chrono::days(days); })},
       {"audits_kept_days",
        r.number(0, 36'500,
                 [&](std::int64_t days) { config.audits_kept = std::chrono::days(days); })},
       {"forward_auth", [&](const toml::node& n) { read_forward_auth(r, n, config.forward_auth); }},
       {"authzen", [&](const toml::node& n) { read_authzen(r, n, config.authzen); }},
       {"api", [&](const toml::node& n) { read_api(r, n, config); }},
       {"enrolment", [&](const toml::node& n) { read_enrolment(r, n, config.enrolment); }},
       {"fleet", [&](const toml::node& n) { read_fleet(r, n, config.fleet); }},
       {"notifications",
        [&](const toml::node& n) { read_notifications(r, n, config.notifications); }},
       {"mail", [&](const toml::node& n) { read_mail(r, n, config.mail); }},
       {"noncompliance", [&](const toml::node& n) { read_noncompliance(r, n, config); }},
       {"application", [&](const toml::node& n) {
          const auto* items = n.as_array();
          if (items == nullptr) return r.wrong_type(n, "a list: [[application]]");
          for (const auto& item : *items) read_application(r, item, config);
        }}});
  std::stable_sort(out.problems.begin(), out.problems.end(), [](const Error& a, const Error& b) {
    const auto place = [](const Error& e) {
      const auto column = e.where.rfind(':');
      const auto line = e.where.rfind(':', column - 1);
      return std::pair(std::stoul(e.where.substr(line + 1)),
                       std::stoul(e.where.substr(column + 1)));
    };
    return place(a) < place(b);
  });
  return out;
}

ConfigReading read_config(const std::string& path) {
  const auto text = read_file(path);
  if (text) return parse_config(*text, path);
  ConfigReading out;
  out.problems.push_back({ErrorKind::not_found, "the configuration file cannot be read", path});
  return out;
}

}  // namespace sallyport
