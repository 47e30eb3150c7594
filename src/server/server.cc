#include "server/server.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <sstream>
#include <thread>
#include <utility>

#include "api/api.h"
#include "directory/country_database.h"
#include "gates/authzen_sign_in.h"
#include "gates/check_in.h"
#include "gates/forward_auth.h"
#include "server/enrolment.h"
#include "server/fleet.h"
#include "server/http.h"
#include "server/metrics.h"
#include "server/osquery_routes.h"
#include "server/retention.h"
#include "server/router.h"
#include "server/verdicts.h"
#include "server/webhook_client.h"
#include "server/workers.h"
#include "service/compliance/keeper.h"
#include "service/due_actions/due_actions.h"
#include "service/enrolment/tokens.h"
#include "service/feed_retention.h"
#include "service/notifications/notifier.h"
#include "service/used_assertions.h"
#include "store/sqlite/sqlite_store.h"

namespace sallyport {
namespace {

constexpr std::size_t evaluation_body_max = 256 * 1024;
constexpr std::size_t evaluations_body_max = 8 * 1024 * 1024;
constexpr std::size_t strangers_max = 500;                // that wait
constexpr std::size_t forward_auth_body_max = 64 * 1024;  // and none of it is read

Instant clock_now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

constexpr std::string_view api_prefixes[] = {"/v1.0/", "/beta/"};

bool is_of_api(std::string_view path) {
  return std::ranges::any_of(api_prefixes,
                             [&](std::string_view prefix) { return path.starts_with(prefix); });
}

// Answers through the router, holds back what is not on record yet, and counts.
class CountingHandler final : public HttpHandler {
 public:
  CountingHandler(const Router& router, const SignInLog& log, Metrics& metrics)
      : router_(router), log_(log), metrics_(metrics) {}
  std::size_t body_max(std::string_view path) const override { return router_.body_max(path); }
  HttpResponse handle(const HttpRequest& request) override {
    const auto begun = std::chrono::steady_clock::now();
    auto response = router_.handle(request);
    if (!response.waits()) count(response, begun);
    return response;
  }
  HttpResponse refusal(std::string_view path, int status, std::string_view message) override {
    if (!is_of_api(path)) return HttpHandler::refusal(path, status, message);
    return api::Api::refusal(status, message, clock_now());
  }
  bool may_be_sent(HttpResponse& response, std::chrono::steady_clock::time_point since) override {
    if (response.pending) {
      auto made = response.pending->take();
      if (!made) return false;
      response = std::move(*made);
      count(response, since);
      return true;
    }
    const auto durable = log_.is_durable(response.ticket, since);
    if (durable && !*durable) return false;
    if (!durable) {
      response.withhold(response, durable.error());
      metrics_.count_withheld();
    }
    count(response, since);
    return true;
  }

 private:
  void count(const HttpResponse& response, std::chrono::steady_clock::time_point since) {
    metrics_.requests.observe(std::chrono::steady_clock::now() - since);
    metrics_.count_response(response.status);
  }

  const Router& router_;
  const SignInLog& log_;
  Metrics& metrics_;
};

// Everything a running server holds, in the order in which it is built; torn down the other way.
struct Running {
  std::unique_ptr<Store> store;
  std::optional<DeviceAuthority> device_authority;
  std::unique_ptr<LiveTenant> tenant;
  std::unique_ptr<SignInLog> log;
  std::unique_ptr<DecisionService> decisions;
  std::unique_ptr<EnrolmentRoom> enrolment;  // null: not configured
  std::unique_ptr<Judging> judging;
  std::unique_ptr<CheckInGate> check_ins;  // null: devices cannot enrol
  std::unique_ptr<OsqueryRoom> osquery;    // null: not configured
  std::unique_ptr<Keeper> keeper;
  std::unique_ptr<Fleet> fleet;  // null: not configured
  Metrics metrics;
  std::unique_ptr<Verdicts> verdicts;
  std::unique_ptr<ForwardAuth> forward_auth;
  std::unique_ptr<AuthzenSignIn> evaluator;
  std::unique_ptr<Authzen> authzen;
  std::unique_ptr<WebhookClient> webhooks;
  std::unique_ptr<api::Api> api;
  std::unique_ptr<Notifier> notifier;
  std::unique_ptr<Mailer> mailer;  // null: not configured
  std::unique_ptr<DueActions> due_actions;
  std::unique_ptr<Workers> changes;  // they wait for the disk, so they are many
  std::unique_ptr<Workers> queries;  // they compute: as many as processors
  std::unique_ptr<Workers> reports;  // of devices: one reads while the other waits for the disk
  // Whoever enrols, or asks what became of a certificate: anybody, and each costs a signature.
  std::unique_ptr<Workers> strangers;
  Router router;
  std::unique_ptr<CountingHandler> handler;
  std::unique_ptr<HttpServer> http;

  std::array<Workers*, 4> workers() const {
    return {changes.get(), queries.get(), reports.get(), strangers.get()};
  }
};

Result<CountryLookup> country_lookup(const std::string& path) {
  if (path.empty()) return CountryLookup();
  auto opened = CountryDatabase::open(path);
  if (!opened) return tl::unexpected<Error>(std::move(opened.error()));
  for (const bool v4 : {true, false}) {
    if (opened->covers(v4)) continue;
    log(LogLevel::warning,
        "the country database lacks a family of addresses, whose countries are unknown",
        {{"family", v4 ? "IPv4" : "IPv6"}, {"file", path}});
  }
  auto database = std::make_shared<const CountryDatabase>(std::move(*opened));
  return CountryLookup([database](const IpAddress& address) { return database->lookup(address); });
}

Result<DeviceAuthority> read_authority(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return fail(ErrorKind::not_found, "the device authority cannot be read", path);
  auto authority = DeviceAuthority::from_pem(text.str());
  if (!authority) authority.error().where = path;
  return authority;
}

std::string url_of(const Config& config, std::uint16_t port) {
  const bool v6 = config.http.address.find(':') != std::string::npos;
  return std::string(config.http.tls ? "https://" : "http://") + (v6 ? "[" : "") +
         config.http.address + (v6 ? "]" : "") + ":" + std::to_string(port);
}

HttpResponse health(const Running&) { return json_response(200, R"({"status":"alive"})"); }

std::string empty_store_and_what_to_do() {
  return std::string(nothing_in_store) +
         ": `sallyport import FOLDER --data DATA` puts them in; if it was done before, this is "
         "another store than then";
}

HttpResponse readiness(const Running& r) {
  const auto tenant = r.tenant->health();
  std::string problem = tenant.problem;
  if (problem.empty() && !tenant.ready) problem = "the policies are still being loaded";
  if (const auto reached = r.store->last_sequence(); problem.empty() && !reached)
    problem = "the store does not answer: " + describe(reached.error());
  if (problem.empty() && tenant.is_empty) problem = empty_store_and_what_to_do();
  if (problem.empty()) problem = r.log->counts().problem;
  if (problem.empty()) return json_response(200, R"({"status":"ready"})");
  return error_response(503, "serviceUnavailable", problem);
}

std::array<std::uint64_t, 3> policies_by_state(const LiveTenant& tenant) {
  std::array<std::uint64_t, 3> counts{};
  const auto state = tenant.state();
  if (!state) return counts;
  for (const Policy& policy : state->program->policies().policies)
    ++counts[static_cast<std::size_t>(policy.state)];
  return counts;
}

HttpResponse metrics_page(const Running& r) {
  const auto tenant = r.tenant->health();
  const auto log_counts = r.log->counts();
  Gauges gauges;
  gauges.ready = tenant.ready && !tenant.is_empty;
  gauges.policies = policies_by_state(*r.tenant);
  gauges.sequence = static_cast<std::uint64_t>(tenant.sequence);
  gauges.rebuilds = tenant.rebuilds;
  gauges.rebuild_failures = tenant.failures;
  gauges.rebuild_last = tenant.rebuild_last;
  gauges.log_waiting = log_counts.waiting;
  gauges.log_written = log_counts.recorded;
  gauges.log_repeated = log_counts.repeated;
  gauges.log_refused = !log_counts.problem.empty();
  gauges.notifications = r.notifier->counts();
  gauges.devices = r.judging->states().size();
  gauges.judging = r.judging->progress();
  if (r.fleet) gauges.fleet = r.fleet->counts();
  HttpResponse response;
  response.add("Content-Type", "text/plain; version=0.0.4");
  response.body = r.metrics.text(gauges);
  return response;
}

// What may wait for the disk or read much is not done on the threads that decide; reading one
// document takes less time than handing it over.
void add_api_routes(Running& r) {
  const Workers::Handler handle = [&r](const HttpRequest& request) {
    return r.api->handle(request, clock_now());
  };
  for (const auto prefix : api_prefixes)
    r.router.add({"*", std::string(prefix) + "*",
                  [&r, handle](const HttpRequest& request) {
                    const bool reads = request.method == "GET" || request.method == "HEAD";
                    if (reads && request.query.empty()) return handle(request);
                    return (reads ? r.queries : r.changes)->answer(request, handle);
                  },
                  api::body_max});
  const Workers::Handler token = [&r](const HttpRequest& request) {
    return r.api->token(request, clock_now());
  };
  r.router.add(
      {"POST", "/*/oauth2/v2.0/token",
       [&r, token](const HttpRequest& request) { return r.changes->answer(request, token); },
       api::token_body_max});
}

void add_check_in_route(Running& r) {
  const Workers::BatchHandler answer = [&r](std::span<const HttpRequest* const> requests) {
    return r.check_ins->answer(requests, clock_now());
  };
  r.router.add({"POST", "/agent/v1/check-in",
                [&r, answer](const HttpRequest& request) {
                  auto refusal = r.check_ins->refusal(request, clock_now());
                  return refusal ? std::move(*refusal)
                                 : r.reports->answer_together(request, answer);
                },
                check_in_size_max});
}

void add_routes(Running& r) {
  const auto get = [&](std::string path, HttpResponse (*page)(const Running&)) {
    r.router.add({"GET", std::move(path), [&r, page](const HttpRequest&) { return page(r); }});
  };
  get("/healthz", health);
  get("/readyz", readiness);
  get("/metrics", metrics_page);
  for (const auto dialect : {ProxyDialect::nginx, ProxyDialect::traefik, ProxyDialect::caddy})
    r.router.add({"*", "/forward-auth/" + std::string(name_of(dialect)),
                  [&r, dialect](const HttpRequest& request) {
                    return r.forward_auth->check(dialect, request, {}, clock_now());
                  },
                  forward_auth_body_max});
  r.router.add({"*", "/forward-auth/envoy/*",
                [&r](const HttpRequest& request) {
                  static constexpr std::string_view prefix = "/forward-auth/envoy";
                  return r.forward_auth->check(ProxyDialect::envoy, request,
                                               request.target.substr(prefix.size()), clock_now());
                },
                forward_auth_body_max});
  r.router.add({"GET", "/forward-auth/answer",
                [&r](const HttpRequest& request) { return r.forward_auth->answer(request); }});
  r.router.add({"POST", "/access/v1/evaluation",
                [&r](const HttpRequest& request) { return r.authzen->evaluation(request); },
                evaluation_body_max});
  r.router.add({"POST", "/access/v1/evaluations",
                [&r](const HttpRequest& request) { return r.authzen->evaluations(request); },
                evaluations_body_max});
  r.router.add({"GET", "/.well-known/authzen-configuration",
                [&r](const HttpRequest& request) { return r.authzen->metadata(request); }});
  add_api_routes(r);
  if (r.enrolment) r.enrolment->add_routes(r.router, *r.strangers, clock_now);
  if (r.check_ins) add_check_in_route(r);
  if (r.osquery) {
    const auto is_confidential = [&r](const HttpRequest& request) {
      return r.enrolment->peers().is_confidential(request);
    };
    r.osquery->add_routes(r.router, *r.strangers, is_confidential, clock_now);
  }
  r.router.add({"GET", "/*/v2.0/.well-known/openid-configuration",
                [&r](const HttpRequest& request) { return r.api->discovery(request); }});
  r.router.add({"GET", "/openapi.json",
                [&r](const HttpRequest& request) { return r.api->openapi(request); }});
  r.router.add({"GET", "/openapi", api::Api::openapi_page});
}

Result<void> build_doors(const Config& config, Running& r) {
  const auto& from = config.forward_auth;
  if (!from.device_authority.empty()) {
    auto authority = read_authority(from.device_authority);
    if (!authority) return tl::unexpected<Error>(std::move(authority.error()));
    r.device_authority.emplace(std::move(*authority));
  }
  if (config.enrolment.on) {
    auto room = EnrolmentRoom::open(config, *r.store, *r.tenant, clock_now);
    if (!room) return tl::unexpected<Error>(std::move(room.error()));
    r.enrolment = std::move(*room);
    r.enrolment->vouch_to(r.device_authority);
  }
  if (r.enrolment) {
    r.check_ins = std::make_unique<CheckInGate>(*r.judging, r.enrolment->peers(),
                                                config.enrolment.check_in_limit);
  }
  if (r.enrolment && config.enrolment.osquery) {
    osquery::Options options;
    options.reports = config.enrolment.check_in_limit;
    r.osquery = std::make_unique<OsqueryRoom>(*r.store, r.enrolment->enrolment(), *r.judging,
                                              config.enrolment.osquery_secret_hashes, options);
  }
  ForwardAuthOptions options;
  options.trust = proxy_trust(config);
  options.trust.user_header = from.user_header;
  options.trust.methods_header = from.methods_header;
  options.trust.authenticated_at_header = from.authenticated_at_header;
  options.trust.device_authority = r.device_authority ? &*r.device_authority : nullptr;
  options.applications = config.applications;
  options.step_up_url = from.step_up_url;
  options.sign_in_url = from.sign_in_url;
  options.allow_cors_preflight = from.allow_cors_preflight;
  r.forward_auth = std::make_unique<ForwardAuth>(std::move(options), *r.verdicts);
  r.evaluator = std::make_unique<AuthzenSignIn>(*r.verdicts);
  return {};
}

void start_due_actions(const Config& config, Running& r) {
  if (!config.mail.server.empty()) r.mailer = make_smtp_client(config.mail);
  DueActionsOptions options;
  options.now = clock_now;
  options.sender = config.mail.sender;
  options.push_url = config.push_url;
  options.on_problem = [](const std::string& what, const std::string& problem) {
    log(LogLevel::warning, "an action for noncompliance has to be tried again, or was not taken",
        {{"what", what}, {"reason", problem}});
  };
  r.due_actions = std::make_unique<DueActions>(*r.store, *r.tenant, *r.webhooks, r.mailer.get(),
                                               std::move(options));
  r.due_actions->start();
}

Result<void> build(const Config& config, Running& r) {
  std::error_code ignored;  // opening the store says what is wrong
  const std::filesystem::path store_path(config.store);
  if (store_path.has_parent_path())
    std::filesystem::create_directories(store_path.parent_path(), ignored);
  auto store = open_sqlite_store(config.store);
  if (!store) return tl::unexpected<Error>(std::move(store.error()));
  r.store = std::move(*store);
  auto country = country_lookup(config.country_database);
  if (!country) return tl::unexpected<Error>(std::move(country.error()));
  r.tenant = std::make_unique<LiveTenant>(*r.store);
  if (const auto loaded = r.tenant->refresh(); !loaded)
    log(LogLevel::error, "the policies could not be loaded; nobody is let in until they can",
        {{"reason", describe(loaded.error())}});
  r.tenant->follow();
  r.log = std::make_unique<SignInLog>(*r.store);
  r.decisions = std::make_unique<DecisionService>(*r.tenant, *r.log, std::move(*country));
  r.judging = std::make_unique<Judging>(*r.store, *r.tenant);
  r.verdicts = std::make_unique<Verdicts>(*r.decisions, r.metrics, *r.judging);
  if (auto built = build_doors(config, r); !built) return built;
  KeeperOptions keeping;
  keeping.now = clock_now;
  keeping.on_problem = [](const std::string& problem) {
    log(LogLevel::error, "devices cannot be judged anew; their last verdicts stand",
        {{"reason", problem}});
  };
  r.keeper = std::make_unique<Keeper>(*r.store, *r.tenant, *r.judging, std::move(keeping));
  r.keeper->follow();
  if (!config.fleet.address.empty()) {
    auto fleet = make_fleet(config.fleet, *r.store, *r.judging, clock_now);
    if (!fleet) return tl::unexpected<Error>(std::move(fleet.error()));
    r.fleet = std::move(*fleet);
    r.fleet->start();
  }
  auto webhooks = make_webhook_client(config.notifications);
  if (!webhooks) return tl::unexpected<Error>(std::move(webhooks.error()));
  r.webhooks = std::move(*webhooks);
  r.api = std::make_unique<api::Api>(config.api, *r.store, *r.tenant, *r.webhooks, *r.judging);
  if (!config.mail.server.empty()) {
    r.api->send_mail_by(make_smtp_client(config.mail), config.mail.sender);
  }
  NotifierOptions notifications;
  notifications.tenant_id = r.api->tenant_id();
  notifications.now = clock_now;
  notifications.on_problem = [](const std::string& url, const std::string& problem) {
    log(LogLevel::warning, "a subscriber takes no notifications",
        {{"url", url}, {"reason", problem}});
  };
  r.notifier = std::make_unique<Notifier>(*r.store, *r.webhooks, std::move(notifications));
  start_due_actions(config, r);
  r.changes = std::make_unique<Workers>("changes", config.api_threads);
  r.queries =
      std::make_unique<Workers>("queries", std::max(2U, std::thread::hardware_concurrency()));
  r.reports = std::make_unique<Workers>("check-ins", 2, Workers::Priority::low);
  r.strangers = std::make_unique<Workers>("strangers", 4, Workers::Priority::low, strangers_max);
  add_routes(r);
  r.handler = std::make_unique<CountingHandler>(r.router, *r.log, r.metrics);
  return {};
}

Result<std::string> listen(const Config& config, Running& r) {
  auto authzen = config.authzen;
  if (authzen.public_url.empty()) authzen.public_url = url_of(config, config.http.port);
  r.authzen = std::make_unique<Authzen>(std::move(authzen), *r.evaluator);
  auto options = config.http;
  if (r.enrolment) options.tls_options.device_authority = r.enrolment->authority_pem();
  auto http = HttpServer::start(options, *r.handler, r.metrics.connections);
  if (!http) return tl::unexpected<Error>(std::move(http.error()));
  r.http = std::move(*http);
  r.log->on_commit([&r] { r.http->wake(); });
  for (auto* workers : r.workers()) workers->on_answered([&r] { r.http->wake(); });
  return url_of(config, r.http->port());
}

Retention::Forget forgets_deleted(const DocumentType& type) {
  return [&type](Store& store, Instant before, std::size_t count_max) {
    return forget_deleted(store, type, before, count_max);
  };
}

// By their number, not by their age.
constexpr std::chrono::days always{1};
Retention::Forget forgets_changes() {
  return [retention = FeedRetention()](Store& store, Instant, std::size_t count_max) mutable {
    return retention.forget(store, count_max);
  };
}

void log_listening(const Config& config, const Running& r, const std::string& url) {
  const auto policies = policies_by_state(*r.tenant);
  const auto enforced = policies[static_cast<std::size_t>(PolicyState::enabled)];
  const auto report_only = policies[static_cast<std::size_t>(PolicyState::report_only)];
  log(LogLevel::info, "listening",
      {{"url", url},
       {"store", config.store},
       {"enforced", std::to_string(enforced)},
       {"reportOnly", std::to_string(report_only)}});
  const auto health = r.tenant->health();
  if (health.is_empty) log(LogLevel::warning, empty_store_and_what_to_do());
  if (health.ready && !health.is_empty && enforced == 0)
    log(LogLevel::warning, "no policy is enforced: whoever a proxy signs in gets in everywhere");
}

// Forgets old records meanwhile, ten times a second a few if there are any.
void wait_for_stop(const sigset_t& signals, const std::function<bool()>& should_stop,
                   std::span<Retention> retentions, api::Api& api) {
  const timespec tenth{0, 100'000'000};
  while (!(should_stop && should_stop())) {
    const int signal = sigtimedwait(&signals, nullptr, &tenth);
    if (signal > 0) {
      log(LogLevel::info, "stopping", {{"signal", std::string("SIG") + sigabbrev_np(signal)}});
      return;
    }
    for (auto& retention : retentions)
      if (const auto forgotten = retention.tick(clock_now()); !forgotten)
        log(LogLevel::warning, "old records could not be removed; it is tried again in an hour",
            {{"reason", describe(forgotten.error())}});
    if (const auto tidied = api.tick(clock_now()); !tidied)
      log(LogLevel::warning, "which tokens were used could not be written down",
          {{"reason", describe(tidied.error())}});
  }
}

}  // namespace

Result<void> run(const Config& config, const RunHooks& hooks) {
  set_log_level(config.log_level);
  // Blocked before any thread is made, so that all of them inherit it and only we take them.
  sigset_t signals, before;
  sigemptyset(&signals);
  for (const int one : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, one);
  pthread_sigmask(SIG_BLOCK, &signals, &before);
  Running running;
  auto built = build(config, running);
  auto url = built ? listen(config, running) : Result<std::string>(tl::unexpect, built.error());
  if (url) {
    log_listening(config, running, *url);
    if (hooks.on_ready) hooks.on_ready(*url);
    auto& store = *running.store;
    Retention retentions[] = {
        {store, &Store::forget_sign_ins, config.sign_ins_kept},
        {store, &Store::forget_audits, config.audits_kept},
        {store, forgets_changes(), always},
        {store, forget_enrolment_tokens, enrolment_tokens_kept},
        {store, forget_used_assertions, used_assertions_kept},
        {store, forgets_deleted(conditional_access_policy_type), deleted_kept},
        {store, forgets_deleted(named_location_type), deleted_kept}};
    wait_for_stop(signals, hooks.should_stop, retentions, *running.api);
    running.http->stop();
    running.http->wait();
    running.log->on_commit({});
    for (auto* workers : running.workers()) workers->on_answered({});
    log(LogLevel::info, "stopped");
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!url) return tl::unexpected<Error>(std::move(url.error()));
  return {};
}

}  // namespace sallyport
