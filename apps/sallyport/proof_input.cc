#include "proof_input.h"

namespace sallyport::cli {
namespace {

Result<void> declare(const std::string& text, const Tenant& tenant, proof::Emergency& into) {
  const Directory& directory = *tenant.directory;
  if (const auto user = directory.find_user_by_name(text)) {
    into.users.push_back(user->id);
    return {};
  }
  for (const Group& group : directory.groups()) {
    if (group.display_name == text || group.id == GroupId::of(text)) {
      into.groups.push_back(group.id);
      return {};
    }
  }
  if (!parse_guid(text) && tenant.has_directory) {
    return fail(ErrorKind::invalid_argument,
                "`" + text + "` is no user or group here: use an id, or a name it has",
                "--emergency");
  }
  // Nobody says which of the two it is; an id is one of them only.
  into.users.push_back(UserId::of(text));
  into.groups.push_back(GroupId::of(text));
  return {};
}

}  // namespace

Result<ProofInput> ProofInput::read(const ProofOptions& options) {
  auto documents = load_for_decision(options.paths);
  if (!documents) return tl::unexpected(documents.error());
  ProofInput input;
  input.documents_ = std::make_unique<Documents>(std::move(*documents));
  PolicySet& set = input.documents_->loaded.tenant.policy_set;
  for (Policy& policy : set.policies) {
    const bool enforce = options.enforce == "all" || (options.enforce == "report-only" &&
                                                      policy.state == PolicyState::report_only);
    if (enforce) policy.state = PolicyState::enabled;
  }
  if (options.emergency.empty() && set.break_glass.declared()) {
    input.emergency_.users = set.break_glass.accounts;
  } else if (options.emergency.empty()) {
    input.emergency_ = proof::infer_emergency(set);
  }
  for (const std::string& text : options.emergency) {
    if (text == "none") continue;
    if (auto declared = declare(text, input.tenant(), input.emergency_); !declared) {
      return tl::unexpected(declared.error());
    }
  }
  return input;
}

}  // namespace sallyport::cli
