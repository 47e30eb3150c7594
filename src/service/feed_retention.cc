#include "service/feed_retention.h"

#include <algorithm>

#include "enrolment/osquery/osquery.h"
#include "service/compliance/partner_report.h"
#include "service/compliance/posture.h"
#include "service/due_actions/spell.h"
#include "service/managed_devices/record.h"
#include "service/notifications/notifier.h"
#include "service/tokens.h"

namespace sallyport {
namespace {

constexpr std::string_view kinds[] = {
    "device",           managed_device_kind,        verdict_kind,   posture_kind,
    noncompliance_kind, partner_reports_kind,       token_use_kind, osquery::node_kind,
    osquery::host_kind, subscription_progress_kind,
};

}  // namespace

Result<std::size_t> FeedRetention::forget(Store& store, std::size_t count_max, Sequence keep) {
  const auto last = store.last_sequence();
  if (!last) return tl::unexpected<Error>(last.error());
  const auto upto = std::max(looked_at_, *last - keep);
  const auto reached = store.forget_changes(kinds, looked_at_, upto, count_max);
  if (!reached) return tl::unexpected<Error>(reached.error());
  looked_at_ = *reached;
  return looked_at_ == upto ? 0 : count_max;
}

}  // namespace sallyport
