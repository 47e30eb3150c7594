// The whole server: store, tenant, decisions, doors, and the HTTP server before them, wired from a
// configuration and run until SIGTERM, SIGINT or SIGHUP.
//
//   GET  /healthz   the process lives
//   GET  /readyz    decisions can be made: a state is loaded that is not empty, the store answers,
//                   the newest changes are in effect (503 with the reason otherwise)
//   GET  /metrics   Prometheus text
//   *    /forward-auth/...                     gates/forward_auth.h
//   POST /access/v1/evaluation, evaluations    gates/authzen.h
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "server/config.h"

namespace sallyport {

struct RunHooks {
  // Called once the server listens and a state is loaded, with its address: http://127.0.0.1:8080.
  std::function<void(const std::string& url)> on_ready;
  // When it gives true the server stops as for SIGTERM; for tests. Asked ten times a second.
  std::function<bool()> should_stop;
};

// Runs until it is told to stop, and finishes what is in flight. While it runs SIGTERM, SIGINT and
// SIGHUP are its own. Errors: what kept it from starting, in an administrator's words.
[[nodiscard]] Result<void> run(const Config& config, const RunHooks& hooks = {});

}  // namespace sallyport
