#include "api/answers.h"

#include "api/enum_words.h"
#include "api/expand.h"
#include "api/list.h"
#include "api/services.h"
#include "base/text.h"
#include "service/document_names.h"

namespace sallyport::api {
namespace {

std::string entity_context(const Call& call) {
  return std::string(call.resource().context) + "/$entity";
}

Reply nothing(std::string etag = {}) {
  Reply reply;
  reply.status = 204;
  reply.etag = std::move(etag);
  return reply;
}

// Beside a strength that is written out stands where it comes from (spec, section 1.3). Inside a
// text of the document the quotes would be escaped, so this finds the member and nothing else.
void add_strength_context(std::string& members, const Call& call, const ShownDocument& shown) {
  constexpr std::string_view strength = "\"authenticationStrength\":{";
  const auto at = members.find(strength);
  if (at == members.npos) return;
  std::string annotation = "\"authenticationStrength@odata.context\":";
  json::append_quoted(annotation,
                      context_url(call, "identity/conditionalAccess/policies('" + shown.id +
                                            "')/grantControls/authenticationStrength/$entity"));
  members.insert(at, annotation + ',');
}

}  // namespace

std::string etag_of(Version version) { return "W/\"" + std::to_string(version) + "\""; }

std::string context_url(const Call& call, std::string_view context) {
  return std::string(call.base) + "/$metadata#" + std::string(context);
}

ChangeContext change_context(const Call& call) {
  return {call.services.queue, call.caller, call.now,
          std::string(trim(call.header("Sallyport-Override-Lockout")))};
}

tl::unexpected<Failure> failed(const Call& call, const Error& error) {
  auto failure = failure_of(error, call.resource().error_style, call.seen.has_value());
  if (error.kind == ErrorKind::not_found && !call.keys.empty()) {
    const auto* type = call.resource().document;
    failure.message = "a " + (type == nullptr ? "document" : std::string(type->noun)) +
                      " with the id `" + call.keys.front() + "` does not exist in the directory";
  }
  return tl::unexpected<Failure>(std::move(failure));
}

tl::unexpected<Failure> failed_query(const Call& call, const Error& error) {
  auto failure = failure_of(error, call.resource().error_style);
  failure.status = failure.status == 413 ? 400 : failure.status;
  if (failure.status == 400) {
    failure.code =
        call.resource().error_style == ErrorStyle::directory ? "Request_BadRequest" : "BadRequest";
  }
  return tl::unexpected<Failure>(std::move(failure));
}

void append_entity(std::string& out, const Call& call, std::string_view context,
                   const ShownDocument& shown, const odata::Select* select) {
  std::string text;
  std::string_view members = shown.text;
  const bool hides =
      !call.prefers("include-unknown-enum-members") && may_hold_newer_words(shown.text);
  if (hides || select != nullptr || !call.resource().contained.empty()) {
    json::Arena arena;
    const auto& whole = shown.document.root();
    const auto value = without_contained(hides ? without_newer_words(whole, arena) : whole,
                                         call.resource(), arena);
    if (select == nullptr) {
      text = json::write(value);
      add_strength_context(text, call, shown);
    } else {
      json::Writer writer(text);
      select->write(writer, value);
    }
    members = text;
  } else if (members.find("\"authenticationStrength\":{") != members.npos) {
    text = shown.text;
    add_strength_context(text, call, shown);
    members = text;
  }
  members.remove_prefix(1);  // the brace
  out += '{';
  if (!context.empty()) {
    out += "\"@odata.context\":";
    json::append_quoted(out, context);
    out += ',';
  }
  if (shown.version > 0) {  // what is built in has none
    out += "\"@odata.etag\":";
    json::append_quoted(out, etag_of(shown.version));
    out += ',';
  }
  if (members == "}" && out.back() == ',') out.pop_back();
  out += members;
}

std::string shown_words(const Call& call, std::string text) {
  if (call.prefers("include-unknown-enum-members") || !may_hold_newer_words(text)) return text;
  const auto parsed = json::parse(text);
  if (!parsed) return text;
  json::Arena arena;
  return json::write(without_newer_words(parsed->root(), arena));
}

Replied entity(const Call& call, const ShownDocument& shown, std::string_view context) {
  Reply reply;
  if (shown.version > 0) reply.etag = etag_of(shown.version);
  if (call.query.empty()) {
    append_entity(reply.body, call, context_url(call, context), shown, nullptr);
    return reply;
  }
  const auto query = parse_query(call, Expands::yes);
  if (!query) return tl::unexpected<Failure>(query.error());
  const auto select = odata::Select::compile(query->select, *call.resource().schema);
  if (!select) return failed_query(call, select.error());
  auto expansion = Expansion::compile(call, *query);
  if (!expansion) return tl::unexpected<Failure>(expansion.error());
  if (auto loaded = expansion->load(call, {shown.id}); !loaded) {
    return tl::unexpected<Failure>(loaded.error());
  }
  // `groups/$entity` becomes `groups(id,members())/$entity`.
  auto full = std::string(context);
  const auto slash = full.rfind("/$entity");
  if (slash != full.npos) full.insert(slash, expansion->context(*select));
  append_entity(reply.body, call, context_url(call, full), shown,
                query->select.empty() ? nullptr : &*select);
  if (auto added = expansion->append(reply.body, call, shown); !added) {
    return tl::unexpected<Failure>(added.error());
  }
  return reply;
}

Replied written(const Call& call, const Result<VersionedDocument>& stored, int status) {
  if (!stored) return failed(call, stored.error());
  const auto shown = call.services.reader.show(*stored);
  if (!shown) return failed(call, shown.error());
  Reply reply;
  reply.status = status;
  reply.etag = etag_of((*shown)->version);
  append_entity(reply.body, call, context_url(call, entity_context(call)), **shown, nullptr);
  if (status == 201) {
    reply.location =
        std::string(call.base) + std::string(call.resource().path) + '/' + (*shown)->id;
  }
  return reply;
}

Replied get_document(const Call& call) {
  const auto shown = call.services.reader.get(call.resource().kind, store_id(call.key()));
  if (!shown) return failed(call, shown.error());
  return entity(call, **shown, entity_context(call));
}

Replied create_document(const Call& call) {
  return written(
      call, sallyport::create_document(change_context(call), *call.resource().document, call.body),
      201);
}

Replied update_document(const Call& call) {
  const auto stored = sallyport::update_document(change_context(call), *call.resource().document,
                                                 call.key(), call.body, call.seen);
  if (!stored) return failed(call, stored.error());
  if (call.prefers("return=representation")) return written(call, stored, 200);
  return nothing(etag_of(stored->version));
}

Replied delete_document(const Call& call) {
  const auto removed = sallyport::remove_document(change_context(call), *call.resource().document,
                                                  call.key(), call.seen);
  if (!removed) return failed(call, removed.error());
  return nothing();
}

}  // namespace sallyport::api
