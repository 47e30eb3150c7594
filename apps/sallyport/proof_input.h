// What the proving commands start from: documents, and who the emergency accounts are.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analysis/proof/goals.h"
#include "documents.h"

namespace sallyport::cli {

struct ProofOptions {
  std::vector<std::string> paths;
  std::vector<std::string> emergency;  // users and groups by id or name; `none`
  std::string enforce;                 // "", `report-only` or `all`: as if these were enforced
};

class ProofInput {
 public:
  [[nodiscard]] static Result<ProofInput> read(const ProofOptions& options);

  const Tenant& tenant() const { return documents_->loaded.tenant; }
  const proof::Emergency& emergency() const { return emergency_; }
  Exit exit() const { return documents_->exit; }
  // On standard error, for questions about administrators: every tenant has some, and one without
  // was exported without them.
  void tell_if_nobody_holds_a_role() const;
  // What a proof leaves open: what could not be read, then `others`.
  std::vector<std::string> notes(const std::vector<std::string>& others) const;

 private:
  std::unique_ptr<Documents> documents_;
  proof::Emergency emergency_;
};

}  // namespace sallyport::cli
