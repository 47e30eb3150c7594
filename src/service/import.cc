#include "service/import.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "base/id.h"
#include "policy/settings.h"
#include "policy/tenant.h"
#include "policy/write.h"
#include "service/audit.h"
#include "service/document_names.h"
#include "service/live.h"
#include "service/lockout_gate.h"
#include "service/management_kinds.h"
#include "service/touched_memberships.h"

namespace sallyport {
namespace {

constexpr int attempts_max = 3;  // when somebody else writes at the same time

// One spelling for documents that mean the same. What says only which kind of document it is does
// not count: the store knows that.
std::string comparable(std::string_view text) {
  const auto document = json::parse(text);
  if (!document) return std::string(text);
  json::Arena arena;
  std::vector<json::Member> members;
  for (const auto& member : canonical(document->root(), arena).members()) {
    if (member.name != "@odata.type") members.push_back(member);
  }
  return json::write(arena.object(members));
}

// As the store calls it: what takes no part in decisions itself has kinds of its own, too.
std::string stored_kind(const SourceDocument& document) {
  if (document.kind == DocumentKind::other) {
    const auto parsed = json::parse(document.json);
    const auto kind = parsed ? management_kind_of(parsed->root()) : std::string_view();
    if (!kind.empty()) return std::string(kind);
  }
  return std::string(name_of(document.kind));
}

// A document that was read; the second of an id is told of, but not written.
struct Pending {
  SourceDocument document;
  bool is_second = false;
  std::string kind = stored_kind(document);
};

struct Planned {
  std::vector<Write> writes;
  std::vector<ImportAction> actions;  // of the documents, in order
};

class Importer {
 public:
  Importer(Store& store, const ImportOptions& options) : store_(store), options_(options) {}

  // False after an error, which finish() gives.
  bool take(SourceDocument& document) {
    if (options_.on_read) options_.on_read();
    bytes_ += document.json.size() + sizeof(Pending);  // a part of small documents is bounded, too
    const bool is_second = !is_first(document);
    documents_.push_back({std::move(document), is_second});
    const auto& taken = documents_.back();
    if (is_management_kind(taken.kind)) judged_by_.insert(place_of(taken.document));
    if (bytes_ < options_.part_bytes) return true;
    // Configuration waits: no policy counts before what it speaks of.
    const auto waiting = std::stable_partition(
        documents_.begin(), documents_.end(),
        [](const Pending& each) { return !is_configuration(each.document.kind); });
    std::vector<Pending> configuration(std::make_move_iterator(waiting),
                                       std::make_move_iterator(documents_.end()));
    documents_.erase(waiting, documents_.end());
    done_ = put_part();
    documents_ = std::move(configuration);
    bytes_ = 0;
    return done_.has_value();
  }

  Result<ImportReport> finish(LoadResult loaded) && {
    report_.findings = std::move(loaded.findings);
    // The loader knows of conditional access alone; devices are judged by these.
    std::erase_if(report_.findings, [this](const Finding& finding) {
      return finding.code == "L-other" &&
             judged_by_.contains(finding.file + ":" + std::to_string(finding.line));
    });
    report_.files = loaded.files;
    report_.unreadable_files = loaded.unreadable_files;
    if (done_) done_ = put_part();
    if (done_) return std::move(report_);
    if (written_ != 0) {
      done_.error().message += "; " + std::to_string(written_) +
                               " documents are in the store already; import again, they will not "
                               "be written twice";
    }
    return tl::unexpected<Error>(std::move(done_.error()));
  }

 private:
  static std::string place_of(const SourceDocument& document) {
    return document.file + ":" + std::to_string(document.line);
  }
  bool is_first(const SourceDocument& document);
  Result<Planned> plan();
  Result<void> put_part();
  Result<bool> declares_break_glass();
  Result<void> check_lockout(std::span<const Write> writes);
  std::vector<AuditRecord> audits(const std::vector<Write>& writes) const;
  void tell(ImportAction action, Pending& pending);

  Store& store_;
  const ImportOptions& options_;
  std::vector<Pending> documents_;  // of the part that is being gathered
  std::size_t bytes_ = 0;           // of the documents that came since the last part
  std::unordered_set<Guid, GuidHash> seen_[static_cast<std::size_t>(DocumentKind::other) + 1];
  std::unordered_set<std::string> judged_by_;  // where compliance documents and their like stand
  Result<void> done_;
  std::unique_ptr<LiveTenant> tenant_;  // when break-glass accounts are declared
  std::size_t written_ = 0;
  ImportReport report_;
};

bool Importer::is_first(const SourceDocument& document) {
  // Of these the loader passes on one of an id. Others it compares by another id than the one they
  // are stored under.
  if (document.kind == DocumentKind::user || document.kind == DocumentKind::group) return true;
  return seen_[static_cast<std::size_t>(document.kind)].insert(guid_of_text(document.id)).second;
}

// What is to be done with each document, by what the store holds now.
Result<Planned> Importer::plan() {
  Planned planned;
  for (const auto& [document, is_second, kind] : documents_) {
    if (is_second) {
      planned.actions.push_back(ImportAction::refused);
      continue;
    }
    auto id = store_id(document.id);
    const auto stored = store_.get(kind, id);
    if (!stored && stored.error().kind != ErrorKind::not_found) {
      return tl::unexpected<Error>(stored.error());
    }
    if (stored &&
        (stored->json == document.json || comparable(stored->json) == comparable(document.json))) {
      planned.actions.push_back(ImportAction::unchanged);
      continue;
    }
    planned.actions.push_back(stored ? ImportAction::changed : ImportAction::added);
    planned.writes.push_back(
        {kind, std::move(id), document.json, stored ? stored->version : Version{0}});
  }
  return planned;
}

// In the store, or in what is about to be written.
Result<bool> Importer::declares_break_glass() {
  const auto says = [](std::string_view text) {
    const auto parsed = json::parse(text);
    return parsed && read_settings(parsed->root()).value.break_glass.declared();
  };
  for (const auto& [document, is_second, kind] : documents_) {
    if (document.kind == DocumentKind::settings && says(document.json)) return true;
  }
  const auto stored = store_.list(name_of(DocumentKind::settings), "", 1);
  if (!stored) return tl::unexpected<Error>(stored.error());
  return !stored->empty() && says(stored->front().json);
}

// With the tenant as it is now, which has to be loaded for it: once an import.
Result<void> Importer::check_lockout(std::span<const Write> writes) {
  if (!options_.override_lockout.empty() || writes.empty()) return {};
  const auto declared = declares_break_glass();
  if (!declared) return tl::unexpected<Error>(declared.error());
  if (!*declared) return {};
  if (!tenant_) tenant_ = std::make_unique<LiveTenant>(store_);
  auto kept = tenant_->refresh();
  if (kept) kept = sallyport::check_lockout(store_, *tenant_->state(), {}, writes);
  if (!kept) {
    kept.error().message += "; or import with --override-lockout and the reason why it must be";
  }
  return kept;
}

// Of an import that was told it may lock out: that it was, and why.
std::vector<AuditRecord> Importer::audits(const std::vector<Write>& writes) const {
  if (options_.override_lockout.empty()) return {};
  Caller caller;
  caller.kind = CallerKind::application;
  caller.id = "sallyport import";
  caller.name = caller.id;
  const auto reason = "lockout overridden: " + options_.override_lockout;
  const auto what = std::to_string(writes.size()) + " documents";
  const auto now =
      std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now());
  return {make_audit(
      caller, now,
      {"Import documents", "Policy", "Update", "Policy", "", what, nullptr, nullptr, reason})};
}

Result<void> Importer::put_part() {
  Planned planned;
  for (int attempt = 1;; ++attempt) {
    auto made = plan();
    if (!made) return tl::unexpected<Error>(std::move(made.error()));
    planned = std::move(*made);
    if (auto kept = check_lockout(planned.writes); !kept) return kept;
    if (options_.dry_run || planned.writes.empty()) break;
    note_memberships(store_, nullptr, planned.writes);
    const auto written = store_.write(planned.writes, audits(planned.writes));
    if (written) break;
    if (written.error().kind != ErrorKind::conflict || attempt == attempts_max) {
      return tl::unexpected<Error>(written.error());
    }
  }
  if (!options_.dry_run) written_ += planned.writes.size();
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    tell(planned.actions[i], documents_[i]);
  }
  documents_.clear();
  return {};
}

void Importer::tell(ImportAction action, Pending& pending) {
  auto& document = pending.document;
  ++report_.counts[static_cast<std::size_t>(action)];
  if (!options_.each) return;
  options_.each({action, std::move(pending.kind), store_id(document.id),
                 std::move(document.display_name), std::move(document.file), document.line,
                 action == ImportAction::refused ? "its id was given before" : ""});
}

}  // namespace

std::string_view name_of(ImportAction action) {
  switch (action) {
    case ImportAction::added: return "added";
    case ImportAction::changed: return "changed";
    case ImportAction::unchanged: return "unchanged";
    case ImportAction::refused: return "refused";
  }
  return "refused";
}

std::size_t ImportReport::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

Result<ImportReport> import_documents(Store& store, std::span<const std::string> paths,
                                      const ImportOptions& options) {
  Importer importer(store, options);
  LoadOptions load_options;
  load_options.keep = TenantBuilder::Keep::ids;
  load_options.each = [&](SourceDocument& document) { return importer.take(document); };
  return std::move(importer).finish(load(paths, load_options));
}

}  // namespace sallyport
