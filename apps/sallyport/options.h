// What was asked for on the command line, one struct a command. command_line.cc fills them in;
// nothing else knows how they were spelt.
#pragma once

#include <string>
#include <vector>

#include "console.h"
#include "proof_input.h"

namespace sallyport::cli {

// A sign-in by flags. Empty is not told; `none` says that there is no such thing.
struct SignInFlags {
  std::string user;
  std::string guest_type;
  std::string home_tenant;
  std::vector<std::string> groups;
  std::vector<std::string> roles;
  std::string service_principal;
  std::vector<std::string> apps;
  std::string user_action;
  std::string auth_context;
  std::string platform;
  std::string country;
  std::string gps_country;
  std::string ip;
  std::string client_app;
  std::string sign_in_risk;
  std::string user_risk;
  std::string service_principal_risk;
  std::string agent_risk;
  std::string insider_risk;
  std::string flow;
  std::vector<std::string> device;
  std::vector<std::string> methods;
  std::vector<std::string> satisfied;  // proofs that are no methods: mfa, password-change, ...
  std::vector<std::string> terms;
};

struct WhatIfOptions {
  std::vector<std::string> paths;
  SignInFlags flags;
  std::vector<std::string> sign_in_files;  // instead of flags
  bool assume_absent = false;
  bool applied_only = false;
  std::string now;
  OutputOptions output;
};

struct ExplainOptions {
  WhatIfOptions what_if;
  std::string data;      // a stored decision: the folder of the store
  std::string decision;  // and its id
};

struct ReplayOptions {
  std::vector<std::string> paths;
  std::vector<std::string> logs;
  std::vector<std::string> against;  // the new policies; none: the log's word is what was before
  std::string top = "20";            // rows of a table for people; 0: all
  OutputOptions output;
};

struct AnonymizeOptions {
  std::vector<std::string> paths;
  std::string folder;
  std::string key;  // a file; empty: a key of its own for this run
};

struct LintOptions {
  std::vector<std::string> paths;
  std::string settings;
  std::string accept;
  std::string baseline;
  std::string baseline_set;
  std::vector<std::string> only;
  std::vector<std::string> skip;
  std::string min_severity = "info";
  std::string fail_on = "medium";
  std::string now;
  bool list = false;
  OutputOptions output;
};

struct GapOptions {
  ProofOptions input;
  std::vector<std::string> goals;  // files of expectations, besides the built-in ones
  std::vector<std::string> only;   // ids; empty: all
  std::string accept;
  std::string baseline;
  std::string fail_on = "medium";
  std::string now;
  OutputOptions output;
};

struct DiffOptions {
  ProofOptions input;  // but for the paths
  std::string before;
  std::string after;
  std::vector<std::string> with;  // read with both
  OutputOptions output;
};

struct LockoutOptions {
  ProofOptions input;
  std::vector<std::string> where;  // each empty: as the settings document says, or by default
  std::vector<std::string> platform;
  std::vector<std::string> client;
  std::vector<std::string> device;
  std::vector<std::string> risk;
  std::vector<std::string> with;
  OutputOptions output;
};

struct MinimizeOptions {
  ProofOptions input;
  OutputOptions output;
};

struct TestOptions {
  ProofOptions input;
  std::vector<std::string> expect;  // files of expectations
  bool generate = false;
  OutputOptions output;
};

struct AttackOptions {
  ProofOptions input;
  std::vector<std::string> only;
  OutputOptions output;
};

struct LintConfigOptions {
  std::string file;
};

struct ComplyOptions {
  std::vector<std::string> paths;
  std::vector<std::string> devices;  // files of reports
  std::string platform;              // empty: as the report says
  std::vector<std::string> groups;   // none: every policy counts as assigned
  std::string error_rule = "2024";
  std::string now;
  OutputOptions output;
};

struct FormatOptions {
  std::vector<std::string> files;
  bool write = false;
  std::string output;
};

struct ImportFlags {
  std::vector<std::string> paths;
  std::string data = "data";
  bool dry_run = false;
  std::string override_lockout;  // the reason
  OutputOptions output;
};

struct ExportFlags {
  std::string folder;
  std::string data = "data";
};

struct ServeFlags {
  std::string config;
  std::string data;
  std::string listen;
};

struct TokenFlags {
  std::string data = "data";
  // create
  std::string name;
  std::vector<std::string> permissions;
  std::vector<std::string> partners;
  std::string user;
  std::string expires;  // `90d`, `12h`, an instant, `never`
  bool client = false;
  std::string certificate;
  // revoke
  std::string id;
  OutputOptions output;
};

struct EnrolTokenFlags {
  std::string data = "data";
  // create
  std::string name;
  std::string user;
  std::string device;
  bool corporate = false;
  std::string expires;  // `24h`, `7d`
  // revoke
  std::string id;
  OutputOptions output;
};

struct DeviceFlags {
  std::string data = "data";
  std::string serial_or_device;
  std::string reason = "unspecified";
  OutputOptions output;
};

struct AuthorityFlags {
  std::string data = "data";
  std::string key;
  std::string file;  // of certificates to install
};

struct SnippetFlags {
  std::string proxy;
  std::string host;
  std::string server;
  std::string upstream;
  std::string listen;
  std::string certificate;
  std::string certificate_key;
  std::string device_ca;
  std::string user;
  std::string user_file;
  std::vector<std::string> users;
};

}  // namespace sallyport::cli
