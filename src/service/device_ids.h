// Which device a device document is about: Graph gives the object one id and the device another,
// and policies and certificates name the device's.
//
// Most entries come at once, when everything is read: they are a sorted list, 32 bytes each; what
// changes later lies over it. Threads: one at a time.
#pragma once

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/id.h"

namespace sallyport {

class DeviceIds {
 public:
  void clear() { *this = {}; }
  // While everything is read, each document once; then settle().
  void add(const Guid& document, DeviceId device) {
    if (document != device.guid) listed_.emplace_back(document, device);
  }
  void settle() {
    std::ranges::sort(listed_);
    listed_.shrink_to_fit();
  }

  // A document nobody told of is about the device of its own id.
  DeviceId find(const Guid& document) const {
    if (const auto changed = changed_.find(document); changed != changed_.end()) {
      return changed->second;
    }
    const auto at = std::ranges::lower_bound(listed_, std::pair(document, DeviceId{}));
    return at != listed_.end() && at->first == document ? at->second : DeviceId{document};
  }
  void set(const Guid& document, DeviceId device) { changed_.insert_or_assign(document, device); }
  void forget(const Guid& document) { set(document, DeviceId{document}); }

  // Whether a document of another id is about this device. Cost: all of them.
  bool is_anothers(DeviceId device) const {
    const auto claims = [&](const auto& entry) {
      return entry.second == device && entry.first != device.guid;
    };
    return std::ranges::any_of(changed_, claims) ||
           std::ranges::any_of(listed_, [&](const auto& entry) {
             return claims(entry) && !changed_.contains(entry.first);
           });
  }

 private:
  std::vector<std::pair<Guid, DeviceId>> listed_;
  std::unordered_map<Guid, DeviceId, GuidHash> changed_;
};

}  // namespace sallyport
