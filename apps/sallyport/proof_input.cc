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

// A set that is only looked at or switched off keeps nobody out, which is rarely what was asked.
void tell_if_none_is_enforced(const PolicySet& set, const std::string& path) {
  const auto count = [&](PolicyState state) {
    return std::ranges::count(set.policies, state, &Policy::state);
  };
  if (count(PolicyState::enabled) != 0) return;
  const auto report_only = count(PolicyState::report_only);
  remark(path + ": no policy is enforced (" + std::to_string(report_only) + " report-only, " +
         std::to_string(count(PolicyState::disabled)) + " disabled): `--enforce " +
         (report_only != 0 ? "report-only" : "all") + "` asks what they would do");
}

}  // namespace

std::vector<std::string> ProofInput::notes(const std::vector<std::string>& others) const {
  std::vector<std::string> notes;
  if (auto missing = documents_->shortfall(); !missing.empty()) notes.push_back(std::move(missing));
  notes.insert(notes.end(), others.begin(), others.end());
  return notes;
}

void ProofInput::tell_if_nobody_holds_a_role() const {
  const Directory& directory = *tenant().directory;
  if (directory.user_count() == 0) return;
  bool any = std::ranges::any_of(directory.groups(),
                                 [](const Group& group) { return !group.roles.empty(); });
  directory.each_user([&](const UserView& user) { any = any || !user.roles.empty(); });
  if (any) return;
  remark(
      "nobody here holds a role, so nothing is asked about administrators: export directoryRoles "
      "with members, or roleAssignments, too");
}

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
  tell_if_none_is_enforced(set, options.paths.front());
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
