#include "service/import.h"

#include <algorithm>
#include <set>

#include "policy/tenant.h"
#include "policy/write.h"
#include "service/document_names.h"

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

struct Planned {
  std::vector<Write> writes;
  std::vector<ImportAction> actions;  // of the documents, in order
};

// What is to be done with each document, by what the store holds now.
Result<Planned> plan(Store& store, const std::vector<SourceDocument>& documents) {
  Planned planned;
  std::set<std::pair<std::string_view, std::string>> seen;
  for (const auto& document : documents) {
    const auto kind = name_of(document.kind);
    auto id = store_id(document.id);
    if (!seen.emplace(kind, id).second) {
      planned.actions.push_back(ImportAction::refused);
      continue;
    }
    const auto stored = store.get(kind, id);
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
        {std::string(kind), std::move(id), document.json, stored ? stored->version : Version{0}});
  }
  return planned;
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

std::size_t ImportReport::count(ImportAction action) const {
  return static_cast<std::size_t>(
      std::count_if(documents.begin(), documents.end(),
                    [&](const ImportedDocument& one) { return one.action == action; }));
}

Result<ImportReport> import_documents(Store& store, std::span<const std::string> paths,
                                      const ImportOptions& options) {
  std::vector<SourceDocument> documents;
  LoadOptions load_options;
  load_options.each = [&](const SourceDocument& document) { documents.push_back(document); };
  auto loaded = load(paths, load_options);

  Result<Planned> planned;
  for (int attempt = 1;; ++attempt) {
    planned = plan(store, documents);
    if (!planned) return tl::unexpected<Error>(planned.error());
    if (options.dry_run || planned->writes.empty()) break;
    const auto written = store.write(planned->writes);
    if (written) break;
    if (written.error().kind != ErrorKind::conflict || attempt == attempts_max) {
      return tl::unexpected<Error>(written.error());
    }
  }

  ImportReport report;
  report.findings = std::move(loaded.findings);
  report.files = loaded.files;
  report.unreadable_files = loaded.unreadable_files;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    auto& document = documents[i];
    const auto action = planned->actions[i];
    report.documents.push_back({action, std::string(name_of(document.kind)), store_id(document.id),
                                std::move(document.display_name), std::move(document.file),
                                document.line,
                                action == ImportAction::refused ? "its id was given before" : ""});
  }
  return report;
}

}  // namespace sallyport
