#include "compliance/facts.h"

#include <algorithm>
#include <tuple>

#include "compliance/history.h"

namespace sallyport::compliance {

namespace {
constexpr unsigned text_flag = 1U << 6U;  // of a packed entry: it is a text
}  // namespace

bool Facts::merge(const Report& report, Instant received) {
  for (const auto& contact : contacts_) {
    if (contact.source == report.source && report.sequence <= contact.sequence) return false;
  }
  forget(report.source);
  contacts_.push_back(
      {report.source, seconds_of(report.reported_at), seconds_of(received), report.sequence});
  for (const auto& fact : report.facts) append(fact, report.source, false);
  for (const auto& fact : report.system_facts) append(fact, report.source, true);
  std::ranges::stable_sort(entries_, {}, [](const Entry& entry) {
    return std::tuple(entry.fact, entry.system + 0U, entry.source + 0U);
  });
  entries_.shrink_to_fit();
  texts_.shrink_to_fit();
  contacts_.shrink_to_fit();
  if (!report.scripts.empty()) {
    scripts_ = std::make_unique<std::vector<ScriptResult>>(report.scripts);
    scripts_source_ = report.source;
  }
  return true;
}

void Facts::append(const ReportedFact& fact, Source source, bool system) {
  if (fact.state == FactState::unknown) return;
  Entry entry{};
  entry.fact = fact.fact;
  entry.source = static_cast<std::uint8_t>(source) & 7U;
  entry.state = static_cast<std::uint8_t>(fact.state) & 3U;
  entry.system = system ? 1 : 0;
  if (fact.text.empty()) {
    entry.value = static_cast<std::uint32_t>(fact.number);
  } else {
    entry.length = static_cast<std::uint16_t>(std::min<std::size_t>(fact.text.size(), 0xffff));
    entry.value = static_cast<std::uint32_t>(texts_.size());
    texts_.append(fact.text, 0, entry.length);
  }
  entries_.push_back(entry);
}

void Facts::forget(Source source) {
  std::erase_if(contacts_, [&](const Contact& contact) { return contact.source == source; });
  std::string kept;
  std::erase_if(entries_, [&](const Entry& entry) {
    return entry.source == static_cast<std::uint8_t>(source);
  });
  for (auto& entry : entries_) {
    if (entry.length == 0) continue;
    const auto begin = static_cast<std::uint32_t>(kept.size());
    kept.append(texts_, entry.value, entry.length);
    entry.value = begin;
  }
  texts_ = std::move(kept);
  if (scripts_source_ == source) scripts_ = nullptr;
}

FactView Facts::view(const Entry& entry) const {
  FactView out;
  out.state = static_cast<FactState>(entry.state);
  out.source = static_cast<Source>(entry.source);
  if (entry.length != 0) {
    out.text = std::string_view(texts_).substr(entry.value, entry.length);
  } else if (out.state == FactState::known) {
    out.number = entry.value;
  }
  return out;
}

// Entries of the system account come after the user's, so that they replace them.
void Facts::fill(FactTable& table, Account account, Instant oldest) const {
  table.fill({});
  const auto limit = seconds_of(oldest);
  // By the order in which they came: a clock that was set back does not make an old report newer.
  std::array<Seconds, source_count> received{};
  std::array<std::uint8_t, source_count> rank{};
  for (std::uint8_t i = 0; i < contacts_.size(); ++i) {
    received[static_cast<std::size_t>(contacts_[i].source)] = contacts_[i].received_at;
    rank[static_cast<std::size_t>(contacts_[i].source)] = i;
  }
  auto current = static_cast<Fact>(fact_count);
  bool system = false;
  std::uint8_t newest = 0;
  for (const auto& entry : entries_) {
    if (entry.system != 0 && account == Account::user) continue;
    if (received[entry.source] < limit) continue;
    const bool begins = entry.fact != current || (entry.system != 0) != system;
    if (!begins && rank[entry.source] < newest) continue;
    current = entry.fact;
    system = entry.system != 0;
    newest = rank[entry.source];
    table[static_cast<std::size_t>(entry.fact)] = view(entry);
  }
}

FactView Facts::find(Fact fact, Account account, Instant oldest) const {
  FactTable table;
  fill(table, account, oldest);
  return table[static_cast<std::size_t>(fact)];
}

std::span<const ScriptResult> Facts::scripts(Instant oldest) const {
  if (!scripts_) return {};
  const auto contact = std::ranges::find(contacts_, scripts_source_, &Contact::source);
  if (contact == contacts_.end() || contact->received_at < seconds_of(oldest)) return {};
  return *scripts_;
}

bool Facts::has_system_facts() const {
  return std::ranges::any_of(entries_, [](const Entry& entry) { return entry.system != 0; });
}

std::optional<Instant> Facts::last_contact() const {
  std::optional<Instant> last;
  for (const auto& contact : contacts_) {
    if (contact.source == Source::partner) continue;
    const auto at = instant_of(contact.received_at);
    if (!last || at > *last) last = at;
  }
  return last;
}

Facts::Facts(const Facts& other)
    : entries_(other.entries_),
      texts_(other.texts_),
      contacts_(other.contacts_),
      scripts_(other.scripts_ ? std::make_unique<std::vector<ScriptResult>>(*other.scripts_)
                              : nullptr),
      scripts_source_(other.scripts_source_) {}

Facts& Facts::operator=(const Facts& other) {
  if (this != &other) *this = Facts(other);
  return *this;
}

void Facts::write(json::Writer& writer) const {
  writer.begin_object();
  writer.key("reports");
  writer.begin_array();
  for (const auto& contact : contacts_) {
    Report report;
    report.source = contact.source;
    report.reported_at = instant_of(contact.reported_at);
    report.sequence = contact.sequence;
    for (const auto& entry : entries_) {
      if (entry.source != static_cast<std::uint8_t>(contact.source)) continue;
      const auto seen = view(entry);
      auto& list = entry.system != 0 ? report.system_facts : report.facts;
      list.push_back({entry.fact, seen.state, seen.number, std::string(seen.text)});
    }
    if (scripts_ && contact.source == scripts_source_) report.scripts = *scripts_;
    writer.begin_object();
    writer.member("receivedAt", to_string(instant_of(contact.received_at)));
    writer.key("report");
    write_report(report, writer);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

Result<Facts> Facts::read(const json::Value& document) {
  Facts facts;
  const auto* reports = document.find("reports");
  if (reports == nullptr || !reports->is_array()) {
    return fail(ErrorKind::invalid_argument, "must be a list of reports", "/reports");
  }
  for (const auto& item : reports->items()) {
    const auto* received = item.find("receivedAt");
    const auto at = received == nullptr ? std::nullopt : parse_instant(received->text());
    const auto* report = item.find("report");
    if (!at || report == nullptr) {
      return fail(ErrorKind::invalid_argument, "must be a report and when it was received",
                  "/reports");
    }
    const auto read = read_report(*report);
    if (!read) return tl::unexpected<Error>(read.error());
    facts.merge(*read, *at);
  }
  return facts;
}

void Facts::pack(PackWriter& writer) const {
  writer.number(contacts_.size());
  for (const auto& contact : contacts_) {
    writer.number(static_cast<std::uint64_t>(contact.source));
    writer.whole(contact.reported_at);
    writer.whole(contact.received_at);
    writer.number(contact.sequence);
  }
  writer.number(entries_.size());
  for (const auto& entry : entries_) {
    writer.number(static_cast<std::uint64_t>(entry.fact));
    writer.number((entry.source + 0U) | (entry.state + 0U) << 3U | (entry.system + 0U) << 5U |
                  (entry.length == 0 ? 0U : text_flag));
    if (entry.length == 0) {
      writer.number(entry.value);
    } else {
      writer.text(std::string_view(texts_).substr(entry.value, entry.length));
    }
  }
  writer.number(scripts_ ? scripts_->size() : 0);
  if (!scripts_) return;
  writer.number(static_cast<std::uint64_t>(scripts_source_));
  for (const auto& script : *scripts_) {
    writer.whole(script.script.guid);
    writer.whole(script.exit_code);
    writer.text(script.output);
  }
}

void Facts::unpack(PackReader& reader) {
  contacts_.resize(reader.number());
  for (auto& contact : contacts_) {
    contact.source = static_cast<Source>(reader.number());
    contact.reported_at = reader.whole<std::uint32_t>();
    contact.received_at = reader.whole<std::uint32_t>();
    contact.sequence = reader.number();
  }
  texts_.clear();
  entries_.resize(reader.number());
  for (auto& entry : entries_) {
    entry = {};
    entry.fact = static_cast<Fact>(reader.number());
    const auto flags = static_cast<unsigned>(reader.number());
    entry.source = static_cast<std::uint8_t>(flags) & 7U;
    entry.state = static_cast<std::uint8_t>(flags >> 3U) & 3U;
    entry.system = static_cast<std::uint8_t>(flags >> 5U) & 1U;
    if ((flags & text_flag) == 0) {
      entry.value = static_cast<std::uint32_t>(reader.number());
      continue;
    }
    const auto text = reader.text();
    entry.length = static_cast<std::uint16_t>(text.size());
    entry.value = static_cast<std::uint32_t>(texts_.size());
    texts_ += text;
  }
  scripts_ = nullptr;
  scripts_source_ = Source::agent;
  const auto scripts = reader.number();
  if (scripts == 0) return;
  scripts_source_ = static_cast<Source>(reader.number());
  scripts_ = std::make_unique<std::vector<ScriptResult>>(scripts);
  for (auto& script : *scripts_) {
    script.script.guid = reader.whole<Guid>();
    script.exit_code = reader.whole<int>();
    script.output = reader.text();
  }
}

std::size_t Facts::bytes() const {
  std::size_t size =
      sizeof(*this) + entries_.capacity() * sizeof(Entry) + contacts_.capacity() * sizeof(Contact);
  if (texts_.capacity() > 15) size += texts_.capacity() + 1;  // shorter ones lie in the object
  if (scripts_) {
    size += sizeof(*scripts_) + scripts_->capacity() * sizeof(ScriptResult);
    for (const auto& script : *scripts_) size += script.output.capacity();
  }
  return size;
}

}  // namespace sallyport::compliance
