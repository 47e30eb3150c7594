// The audit log and the sign-in log, as a connection has them. What each does is said in
// store/store.h; transactions and locks are the caller's.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "store/sqlite/connection.h"
#include "store/store.h"

namespace sallyport::sqlite {

// SQLite's limits are signed.
std::int64_t limit_of(std::size_t count_max);

[[nodiscard]] Result<void> insert_audit(Connection& connection, const AuditRecord& audit);
[[nodiscard]] Result<AuditRecord> find_audit(Connection& connection, std::string_view id);
[[nodiscard]] Result<std::vector<AuditRecord>> list_audits(Connection& connection,
                                                           const AuditFilter& filter,
                                                           std::optional<LogCursor> after,
                                                           std::size_t count_max);
[[nodiscard]] Result<std::size_t> forget_audits(Connection& connection, Instant before,
                                                std::size_t count_max);

[[nodiscard]] Result<void> insert_sign_in(Connection& connection, const SignInRecord& record);
[[nodiscard]] Result<SignInRecord> find_sign_in(Connection& connection,
                                                std::string_view decision_id);
[[nodiscard]] Result<std::vector<SignInRecord>> list_sign_ins(Connection& connection,
                                                              const SignInFilter& filter,
                                                              std::optional<SignInCursor> after,
                                                              std::size_t count_max);
[[nodiscard]] Result<std::vector<SignInRecord>> sign_ins_after(Connection& connection,
                                                               Sequence after,
                                                               std::size_t count_max);
[[nodiscard]] Result<Sequence> last_sign_in(Connection& connection);
[[nodiscard]] Result<std::size_t> forget_sign_ins(Connection& connection, Instant before,
                                                  std::size_t count_max);

}  // namespace sallyport::sqlite
