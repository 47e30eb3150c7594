#include "api/contained.h"

#include <algorithm>
#include <functional>

#include "api/answers.h"
#include "api/services.h"
#include "base/json_edit.h"
#include "service/document_names.h"

namespace sallyport::api {
namespace {

using json::Value;

Reply nothing() {
  Reply reply;
  reply.status = 204;
  return reply;
}

std::string_view id_of(const Value& one) {
  const auto* id = one.find("id");
  return id == nullptr ? std::string_view() : id->text();
}

auto has_id(std::string_view id) {
  return [id](const Value& one) { return store_id(id_of(one)) == store_id(id); };
}

std::span<const Value> items_of(const Value& document, const Contained& what) {
  const auto* list = document.find(what.member);
  return list == nullptr ? std::span<const Value>() : list->items();
}

std::string context_of(const Call& call, const Contained& what, std::string_view document) {
  return std::string(call.resource().context) + "('" + std::string(document) + "')/" +
         std::string(what.member);
}

Replied write_one(const Call& call, const Contained& what, std::string_view document,
                  const Value& one, int status) {
  Reply reply;
  reply.status = status;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context", context_url(call, context_of(call, what, document) + "/$entity"));
  for (const auto& member : one.members()) w.member(member.name, member.value);
  w.end_object();
  return reply;
}

Replied write_all(const Call& call, const Contained& what, std::string_view id,
                  const Value& document) {
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context", context_url(call, context_of(call, what, id)));
  w.key("value");
  w.begin_array();
  for (const auto& item : items_of(document, what)) w.value(item);
  w.end_array();
  w.end_object();
  return reply;
}

using Change = std::function<Result<void>(std::vector<Value>&, json::Arena&)>;

// The document with its list as `change` makes it.
OrFailure<VersionedDocument> edit_list(const Call& call, const Contained& what,
                                       const Change& change) {
  if (what.check != nullptr) {
    if (auto good = what.check(call); !good) return tl::unexpected<Failure>(good.error());
  }
  auto stored = edit_document(
      change_context(call), *call.resource().document, call.key(),
      [&](const Value& before, Draft&, json::Arena& arena) -> Result<Value> {
        const auto list = items_of(before, what);
        std::vector<Value> items(list.begin(), list.end());
        if (auto done = change(items, arena); !done) return tl::unexpected<Error>(done.error());
        return json::with(before, what.member, arena.array(items), arena);
      },
      call.seen);
  if (!stored) return failed(call, stored.error());
  return std::move(*stored);
}

Error missing(const Contained& what) {
  return {ErrorKind::not_found, "there is no such " + std::string(what.noun), {}};
}

}  // namespace

Replied list_contained(const Call& call, const Contained& what) {
  const auto document = call.services.reader.get(call.resource().kind, store_id(call.key()));
  if (!document) return failed(call, document.error());
  return write_all(call, what, (*document)->id, (*document)->root());
}

Replied get_contained(const Call& call, const Contained& what) {
  const auto document = call.services.reader.get(call.resource().kind, store_id(call.key()));
  if (!document) return failed(call, document.error());
  const auto items = items_of((*document)->root(), what);
  const auto found = std::ranges::find_if(items, has_id(call.keys[1]));
  if (found == items.end()) {
    return refuse(
        404, "ResourceNotFound",
        "a " + std::string(what.noun) + " with the id `" + call.keys[1] + "` does not exist");
  }
  return write_one(call, what, (*document)->id, *found, 200);
}

Replied create_contained(const Call& call, const Contained& what) {
  const auto id = to_string(random_guid());
  const auto stored =
      edit_list(call, what, [&](std::vector<Value>& items, json::Arena& arena) -> Result<void> {
        if (!call.body.is_object()) {
          return fail(ErrorKind::invalid_argument, "1007: the body must be an object");
        }
        items.push_back(json::with(call.body, "id", arena.string(id), arena));
        return {};
      });
  if (!stored) return tl::unexpected<Failure>(stored.error());
  const auto document = json::parse(stored->json);
  if (!document) return failed(call, document.error());
  const auto items = items_of(document->root(), what);
  const auto found = std::ranges::find_if(items, has_id(id));
  if (found == items.end()) return failed(call, {ErrorKind::internal, "it was not kept", {}});
  return write_one(call, what, stored->id, *found, 201);
}

Replied update_contained(const Call& call, const Contained& what) {
  const auto stored =
      edit_list(call, what, [&](std::vector<Value>& items, json::Arena& arena) -> Result<void> {
        const auto found = std::ranges::find_if(items, has_id(call.keys[1]));
        if (found == items.end()) return tl::unexpected<Error>(missing(what));
        *found = json::merged(*found, json::without(call.body, "id", arena), {}, arena);
        return {};
      });
  if (!stored) return tl::unexpected<Failure>(stored.error());
  return nothing();
}

Replied delete_contained(const Call& call, const Contained& what) {
  const auto stored =
      edit_list(call, what, [&](std::vector<Value>& items, json::Arena&) -> Result<void> {
        if (std::erase_if(items, has_id(call.keys[1])) > 0) return {};
        return tl::unexpected<Error>(missing(what));
      });
  if (!stored) return tl::unexpected<Failure>(stored.error());
  return nothing();
}

Replied replace_contained(const Call& call, const Contained& what, std::string_view from,
                          AnswerWith answer) {
  const auto* wanted = call.body.find(from);
  if (wanted == nullptr || !wanted->is_array()) {
    return refuse(400, "BadRequest", "1007: the body needs `" + std::string(from) + "`, a list");
  }
  const auto stored =
      edit_list(call, what, [&](std::vector<Value>& items, json::Arena&) -> Result<void> {
        items.assign(wanted->items().begin(), wanted->items().end());
        return {};
      });
  if (!stored) return tl::unexpected<Failure>(stored.error());
  if (answer == AnswerWith::nothing) return nothing();
  const auto document = json::parse(stored->json);
  if (!document) return failed(call, document.error());
  return write_all(call, what, stored->id, document->root());
}

}  // namespace sallyport::api
