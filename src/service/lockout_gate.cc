#include "service/lockout_gate.h"

#include <algorithm>

#include "service/prospective_tenant.h"

namespace sallyport {
namespace {

using proof::Barrier;

// Most changes are of something else, or of a tenant that declares nothing.
bool may_declare(const TenantState& tenant, std::span<const Write> writes) {
  return tenant.program->policies().break_glass.declared() ||
         std::ranges::any_of(writes, [](const Write& write) {
           return parse_document_kind(write.kind) == DocumentKind::settings;
         });
}

tl::unexpected<Error> refused(std::string message) {
  return fail(ErrorKind::invalid_argument, std::move(message));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

std::string in_words(const proof::Account& account, const proof::LockoutVerdict& verdict) {
  const Barrier& first = verdict.barriers.front();
  std::string words = "the break-glass account `" + account.name + "` would be locked out: `" +
                      first.policy_name + "` would " +
                      (first.blocks ? "block" : "ask for what it does not hold in") +
                      " this sign-in: " + joined(first.details);
  if (verdict.barriers.size() > 1) {
    words += "; and " + std::to_string(verdict.barriers.size() - 1) + " more policies others";
  }
  if (!first.mend.empty()) words += "; " + first.mend + " first";
  return words;
}

// The accounts of two declarations, each once.
std::vector<UserId> both(const BreakGlass& a, const BreakGlass& b) {
  std::vector<UserId> out = a.accounts;
  out.insert(out.end(), b.accounts.begin(), b.accounts.end());
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

Result<void> check_lockout(Store& store, const TenantState& tenant,
                           std::span<const Write> accepted, std::span<const Write> proposed) {
  if (!may_declare(tenant, accepted) && !may_declare(tenant, proposed)) return {};
  // Whom it is about has to be known before what they are in.
  ProspectiveTenant declaring(store, tenant, {});
  if (auto applied = declaring.apply(accepted); !applied) return applied;
  const BreakGlass declared_before = declaring.policy_set().break_glass;
  if (auto applied = declaring.apply(proposed); !applied) return applied;
  const BreakGlass& declared_after = declaring.policy_set().break_glass;
  const auto accounts = both(declared_before, declared_after);
  if (accounts.empty()) return {};

  ProspectiveTenant before(store, tenant, accounts);
  if (auto applied = before.apply(accepted); !applied) return applied;
  ProspectiveTenant after(store, tenant, accounts);
  if (auto applied = after.apply(accepted); !applied) return applied;
  const bool was_changed = after.is_changed();
  if (auto applied = after.apply(proposed); !applied) return applied;
  if (!after.is_changed() && !was_changed) return {};
  const auto now = after.accounts();
  for (const auto& account : now) {
    if (!before.has(account.id) || after.has(account.id)) continue;
    return refused("`" + account.name +
                   "` is a break-glass account; declare others before it goes");
  }

  Tenant names;
  names.directory = tenant.directory;
  names.inventory = tenant.inventory;
  names.names = tenant.names;
  const auto& conditions = declared_after.declared() ? declared_after : declared_before;
  const auto found = proof::find_new_lockouts({before.policy_set(), before.accounts()},
                                              {after.policy_set(), now}, names, conditions);
  if (!found) {
    return refused("this change could lock out the break-glass accounts: " +
                   describe(found.error()));
  }
  for (std::size_t i = 0; i < found->size(); ++i) {
    if (!(*found)[i].holds()) return refused(in_words(now[i], (*found)[i]));
  }
  return {};
}

}  // namespace sallyport
