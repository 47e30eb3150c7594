#include "command_line.h"

#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "agent/collect.h"
#include "agent/enrolment.h"
#include "agent/service.h"
#include "base/text.h"
#include "console.h"
#include "facts.h"
#include "status.h"

namespace sallyport::agent {
namespace {

constexpr int done = 0;
constexpr int not_compliant = 1;
constexpr int could_not = 2;

struct Flags {
  std::string state = "/var/lib/sallyport-agent";
  std::string root = "/";
  std::string server;
  std::string token;
  std::string token_file;
  std::string authorities_file;
  std::string name;
  std::string tpm = "auto";
  int watch_seconds = 10;
  std::string format;
};

Instant wall_now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

void say(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int complain(const Error& error) {
  cli::remark("sallyport-agent: " + describe(error));
  return could_not;
}

bool is_enrolled(const StateFolder& folder) {
  struct stat ignored {};
  return stat((folder.path() + "/enrolment.json").c_str(), &ignored) == 0;
}

Result<Status> status_of(const StateFolder& folder) {
  auto contact = read_contact(folder);
  if (!contact) return tl::unexpected<Error>(contact.error());
  const auto spooled = waiting(folder);
  if (!spooled) return tl::unexpected<Error>(spooled.error());
  return Status{is_enrolled(folder), std::move(*contact), spooled->size()};
}

int show_status(const Flags& flags) {
  const auto status = status_of(StateFolder(flags.state));
  if (!status) return complain(status.error());
  const auto now = wall_now();
  if (flags.format == "json") {
    say(status_json(*status, now));
  } else {
    const bool terminal = cli::is_terminal(stdout);
    say(status_text(*status, now, cli::presentation_of(cli::Format::table, terminal)));
  }
  switch (standing_of(*status, now)) {
    case Standing::compliant: return done;
    case Standing::not_compliant: return not_compliant;
    case Standing::unknown: break;
  }
  return could_not;
}

int show_facts(const Flags& flags) {
  const auto readings = collect_all(Root(flags.root), wall_now());
  const auto format = cli::parse_format(flags.format.empty() ? "table" : flags.format);
  const bool terminal = cli::is_terminal(stdout);
  say(cli::render(facts_table(readings), cli::presentation_of(*format, terminal)));
  return done;
}

// Of the file, or of standard input for `-`, without the line end.
Result<std::string> token_of(const Flags& flags) {
  if (flags.token_file.empty()) return flags.token;
  auto text = cli::read_input(flags.token_file);
  if (!text) return text;
  return std::string(trim(*text));
}

int check_in_once(const Flags& flags) {
  const StateFolder folder(flags.state);
  const auto now = wall_now();
  const auto met = check_in(folder, Root(flags.root), true, now, now);
  if (!met) return complain(met.error());
  if (!met->error.message.empty()) return complain(met->error);
  if (!met->enrolled) {
    return complain({ErrorKind::not_found, "this device is not enrolled", {}});
  }
  return show_status(flags);
}

// `auto`: the TPM that the kernel shows, if there is one.
void choose_tpm(const Flags& flags, EnrolmentRequest& request) {
  constexpr std::string_view device = "/dev/tpmrm0";
  const Root root(flags.root);
  if (flags.tpm == "auto" && root.exists(device)) request.tpm = "device:" + root.host_path(device);
  request.tpm_required = flags.tpm != "auto" && flags.tpm != "none";
  if (request.tpm_required) request.tpm = flags.tpm;
}

int enrol_device(const Flags& flags) {
  EnrolmentRequest request;
  request.server = flags.server;
  const auto token = token_of(flags);
  if (!token) return complain(token.error());
  request.token = *token;
  if (request.token.empty()) {
    return complain({ErrorKind::invalid_argument, "an enrolment token is needed", "--token"});
  }
  if (!flags.authorities_file.empty()) {
    auto pem = cli::read_input(flags.authorities_file);
    if (!pem) return complain(pem.error());
    request.authorities = std::move(*pem);
  }
  request.device_name = flags.name;
  if (request.device_name.empty()) {
    request.device_name = Root(flags.root).word("/proc/sys/kernel/hostname");
  }
  choose_tpm(flags, request);
  const StateFolder folder(flags.state);
  {
    const auto lock = folder.lock();
    if (!lock) return complain(lock.error());
    const auto enrolled = enrol(folder, request);
    if (!enrolled) return complain(enrolled.error());
    const auto& made = enrolled->enrolment;
    say("Enrolled with " + made.server + " as device " + made.certificate.device_id + "\n");
    if (!enrolled->key_words.empty()) say(enrolled->key_words + "\n");
  }
  // The first report; that it cannot be sent now does not undo the enrolment.
  return check_in_once(flags) == could_not ? could_not : done;
}

int leave(const Flags& flags) {
  const StateFolder folder(flags.state);
  const auto lock = folder.lock();
  if (!lock) return complain(lock.error());
  if (auto gone = forget(folder); !gone) return complain(gone.error());
  return done;
}

int run(const Flags& flags) {
  ServiceOptions options;
  options.watch_interval = std::chrono::seconds(flags.watch_seconds);
  options.log = [](const std::string& line) { cli::remark(line); };
  const auto ran = run_service(StateFolder(flags.state), Root(flags.root), options);
  return ran ? done : complain(ran.error());
}

struct Definition {
  CLI::App app{"Tells a Sallyport server how this machine is, and its user what to mend.",
               "sallyport-agent"};
  Flags flags;
  std::function<int()> action;

  Definition() {
    app.require_subcommand(1);
    app.footer(
        "Exit code: 0 done, and of `status` and `check-in` compliant; 1 not compliant; 2 could not "
        "be done, or\nit is unknown.");
    auto* enrol = command("enrol", "makes this machine a known device", enrol_device);
    enrol->add_option("--server", flags.server, "its URL, https://...")->required();
    auto* token = enrol->add_option("--token", flags.token, "a one-time enrolment token");
    enrol
        ->add_option("--token-file", flags.token_file,
                     "the file that holds it; - is standard input")
        ->excludes(token);
    enrol->add_option("--ca", flags.authorities_file,
                      "PEM of who signs the server's certificate, instead of the system's");
    enrol->add_option("--name", flags.name, "of the device; the host's name otherwise");
    enrol
        ->add_option("--tpm", flags.tpm,
                     "that holds the key: auto, none, or how it is reached, as device:/dev/tpmrm0")
        ->capture_default_str();
    tree(enrol);
    tree(command("check-in", "reports once, and shows the verdict", check_in_once));
    auto* service = command("run", "reports whenever something changes; for the service", run);
    service->add_option("--watch", flags.watch_seconds, "seconds between looks at the machine")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    tree(service);
    auto* status = command("status", "shows the verdict, and what to mend", show_status);
    status->add_option("--format", flags.format, "json for programs")
        ->check(CLI::IsMember({"table", "json"}));
    auto* facts = command("facts", "shows what would be reported now, and why", show_facts, false);
    facts->add_option("--format", flags.format, "table, json, jsonl, markdown or csv")
        ->check(CLI::IsMember({"table", "json", "jsonl", "markdown", "csv"}));
    tree(facts);
    command("leave", "forgets the enrolment; the server is not told", leave);
    auto* version = app.add_subcommand("version", "shows the version");
    version->callback([this] {
      action = [] {
        say("sallyport-agent " SALLYPORT_VERSION "\n");
        return done;
      };
    });
  }

  CLI::App* command(const char* name, const char* description, int (*run)(const Flags&),
                    bool has_state = true) {
    auto* one = app.add_subcommand(name, description);
    one->callback([this, run] { action = [this, run] { return run(flags); }; });
    if (has_state) {
      one->add_option("--state", flags.state, "the folder that holds key, certificate and reports")
          ->capture_default_str();
    }
    return one;
  }
  void tree(CLI::App* one) {
    one->add_option("--root", flags.root, "a folder that stands for /")->capture_default_str();
  }
};

}  // namespace

int run_command_line(int count, const char* const* words) {
  Definition definition;
  try {
    definition.app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return definition.app.exit(error) == 0 ? done : could_not;
  }
  return definition.action();
}

}  // namespace sallyport::agent
