#include "service/lockout_gate.h"

#include <algorithm>

#include "policy/settings.h"
#include "service/prospective_tenant.h"

namespace sallyport {
namespace {

using proof::Barrier;

// The settings document as the writes leave it.
Result<BreakGlass> declared(const BreakGlass& before, std::span<const Write> writes) {
  BreakGlass out = before;
  for (const Write& write : writes) {
    if (parse_document_kind(write.kind) != DocumentKind::settings) continue;
    out = {};
    if (!write.json) continue;
    const auto parsed = json::parse(*write.json);
    if (!parsed) return tl::unexpected<Error>(parsed.error());
    out = read_settings(parsed->root()).value.break_glass;
  }
  return out;
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

Result<void> check_lockout(Store& store, const TenantState& tenant, std::span<const Write> accepted,
                           std::span<const Write> proposed) {
  const auto declared_before = declared(tenant.program->policies().break_glass, accepted);
  if (!declared_before) return tl::unexpected<Error>(declared_before.error());
  const auto declared_after = declared(*declared_before, proposed);
  if (!declared_after) return tl::unexpected<Error>(declared_after.error());
  const auto accounts = both(*declared_before, *declared_after);
  if (accounts.empty()) return {};

  ProspectiveTenant before(store, tenant, accounts);
  if (auto applied = before.apply(accepted); !applied) return applied;
  ProspectiveTenant after(store, tenant, accounts);
  if (auto applied = after.apply(accepted); !applied) return applied;
  if (auto applied = after.apply(proposed); !applied) return applied;
  if (!after.is_changed()) return {};
  const auto now = after.accounts();
  for (const auto& account : now) {
    if (!before.can_sign_in(account.id) || after.can_sign_in(account.id)) continue;
    return refused("`" + account.name +
                   "` is a break-glass account; declare others before it is removed or disabled");
  }

  Tenant names;
  names.directory = tenant.directory;
  names.inventory = tenant.inventory;
  names.names = tenant.names;
  const auto& conditions = declared_after->declared() ? *declared_after : *declared_before;
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
