// The one definition of the commands.
#include "command_line.h"

#include <CLI/CLI.hpp>
#include <exception>
#include <functional>
#include <map>
#include <memory>

#include "command_help.h"
#include "commands.h"
#include "findings_report.h"

namespace sallyport::cli {
namespace {

using Words = std::vector<std::string>;

// Of commands that do something and find nothing; others say what they find.
constexpr const char* exit_codes = "Exit code: 0 done, 2 could not be done.";
constexpr const char* exit_codes_of_all =
    "Exit code: 0 done, and nothing found; 1 something found; 2 could not run. What a command "
    "finds is in its own help: sallyport COMMAND --help";
constexpr const char* exit_codes_of_sign_ins =
    "Exit code: 0 certainly granted, 1 not certainly, or a file could not be read, 2 could not "
    "run.\n";

// Everything a run may need, and what it then does.
struct Definition {
  CLI::App app{"Open conditional access: who gets in, decided by what is known at sign-in.",
               "sallyport"};
  std::map<const CLI::Option*, Words> choices;
  std::function<Exit()> run;

  WhatIfOptions what_if;
  ExplainOptions explain;
  ReplayOptions replay;
  AnonymizeOptions anonymize;
  LintOptions lint;
  GapOptions gaps;
  TestOptions test;
  AttackOptions attack;
  DiffOptions diff;
  MinimizeOptions minimize;
  LockoutOptions lockout;
  LintConfigOptions lint_config;
  ComplyOptions comply;
  FormatOptions format;
  ImportFlags import;
  ExportFlags export_;
  ServeFlags serve;
  SnippetFlags snippet;
  TokenFlags token;
  EnrolTokenFlags enrol_token;
  DeviceFlags device;
  AuthorityFlags authority;
  std::string shell;

  Definition();

  CLI::App* command(const char* name, const char* description, std::function<Exit()> action);
  CLI::Option* word(CLI::App* command, const char* names, std::string& into, const char* value,
                    const char* description, const Words& allowed = {}, bool checked = true);
  CLI::Option* words(CLI::App* command, const char* names, Words& into, const char* value,
                     const char* description, const Words& allowed = {});
  void output(CLI::App* command, OutputOptions& into, const Words& more_formats = {});
  void findings(CLI::App* command, OutputOptions& into);
  void sign_in(CLI::App* command, WhatIfOptions& into);

  void define_decisions();
  void define_proofs();
  void define_comparisons();
  void proof_input(CLI::App* command, ProofOptions& into);
  void define_replay();
  void define_compliance();
  void define_documents();
  void define_server();
  void define_tokens();
  void define_enrolment();
  template <class Flags>
  CLI::App* enrolment_action(CLI::App* group, Flags& flags, const char* name,
                             const char* description, Exit (*does)(const Flags&));
  void define_rest();
};

CLI::App* Definition::command(const char* name, const char* description,
                              std::function<Exit()> action) {
  CLI::App* command = app.add_subcommand(name, description);
  command->callback([this, action = std::move(action)] { run = action; });
  return command;
}

CLI::Option* Definition::word(CLI::App* command, const char* names, std::string& into,
                              const char* value, const char* description, const Words& allowed,
                              bool checked) {
  auto* option = command->add_option(names, into, description)->type_name(value);
  if (!allowed.empty()) {
    choices[option] = allowed;
    if (checked) {
      option->check([allowed](const std::string& given) {
        std::string list;
        for (const std::string& choice : allowed) {
          if (choice == given) return std::string();
          list += (list.empty() ? "" : ", ") + choice;
        }
        return "`" + given + "` is none of: " + list;
      });
    }
  }
  return option;
}

CLI::Option* Definition::words(CLI::App* command, const char* names, Words& into, const char* value,
                               const char* description, const Words& allowed) {
  auto* option = command->add_option(names, into, description)->type_name(value);
  if (names[0] == '-') option->expected(1)->take_all();
  if (!allowed.empty()) choices[option] = allowed;
  return option;
}

void Definition::output(CLI::App* command, OutputOptions& into, const Words& more_formats) {
  Words formats = {"table", "json", "jsonl", "markdown", "csv"};
  formats.insert(formats.end(), more_formats.begin(), more_formats.end());
  word(command, "--format", into.format, "FORMAT",
       "how to write the result; table unless said otherwise", formats);
  word(command, "-o,--output", into.file, "FILE",
       "write to this file, which appears only when complete");
}

void Definition::findings(CLI::App* command, OutputOptions& into) {
  word(command, "--format", into.format, "FORMAT",
       "how to write the findings; table unless said otherwise", findings_format_words());
  word(command, "-o,--output", into.file, "FILE",
       "write to this file, which appears only when complete");
}

void Definition::sign_in(CLI::App* command, WhatIfOptions& into) {
  const Words risks = {"none", "low", "medium", "high"};
  SignInFlags& flags = into.flags;
  word(command, "--user", flags.user, "NAME|ID", "who signs in: user principal name or object id");
  word(command, "--guest-type", flags.guest_type, "TYPE", "the user's kind: a member, or a guest",
       {"member", "internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember",
        "b2bDirectConnectUser", "otherExternalUser", "serviceProvider"});
  word(command, "--home-tenant", flags.home_tenant, "ID", "the tenant an external user comes from");
  words(command, "--group", flags.groups, "NAME|ID", "a group the user is in; all must be given");
  words(command, "--role", flags.roles, "NAME|ID", "a role the user holds; all must be given");
  word(command, "--service-principal", flags.service_principal, "NAME|ID",
       "a workload signs in instead of a user");
  words(command, "--app", flags.apps, "NAME|ID", "the resource: application id or name");
  word(command, "--user-action", flags.user_action, "ACTION", "instead of a resource",
       {"registerSecurityInformation", "registerOrJoinDevices"}, false);
  word(command, "--auth-context", flags.auth_context, "C1..C99", "instead of a resource");
  word(command, "--platform", flags.platform, "PLATFORM", "the device's system, or none",
       {"android", "iOS", "windows", "windowsPhone", "macOS", "linux", "none"}, false);
  word(command, "--country", flags.country, "CC", "of the address, two letters, or none");
  word(command, "--gps-country", flags.gps_country, "CC", "told by the authenticator app");
  word(command, "--ip", flags.ip, "ADDRESS", "the client's address, or none");
  word(command, "--client-app", flags.client_app, "CLIENT", "what the user signs in with",
       {"browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "other",
        "none"},
       false);
  word(command, "--sign-in-risk", flags.sign_in_risk, "LEVEL", "risk of this sign-in", risks,
       false);
  word(command, "--user-risk", flags.user_risk, "LEVEL", "risk of the user", risks, false);
  word(command, "--service-principal-risk", flags.service_principal_risk, "LEVEL",
       "risk of the workload", risks, false);
  word(command, "--agent-risk", flags.agent_risk, "LEVEL", "risk of the agent", risks, false);
  word(command, "--insider-risk", flags.insider_risk, "LEVEL", "insider risk of the user",
       {"none", "minor", "moderate", "elevated"}, false);
  word(command, "--flow", flags.flow, "FLOW", "authentication flow",
       {"none", "deviceCodeFlow", "authenticationTransfer"}, false);
  words(command, "--device", flags.device, "WORD,...",
        "compliant, noncompliant, hybrid, joined, registered, managed, none (not registered), a "
        "device id, or attribute=value as in model=Surface",
        {"compliant", "noncompliant", "hybrid", "joined", "registered", "managed", "none"})
      ->delimiter(',');
  words(command, "--method", flags.methods, "METHOD,...",
        "methods already used: password, sms, fido2, ...; none",
        {"password", "sms", "voice", "softwareOath", "hardwareOath", "fido2",
         "windowsHelloForBusiness", "microsoftAuthenticatorPush", "deviceBasedPush",
         "temporaryAccessPassOneTime", "x509CertificateMultiFactor", "none"})
      ->delimiter(',');
  words(command, "--satisfied", flags.satisfied, "PROOF,...",
        "mfa, password-change, risk-remediation, approved-app, app-protection, token-protection, "
        "compliant-network; with no- before it: certainly not",
        {"mfa", "password-change", "risk-remediation", "approved-app", "app-protection",
         "token-protection", "compliant-network"})
      ->delimiter(',');
  words(command, "--terms", flags.terms, "ID,...", "terms of use already accepted; none")
      ->delimiter(',');
  words(command, "--sign-in", into.sign_in_files, "FILE",
        "the sign-in as JSON (the body of Graph's evaluate call), or many as JSON lines");
  command->add_flag(
      "--assume-absent", into.assume_absent,
      "take what is left out as absent, as Graph's evaluate call does, not as unknown");
  command->add_flag("--applied-only", into.applied_only,
                    "leave out the policies that do not apply");
  word(command, "--now", into.now, "INSTANT", "decide as of then: 2026-08-20T09:15:30Z");
}

void Definition::define_decisions() {
  CLI::App* ask = command("whatif", "Say what the policies make of a sign-in, and why",
                          [this] { return cli::what_if(what_if); });
  words(ask, "paths", what_if.paths, "FOLDER|FILE", "exported policies; `-` is standard input")
      ->required();
  sign_in(ask, what_if);
  output(ask, what_if.output);
  ask->footer(
      "What is left out is unknown: the answer is then definite, or names what it depends on.\n" +
      std::string(exit_codes_of_sign_ins) +
      "Example: sallyport whatif ./policies --user alice@example.org --app 'SharePoint Online' \\\n"
      "           --platform iOS --country FR");

  CLI::App* why = command("explain",
                          "Explain one sign-in or a recorded decision: every policy and condition, "
                          "and the cheapest change that would let it through",
                          [this] { return cli::explain(explain); });
  words(why, "paths", explain.what_if.paths, "FOLDER|FILE", "exported policies");
  sign_in(why, explain.what_if);
  word(why, "--data", explain.data, "FOLDER", "the server's data, for a recorded decision");
  word(why, "--decision", explain.decision, "ID", "the decision id that a user was shown");
  output(why, explain.what_if.output);
  why->footer(std::string(exit_codes_of_sign_ins) +
              "Example: sallyport explain --data ./data --decision "
              "5c3f0c2e-6d38-4b8e-9a0b-0d5d0c1f7a11");
}

void Definition::proof_input(CLI::App* command, ProofOptions& into) {
  words(command, "paths", into.paths, "FOLDER|FILE", "exported policies; `-` is standard input")
      ->required();
  words(command, "--emergency", into.emergency, "NAME,...",
        "emergency accounts or groups, left out of what is expected of everybody; none; unless "
        "said, what every policy for all users excludes")
      ->delimiter(',');
  word(command, "--enforce", into.enforce, "WHICH", "as if report-only, or all, were enforced",
       {"report-only", "all"});
}

void Definition::define_proofs() {
  CLI::App* find = command("gaps", "Prove what nobody gets past, and show who gets in where not",
                           [this] { return cli::gaps(gaps); });
  proof_input(find, gaps.input);
  words(find, "--goal", gaps.goals, "FILE", "expectations of your own, besides the built-in ones");
  words(find, "--only", gaps.only, "ID,...", "only these, built-in or your own")->delimiter(',');
  Words formats = findings_format_words();
  formats.emplace_back("html");
  word(find, "--format", gaps.output.format, "FORMAT",
       "how to write the findings; table unless said otherwise", formats);
  word(find, "-o,--output", gaps.output.file, "FILE",
       "write to this file, which appears only when complete");
  word(find, "--accept", gaps.accept, "FILE",
       "TOML: accepted exceptions, each with owner, reason and end");
  word(find, "--baseline", gaps.baseline, "FILE",
       "the JSON of a former run: only what is new counts for the exit code");
  word(find, "--fail-on", gaps.fail_on, "GRADE",
       "exit with 1 for findings this bad or worse; medium unless said otherwise",
       {"critical", "error", "high", "medium", "low", "info", "never"});
  word(find, "--now", gaps.now, "INSTANT", "exceptions as of then: 2026-08-20T09:15:30Z");
  find->footer(
      "Exit code: 0 no open finding of the grade of --fail-on, 1 some, 2 could not run.\n"
      "Example: sallyport gaps ./policies --format html -o gaps.html");

  CLI::App* prove = command("test",
                            "Prove expectations for every sign-in they are about, or show "
                            "the smallest that breaks them",
                            [this] { return cli::test(test); });
  proof_input(prove, test.input);
  auto* files = words(prove, "--expect", test.expect, "FILE", "what is expected, as TOML");
  prove
      ->add_flag("--generate", test.generate,
                 "write the fewest tests that notice any single change of a policy")
      ->excludes(files);
  output(prove, test.output, {"junit"});
  prove->footer(
      "Exit code: 0 all hold, 1 some do not, 2 could not run, or a question was too large.\n"
      "Example: sallyport test ./policies --expect expectations.toml --format junit");

  CLI::App* play = command("attack",
                           "Say which known attacks the policies stop, and which policy "
                           "it is that does",
                           [this] { return cli::attack(attack); });
  proof_input(play, attack.input);
  words(play, "--only", attack.only, "ID,...", "only these attacks")->delimiter(',');
  output(play, attack.output);
  play->footer("Exit code: 0 all are stopped, 1 some succeed, 2 could not run.");
}

void Definition::define_comparisons() {
  CLI::App* compare = command("diff", "Prove for whom two policy sets differ, or that they do not",
                              [this] { return cli::diff(diff); });
  word(compare, "before", diff.before, "OLD", "a folder or file of policies")->required();
  word(compare, "after", diff.after, "NEW", "the folder or file to compare with it")->required();
  words(compare, "--with", diff.with, "FOLDER|FILE,...",
        "what is the same on both sides: users and groups, locations; who is concerned")
      ->delimiter(',');
  word(compare, "--enforce", diff.input.enforce, "WHICH",
       "as if report-only, or all, were enforced", {"report-only", "all"});
  output(compare, diff.output);
  compare->footer(
      "Exit code: 0 nothing changes for any sign-in, 1 something does, 2 could not run.\n"
      "Example: sallyport diff policies/ draft/ --format markdown");

  CLI::App* always = command("lockout",
                             "Prove that emergency accounts, and some administrator, always reach "
                             "what policies are changed with",
                             [this] { return cli::lockout(lockout); });
  proof_input(always, lockout.input);
  const auto list = [&](const char* name, Words& into, const char* value, const char* description,
                        const Words& allowed) {
    words(always, name, into, value, description, allowed)->delimiter(',');
  };
  list("--where", lockout.where, "PLACE,...",
       "places they must get in from; anywhere unless said: trusted, untrusted, country:XX, "
       "ip:RANGE, location:NAME",
       {"anywhere", "trusted", "untrusted"});
  list("--platform", lockout.platform, "PLATFORM,...", "any unless said",
       {"any", "android", "iOS", "windows", "macOS", "linux", "unknown"});
  list("--client", lockout.client, "CLIENT,...", "browser unless said",
       {"any", "browser", "mobileAppsAndDesktopClients", "modern"});
  list("--device", lockout.device, "DEVICE,...", "unregistered unless said",
       {"any", "unregistered", "registered", "compliant", "hybrid joined", "managed", "unmanaged"});
  list("--risk", lockout.risk, "LEVEL,...", "of sign-in and user; none unless said",
       {"any", "none", "low", "medium", "high"});
  list("--with", lockout.with, "METHOD,...",
       "what an emergency account holds, all of it; password,fido2 unless said",
       {"password", "fido2", "x509CertificateMultiFactor", "temporaryAccessPassOneTime"});
  output(always, lockout.output);
  always->footer(
      "Exit code: 0 proved of all, 1 not of some, 2 could not run, or the question was too large.");

  CLI::App* small = command("minimize", "Prove which policies and conditions change nothing",
                            [this] { return cli::minimize(minimize); });
  proof_input(small, minimize.input);
  output(small, minimize.output);
  small->footer("Exit code: 0 everything matters, 1 something does not, 2 could not run.");
}

void Definition::define_replay() {
  CLI::App* again =
      command("replay", "Replay sign-in logs: who would be granted, asked or blocked otherwise",
              [this] { return replay_logs(replay); });
  words(again, "paths", replay.paths, "FOLDER|FILE", "exported policies")->required();
  words(again, "--log", replay.logs, "FILE",
        "sign-in logs as JSON, also gzip or zstd; `-` is standard input")
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->required();
  words(again, "--against", replay.against, "FOLDER|FILE",
        "the policies as they are to be; without, the log's own results are compared with");
  word(again, "--top", replay.top, "N", "how many rows a table for people has; 0: all");
  output(again, replay.output);
  again->footer(
      "What the log does not tell is unknown: counts then have a lower and an upper bound.\n"
      "Exit code: 0 nothing changes, 1 something changes or a record could not be read, 2 could "
      "not run or a log ends early.\n"
      "Example: sallyport replay ./policies --against ./new --log signins-*.json.gz");
}

void Definition::define_compliance() {
  CLI::App* judge =
      command("comply",
              "Judge devices by exported compliance policies: every setting, what was "
              "reported, and what its user can do",
              [this] { return cli::comply(comply); });
  words(judge, "paths", comply.paths, "FOLDER|FILE",
        "exported compliance policies, assignment filters, tenant settings, connectors")
      ->required();
  words(judge, "--device", comply.devices, "FILE",
        "a device's report as JSON, or many as JSON lines; `-` is standard input")
      ->required();
  word(judge, "--platform", comply.platform, "PLATFORM",
       "how the device is managed, where its report does not tell",
       {"windows10AndLater", "windows81AndLater", "iOS", "macOS", "android", "androidWorkProfile",
        "androidForWork", "androidAOSP", "linux"},
       false);
  words(judge, "--group", comply.groups, "ID,...",
        "groups of user and device: then only what is assigned to them counts")
      ->delimiter(',');
  word(judge, "--error-rule", comply.error_rule, "YEAR",
       "after seven days of an error: 2024, the grace period begins, or 2022, there is none",
       {"2024", "2022"});
  word(judge, "--now", comply.now, "INSTANT", "judge as of then: 2026-08-20T09:15:30Z");
  output(judge, comply.output);
  judge->footer(
      "Exit code: 0 every device is let in, 1 some is not or a policy is faulty, 2 could not run.\n"
      "Example: sallyport comply ./policies --device report.json");
}

void Definition::define_documents() {
  CLI::App* check =
      command("lint",
              "Say what is wrong with these policies: what cannot be read, breaks a rule, locks "
              "out, or leaves a hole",
              [this] {
                return lint_config.file.empty() ? cli::lint(lint) : cli::lint_config(lint_config);
              });
  words(check, "paths", lint.paths, "FOLDER|FILE", "exported policies; `-` is standard input");
  findings(check, lint.output);
  word(check, "--settings", lint.settings, "FILE",
       "TOML: emergency accounts, privileged roles, days and hours");
  word(check, "--accept", lint.accept, "FILE",
       "TOML: accepted exceptions, each with owner, reason and end");
  word(check, "--baseline", lint.baseline, "FILE",
       "the JSON of a former run: only what is new counts for the exit code");
  word(check, "--baseline-set", lint.baseline_set, "FOLDER",
       "policies as they should be: what differs is a finding");
  words(check, "--only", lint.only, "ID,...", "these checks only: COV-01, or all of COV")
      ->delimiter(',');
  words(check, "--skip", lint.skip, "ID,...", "but not these")->delimiter(',');
  word(check, "--min-severity", lint.min_severity, "GRADE", "leave out what is milder",
       {"critical", "error", "high", "medium", "low", "info"});
  word(check, "--fail-on", lint.fail_on, "GRADE",
       "exit with 1 for findings this bad or worse; medium unless said otherwise",
       {"critical", "error", "high", "medium", "low", "never"});
  word(check, "--now", lint.now, "INSTANT", "ages and exceptions as of then: 2026-08-20T09:15:30Z");
  check->add_flag("--list", lint.list, "list every check: what holds when all is well");
  check->footer(
      "Exit code: 0 no open finding of the grade of --fail-on, 1 some, 2 could not run.\n"
      "Example: sallyport lint ./policies --settings checks.toml --format sarif -o lint.sarif");
  CLI::App* config = check->add_subcommand("config", "Check a server configuration file");
  word(config, "file", lint_config.file, "FILE", "the TOML file")->required();
  config->footer("Exit code: 0 the server starts with it, 1 mistakes, 2 could not run.");

  CLI::App* tidy =
      command("fmt", "Write documents in canonical form", [this] { return cli::format(format); });
  words(tidy, "files", format.files, "FILE", "policy files; `-` is standard input")->required();
  tidy->footer("Exit code: 0 written, 2 some file could not be read or written.");
  auto* in_place = tidy->add_flag("-w,--write", format.write, "change the files in place");
  word(tidy, "-o,--output", format.output, "FILE", "write to this file")->excludes(in_place);

  CLI::App* mask =
      command("anonymize", "Replace every name, id and address, and keep every decision as it is",
              [this] { return cli::anonymize(anonymize); });
  words(mask, "paths", anonymize.paths, "FOLDER|FILE", "exported policies, users, devices ...")
      ->required();
  word(mask, "-o,--output", anonymize.folder, "FOLDER", "made when missing; must be empty")
      ->required();
  word(mask, "--key", anonymize.key, "FILE",
       "the same key gives the same names again; without, nobody can tell who is who");
  mask->footer(
      "Exit code: 0 written, 1 written without what could not be read, 2 could not run.\n"
      "Example: sallyport anonymize ./export --output ./to-show");

  CLI::App* in = command("import", "Put documents into a store, also of a running server",
                         [this] { return import_documents(import); });
  words(in, "paths", import.paths, "FOLDER|FILE",
        "exports, or JSON lines of any number; `-` is standard input")
      ->required();
  word(in, "--data", import.data, "FOLDER", "the store; ./data unless said otherwise");
  in->add_flag("--dry-run", import.dry_run, "only say what would be done");
  word(in, "--override-lockout", import.override_lockout, "REASON",
       "import even if break-glass accounts no longer get in; the reason is written to the audit "
       "log");
  output(in, import.output);
  in->footer(
      "Exit code: 0 all is in, 1 something was refused or could not be read, 2 could not run.");

  CLI::App* out = command("export", "Write every document of a store into a folder",
                          [this] { return export_documents(export_); });
  word(out, "folder", export_.folder, "FOLDER", "made when missing; other files in it stay")
      ->required();
  word(out, "--data", export_.data, "FOLDER", "the store; ./data unless said otherwise");
  out->footer("Exit code: 0 written, 1 the folder holds more than the store, 2 could not run.");
}

void Definition::define_server() {
  CLI::App* start = command("serve", "Decide for reverse proxies and applications",
                            [this] { return cli::serve(serve); });
  word(start, "--config", serve.config, "FILE", "TOML configuration");
  word(start, "--data", serve.data, "FOLDER", "the store, before what the configuration says");
  word(start, "--listen", serve.listen, "ADDRESS:PORT", "before what the configuration says");

  CLI::App* lines = command("snippet", "Print the lines to paste into a reverse proxy",
                            [this] { return cli::snippet(snippet); });
  word(lines, "proxy", snippet.proxy, "PROXY", "nginx, caddy, traefik or envoy",
       {"nginx", "caddy", "traefik", "envoy"})
      ->required();
  word(lines, "--host", snippet.host, "NAME", "the application's public name");
  word(lines, "--server", snippet.server, "URL", "where Sallyport listens");
  word(lines, "--upstream", snippet.upstream, "URL", "where the application listens");
  word(lines, "--listen", snippet.listen, "ADDRESS", "where the proxy listens (nginx, Caddy)");
  word(lines, "--certificate", snippet.certificate, "FILE", "PEM; with its key: serve https");
  word(lines, "--certificate-key", snippet.certificate_key, "FILE", "PEM");
  word(lines, "--device-ca", snippet.device_ca, "FILE",
       "PEM of the authority that signs device certificates");
  word(lines, "--user", snippet.user, "VALUE", "how the proxy knows the person");
  word(lines, "--user-file", snippet.user_file, "FILE", "htpasswd file (nginx)");
  words(lines, "--basic-user", snippet.users, "NAME HASH", "a user of basicauth (Caddy)");
}

void Definition::define_tokens() {
  CLI::App* tokens = app.add_subcommand("token", "Who may use the REST interface");
  tokens->require_subcommand(1);
  const auto action = [&](const char* name, const char* description, auto does) {
    CLI::App* one = tokens->add_subcommand(name, description);
    one->callback([this, does] { run = [this, does] { return does(token); }; });
    word(one, "--data", token.data, "FOLDER", "the store; ./data unless said otherwise");
    return one;
  };
  CLI::App* make = action("create", "Make a token, or a client that gets its own; it is shown once",
                          create_token);
  word(make, "name", token.name, "NAME", "who it is for, as `token list` shows it")->required();
  words(make, "--permission", token.permissions, "NAME,...",
        "Graph's names, as Policy.Read.All; or reader, administrator")
      ->delimiter(',')
      ->required();
  words(make, "--partner", token.partners, "ID,...",
        "with update_device_health: the partners as whom it may report of devices")
      ->delimiter(',');
  word(make, "--user", token.user, "ID", "the user it speaks for: what /me gives");
  word(make, "--expires", token.expires, "WHEN", "90d (unless said otherwise), 12h, or never");
  auto* client = make->add_flag("--client", token.client,
                                "an id and a secret for the client credentials flow");
  word(make, "--certificate", token.certificate, "FILE",
       "PEM; the client proves itself by assertions signed with its key, not by a secret")
      ->needs(client);
  make->footer(
      "Example: sallyport token create 'Nightly backup' --permission reader --expires 90d");
  CLI::App* show = action("list", "List tokens and clients, with their last use", list_tokens);
  output(show, token.output);
  CLI::App* revoke = action("revoke", "Make a token or client useless, at once", revoke_token);
  word(revoke, "id", token.id, "ID", "as `token list` shows it")->required();
}

template <class Flags>
CLI::App* Definition::enrolment_action(CLI::App* group, Flags& flags, const char* name,
                                       const char* description, Exit (*does)(const Flags&)) {
  CLI::App* one = group->add_subcommand(name, description);
  one->callback([this, &flags, does] { run = [&flags, does] { return does(flags); }; });
  word(one, "--data", flags.data, "FOLDER", "the store; ./data unless said otherwise");
  return one;
}

void Definition::define_enrolment() {
  CLI::App* tokens = app.add_subcommand("enrol-token", "Who may make one device known, once");
  tokens->require_subcommand(1);
  CLI::App* make = enrolment_action(tokens, enrol_token, "create", "Make a token; it is shown once",
                                    create_enrol_token);
  word(make, "--user", enrol_token.user, "NAME|ID",
       "whose device it will be; nobody's unless said");
  make->add_flag("--corporate", enrol_token.corporate,
                 "the device is the company's and joined, not personal and registered");
  word(make, "--device", enrol_token.device, "ID", "for this device, which is known already");
  word(make, "--name", enrol_token.name, "TEXT", "as `enrol-token list` shows it");
  word(make, "--expires", enrol_token.expires, "WHEN", "24h (unless said otherwise), 7d");
  make->footer("Example: sallyport enrol-token create --user alice@example.org --expires 24h");
  CLI::App* show =
      enrolment_action(tokens, enrol_token, "list",
                       "List tokens, and what those that were used gave", list_enrol_tokens);
  output(show, enrol_token.output);
  CLI::App* end = enrolment_action(tokens, enrol_token, "revoke", "Make a token useless, at once",
                                   revoke_enrol_token);
  word(end, "id", enrol_token.id, "ID", "as `enrol-token list` shows it")->required();

  CLI::App* devices = app.add_subcommand("device", "Certificates that devices have");
  devices->require_subcommand(1);
  CLI::App* certificates = enrolment_action(devices, device, "certificates",
                                            "List device certificates and what became of them",
                                            list_device_certificates);
  output(certificates, device.output);
  CLI::App* revoke = enrolment_action(
      devices, device, "revoke", "Make a device's certificates worthless, at once", revoke_device);
  word(revoke, "serial_or_device", device.serial_or_device, "SERIAL|DEVICE",
       "one certificate by its serial number, or all of a device by its device id")
      ->required();
  word(revoke, "--reason", device.reason, "REASON", "what the revocation list says",
       {"unspecified", "keyCompromise", "affiliationChanged", "superseded", "cessationOfOperation",
        "privilegeWithdrawn"});

  CLI::App* authorities = app.add_subcommand("authority", "Who signs device certificates");
  authorities->require_subcommand(1);
  const auto place = [&](CLI::App* one) {
    word(one, "--key", authority.key, "FILE",
         "the signing key; in the data folder unless said otherwise");
    return one;
  };
  place(enrolment_action(authorities, authority, "show", "Print its certificate and those above it",
                         show_authority));
  place(enrolment_action(authorities, authority, "csr",
                         "Print a request for the company's authority to sign", request_authority));
  CLI::App* install = place(enrolment_action(
      authorities, authority, "install", "Use the certificate that the company's authority made",
      cli::install_authority));
  word(install, "file", authority.file, "FILE", "PEM: the certificate, then those above it")
      ->required();
}

void Definition::define_rest() {
  command("version", "Print the version", [] { return version(); });
  CLI::App* shell_command = command("completion", "Print a completion script for a shell",
                                    [this] { return completion(shell, command_tree()); });
  word(shell_command, "shell", shell, "SHELL", "bash, zsh or fish", {"bash", "zsh", "fish"})
      ->required();
  shell_command->footer("Example: source <(sallyport completion bash)");
  command("man", "Print the manual page", [] {
    return manual(command_tree());
  })->footer("Example: sallyport man | man -l -");
}

Definition::Definition() {
  app.require_subcommand(1);
  app.failure_message(
      [this](const CLI::App*, const CLI::Error& error) { return usage_problem(app, error); });
  app.footer(exit_codes);  // every command has it that says no other
  app.formatter(help_formatter());
  app.set_version_flag("--version", std::string("sallyport ") + SALLYPORT_VERSION);
  define_decisions();
  define_proofs();
  define_comparisons();
  define_compliance();
  define_replay();
  define_documents();
  define_server();
  define_tokens();
  define_enrolment();
  define_rest();
  app.footer(exit_codes_of_all);
}

CommandOption option_of(const CLI::Option& option, const Definition& definition) {
  CommandOption result;
  for (const std::string& name : option.get_snames()) result.names.push_back('-' + name);
  for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
  result.positional = option.get_positional();
  if (result.positional) result.names.push_back(option.get_name());
  result.description = option.get_description();
  if (option.get_items_expected_max() > 0) result.value = option.get_type_name();
  const auto choices = definition.choices.find(&option);
  if (choices != definition.choices.end()) result.choices = choices->second;
  result.many = option.get_items_expected_max() > 1 ||
                option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  result.required = option.get_required();
  return result;
}

CommandTree tree_of(const CLI::App& app, const Definition& definition) {
  CommandTree tree;
  tree.name = app.get_name();
  tree.description = app.get_description();
  tree.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    tree.options.push_back(option_of(*option, definition));
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    tree.commands.push_back(tree_of(*command, definition));
  }
  return tree;
}

}  // namespace

CommandTree command_tree() {
  const auto definition = std::make_unique<Definition>();
  return tree_of(definition->app, *definition);
}

int run_command_line(int count, const char* const* words) {
  try {
    const auto definition = std::make_unique<Definition>();
    const std::string first = count > 1 ? words[1] : "";
    const bool known =
        !first.empty() &&
        (first[0] == '-' ||
         !definition->app.get_subcommands([&](const CLI::App* a) { return a->get_name() == first; })
              .empty());
    if (!known) {
      return static_cast<int>(could_not_run(
          {ErrorKind::invalid_argument, no_such_command(definition->app, first), {}}));
    }
    try {
      definition->app.parse(count, words);
    } catch (const CLI::ParseError& error) {
      // Help and version are "errors" of code 0, too.
      return definition->app.exit(error) == 0 ? static_cast<int>(Exit::nothing_found)
                                              : static_cast<int>(Exit::could_not_run);
    }
    return static_cast<int>(definition->run());
  } catch (const std::exception& error) {
    return static_cast<int>(could_not_run({ErrorKind::internal, error.what(), {}}));
  }
}

}  // namespace sallyport::cli
