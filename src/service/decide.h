// One decision: the request's facts, the program's answer, and its place in the sign-in log.
//
//   Decided decided;
//   if (auto done = decisions.decide(request, now, decided); !done) return closed(done.error());
//   if (decided.decision.outcome != Outcome::granted) tell(decided.explain());
//
// An error means that no decision was made, and the caller lets nobody in.
// Threads: any number may call; a Decided belongs to one.
// Cost: a repeat costs the resolving, the program's decide and one look into a table; the first
// decision of an identity at an application also an explanation and its share of a commit.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "service/live.h"
#include "service/resolve.h"
#include "service/sign_in_log.h"

namespace sallyport {

// Keeps its memory from one decision to the next. `resolved` views the request.
struct Decided {
  std::shared_ptr<const TenantState> state;
  ResolvedSignIn resolved;
  Decision decision;
  std::string decision_id;  // of the record of this decision, or of the one it repeats
  bool recorded = false;    // it is a new record
  // Not to be told to anybody before the log is durable up to here; 0: at once.
  LogTicket ticket = 0;

  const SignIn& sign_in() const { return resolved.sign_in; }
  Answer explain() const;
};

class DecisionService {
 public:
  DecisionService(const LiveTenant& tenant, SignInLog& log, CountryLookup country)
      : tenant_(tenant), log_(log), country_(std::move(country)) {}

  // A hint that this request is decided soon.
  void expect(const SignInRequest& request) const;
  // Waits for nothing. Errors: unavailable while there is no tenant to decide with, an empty one
  // included, or the log takes no more records; invalid_argument for a request that names nobody or
  // nothing.
  [[nodiscard]] Result<void> decide(const SignInRequest& request, Instant now, Decided& into) const;

 private:
  const LiveTenant& tenant_;
  SignInLog& log_;
  CountryLookup country_;
};

}  // namespace sallyport
