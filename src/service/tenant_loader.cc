#include "service/tenant_loader.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/json.h"
#include "device/read.h"
#include "directory/read.h"

namespace sallyport {
namespace {

constexpr std::size_t page_size = 1000;
// So many shapes may be new since the program was compiled: it decides those without its tables.
constexpr std::size_t new_shapes_max = 64;

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

std::string place_of(std::string_view kind, std::string_view id) {
  return std::string(kind) + "/" + std::string(id);
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += digits[digest[i] >> 4U];
    hex += digits[digest[i] & 15U];
  }
  return hex;
}

// The users a group, role or assignment document names.
void collect_users(DocumentKind kind, const json::Value& document,
                   std::unordered_set<UserId>& users) {
  const auto collect = [&](const std::vector<Principal>& members) {
    for (const auto& member : members) {
      if (member.kind != Principal::Kind::group) users.insert(UserId::of(member.id));
    }
  };
  if (kind == DocumentKind::group) collect(read_group(document).value.members);
  if (kind == DocumentKind::directory_role) collect(read_directory_role(document).value.members);
  if (kind == DocumentKind::role_assignment) {
    const auto assignment = read_role_assignment(document);
    if (assignment.value) collect(assignment.value->members);
  }
}

Error damaged(const Error& error, const std::string& where) {
  return {ErrorKind::internal, "this document is damaged: " + error.message,
          error.where.empty() ? where : where + ":" + error.where};
}

Error first_error(std::vector<Finding> findings, std::string where) {
  for (auto& finding : findings) {
    if (finding.severity == Severity::error) {
      return {ErrorKind::internal, std::move(finding.message), where + finding.pointer};
    }
  }
  return {ErrorKind::internal, "this document cannot be read", std::move(where)};
}

// The last change of each document, in order of kind and id.
std::vector<Change> last_of_each(std::span<const Change> changes) {
  std::map<std::pair<std::string_view, std::string_view>, const Change*> last;
  for (const auto& change : changes) last[{change.kind, change.id}] = &change;
  std::vector<Change> out;
  out.reserve(last.size());
  for (const auto& entry : last) out.push_back(*entry.second);
  return out;
}

bool touches_configuration(std::span<const Change> changes) {
  return std::any_of(changes.begin(), changes.end(), [](const Change& change) {
    const auto kind = parse_document_kind(change.kind);
    return kind && is_configuration(*kind);
  });
}

}  // namespace

// Adds every document of a kind; the hash of the policy set is over `digest`.
Result<void> TenantLoader::add_all(std::string_view kind_name, TenantBuilder& builder,
                                   std::string* digest) {
  const auto kind = parse_document_kind(kind_name);
  if (!kind || *kind == DocumentKind::other) return {};
  std::string after;
  for (;;) {
    auto page = store_.list(kind_name, after, page_size);
    if (!page) return failed(std::move(page.error()));
    for (const auto& document : *page) {
      const auto where = place_of(kind_name, document.id);
      auto parsed = json::parse(document.json);
      if (!parsed) return failed(damaged(parsed.error(), where));
      if (!builder.add(*kind, parsed->root(), document.json, where)) {
        return failed(first_error(builder.take_findings(), where));
      }
      collect_users(*kind, parsed->root(), named_elsewhere_);
      if (*kind == DocumentKind::device) {
        const auto described = read_device(parsed->root(), {}, MissingMember::unknown);
        if (!described) return failed(damaged(described.error(), where));
        remember_device(guid_of_text(document.id), described->device.id);
      }
      if (digest != nullptr) {
        *digest += where + "\n" + sha256_hex(document.json) + "\n";
      }
    }
    if (page->size() < page_size) return {};
    after = page->back().id;
  }
}

TenantLoader::Made TenantLoader::load() {
  // Read first: what changes while the documents are listed is then simply applied again.
  in_step_ = false;
  const auto sequence = store_.last_sequence();
  if (!sequence) return failed(sequence.error());
  const auto kinds = store_.kinds();
  if (!kinds) return failed(kinds.error());
  named_elsewhere_.clear();
  device_of_document_.clear();
  TenantBuilder builder;
  std::string digest;
  for (const auto& kind : *kinds) {
    const auto known = parse_document_kind(kind.kind);
    const bool configuration = known && is_configuration(*known);
    if (auto added = add_all(kind.kind, builder, configuration ? &digest : nullptr); !added) {
      return failed(std::move(added.error()));
    }
  }
  auto tenant = std::move(builder).build();
  auto state = std::make_shared<TenantState>();
  state->directory = std::move(tenant.directory);
  state->inventory = std::move(tenant.inventory);
  state->has_directory = tenant.has_directory;
  state->has_inventory = tenant.has_inventory;
  state->names = std::move(tenant.names);
  state->policy_set_hash = sha256_hex(digest);
  state->sequence = *sequence;
  return compiled(std::move(state), std::move(tenant.policy_set));
}

TenantLoader::Made TenantLoader::next(const TenantState& base, std::span<const Change> changes) {
  // What these members say about `base` is true again only when this succeeds.
  if (!std::exchange(in_step_, false)) return load();
  auto state = std::make_shared<TenantState>(base);
  state->sequence = changes.empty() ? base.sequence : changes.back().sequence;
  const auto latest = last_of_each(changes);
  const auto edited = edit(base, latest, *state);
  if (!edited) return failed(edited.error());
  if (!*edited) return load();

  const bool configuration = touches_configuration(latest);
  PolicySet policy_set;
  if (configuration) {
    if (auto loaded = load_configuration(*state, policy_set); !loaded) {
      return failed(std::move(loaded.error()));
    }
  }
  state->names.set_directory(state->directory);
  const bool outgrown =
      state->directory->groups().size() != base.directory->groups().size() ||
      state->directory->roles().size() != base.directory->roles().size() ||
      state->inventory->shapes().size() > shapes_compiled_ + new_shapes_max;
  if (!configuration && !outgrown) {
    in_step_ = true;
    return std::shared_ptr<const TenantState>(std::move(state));
  }
  if (!configuration) policy_set = base.program->policies();
  return compiled(std::move(state), std::move(policy_set));
}

Result<void> TenantLoader::load_configuration(TenantState& state, PolicySet& policy_set) {
  const auto kinds = store_.kinds();
  if (!kinds) return failed(kinds.error());
  TenantBuilder builder;
  std::string digest;
  for (const auto& kind : *kinds) {
    const auto known = parse_document_kind(kind.kind);
    if (!known || !is_configuration(*known)) continue;
    if (auto added = add_all(kind.kind, builder, &digest); !added) return added;
  }
  auto tenant = std::move(builder).build();
  policy_set = std::move(tenant.policy_set);
  state.policy_set_hash = sha256_hex(digest);
  state.names = std::move(tenant.names);
  return {};
}

// False: these changes need a whole load.
Result<bool> TenantLoader::edit(const TenantState& base, std::span<const Change> changes,
                                TenantState& state) {
  std::unique_ptr<Directory::Editor> directory;
  std::unique_ptr<Inventory::Editor> inventory;
  for (const auto& change : changes) {
    const auto kind = parse_document_kind(change.kind);
    if (!kind || *kind == DocumentKind::other || is_configuration(*kind)) continue;
    if (*kind == DocumentKind::device && base.has_inventory) {
      if (!inventory) inventory = std::make_unique<Inventory::Editor>(base.inventory);
      if (auto done = edit_device(change, *inventory); !done) return failed(done.error());
    } else if (*kind == DocumentKind::user && base.has_directory) {
      if (!directory) directory = std::make_unique<Directory::Editor>(base.directory);
      const auto done = edit_user(change, *directory);
      if (!done || !*done) return done;
    } else {
      return false;
    }
  }
  if (directory) state.directory = std::move(*directory).build();
  if (inventory) state.inventory = std::move(*inventory).build();
  return true;
}

Result<void> TenantLoader::edit_device(const Change& change, Inventory::Editor& editor) {
  const auto document_id = guid_of_text(change.id);
  const auto known = device_of_document_.find(document_id);
  const auto before = known == device_of_document_.end() ? DeviceId{document_id} : known->second;
  auto document = store_.get(change.kind, change.id);
  if (!document) {
    if (document.error().kind != ErrorKind::not_found) return failed(std::move(document.error()));
    editor.remove(before);
    device_of_document_.erase(document_id);
    return {};
  }
  const auto where = place_of(change.kind, change.id);
  const auto parsed = json::parse(document->json);
  if (!parsed) return failed(damaged(parsed.error(), where));
  const auto described = read_device(parsed->root(), {}, MissingMember::unknown);
  if (!described) return failed(damaged(described.error(), where));
  const auto now = described->device.id;
  if (now != before) editor.remove(before);
  remember_device(document_id, now);
  editor.put(described->device);
  return {};
}

void TenantLoader::remember_device(const Guid& document_id, DeviceId device_id) {
  if (document_id == device_id.guid) {
    device_of_document_.erase(document_id);
  } else {
    device_of_document_[document_id] = device_id;
  }
}

Result<bool> TenantLoader::edit_user(const Change& change, Directory::Editor& editor) {
  const auto id = UserId::of(change.id);
  if (named_elsewhere_.count(id) != 0) return false;
  auto document = store_.get(change.kind, change.id);
  if (!document) {
    if (document.error().kind != ErrorKind::not_found) return failed(std::move(document.error()));
    editor.remove_user(id);
    return true;
  }
  const auto parsed = json::parse(document->json);
  if (!parsed) return failed(damaged(parsed.error(), place_of(change.kind, change.id)));
  const auto user = read_user(parsed->root());
  if (user.value.user.id != id) return false;
  apply(user.value, editor);
  return true;
}

TenantLoader::Made TenantLoader::compiled(std::shared_ptr<TenantState> state,
                                          PolicySet policy_set) {
  shapes_compiled_ = state->inventory->shapes().size();
  auto program = compile(std::move(policy_set), state->directory, state->inventory);
  if (!program) return failed(std::move(program.error()));
  state->program = std::move(*program);
  in_step_ = true;
  return std::shared_ptr<const TenantState>(std::move(state));
}

}  // namespace sallyport
