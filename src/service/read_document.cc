#include "service/read_document.h"

#include <algorithm>

#include "base/json_edit.h"
#include "base/text.h"
#include "policy/tenant.h"
#include "policy/write.h"
#include "service/built_in_documents.h"
#include "service/configuration.h"
#include "service/document_type.h"

namespace sallyport {
namespace {

constexpr std::size_t kept_max = 5000;

using json::Value;

// A user's groups are asked for at a path of their own, a group's members likewise; and what nobody
// is shown.
constexpr std::string_view not_shown[] = {"members", "memberOf", "owners", "passwordProfile"};

// The type is told only where a kind has several: locations, compliance policies.
bool tells_derived_type(const json::Member& member, std::string_view kind) {
  return member.name == "@odata.type" && (kind.find("amedLocation") != std::string_view::npos ||
                                          kind == device_compliance_policy_type.kind);
}

bool is_directory_object(std::string_view kind) {
  return kind == "user" || kind == "group" || kind == "directoryRole";
}

bool is_policy(std::string_view kind) {
  return kind == conditional_access_policy_type.kind ||
         kind == conditional_access_policy_type.deleted_kind;
}

// What only tells where a document was read, or that an answer may be acted on, is not part of it.
Value shown_members(const Value& document, std::string_view kind, json::Arena& arena) {
  std::vector<json::Member> members;
  const bool is_object = is_directory_object(kind);
  for (const auto& member : document.members()) {
    if (member.name.starts_with('#')) continue;
    const bool hidden = is_object && std::ranges::any_of(not_shown, [&](std::string_view name) {
                          return equal_ignoring_case(name, member.name);
                        });
    if (hidden) continue;
    if (member.name.starts_with('@') && !tells_derived_type(member, kind)) continue;
    members.push_back(member);
  }
  return arena.object(members);
}

}  // namespace

// What was read since the last commit is as it was.
DocumentReader::Shown DocumentReader::find_kept(const std::string& place, std::uint64_t mark) {
  const auto tenant = tenant_.state();
  if (mark == 0 || !tenant) return nullptr;
  const std::lock_guard lock(mutex_);
  if (kept_for_ != tenant->policy_set_hash) return nullptr;
  const auto found = kept_.find(place);
  return found != kept_.end() && found->second.mark == mark ? found->second.shown : nullptr;
}

Result<DocumentReader::Shown> DocumentReader::get(std::string_view kind, std::string_view id) {
  const auto place = std::string(kind) + '/' + std::string(id);
  const auto mark = store_.commit_mark();
  if (auto kept = find_kept(place, mark)) return kept;
  const auto document = store_.get(kind, id);
  if (document) {
    auto shown = show(*document);
    if (!shown) return shown;
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(place);
    if (found != kept_.end() && found->second.shown == *shown) found->second.mark = mark;
    return shown;
  }
  const auto* built_in = find_built_in(kind, id);
  if (built_in != nullptr && document.error().kind == ErrorKind::not_found) return show(*built_in);
  return tl::unexpected<Error>(document.error());
}

Result<std::vector<DocumentReader::Shown>> DocumentReader::list(std::string_view kind,
                                                                std::string_view after_id,
                                                                std::size_t count_max) {
  const auto documents = store_.list(kind, after_id, count_max);
  if (!documents) return tl::unexpected<Error>(documents.error());
  std::vector<Shown> out;
  out.reserve(documents->size());
  for (const auto& document : built_in_documents(kind)) {
    const bool replaced = std::ranges::any_of(
        *documents, [&](const VersionedDocument& one) { return one.id == document.id; });
    if (document.id <= after_id || replaced) continue;
    auto shown = show(document);
    if (!shown) return tl::unexpected<Error>(shown.error());
    out.push_back(std::move(*shown));
  }
  for (const auto& document : *documents) {
    auto shown = show(document);
    if (!shown) return tl::unexpected<Error>(shown.error());
    out.push_back(std::move(*shown));
  }
  return out;
}

Result<DocumentReader::Shown> DocumentReader::show(const VersionedDocument& document) {
  return show_if(document, nullptr);
}

Result<DocumentReader::Shown> DocumentReader::show_if(const VersionedDocument& document,
                                                      const Wanted& wanted) {
  const auto wants = [&](const Value& value) { return wanted == nullptr || wanted(value); };
  const auto known = parse_document_kind(document.kind);
  const bool keep = known && is_configuration(*known);
  const auto place = document.kind + '/' + document.id;
  const auto tenant = tenant_.state();
  const auto hash = tenant ? tenant->policy_set_hash : std::string();
  if (keep) {
    const std::lock_guard lock(mutex_);
    if (kept_for_ != hash || kept_.size() > kept_max) {
      kept_.clear();
      kept_for_ = hash;
    }
    const auto found = kept_.find(place);
    if (found != kept_.end() && found->second.shown->version == document.version) {
      const auto& shown = found->second.shown;
      return wants(shown->root()) ? shown : nullptr;
    }
  }
  const auto parsed = json::parse(document.json);
  if (!parsed) return tl::unexpected<Error>(damaged(parsed.error(), place));
  json::Arena arena;
  auto value = shown_members(canonical(parsed->root(), arena), document.kind, arena);
  if (is_policy(document.kind)) {
    const auto strengths = tenant ? tenant->program->policies().authentication_strengths
                                  : std::vector<AuthenticationStrength>();
    value = normalise_stored(value, strengths, arena);
  }
  const auto* id = value.find("id");
  if (id == nullptr) value = json::with(value, "id", arena.string(document.id), arena);
  if (!wants(value)) return Shown();
  auto shown = std::make_shared<ShownDocument>();
  shown->id = document.id;
  shown->version = document.version;
  shown->text = json::write(value);
  auto again = json::parse(shown->text);
  if (!again) return tl::unexpected<Error>(damaged(again.error(), place));
  shown->document = std::move(*again);
  if (keep) {
    const std::lock_guard lock(mutex_);
    if (kept_for_ == hash) kept_[place] = {shown, 0};
  }
  return Shown(std::move(shown));
}

}  // namespace sallyport
