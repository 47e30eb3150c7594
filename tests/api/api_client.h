// An Api over a store of its own, and a client that speaks to it without a socket.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "service/notifications/test_receiver.h"
#include "store/temporary_folder.h"

namespace sallyport::test {

struct Answered {
  int status = 0;
  std::string body;
  std::vector<ResponseHeader> headers;
  json::Document json;  // of the body, when it is JSON
  std::string_view header(std::string_view name) const;
  // A member by its JSON pointer; empty when there is none.
  std::string text(std::string_view pointer) const;
};

// Member or item by JSON pointer; null when there is none.
const json::Value* find_pointer(const json::Value& root, std::string_view pointer);

class ApiClient {
 public:
  explicit ApiClient(const RateLimit& limit = {1e6, 1e6});
  // Another server of the same store. REQUIRES: `first` outlives this.
  explicit ApiClient(ApiClient& first);
  ~ApiClient();

  // Permissions as `sallyport token create` takes them.
  std::string token(const std::vector<std::string>& permissions,
                    const std::vector<std::string>& partners = {});
  Answered send_as(std::string_view bearer, std::string_view method, std::string_view target,
                   std::string_view body = {}, const std::vector<ResponseHeader>& headers = {});
  // As the administrator.
  Answered send(std::string_view method, std::string_view target, std::string_view body = {},
                const std::vector<ResponseHeader>& headers = {}) {
    return send_as(admin_, method, target, body, headers);
  }

  const std::string& admin() const { return admin_; }
  Store& store() { return *store_; }
  LiveTenant& tenant() { return *tenant_; }
  api::Api& api() { return *api_; }
  Receiver& receiver() { return receiver_; }
  Instant now;

 private:
  void start();
  const RateLimit limit_;
  TemporaryFolder folder_;
  std::unique_ptr<Store> own_store_;
  Store* store_ = nullptr;
  std::unique_ptr<LiveTenant> tenant_;
  Receiver receiver_;
  std::unique_ptr<Judging> judging_;
  std::unique_ptr<api::Api> api_;
  std::string admin_;
};

}  // namespace sallyport::test
