#include "service/tokens.h"

#include <algorithm>

#include "base/digest.h"
#include "base/id.h"
#include "base/json.h"
#include "base/json_members.h"
#include "base/text.h"
#include "service/audit.h"
#include "service/used_assertions.h"
#include "store/each_of_kind.h"

namespace sallyport {
namespace {

constexpr std::string_view token_kind = "sallyport.token";    // id: SHA-256 of the token
constexpr std::string_view access_kind = "sallyport.access";  // likewise, of what clients get
constexpr std::string_view client_kind = "sallyport.client";
constexpr std::size_t secret_bytes = 32;
constexpr std::string_view token_prefix = "sallyport_";  // so that a scanner finds a leaked one
constexpr std::size_t token_size_max = 256;
constexpr std::size_t remembered_max = 10'000;

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

Error refused() { return {ErrorKind::denied, "the token is not valid, or is so no longer", {}}; }

std::vector<std::string> texts_of(const json::Value& document, std::string_view name) {
  std::vector<std::string> texts;
  if (const auto* list = document.find(name)) {
    for (const auto& item : list->items()) texts.emplace_back(item.text());
  }
  return texts;
}

std::optional<Instant> date_of(const json::Value& document, std::string_view name) {
  return parse_instant(text_of(document, name));
}

Result<Credential> read_credential(const VersionedDocument& document, CredentialKind kind) {
  const auto parsed = json::parse(document.json);
  if (!parsed) {
    return fail(ErrorKind::internal, "this document is damaged", document.kind + "/" + document.id);
  }
  const auto& root = parsed->root();
  Credential out;
  out.kind = kind;
  out.id = text_of(root, "id");
  out.name = text_of(root, "displayName");
  out.user_id = text_of(root, "userId");
  out.certificate = text_of(root, "certificate");
  out.secret_hash = text_of(root, "secretHash");
  out.client_id = text_of(root, "clientId");
  out.created = date_of(root, "createdDateTime");
  out.expires = date_of(root, "expirationDateTime");
  out.permissions = texts_of(root, "permissions");
  out.partners = texts_of(root, "partners");
  // A date that is there and cannot be read must not mean for ever.
  const auto* expires = root.find("expirationDateTime");
  if (!out.expires && expires != nullptr && !expires->is_null()) out.expires = Instant{};
  return out;
}

std::string write_credential(const Credential& one) {
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("id", one.id);
  w.member("displayName", one.name);
  if (!one.user_id.empty()) w.member("userId", one.user_id);
  if (!one.client_id.empty()) w.member("clientId", one.client_id);
  if (!one.secret_hash.empty()) w.member("secretHash", one.secret_hash);
  if (!one.certificate.empty()) w.member("certificate", one.certificate);
  write_texts(w, "permissions", one.permissions);
  if (!one.partners.empty()) write_texts(w, "partners", one.partners);
  if (one.created) w.member("createdDateTime", to_string(*one.created));
  w.key("expirationDateTime");
  one.expires ? w.value(to_string(*one.expires)) : w.null();
  w.end_object();
  return text;
}

// What is done with credentials is done on the command line, by whoever may write to the store.
AuditRecord audit_of(const Credential& one, std::string_view operation, const std::string& text,
                     Instant now) {
  const auto activity = std::string(operation) +
                        (one.kind == CredentialKind::token ? " token" : " client credentials");
  const auto document = json::parse(text);
  const auto* root = document ? &document->root() : nullptr;
  const bool removed = operation == "Revoke";
  return make_audit(command_line_caller(), now,
                    {activity, "ApplicationManagement", operation, "ServicePrincipal", one.id,
                     one.name, removed ? root : nullptr, removed ? nullptr : root});
}

Result<void> keep(Store& store, std::string_view kind, const std::string& id, const Credential& one,
                  Instant now) {
  const auto text = write_credential(one);
  const Write write{std::string(kind), id, text, Version{0}};
  const auto audit = audit_of(one, "Add", text, now);
  const auto written = store.write({&write, 1}, {&audit, 1});
  if (!written) return failed(written.error());
  return {};
}

}  // namespace

Result<Issued> create_token(Store& store, const NewToken& wanted, Instant now) {
  const auto secret = random_text(secret_bytes);
  if (!secret) return failed(secret.error());
  Issued issued{to_string(random_guid()), std::string(token_prefix) + *secret};
  Credential one;
  one.id = issued.id;
  one.name = wanted.name;
  one.user_id = wanted.user_id;
  one.permissions = wanted.permissions;
  one.partners = wanted.partners;
  one.created = now;
  one.expires = wanted.expires;
  if (auto kept = keep(store, token_kind, sha256_hex(issued.secret), one, now); !kept) {
    return failed(kept.error());
  }
  return issued;
}

Result<Issued> create_client(Store& store, const NewClient& wanted, Instant now) {
  Issued issued{to_string(random_guid()), {}};
  Credential one;
  one.kind = CredentialKind::client;
  one.id = issued.id;
  one.name = wanted.name;
  one.permissions = wanted.permissions;
  one.partners = wanted.partners;
  one.certificate = wanted.certificate;
  one.created = now;
  one.expires = wanted.expires;
  if (wanted.certificate.empty()) {
    auto secret = random_text(secret_bytes);
    if (!secret) return failed(secret.error());
    issued.secret = std::move(*secret);
    one.secret_hash = sha256_hex(issued.secret);
  }
  if (auto kept = keep(store, client_kind, one.id, one, now); !kept) return failed(kept.error());
  return issued;
}

Result<std::vector<Credential>> list_credentials(Store& store) {
  std::vector<Credential> out;
  for (const auto& [kind_name, kind] : {std::pair{token_kind, CredentialKind::token},
                                        std::pair{client_kind, CredentialKind::client}}) {
    const auto of_kind = kind;
    const auto listed = each_of_kind(store, kind_name, [&](const VersionedDocument& document) {
      auto one = read_credential(document, of_kind);
      if (!one) return Result<void>(failed(one.error()));
      if (const auto use = store.get(token_use_kind, one->id)) {
        if (const auto parsed = json::parse(use->json)) {
          one->last_used = date_of(parsed->root(), "lastUsedDateTime");
        }
      }
      out.push_back(std::move(*one));
      return Result<void>();
    });
    if (!listed) return failed(listed.error());
  }
  std::ranges::sort(out, {}, &Credential::created);
  return out;
}

Result<std::optional<Credential>> find_credential(Store& store, std::string_view id) {
  const auto client = store.get(client_kind, to_lower(id));
  if (!client && client.error().kind != ErrorKind::not_found) return failed(client.error());
  std::optional<Credential> found;
  if (client) {
    auto read = read_credential(*client, CredentialKind::client);
    if (!read) return failed(read.error());
    found = std::move(*read);
    return found;
  }
  const auto listed = each_of_kind(store, token_kind, [&](const VersionedDocument& document) {
    auto one = read_credential(document, CredentialKind::token);
    if (!one) return Result<void>(failed(one.error()));
    if (equal_ignoring_case(one->id, id)) found = std::move(*one);
    return Result<void>();
  });
  if (!listed) return failed(listed.error());
  return found;
}

Result<void> revoke_credential(Store& store, std::string_view id, Instant now) {
  std::vector<Write> writes;
  std::vector<AuditRecord> audits;
  for (const auto kind : {token_kind, client_kind, access_kind}) {
    const auto credential_kind =
        kind == client_kind ? CredentialKind::client : CredentialKind::token;
    const auto listed = each_of_kind(store, kind, [&](const VersionedDocument& document) {
      const auto one = read_credential(document, credential_kind);
      if (!one) return Result<void>(failed(one.error()));
      if (!equal_ignoring_case(one->id, id) && !equal_ignoring_case(one->client_id, id)) {
        return Result<void>();
      }
      writes.push_back({document.kind, document.id, std::nullopt, std::nullopt});
      if (kind != access_kind) audits.push_back(audit_of(*one, "Revoke", document.json, now));
      return Result<void>();
    });
    if (!listed) return listed;
  }
  if (audits.empty()) {
    return fail(ErrorKind::not_found, "no token or client has this id", std::string(id));
  }
  if (const auto use = store.get(token_use_kind, id)) {
    writes.push_back({use->kind, use->id, std::nullopt, std::nullopt});
  }
  const auto written = store.write(writes, audits);
  if (!written) return failed(written.error());
  return {};
}

Result<Caller> Tokens::authenticate(std::string_view token, Instant now) {
  if (token.empty() || token.size() > token_size_max) return failed(refused());
  const auto hash = sha256_hex(token);
  const auto mark = store_.commit_mark();
  {
    const std::lock_guard lock(mutex_);
    const auto found = remembered_.find(hash);
    if (found != remembered_.end() && mark != 0 && found->second.mark == mark &&
        now < found->second.expires) {
      used_[found->second.caller.id] = now;
      return found->second.caller;
    }
  }
  auto fresh = look_up(hash, now);
  const std::lock_guard lock(mutex_);
  remembered_.erase(hash);
  if (!fresh) return failed(fresh.error());
  fresh->mark = mark;
  if (remembered_.size() >= remembered_max) remembered_.clear();
  used_[fresh->caller.id] = now;
  return remembered_.emplace(hash, std::move(*fresh)).first->second.caller;
}

Result<Tokens::Remembered> Tokens::look_up(const std::string& hash, Instant now) {
  auto document = store_.get(token_kind, hash);
  if (!document && document.error().kind == ErrorKind::not_found) {
    document = store_.get(access_kind, hash);
  }
  if (!document) {
    return failed(document.error().kind == ErrorKind::not_found ? refused() : document.error());
  }
  const auto one = read_credential(*document, CredentialKind::token);
  if (!one) return failed(one.error());
  if (!equal_in_constant_time(document->id, hash) || one->is_expired(now)) {
    return failed(refused());
  }
  Remembered fresh;
  fresh.expires = one->expires.value_or(Instant::max());
  auto& caller = fresh.caller;
  caller.id = one->id;
  caller.name = one->name;
  caller.user_id = one->user_id;
  caller.permissions = std::make_shared<const std::vector<std::string>>(one->permissions);
  if (!one->partners.empty()) {
    caller.partners = std::make_shared<const std::vector<std::string>>(one->partners);
  }
  if (!one->client_id.empty()) {
    const auto client = find_client(one->client_id, now);
    if (!client) return failed(client.error());
    fresh.expires = std::min(fresh.expires, client->expires.value_or(Instant::max()));
    caller.kind = CallerKind::application;
    caller.id = client->id;
    caller.name = client->name;
  }
  return fresh;
}

Result<Credential> Tokens::find_client(std::string_view id, Instant now) {
  const auto document = store_.get(client_kind, to_lower(id));
  if (!document) {
    return failed(document.error().kind == ErrorKind::not_found ? refused() : document.error());
  }
  auto client = read_credential(*document, CredentialKind::client);
  if (client && client->is_expired(now)) return failed(refused());
  return client;
}

Result<std::string> Tokens::issue(const Credential& client, Instant now) {
  auto secret = random_text(secret_bytes);
  if (!secret) return secret;
  Credential one;
  one.id = to_string(random_guid());
  one.name = client.name;
  one.client_id = client.id;
  one.permissions = client.permissions;
  one.partners = client.partners;
  one.created = now;
  one.expires = now + access_token_life;
  const auto text = std::string(token_prefix) + *secret;
  const auto put = store_.put(access_kind, sha256_hex(text), write_credential(one), Version{0});
  if (!put) return failed(put.error());
  return text;
}

Result<void> Tokens::use_assertion(const Credential& client, std::string_view id, Instant expires) {
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("expirationDateTime", to_string(expires));
  w.end_object();
  const auto key = sha256_hex(client.id + ' ' + std::string(id));
  const auto put = store_.put(used_assertion_kind, key, text, Version{0});
  if (put) return {};
  if (put.error().kind != ErrorKind::conflict) return failed(put.error());
  return fail(ErrorKind::denied, "this assertion was used before");
}

Result<void> Tokens::tidy_up(Instant now) {
  std::map<std::string, Instant> used;
  {
    const std::lock_guard lock(mutex_);
    used.swap(used_);
  }
  std::vector<Write> writes;
  for (const auto& [id, at] : used) {
    std::string text;
    json::Writer w(text);
    w.begin_object();
    w.member("lastUsedDateTime", to_string(at));
    w.end_object();
    writes.push_back({std::string(token_use_kind), id, std::move(text), std::nullopt});
  }
  const auto forget_expired = [&](const VersionedDocument& document) {
    const auto one = read_credential(document, CredentialKind::token);
    if (!one || one->is_expired(now)) {
      writes.push_back({document.kind, document.id, std::nullopt, std::nullopt});
    }
    return Result<void>();
  };
  if (auto looked = each_of_kind(store_, access_kind, forget_expired); !looked) return looked;
  if (writes.empty()) return {};
  const auto written = store_.write(writes);
  if (!written) return failed(written.error());
  return {};
}

}  // namespace sallyport
