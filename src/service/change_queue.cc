#include "service/change_queue.h"

#include <algorithm>
#include <exception>
#include <span>

#include "service/touched_memberships.h"

namespace sallyport {
namespace {

constexpr std::size_t group_max = 256;
constexpr std::size_t kind_max = 100'000;  // of which all() is asked
constexpr int attempts_max = 5;            // while another process changes the same documents

std::string place_of(std::string_view kind, std::string_view id) {
  return std::string(kind) + '/' + std::string(id);
}

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

Error waits_for_the_next_group() {
  return {ErrorKind::unavailable, "another change of this comes first", {}};
}

Error out_of_memory() {
  return {ErrorKind::unavailable, "the change could not be made; try again", {}};
}

// Of two writes of one document by one plan the second counts, and the version that the first
// expects.
void merge_writes(std::vector<Write>& writes, std::size_t first) {
  std::unordered_map<std::string, std::size_t> places;
  auto kept = first;
  for (auto i = first; i < writes.size(); ++i) {
    const auto [place, is_new] = places.emplace(place_of(writes[i].kind, writes[i].id), kept);
    if (!is_new) {
      writes[place->second].json = std::move(writes[i].json);
      continue;
    }
    if (kept != i) writes[kept] = std::move(writes[i]);
    ++kept;
  }
  writes.resize(kept);
}

}  // namespace

bool Draft::holds(std::string_view kind, std::string_view id) const {
  return written_places_.contains(place_of(kind, id));
}

Result<VersionedDocument> Draft::get(std::string_view kind, std::string_view id) {
  if (holds(kind, id)) {
    must_wait_ = true;
    return failed(waits_for_the_next_group());
  }
  // What the plan at hand writes it sees itself.
  for (auto i = writes_.size(); i > first_; --i) {
    const auto& own = writes_[i - 1];
    if (own.id != id || own.kind != kind) continue;
    if (!own.json) return fail(ErrorKind::not_found, "this change removes it");
    return VersionedDocument{own.kind, own.id, *own.json, own.expected.value_or(0)};
  }
  return store_.get(kind, id);
}

bool Draft::may_be_known(std::string_view kind, std::string_view id) {
  if (holds(kind, id)) must_wait_ = true;
  return is_first_attempt_ && !must_wait_;
}

Result<std::vector<VersionedDocument>> Draft::all(std::string_view kind) {
  if (grown_.contains(std::string(kind))) {
    must_wait_ = true;
    return failed(waits_for_the_next_group());
  }
  return store_.list(kind, "", kind_max);
}

Result<std::size_t> Draft::count(std::string_view kind) {
  const auto stored = store_.count(kind);
  if (!stored) return failed(stored.error());
  const auto grown = grown_.find(std::string(kind));
  return static_cast<std::size_t>(*stored + (grown == grown_.end() ? 0 : grown->second));
}

const TenantState& Draft::tenant_without_changes_of(std::initializer_list<std::string_view> kinds) {
  for (const auto kind : kinds) must_wait_ = must_wait_ || grown_.contains(std::string(kind));
  return *tenant_;
}

bool Draft::claim(const std::string& what) {
  must_wait_ = must_wait_ || claimed_.contains(what);
  claims_.push_back(what);
  return !must_wait_;
}

Result<ChangeQueue::Versions> ChangeQueue::run(const Plan& plan) {
  return std::move(run_all({&plan, 1}).front());
}

std::vector<Result<ChangeQueue::Versions>> ChangeQueue::run_all(std::span<const Plan> plans) {
  std::vector<Waiting> own;
  own.reserve(plans.size());
  for (const auto& plan : plans) own.push_back({&plan, std::nullopt, false});
  std::unique_lock lock(mutex_);
  for (auto& one : own) queue_.push_back(&one);
  while (!std::ranges::all_of(own, &Waiting::finished)) {
    if (busy_) {
      finished_.wait(lock);
      continue;
    }
    const auto size = std::min(queue_.size(), group_max);
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(size);
    std::vector<Waiting*> group(queue_.begin(), end);
    queue_.erase(queue_.begin(), end);
    busy_ = true;
    lock.unlock();
    std::vector<Waiting*> deferred;
    try {
      deferred = carry_out(group);
    } catch (const std::exception&) {  // out of memory: the others must not wait for ever
      for (auto* waiting : group) {
        if (!waiting->outcome) waiting->outcome = failed(out_of_memory());
      }
    }
    lock.lock();
    for (auto* waiting : group) waiting->finished = waiting->outcome.has_value();
    queue_.insert(queue_.begin(), deferred.begin(), deferred.end());
    busy_ = false;
    finished_.notify_all();
  }
  lock.unlock();
  std::vector<Result<Versions>> outcomes;
  outcomes.reserve(own.size());
  for (auto& one : own) outcomes.push_back(std::move(*one.outcome));
  return outcomes;
}

void ChangeQueue::plan_one(Waiting& waiting, Draft& draft, Planned& planned) {
  const auto first = draft.writes_.size();
  const auto first_audit = draft.audits_.size();
  draft.must_wait_ = false;
  draft.first_ = first;
  draft.claims_.clear();
  Result<void> done;
  try {
    done = (*waiting.plan)(draft);
  } catch (const std::exception&) {  // out of memory: this change alone fails
    done = failed(out_of_memory());
  }
  merge_writes(draft.writes_, first);
  const std::span writes(draft.writes_.begin() + static_cast<std::ptrdiff_t>(first),
                         draft.writes_.end());
  for (const auto& write : writes) {
    draft.must_wait_ = draft.must_wait_ || draft.holds(write.kind, write.id);
  }
  if (!draft.must_wait_ && done) {
    planned.placed.push_back({&waiting, first, writes.size()});
    draft.claimed_.insert(draft.claims_.begin(), draft.claims_.end());
    for (const auto& write : writes) {
      draft.written_places_.insert(place_of(write.kind, write.id));
      const bool is_new = write.json && write.expected == Version{0};
      draft.grown_[write.kind] += write.json ? (is_new ? 1 : 0) : -1;
    }
    return;
  }
  if (draft.must_wait_) {
    planned.deferred.push_back(&waiting);
  } else {
    waiting.outcome = failed(std::move(done.error()));
  }
  draft.writes_.resize(first);
  draft.audits_.resize(first_audit);
}

// False when another process was quicker. Otherwise every plan in `planned` has its outcome.
bool ChangeQueue::commit(Draft& draft, const Planned& planned) {
  note_memberships(store_, draft.tenant_->directory.get(), draft.writes_);
  const auto written = store_.write(draft.writes_, draft.audits_);
  if (!written && written.error().kind == ErrorKind::conflict) return false;
  // The change is on the disk whether or not it can be put into effect now; readiness tells.
  if (written) std::ignore = tenant_.refresh();
  for (const auto& one : planned.placed) {
    if (!written) {
      one.waiting->outcome = failed(written.error());
      continue;
    }
    const auto begin = written->begin() + static_cast<std::ptrdiff_t>(one.first);
    one.waiting->outcome = Versions(begin, begin + static_cast<std::ptrdiff_t>(one.count));
  }
  return true;
}

// Gives back the plans that must be planned anew; all others have their outcome.
std::vector<ChangeQueue::Waiting*> ChangeQueue::carry_out(const std::vector<Waiting*>& group) {
  Error problem{ErrorKind::conflict, "this is being changed by somebody else all the time", {}};
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    // What another process has changed counts, too. A document it damaged does not stop changes of
    // others: decisions go on with the last good state, and plans see that state.
    std::ignore = tenant_.refresh();
    auto tenant = tenant_.state();
    if (!tenant) {
      problem = {ErrorKind::unavailable, "the policies could not be loaded yet", {}};
      break;
    }
    Draft draft(store_, std::move(tenant), attempt == 0);
    Planned planned;
    for (auto* waiting : group) {
      if (!waiting->outcome) plan_one(*waiting, draft, planned);
    }
    if (planned.placed.empty() || commit(draft, planned)) return planned.deferred;
  }
  for (auto* waiting : group) {
    if (!waiting->outcome) waiting->outcome = failed(problem);
  }
  return {};
}

}  // namespace sallyport
