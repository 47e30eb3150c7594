#include "api/answers.h"

#include "api/services.h"
#include "service/document_names.h"

namespace sallyport::api {
namespace {

constexpr std::size_t page_size = 100;

tl::unexpected<Failure> failed(const Call& call, const Error& error) {
  return tl::unexpected<Failure>(failure_of(call, error));
}

// `{"@odata.context": ..., "@odata.etag": ..., <the document's members>}`
void append_entity(std::string& out, std::string_view context, const ShownDocument& shown) {
  out += '{';
  if (!context.empty()) {
    out += "\"@odata.context\":";
    json::append_quoted(out, context);
    out += ',';
  }
  out += "\"@odata.etag\":";
  json::append_quoted(out, etag_of(shown.version));
  const std::string_view members = std::string_view(shown.text).substr(1);
  if (members != "}") out += ',';
  out += members;
}

std::string context_url(const Call& call, std::string_view context) {
  return std::string(call.base) + "/$metadata#" + std::string(context);
}

Replied shown_reply(const Call& call, const Result<VersionedDocument>& stored, int status) {
  if (!stored) return failed(call, stored.error());
  const auto shown = call.services.reader.show(*stored);
  if (!shown) return failed(call, shown.error());
  auto reply = entity(call, **shown, std::string(call.resource().context) + "/$entity", status);
  if (status == 201) {
    reply.location =
        std::string(call.base) + std::string(call.resource().path) + '/' + (*shown)->id;
  }
  return reply;
}

}  // namespace

std::string etag_of(Version version) { return "W/\"" + std::to_string(version) + "\""; }

ChangeContext change_context(const Call& call) {
  return {call.services.queue, call.caller, call.now};
}

Failure failure_of(const Call& call, const Error& error) {
  auto failure = failure_of(error, call.resource().error_style, call.seen.has_value());
  if (error.kind == ErrorKind::not_found && !call.keys.empty()) {
    failure.message =
        "a " +
        std::string(call.resource().document == nullptr ? "document"
                                                        : call.resource().document->noun) +
        " with the id `" + call.keys.front() + "` does not exist in the directory";
  }
  return failure;
}

Reply entity(const Call& call, const ShownDocument& shown, std::string_view context, int status) {
  Reply reply;
  reply.status = status;
  reply.etag = etag_of(shown.version);
  append_entity(reply.body, context_url(call, context), shown);
  return reply;
}

Replied list_documents(const Call& call) {
  const auto shown = call.services.reader.list(call.resource().kind, "", page_size);
  if (!shown) return failed(call, shown.error());
  Reply reply;
  reply.body = "{\"@odata.context\":";
  json::append_quoted(reply.body, context_url(call, call.resource().context));
  reply.body += ",\"value\":[";
  bool first = true;
  for (const auto& one : *shown) {
    if (!first) reply.body += ',';
    first = false;
    append_entity(reply.body, {}, *one);
  }
  reply.body += "]}";
  return reply;
}

Replied get_document(const Call& call) {
  const auto shown = call.services.reader.get(call.resource().kind, store_id(call.key()));
  if (!shown) return failed(call, shown.error());
  return entity(call, **shown, std::string(call.resource().context) + "/$entity", 200);
}

Replied create_document(const Call& call) {
  return shown_reply(
      call, sallyport::create_document(change_context(call), *call.resource().document, call.body),
      201);
}

Replied update_document(const Call& call) {
  const auto stored = sallyport::update_document(change_context(call), *call.resource().document,
                                                 call.key(), call.body, call.seen);
  if (!stored) return failed(call, stored.error());
  if (call.prefers("return=representation")) return shown_reply(call, stored, 200);
  Reply reply;
  reply.status = 204;
  reply.etag = etag_of(stored->version);
  return reply;
}

Replied delete_document(const Call& call) {
  const auto removed = sallyport::remove_document(change_context(call), *call.resource().document,
                                                  call.key(), call.seen);
  if (!removed) return failed(call, removed.error());
  Reply reply;
  reply.status = 204;
  return reply;
}

}  // namespace sallyport::api
