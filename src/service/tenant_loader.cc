#include "service/tenant_loader.h"

#include <algorithm>
#include <map>
#include <thread>
#include <unordered_set>
#include <utility>

#include "base/json.h"
#include "device/read.h"
#include "directory/read.h"
#include "service/document_names.h"
#include "service/read_ahead.h"

namespace sallyport {
namespace {

// So many shapes may be new since the program was compiled: it decides those without its tables.
constexpr std::size_t new_shapes_max = 64;

// Threads that read, beside one that steps through the store and one that takes what was read; more
// would only wait for those.
constexpr unsigned helpers_max = 2;

// No memory is set aside for more users than this before they come.
constexpr std::int64_t users_expected_max = 100'000'000;

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

std::string place_of(const Change& change) { return change.kind + "/" + change.id; }

// The last change of each document, in order of kind and id.
std::vector<Change> last_of_each(std::span<const Change> changes) {
  std::map<std::pair<std::string_view, std::string_view>, const Change*> last;
  for (const auto& change : changes) last[{change.kind, change.id}] = &change;
  std::vector<Change> out;
  out.reserve(last.size());
  for (const auto& entry : last) out.push_back(*entry.second);
  return out;
}

RoleId role_template_of(const json::Value& document) {
  const auto* id = document.find_ignoring_case("roleTemplateId");
  return RoleId::of(id == nullptr ? std::string_view() : id->text());
}

}  // namespace

TenantLoader::TenantLoader(Store& store)
    : TenantLoader(store,
                   std::min(std::max(std::thread::hardware_concurrency(), 2U) - 2, helpers_max)) {}

// The editors of the next state, made when first needed.
struct TenantLoader::Edits {
  const TenantState& base;
  std::unique_ptr<Directory::Editor> directory_editor = nullptr;
  std::unique_ptr<Inventory::Editor> inventory_editor = nullptr;
  std::unordered_set<Guid, GuidHash> devices_put = {};
  std::unordered_set<Guid, GuidHash> applications_put = {};
  bool needs_program = false;

  Directory::Editor& directory() {
    if (!directory_editor) directory_editor = std::make_unique<Directory::Editor>(base.directory);
    return *directory_editor;
  }
  Inventory::Editor& inventory() {
    if (!inventory_editor) inventory_editor = std::make_unique<Inventory::Editor>(base.inventory);
    return *inventory_editor;
  }
};

Result<void> TenantLoader::take(const DocumentView& document, DocumentKind kind,
                                DocumentBatch::Outcome& outcome, TenantBuilder& builder) {
  if (kind == DocumentKind::other) return {};
  if (is_configuration(kind)) return configuration_.put(kind, document);
  if (auto* error = std::get_if<Error>(&outcome)) return failed(std::move(*error));
  std::optional<std::string> id;
  if (auto* reading = std::get_if<EntryReading>(&outcome)) {
    id = builder.take(std::move(*reading));
  } else {
    const auto parsed = json::parse(document.json);
    if (!parsed) return failed(damaged(parsed.error(), place_of(document)));
    id = builder.add(kind, parsed->root(), SourceText{document.json, {}});
    if (kind == DocumentKind::directory_role) {
      role_of_document_[statement_key(kind, document.id)] = role_template_of(parsed->root());
    }
  }
  auto findings = builder.take_findings();
  if (!id) return failed(first_error(std::move(findings), place_of(document)));
  if (kind == DocumentKind::device) {
    device_ids_.add(guid_of_text(document.id), builder.last_device());
    return {};
  }
  // Users are asked for by their id again.
  const bool odd = (*id != document.id && store_id(*id) != document.id) ||
                   document.kind != name_of(kind) ||
                   (kind == DocumentKind::user && !parse_guid(*id));
  has_odd_ids_ = has_odd_ids_ || odd;
  return {};
}

Result<void> TenantLoader::read_all(TenantBuilder& builder) {
  ReadAhead<DocumentBatch> ahead(
      helpers_, [](DocumentBatch& batch) { batch.read(); },
      [&](DocumentBatch& batch) {
        return batch.each(
            [&](const DocumentView& document, DocumentKind kind, DocumentBatch::Outcome& outcome) {
              return take(document, kind, outcome, builder);
            });
      });
  return ahead.run([&](const ReadAhead<DocumentBatch>::Give& give) -> Result<void> {
    DocumentBatch batch;
    auto done = store_.each_document([&](const DocumentView& document) -> Result<void> {
      batch.add(document);
      if (!batch.is_full() || give(std::exchange(batch, {}))) return {};
      return fail(ErrorKind::internal, "nothing more is wanted");
    });
    if (done) give(std::move(batch));
    return done;
  });
}

// About: users may come and go while the documents are read.
Result<std::uint32_t> TenantLoader::user_count() {
  const auto kinds = store_.kinds();
  if (!kinds) return failed(kinds.error());
  const auto users =
      std::ranges::find(*kinds, std::string(name_of(DocumentKind::user)), &KindCount::kind);
  if (users == kinds->end()) return 0U;
  return static_cast<std::uint32_t>(std::min<std::int64_t>(users->count, users_expected_max));
}

TenantLoader::Made TenantLoader::load() {
  // Read first: what changes while the documents are listed is then simply applied again.
  in_step_ = false;
  ++loads_;
  const auto sequence = store_.last_sequence();
  if (!sequence) return failed(sequence.error());
  configuration_.clear();
  role_of_document_.clear();
  device_ids_.clear();
  has_odd_ids_ = false;
  TenantBuilder builder;
  const auto users = user_count();
  if (!users) return failed(users.error());
  builder.expect_users(*users);
  if (auto done = read_all(builder); !done) return failed(std::move(done.error()));
  device_ids_.settle();
  auto whole = configuration_.whole();
  if (!whole) return failed(std::move(whole.error()));
  auto tenant = std::move(builder).build(&statements_);
  auto state = std::make_shared<TenantState>();
  state->directory = std::move(tenant.directory);
  state->inventory = std::move(tenant.inventory);
  state->has_directory = tenant.has_directory;
  state->has_inventory = tenant.has_inventory;
  state->names = std::move(whole->names);
  state->names.set_directory(state->directory);
  state->policy_set_hash = std::move(whole->hash);
  state->sequence = *sequence;
  return compiled(std::move(state), std::move(whole->policy_set));
}

TenantLoader::Made TenantLoader::next(const TenantState& base, std::span<const Change> changes) {
  // What these members say about `base` is true again only when this succeeds.
  if (!std::exchange(in_step_, false)) return load();
  auto state = std::make_shared<TenantState>(base);
  state->sequence = changes.empty() ? base.sequence : changes.back().sequence;
  Edits edits{base};
  bool configuration = false;
  for (const auto& change : last_of_each(changes)) {
    const auto kind = parse_document_kind(change.kind);
    if (!kind || *kind == DocumentKind::other) continue;
    if (is_configuration(*kind)) {
      configuration = true;
      if (auto done = change_configuration(*kind, change); !done) return failed(done.error());
      continue;
    }
    const auto edited = edit(*kind, change, edits);
    if (!edited) return failed(edited.error());
    if (!*edited) return load();
  }
  if (edits.directory_editor) state->directory = std::move(*edits.directory_editor).build();
  if (edits.inventory_editor) state->inventory = std::move(*edits.inventory_editor).build();

  PolicySet policy_set;
  if (configuration) {
    auto whole = configuration_.whole();
    if (!whole) return failed(std::move(whole.error()));
    state->names = std::move(whole->names);
    state->policy_set_hash = std::move(whole->hash);
    policy_set = std::move(whole->policy_set);
  }
  state->names.set_directory(state->directory);
  const bool needs_program = configuration || edits.needs_program ||
                             statements_.take_structure_changed() ||
                             state->directory->groups().size() != base.directory->groups().size() ||
                             state->directory->roles().size() != base.directory->roles().size() ||
                             state->inventory->shapes().size() > shapes_compiled_ + new_shapes_max;
  if (!needs_program) {
    in_step_ = true;
    return std::shared_ptr<const TenantState>(std::move(state));
  }
  if (!configuration) policy_set = base.program->policies();
  return compiled(std::move(state), std::move(policy_set));
}

Result<void> TenantLoader::change_configuration(DocumentKind kind, const Change& change) {
  const auto document = store_.get(change.kind, change.id);
  if (document) {
    return configuration_.put(kind, {document->kind, document->id, document->json});
  }
  if (document.error().kind != ErrorKind::not_found) return failed(document.error());
  configuration_.remove(change.kind, change.id);
  return {};
}

Result<bool> TenantLoader::edit(DocumentKind kind, const Change& change, Edits& edits) {
  if (kind == DocumentKind::device) {
    if (!edits.base.has_inventory) return false;
    return edit_device(change, edits);
  }
  if (has_odd_ids_ || !edits.base.has_directory || change.kind != name_of(kind)) return false;
  switch (kind) {
    case DocumentKind::user: return edit_user(change, edits);
    case DocumentKind::group: return edit_group(change, edits);
    case DocumentKind::directory_role:
    case DocumentKind::role_assignment: return edit_role(kind, change, edits);
    case DocumentKind::service_principal: return edit_service_principal(change, edits);
    default: return false;
  }
}

Result<bool> TenantLoader::has_any(std::string_view kind) {
  const auto first = store_.list(kind, "", 1);
  if (!first) return failed(first.error());
  return !first->empty();
}

Result<std::optional<Directory::Editor::User>> TenantLoader::user_document(UserId id) {
  using User = Directory::Editor::User;
  const auto document = store_.get("user", to_string(id));
  if (!document) {
    if (document.error().kind != ErrorKind::not_found) return failed(document.error());
    return std::optional<User>();
  }
  const auto parsed = json::parse(document->json);
  if (!parsed) return failed(damaged(parsed.error(), "user/" + document->id));
  return std::optional<User>(read_user(parsed->root()).value.user);
}

Result<bool> TenantLoader::edit_user(const Change& change, Edits& edits) {
  const auto id = parse_guid(change.id);
  if (!id) return false;
  const auto user = user_document(UserId{*id});
  if (!user) return failed(user.error());
  if (!*user) {
    if (!statements_.remove(UserId{*id}, edits.directory())) return false;
    return has_any(change.kind);
  }
  if ((*user)->id != UserId{*id}) return false;
  return statements_.put(**user, edits.directory());
}

Result<bool> TenantLoader::edit_group(const Change& change, Edits& edits) {
  const auto users = [this](UserId id) { return user_document(id); };
  const auto id = GroupId::of(change.id);
  const auto document = store_.get(change.kind, change.id);
  if (!document) {
    if (document.error().kind != ErrorKind::not_found) return failed(document.error());
    auto removed = statements_.remove(id, edits.directory(), users);
    if (!removed || !*removed) return removed;
    const auto others = has_any("user");
    if (!others || *others) return others;
    return has_any(change.kind);
  }
  const auto parsed = json::parse(document->json);
  if (!parsed) return failed(damaged(parsed.error(), place_of(change)));
  const auto group = read_group(parsed->root());
  if (group.value.id != id) return false;
  return statements_.put(statement_of(group.value), edits.directory(), users);
}

Result<bool> TenantLoader::edit_role(DocumentKind kind, const Change& change, Edits& edits) {
  const auto users = [this](UserId id) { return user_document(id); };
  const auto key = statement_key(kind, change.id);
  const auto document = store_.get(change.kind, change.id);
  if (!document) {
    if (document.error().kind != ErrorKind::not_found) return failed(document.error());
    role_of_document_.erase(key);
    return statements_.remove(key, edits.directory(), users);
  }
  const auto parsed = json::parse(document->json);
  if (!parsed) return failed(damaged(parsed.error(), place_of(change)));
  const auto* id = parsed->root().find_ignoring_case("id");
  if (id == nullptr || store_id(id->text()) != change.id) return false;
  if (kind == DocumentKind::role_assignment) {
    const auto assignment = read_role_assignment(parsed->root());
    if (!assignment.value) return statements_.remove(key, edits.directory(), users);
    return statements_.put(key, statement_of(*assignment.value), edits.directory(), users);
  }
  const auto role = read_directory_role(parsed->root());
  const bool claimed = std::ranges::any_of(role_of_document_, [&](const auto& other) {
    return other.second == role.value.id && other.first != key;
  });
  if (claimed) return false;
  role_of_document_[key] = role.value.id;
  return statements_.put(key, statement_of(role.value), edits.directory(), users);
}

Result<bool> TenantLoader::edit_service_principal(const Change& change, Edits& edits) {
  const auto id = ServicePrincipalId::of(change.id);
  const auto document = store_.get(change.kind, change.id);
  edits.needs_program = true;
  if (!document) {
    if (document.error().kind != ErrorKind::not_found) return failed(document.error());
    edits.directory().remove_service_principal(id);
    return true;
  }
  const auto parsed = json::parse(document->json);
  if (!parsed) return failed(damaged(parsed.error(), place_of(change)));
  auto principal = read_service_principal(parsed->root()).value;
  if (principal.id != id) return false;
  // Of two with one application the first is found, which is a matter of the order of reading.
  const auto all = edits.base.directory->service_principals();
  const bool shared = std::ranges::any_of(all, [&](const ServicePrincipal& other) {
    return other.app_id == principal.app_id && other.id != id;
  });
  if (shared || !edits.applications_put.insert(principal.app_id.guid).second) return false;
  edits.directory().put_service_principal(std::move(principal));
  return true;
}

Result<bool> TenantLoader::edit_device(const Change& change, Edits& edits) {
  const auto document_id = guid_of_text(change.id);
  const auto before = device_ids_.find(document_id);
  // A document we do not know may be called as another one's device is.
  if (before.guid == document_id && edits.base.inventory->find(before) &&
      device_ids_.is_anothers(before)) {
    return false;
  }
  const auto document = store_.get(change.kind, change.id);
  if (!document) {
    if (document.error().kind != ErrorKind::not_found) return failed(document.error());
    edits.inventory().remove(before);
    device_ids_.forget(document_id);
    return has_any(change.kind);
  }
  const auto parsed = json::parse(document->json);
  if (!parsed) return failed(damaged(parsed.error(), place_of(change)));
  const auto described = read_device(parsed->root(), {}, MissingMember::unknown);
  if (!described) return failed(damaged(described.error(), place_of(change)));
  const auto& device = described->device;
  const bool claimed = edits.devices_put.contains(device.id.guid) ||
                       (device.id != before && edits.base.inventory->find(device.id));
  if (!described->has_id || claimed) return false;
  edits.devices_put.insert(device.id.guid);
  if (device.id != before) {
    edits.inventory().remove(before);
    device_ids_.set(document_id, device.id);
  }
  edits.inventory().put(device);
  return true;
}

TenantLoader::Made TenantLoader::compiled(std::shared_ptr<TenantState> state,
                                          PolicySet policy_set) {
  shapes_compiled_ = state->inventory->shapes().size();
  std::ignore = statements_.take_structure_changed();
  state->is_empty = policy_set.policies.empty() && !state->has_directory && !state->has_inventory;
  auto program = compile(std::move(policy_set), state->directory, state->inventory);
  if (!program) return failed(std::move(program.error()));
  state->program = std::move(*program);
  in_step_ = true;
  return std::shared_ptr<const TenantState>(std::move(state));
}

}  // namespace sallyport
