// What was made for a decision, for its repeats: they are told the same, and making it is dear.
//
// Two generations: when the young one is full it becomes the old one, whose predecessor is
// forgotten. Threads: any number may call.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace sallyport {

template <class T>
class Remembered {
 public:
  // Null when there is none.
  std::shared_ptr<const T> find(const std::string& decision_id) {
    const std::lock_guard lock(mutex_);
    if (const auto found = young_.find(decision_id); found != young_.end()) return found->second;
    const auto found = old_.find(decision_id);
    return found == old_.end() ? nullptr : found->second;
  }
  std::shared_ptr<const T> keep(const std::string& decision_id, T made) {
    auto shared = std::make_shared<const T>(std::move(made));
    const std::lock_guard lock(mutex_);
    if (young_.size() >= generation_max) {
      old_ = std::move(young_);
      young_.clear();
    }
    young_.insert_or_assign(decision_id, shared);
    return shared;
  }

 private:
  static constexpr std::size_t generation_max = 10'000;
  using Generation = std::unordered_map<std::string, std::shared_ptr<const T>>;
  std::mutex mutex_;
  Generation young_;
  Generation old_;
};

}  // namespace sallyport
