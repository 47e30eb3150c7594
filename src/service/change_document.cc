#include "service/change_document.h"

#include <algorithm>
#include <set>

#include "base/json_edit.h"
#include "base/text.h"
#include "policy/schema.h"
#include "policy/write.h"
#include "service/audit.h"
#include "service/configuration.h"
#include "service/document_names.h"
#include "service/lockout_gate.h"
#include "store/each_of_kind.h"

namespace sallyport {
namespace {

using json::Value;

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

// Annotations say something about an answer that was read and sent back. Only those that say of
// which type a value is belong to the document.
Value without_annotations(const Value& value, json::Arena& arena) {
  if (value.is_array()) {
    std::vector<Value> items;
    for (const auto& item : value.items()) items.push_back(without_annotations(item, arena));
    return arena.array(items).at(value.offset());
  }
  if (!value.is_object()) return value;
  std::vector<json::Member> members;
  for (const auto& member : value.members()) {
    if (schema::is_annotation(member.name) && !member.name.ends_with("@odata.type")) continue;
    members.push_back({member.name, without_annotations(member.value, arena), member.offset});
  }
  return arena.object(members).at(value.offset());
}

// The name as the type spells it; as it is when the type does not ask for it.
std::string_view spelt(const DocumentType& type, std::string_view name) {
  const auto same = [&](std::string_view one) { return equal_ignoring_case(one, name); };
  if (same("id")) return "id";
  const auto member = std::ranges::find_if(type.members, same, &schema::Member::name);
  if (member != type.members.end()) return member->name;
  const auto read_only = std::ranges::find_if(type.read_only, same);
  return read_only == type.read_only.end() ? name : *read_only;
}

// In the type's spelling: readers take any letter case, so what is checked under one name must not
// come in under another. Of two spellings in one document readers take the type's own.
Value with_spelling(const DocumentType& type, const Value& document, json::Arena& arena) {
  std::vector<json::Member> members;
  for (const auto& member : document.members()) {
    const auto name = spelt(type, member.name);
    const bool is_other = name != member.name;
    if (is_other && (document.find(name) != nullptr ||
                     std::ranges::find(members, name, &json::Member::name) != members.end())) {
      continue;
    }
    members.push_back({name, member.value, member.offset});
  }
  return arena.object(members).at(document.offset());
}

Result<void> check_said_once(const DocumentType& type, const Value& body) {
  std::set<std::string_view> said;
  for (const auto& member : body.members()) {
    const auto name = spelt(type, member.name);
    if (said.insert(name).second) continue;
    return fail(ErrorKind::invalid_argument,
                "`" + printable(name) + "` is said twice, in two spellings; remove one",
                "/" + std::string(member.name));
  }
  return {};
}

Result<Value> body_of(const DocumentType& type, const Value& body, json::Arena& arena) {
  if (!body.is_object()) {
    return fail(ErrorKind::invalid_argument,
                "1007: the body must be an object that describes the " + std::string(type.noun));
  }
  for (const auto& member : body.members()) {
    if (!member.name.ends_with("@odata.bind")) continue;
    return fail(ErrorKind::invalid_argument,
                "`" + printable(member.name) + "` is not taken here; add members with $ref",
                "/" + std::string(member.name));
  }
  if (auto once = check_said_once(type, body); !once) return failed(once.error());
  auto out = with_spelling(type, without_annotations(body, arena), arena);
  for (const auto name : type.read_only) out = json::without(out, name, arena);
  return json::without(out, "id", arena);  // it stands in the path, or is made
}

// A document that could not be loaded again must not be acknowledged: the tenant would be stuck.
Result<void> check_loadable(const DocumentType& type, std::string_view id, std::string_view text) {
  const auto kind = parse_document_kind(type.kind);
  if (!kind || !is_configuration(*kind)) return {};
  Configuration alone;
  const auto loaded = alone.put(*kind, {type.kind, id, text, 1});
  if (loaded) return {};
  return fail(ErrorKind::invalid_argument, "1007: " + loaded.error().message);
}

AuditRecord audit_of(const ChangeContext& context, const DocumentType& type,
                     std::string_view operation, std::string_view id, const Value* before,
                     const Value* after) {
  const auto& document = after == nullptr ? *before : *after;
  const auto activity = std::string(operation) + ' ' + std::string(type.noun);
  const auto reason =
      context.override_lockout.empty() ? "" : "lockout overridden: " + context.override_lockout;
  return make_audit(context.caller, context.now,
                    {activity, type.category, operation, type.target_type, id,
                     display_name_of(document), before, after, reason});
}

// Checks the proposal and puts it, with its audit entry, into the draft; gives the text to store.
Result<std::string> propose(const ChangeContext& context, const DocumentType& type,
                            const Proposal& proposal, std::string_view id, Version seen,
                            std::string_view operation) {
  auto checked = type.check(proposal);
  if (!checked) return failed(std::move(checked.error()));
  auto text = json::write(*checked);
  if (auto loadable = check_loadable(type, id, text); !loadable) return failed(loadable.error());
  proposal.draft.write({std::string(type.kind), std::string(id), text, seen});
  proposal.draft.audit(audit_of(context, type, operation, id, proposal.before, &*checked));
  if (type.follow == nullptr) return text;
  if (auto done = type.follow(proposal.before, &*checked, proposal.draft); !done) {
    return failed(std::move(done.error()));
  }
  return text;
}

Error changed_meanwhile() {
  return {ErrorKind::conflict,
          "this was changed since you read it; read it again and make your change to that",
          {}};
}

// The stored document, if it is the version that the caller has seen.
Result<VersionedDocument> stored(Draft& draft, std::string_view kind, std::string_view id,
                                 std::optional<Version> seen) {
  auto document = draft.get(kind, id);
  if (document && seen && *seen != document->version) return failed(changed_meanwhile());
  return document;
}

Value dated(const Value& document, std::string_view name, const Value& date, json::Arena& arena) {
  return json::with(document, name, date, arena);
}

// Runs a plan whose change must leave the break-glass accounts a way in.
Result<ChangeQueue::Versions> carry_out(const ChangeContext& context,
                                        const ChangeQueue::Plan& plan) {
  return context.queue.run([&](Draft& draft) -> Result<void> {
    if (auto planned = plan(draft); !planned || draft.has_to_wait()) return planned;
    if (!context.override_lockout.empty()) return {};
    const auto change = draft.proposed();
    auto kept = check_lockout(change.store, change.tenant, change.accepted, change.proposed);
    if (!kept && kept.error().kind == ErrorKind::invalid_argument) {
      kept.error().message +=
          "; or send the header Sallyport-Override-Lockout with the reason why it must be";
    }
    return kept;
  });
}

// Runs a plan that writes the document first, and gives what it wrote.
template <class Plan>
Result<VersionedDocument> run(const ChangeContext& context, const DocumentType& type,
                              std::string id, Plan plan) {
  std::string text;
  const auto versions = carry_out(context, [&](Draft& draft) -> Result<void> {
    auto planned = plan(draft);
    if (!planned) return failed(std::move(planned.error()));
    text = std::move(*planned);
    return {};
  });
  if (!versions) return failed(versions.error());
  const auto version = versions->empty() ? Version{0} : versions->front();
  return VersionedDocument{std::string(type.kind), std::move(id), std::move(text), version};
}

Result<std::string> plan_edit(const ChangeContext& context, const DocumentType& type,
                              const Edit& edit, const VersionedDocument& was, Draft& draft,
                              Edits edits) {
  json::Arena arena;
  const auto before = json::parse(was.json);
  if (!before) return failed(damaged(before.error(), was.kind + '/' + was.id));
  // What was imported may be spelt otherwise than the change is.
  const auto known = with_spelling(type, canonical(before->root(), arena), arena);
  auto document = edit(known, draft, arena);
  if (!document) return failed(std::move(document.error()));
  *document = json::with(*document, "id", arena.string(was.id), arena);
  const auto now = arena.string(to_string(context.now));
  if (type.dates == Dates::created_and_modified) {
    *document = dated(*document, "modifiedDateTime", now, arena);
  }
  if (type.dates == Dates::created_and_last_modified) {
    *document = dated(*document, "lastModifiedDateTime", now, arena);
  }
  return propose(context, type, {*document, &known, draft, arena, edits}, was.id, was.version,
                 "Update");
}

// A patch as an edit.
Edit merging(const DocumentType& type, const Value& patch) {
  return [&type, &patch](const Value& before, Draft&, json::Arena& arena) -> Result<Value> {
    const auto change = body_of(type, patch, arena);
    if (!change) return change;
    return json::merged(before, *change, type.whole, arena);
  };
}

}  // namespace

Result<std::string> plan_creation(const ChangeContext& context, const DocumentType& type,
                                  const Value& body, const std::string& id, Draft& draft) {
  json::Arena arena;
  const auto existing = draft.get(type.kind, id);
  if (existing) {
    return fail(ErrorKind::conflict,
                "a " + std::string(type.noun) + " with this id exists already");
  }
  if (existing.error().kind != ErrorKind::not_found) return failed(existing.error());
  auto document = body_of(type, body, arena);
  if (!document) return failed(std::move(document.error()));
  std::vector<json::Member> members = {{"id", arena.string(id), 0}};
  members.insert(members.end(), document->members().begin(), document->members().end());
  *document = arena.object(members);
  if (type.dates != Dates::none) {
    const auto now = arena.string(to_string(context.now));
    *document = dated(*document, "createdDateTime", now, arena);
  }
  if (type.dates == Dates::created_and_modified) {
    *document = dated(*document, "modifiedDateTime", Value(), arena);
  }
  if (type.dates == Dates::created_and_last_modified) {
    const auto now = arena.string(to_string(context.now));
    *document = dated(*document, "lastModifiedDateTime", now, arena);
  }
  return propose(context, type, {*document, nullptr, draft, arena}, id, 0, "Add");
}

Result<VersionedDocument> create_document(const ChangeContext& context, const DocumentType& type,
                                          const Value& body, std::string_view id) {
  const auto given = id.empty() ? to_string(random_guid()) : store_id(id);
  return run(context, type, given,
             [&](Draft& draft) { return plan_creation(context, type, body, given, draft); });
}

Result<VersionedDocument> update_document(const ChangeContext& context, const DocumentType& type,
                                          std::string_view id, const Value& patch,
                                          std::optional<Version> seen, WhenAbsent when_absent) {
  const auto given = store_id(id);
  return run(context, type, given, [&](Draft& draft) -> Result<std::string> {
    const auto was = stored(draft, type.kind, given, seen);
    if (was) {
      return plan_edit(context, type, merging(type, patch), *was, draft, Edits::members);
    }
    const bool create =
        when_absent == WhenAbsent::create && !seen && was.error().kind == ErrorKind::not_found;
    if (!create) return failed(was.error());
    return plan_creation(context, type, patch, given, draft);
  });
}

Result<VersionedDocument> edit_document(const ChangeContext& context, const DocumentType& type,
                                        std::string_view id, const Edit& edit,
                                        std::optional<Version> seen, Edits edits) {
  const auto given = store_id(id);
  return run(context, type, given, [&](Draft& draft) -> Result<std::string> {
    const auto was = stored(draft, type.kind, given, seen);
    if (!was) return failed(was.error());
    return plan_edit(context, type, edit, *was, draft, edits);
  });
}

Result<void> remove_document(const ChangeContext& context, const DocumentType& type,
                             std::string_view id, std::optional<Version> seen) {
  const auto given = store_id(id);
  const auto removed = carry_out(context, [&](Draft& draft) -> Result<void> {
    const auto was = stored(draft, type.kind, given, seen);
    if (!was) return failed(was.error());
    const auto document = json::parse(was->json);
    if (!document) return failed(damaged(document.error(), was->kind + '/' + was->id));
    if (type.check_removal != nullptr) {
      if (auto allowed = type.check_removal(document->root(), draft); !allowed) return allowed;
    }
    draft.write({was->kind, was->id, std::nullopt, was->version});
    if (!type.deleted_kind.empty()) {
      json::Arena arena;
      const auto now = arena.string(to_string(context.now));
      const auto deleted = dated(document->root(), "deletedDateTime", now, arena);
      draft.write({std::string(type.deleted_kind), was->id, json::write(deleted), std::nullopt});
    }
    draft.audit(audit_of(context, type, "Delete", was->id, &document->root(), nullptr));
    return type.follow == nullptr ? Result<void>() : type.follow(&document->root(), nullptr, draft);
  });
  if (!removed) return failed(removed.error());
  return {};
}

Instant deleted_at(const Value& document) {
  const auto* date = document.find("deletedDateTime");
  const auto at = date == nullptr ? std::nullopt : parse_instant(date->text());
  return at.value_or(Instant{});
}

Result<VersionedDocument> restore_document(const ChangeContext& context, const DocumentType& type,
                                           std::string_view id) {
  const auto given = store_id(id);
  return run(context, type, given, [&](Draft& draft) -> Result<std::string> {
    const auto was = draft.get(type.deleted_kind, given);
    if (!was) return failed(was.error());
    const auto deleted = json::parse(was->json);
    if (!deleted) return failed(damaged(deleted.error(), was->kind + '/' + was->id));
    if (deleted_at(deleted->root()) + deleted_kept <= context.now) {
      return fail(ErrorKind::not_found, "it was deleted more than 30 days ago and is gone");
    }
    const auto existing = draft.get(type.kind, given);
    if (existing) return fail(ErrorKind::conflict, "one with this id exists already");
    if (existing.error().kind != ErrorKind::not_found) return failed(existing.error());
    json::Arena arena;
    const auto document =
        json::without(canonical(deleted->root(), arena), "deletedDateTime", arena);
    auto text = propose(context, type, {document, nullptr, draft, arena}, given, 0, "Restore");
    if (text) draft.write({was->kind, was->id, std::nullopt, was->version});
    return text;
  });
}

Result<void> remove_deleted_document(const ChangeContext& context, const DocumentType& type,
                                     std::string_view id) {
  const auto given = store_id(id);
  const auto removed = carry_out(context, [&](Draft& draft) -> Result<void> {
    const auto was = draft.get(type.deleted_kind, given);
    if (!was) return failed(was.error());
    const auto document = json::parse(was->json);
    if (!document) return failed(damaged(document.error(), was->kind + '/' + was->id));
    draft.write({was->kind, was->id, std::nullopt, was->version});
    draft.audit(audit_of(context, type, "Hard delete", was->id, &document->root(), nullptr));
    return {};
  });
  if (!removed) return failed(removed.error());
  return {};
}

Result<std::size_t> forget_deleted(Store& store, const DocumentType& type, Instant before,
                                   std::size_t count_max) {
  std::vector<Write> writes;
  const auto looked = some_of_kind(store, type.deleted_kind, [&](const VersionedDocument& one) {
    const auto document = json::parse(one.json);
    const bool is_over = !document || deleted_at(document->root()) < before;
    if (is_over) writes.push_back({one.kind, one.id, std::nullopt, one.version});
    return Result<bool>(writes.size() < count_max);
  });
  if (!looked) return failed(looked.error());
  if (writes.empty()) return std::size_t{0};
  const auto written = store.write(writes);
  if (!written) return failed(written.error());
  return writes.size();
}

}  // namespace sallyport
