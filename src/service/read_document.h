// Documents as the interface shows them: in the form the service stores, with the strengths they
// name filled in, whoever wrote them and however they are spelt.
//
// Policies, locations, strengths and contexts are few and are asked for often: what was made of one
// is kept until it, or a strength, changes. Reads see every write that was acknowledged.
// Threads: any number may call. Cost: of one that is kept, a look-up, and a read of the store when
// anything was committed since.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "service/live.h"
#include "store/store.h"

namespace sallyport {

struct ShownDocument {
  std::string id;
  Version version = 0;
  std::string text;         // an object
  json::Document document;  // the same, parsed
  const json::Value& root() const { return document.root(); }
};

class DocumentReader {
 public:
  DocumentReader(Store& store, const LiveTenant& tenant) : store_(store), tenant_(tenant) {}

  using Shown = std::shared_ptr<const ShownDocument>;
  [[nodiscard]] Result<Shown> get(std::string_view kind, std::string_view id);
  // In order of id, those after `after_id`; fewer than `count_max`: there are no more.
  [[nodiscard]] Result<std::vector<Shown>> list(std::string_view kind, std::string_view after_id,
                                                std::size_t count_max);
  [[nodiscard]] Result<Shown> show(const VersionedDocument& document);
  // Null for one that is not wanted, which costs half. `wanted` sees it as it would be shown.
  using Wanted = std::function<bool(const json::Value&)>;
  [[nodiscard]] Result<Shown> show_if(const VersionedDocument& document, const Wanted& wanted);

  Store& store() { return store_; }
  std::shared_ptr<const TenantState> tenant() const { return tenant_.state(); }

 private:
  Store& store_;
  const LiveTenant& tenant_;
  struct Kept {
    Shown shown;
    std::uint64_t mark = 0;  // the store's, before it was read
  };
  Shown find_kept(const std::string& place, std::uint64_t mark);

  std::mutex mutex_;                            // guards those below
  std::unordered_map<std::string, Kept> kept_;  // by `kind/id`
  std::string kept_for_;                        // the configuration's hash
};

}  // namespace sallyport
