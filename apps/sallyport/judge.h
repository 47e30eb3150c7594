// Asks the engine about sign-ins given as JSON bodies.
// Threads: one. Cost: compiles the policies at the first body, and again only for a body that gives
// its user groups or roles the directory lacks.
#pragma once

#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "engine/program.h"
#include "policy/tenant.h"
#include "report.h"
#include "signin/read.h"

namespace sallyport::cli {

class Judge {
 public:
  // REQUIRES: `tenant` outlives this.
  Judge(const Tenant& tenant, Missing missing, Instant now)
      : tenant_(tenant), missing_(missing), now_(now) {}

  // `where` of an error is the JSON pointer of the member.
  [[nodiscard]] Result<Report> judge(const json::Value& body, bool with_remedy);

 private:
  Result<void> compile_for(const json::Value& body);

  const Tenant& tenant_;
  Missing missing_;
  Instant now_;
  std::shared_ptr<const Directory> directory_;  // that program_ was compiled with
  std::shared_ptr<const Program> program_;
};

}  // namespace sallyport::cli
