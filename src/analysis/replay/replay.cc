#include "analysis/replay/replay.h"

#include <algorithm>

#include "base/text.h"

namespace sallyport::replay {
namespace {

constexpr std::uint32_t no_application = 0;
constexpr std::uint32_t not_numbered = 0xffffffff;  // an application: nothing changed at it so far

std::uint64_t row_of(std::uint32_t who, std::uint32_t change) {
  return std::uint64_t{who} << 32U | change;
}

// Equal for verdicts that say the same.
std::string text_of(const Verdict& verdict) {
  std::string text = std::to_string(verdict.ways.bits());
  text += verdict.may_ask_else ? 'e' : '-';
  text += verdict.session_may_differ ? 's' : '-';
  for (const auto* list : {&verdict.asked_before, &verdict.asked_after}) {
    text += '|';
    for (const auto& requirement : *list) {
      text += std::to_string(static_cast<int>(requirement.kind)) + ':' + requirement.id + ',';
    }
  }
  text += '|';
  for (const auto& policy : verdict.policies) {
    text += std::to_string(policy.side) + '.' + std::to_string(policy.policy) + ',';
  }
  text += '|' + verdict.logged_policy + '|';
  for (const auto fact : verdict.depends_on) text += std::to_string(static_cast<int>(fact)) + ',';
  return text;
}

}  // namespace

Replay::Replay(std::span<const Side> sides, const ReplayBounds& bounds)
    : sides_(sides),
      bounds_(bounds),
      distinction_(sides),
      facts_(sides, distinction_),
      judge_(sides),
      glancer_(distinction_),
      parts_(bounds.parts, distinction_) {
  applications_.emplace_back();  // no_application
}

Result<void> Replay::read(ByteSource& source, const std::string& file,
                          const std::function<void()>& step) {
  constexpr std::uint64_t records_a_step = 1024;
  RecordStream records(source, record_size_max, [&] { count_waiting(file); });
  for (std::uint64_t count = 0;; ++count) {
    const auto record = records.next();
    if (!record || !*record) count_waiting(file);
    if (!record) return fail(record.error().kind, record.error().message, file);
    if (!*record) return {};
    wait(**record, file);
    if (step && count % records_a_step == 0) step();
  }
}

void Replay::add(const RecordText& record, const std::string& file) {
  wait(record, file);
  count_waiting(file);
}

void Replay::wait(const RecordText& record, const std::string& file) {
  Waiting& waiting = waiting_[waiting_count_++];
  waiting.record = record;
  waiting.glance.reset();
  if (record.problem.empty() && bounds_.parts != 0) waiting.glance = glancer_.at(record.text);
  if (waiting.glance) parts_.prefetch(waiting.glance->prints);
  if (waiting_count_ == waiting_.size()) count_waiting(file);
}

// In the order in which they came, so what is bounded goes to the first.
void Replay::count_waiting(const std::string& file) {
  const auto all = std::span(waiting_).first(waiting_count_);
  waiting_count_ = 0;
  for (Waiting& waiting : all) {
    waiting.meaning.reset();
    if (waiting.glance) waiting.meaning = parts_.find(*waiting.glance);
    if (waiting.meaning) known_.prefetch(waiting.meaning->situation);
  }
  for (Waiting& waiting : all) {
    waiting.place.reset();
    if (waiting.meaning) waiting.place = place_of(*waiting.meaning);
    if (waiting.place) {
      waiting.at = waiting.glance->at;
    } else {
      read_waiting(waiting, file);
    }
    if (waiting.place) people_.prefetch(row_of(waiting.place->who, waiting.place->change));
  }
  for (const Waiting& waiting : all) {
    if (waiting.place) count(*waiting.place, waiting.at);
  }
}

std::optional<Replay::Place> Replay::place_of(const Parts::Meaning& meaning) {
  if (meaning.ending != 0) return Place{0, nobody, no_application, meaning.ending};
  const auto* number = known_.find(meaning.situation);
  if (number == nullptr) return std::nullopt;
  const bool may_change = changes_[*number].verdict.may_change();
  if (may_change && meaning.application == not_numbered) return std::nullopt;
  return Place{*number, meaning.who, meaning.application, 0};
}

void Replay::read_waiting(Waiting& waiting, const std::string& file) {
  auto place = read(waiting.record);
  if (place) {
    waiting.at = facts_.at();
    waiting.place = *place;
    if (waiting.glance) {
      parts_.insert(waiting.glance->prints,
                    {situation_, place->who, place->application, place->ending});
    }
    return;
  }
  ++counts_.bad;
  if (counts_.first_bad.size() < bounds_.bad_told) {
    counts_.first_bad.push_back({file, waiting.record.line, std::move(place.error().message)});
  }
}

Result<Replay::Place> Replay::read(const RecordText& record) {
  if (!record.problem.empty()) {
    return fail(ErrorKind::invalid_argument, std::string(record.problem));
  }
  if (auto done = reader_.read(record.text, logged_); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  return place_of(logged_);
}

Result<void> Replay::add(const Logged& logged) {
  const auto place = place_of(logged);
  if (!place) return tl::unexpected<Error>(place.error());
  count(*place, facts_.at());
  return {};
}

Result<Replay::Place> Replay::place_of(const Logged& logged) {
  const auto ending =
      ending_of(logged.error_code, logged.conditional_access_status, logged.outcome);
  if (ending == Ending::elsewhere) return Place{0, nobody, no_application, ended_elsewhere};
  if (ending == Ending::untold && sides_.size() == 1) {
    return Place{0, nobody, no_application, ended_untold};
  }
  if (const auto done = facts_.read(logged); !done) return tl::unexpected<Error>(done.error());
  situation_ = facts_.situation();
  auto& numbers = situation_.numbers;
  if (facts_.are_the_gates()) numbers[Situation::gates] |= 1U;
  if (sides_.size() == 1) {
    numbers[Situation::error_code] = static_cast<std::uint32_t>(logged.error_code.value_or(0));
    numbers[Situation::ending] = static_cast<std::uint32_t>(ending) << 24U;
    if (ending != Ending::granted) {
      numbers[Situation::ending] |= number_of_logged_policy(logged.failed_policy);
    }
  }
  const auto* found = known_.find(situation_);
  const auto number = found != nullptr ? *found : judge(logged, ending, situation_);
  const bool may_change = changes_[number].verdict.may_change();
  return Place{number, facts_.who(), may_change ? number_of_application(logged) : not_numbered, 0};
}

void Replay::count(const Place& place, Instant at) {
  if (place.ending == ended_elsewhere) {
    ++counts_.elsewhere;
    return;
  }
  if (place.ending == ended_untold) {
    ++counts_.untold;
    return;
  }
  Change& change = changes_[place.change];
  counts_.replayed.add(at);
  change.tally.add(at);
  if (!change.verdict.may_change()) return;
  const auto count_row = [&](Rows& rows, std::uint32_t who) {
    const auto key = row_of(who, place.change);
    Tally* row = rows.find(key);
    if (row == nullptr && rows.size() >= bounds_.rows) return false;
    if (row == nullptr) row = &rows.insert(key, {});
    row->add(at);
    return true;
  };
  if (place.who == nobody || !count_row(people_, place.who)) ++counts_.unnamed;
  if (place.application != no_application) count_row(at_applications_, place.application);
}

std::uint32_t Replay::judge(const Logged& logged, Ending ending, const Situation& situation) {
  // Where the outcome itself is told, its code has nothing to add.
  const auto code = logged.outcome.empty() ? logged.error_code.value_or(0) : 0;
  auto verdict =
      judge_.judge(facts_.sign_ins(), {ending, code},
                   facts_.are_the_gates() ? Judge::Unknown::worst : Judge::Unknown::bounds);
  if (sides_.size() == 1 && verdict.may_change() && ending != Ending::granted) {
    verdict.logged_policy = logged.failed_policy;
  }
  const auto number = number_of(std::move(verdict));
  // Forgetting all is simple, and a log that has so many is slower by the deciding alone.
  if (known_.size() >= bounds_.situations) known_.clear();
  known_.insert(situation, number);
  return number;
}

std::uint32_t Replay::number_of(Verdict verdict) {
  if (!verdict.may_change() || change_numbers_.size() >= bounds_.changes) {
    Verdict bare;
    bare.ways = verdict.ways;
    bare.may_ask_else = verdict.may_ask_else;
    bare.session_may_differ = verdict.session_may_differ;
    verdict = std::move(bare);
  }
  const auto [place, added] =
      change_numbers_.try_emplace(text_of(verdict), static_cast<std::uint32_t>(changes_.size()));
  if (added) changes_.push_back({std::move(verdict), {}, 0});
  return place->second;
}

std::uint32_t Replay::number_of_logged_policy(std::string_view name) {
  constexpr std::size_t names_max = 10'000;
  const auto found = logged_policies_.find(std::string(name));
  if (found != logged_policies_.end()) return found->second;
  if (logged_policies_.size() >= names_max) return 0;
  const auto number = static_cast<std::uint32_t>(logged_policies_.size()) + 1;
  logged_policies_.emplace(name, number);
  return number;
}

std::uint32_t Replay::number_of_application(const Logged& logged) {
  const auto application = facts_.application();
  if (application == ApplicationId{}) return no_application;
  if (const auto* found = application_numbers_.find(application)) return *found;
  if (applications_.size() > bounds_.applications) return no_application;
  const bool resource = !logged.resource_id.empty();
  const auto number = static_cast<std::uint32_t>(applications_.size());
  applications_.push_back(
      {std::string(resource ? logged.resource_id : logged.app_id),
       std::string(resource ? logged.resource_display_name : logged.app_display_name)});
  application_numbers_.insert(application, number);
  return number;
}

// Most sign-ins first; equal ones in the order of their names, so that the same log gives the same
// report.
std::vector<Report::Row> Replay::sorted(std::vector<Report::Row> rows) {
  std::ranges::sort(rows, [](const Report::Row& a, const Report::Row& b) {
    if (a.tally.sign_ins != b.tally.sign_ins) return a.tally.sign_ins > b.tally.sign_ins;
    return std::tie(a.name, a.id, a.change) < std::tie(b.name, b.id, b.change);
  });
  return rows;
}

Report Replay::report() const {
  Report report = counts_;
  report.people = facts_.people();
  report.people_exact = facts_.people() < remembered_max;
  std::vector<std::size_t> places(changes_.size(), changes_.size());
  std::vector<std::uint32_t> changing;
  for (std::uint32_t i = 0; i < changes_.size(); ++i) {
    const auto& [verdict, tally, people] = changes_[i];
    for (std::size_t from = 0; from < 3; ++from) {
      for (std::size_t to = 0; to < 3; ++to) {
        if (!verdict.ways.may(static_cast<Outcome>(from), static_cast<Outcome>(to))) continue;
        auto& cell = report.matrix[from][to];
        cell.at_most += tally.sign_ins;
        if (verdict.ways.is_certain()) cell.at_least += tally.sign_ins;
      }
    }
    if (!verdict.may_change()) continue;
    report.changed.at_most += tally.sign_ins;
    if (verdict.certainly_changes()) report.changed.at_least += tally.sign_ins;
    changing.push_back(i);
  }
  std::ranges::stable_sort(changing, [&](std::uint32_t a, std::uint32_t b) {
    return changes_[a].tally.sign_ins > changes_[b].tally.sign_ins;
  });
  for (const auto i : changing) {
    places[i] = report.changes.size();
    report.changes.push_back(changes_[i]);
  }
  const auto number_of_row = [](std::uint64_t key) {
    return std::pair(static_cast<std::uint32_t>(key >> 32U), static_cast<std::uint32_t>(key));
  };
  people_.each([&](std::uint64_t key, const Tally& tally) {
    const auto [who, change] = number_of_row(key);
    report.people_rows.push_back({facts_.name_of(who), facts_.id_of(who), places[change], tally});
    ++report.changes[places[change]].people;
  });
  at_applications_.each([&](std::uint64_t key, const Tally& tally) {
    const auto [which, change] = number_of_row(key);
    const auto& application = applications_[which];
    report.application_rows.push_back({application.name.empty() ? application.id : application.name,
                                       application.id, places[change], tally});
  });
  report.people_rows = sorted(std::move(report.people_rows));
  report.application_rows = sorted(std::move(report.application_rows));
  return report;
}

}  // namespace sallyport::replay
