// What handlers call.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "base/rate_limit.h"
#include "service/analysis_jobs.h"
#include "service/change_document.h"
#include "service/change_queue.h"
#include "service/compliance/judging.h"
#include "service/due_actions/test_message.h"
#include "service/notifications/webhook.h"
#include "service/read_document.h"
#include "service/tokens.h"

namespace sallyport::api {

struct Services {
  Services(Store& a_store, LiveTenant& a_tenant, WebhookClient& a_webhooks, Judging& a_judging,
           const RateLimit& limit, std::string a_paging_key, std::string a_tenant_id,
           AnalysisOptions analysis)
      : store(a_store),
        tenant(a_tenant),
        webhooks(a_webhooks),
        judging(a_judging),
        queue(store, tenant),
        reader(store, tenant),
        tokens(store),
        limiter(limit),
        paging_key(std::move(a_paging_key)),
        tenant_id(std::move(a_tenant_id)),
        analyses(a_store, std::move(analysis)) {}

  Store& store;
  LiveTenant& tenant;
  WebhookClient& webhooks;
  Judging& judging;
  std::atomic<int> validations{0};  // of receivers, under way
  ChangeQueue queue;
  DocumentReader reader;
  Tokens tokens;
  RateLimiter limiter;
  RateLimiter partner_limiter{{.per_second = 1, .burst = 120}};  // of a partner about a device
  std::string paging_key;  // signs $skiptoken; the same on every server of this store
  std::string tenant_id;
  AnalysisJobs analyses;
  std::unique_ptr<TestMessages> test_messages = std::make_unique<TestMessages>(nullptr, "");
};

}  // namespace sallyport::api
