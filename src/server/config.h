// The configuration: one TOML file. docs/configuration.md describes every key.
//
// Reading it finds every mistake, not the first one only: unknown keys, wrong types, values out of
// range, files that cannot be read. `sallyport lint config` prints what this finds.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "base/ip_address.h"
#include "base/rate_limit.h"
#include "base/result.h"
#include "gates/authzen.h"
#include "server/http.h"
#include "server/log.h"
#include "server/smtp_client.h"
#include "server/webhook_client.h"

namespace sallyport {

struct ForwardAuthConfig {
  std::vector<CidrRange> trusted_proxies;
  std::string secret;  // the content of secret_file
  std::string user_header = "Remote-User";
  std::string methods_header;
  std::string authenticated_at_header;
  std::string device_authority;  // a PEM path; empty: certificates are not looked at
  std::string step_up_url;
  std::string sign_in_url;
  bool allow_cors_preflight = false;
};

struct EnrolmentConfig {
  bool on = false;                 // the table is there
  std::string folder;              // of the device authority's files
  std::string key;                 // of its signing key; empty: in the folder
  std::string public_url;          // for the addresses in certificates; empty: they hold none
  std::string certificate_header;  // in which a trusted proxy passes a device's certificate on
  std::chrono::days certificate_life{365};
  std::chrono::days renewal_window{60};
  std::size_t devices_per_user_max = 20;
  RateLimit check_in_limit{1, 120};  // of each device
  std::string tpm_authorities;       // a PEM path; empty: attestations are not looked at
  bool scep = true;
  bool scep_legacy_algorithms = false;
  bool osquery = false;
  std::vector<std::string> osquery_secret_hashes;  // SHA-256 of what all hosts share
};

struct Config {
  HttpOptions http;
  std::string store = "data/sallyport.db";
  std::string country_database;  // empty: the country of an address is unknown
  LogLevel log_level = LogLevel::info;
  std::chrono::days sign_ins_kept{90};  // 0: for ever
  std::chrono::days audits_kept{0};     // likewise
  ForwardAuthConfig forward_auth;
  std::map<std::string, std::string, std::less<>> applications;  // lower-case host to id
  AuthzenOptions authzen;
  api::Options api;
  EnrolmentConfig enrolment;
  WebhookOptions notifications;
  MailOptions mail;
  std::string push_url;       // where push messages about devices go; empty: nowhere
  unsigned api_threads = 16;  // for what may wait for the disk or read much
};

struct ConfigReading {
  Config config;
  std::vector<Error> problems;  // where: file:line:column; in the order of the file
};

// Paths in the file are relative to its folder. A file that cannot be read is a problem like
// others.
ConfigReading read_config(const std::string& path);
// `file` names the text in messages; its folder is where relative paths begin.
ConfigReading parse_config(std::string_view text, const std::string& file);

}  // namespace sallyport
