// /identity/conditionalAccess/authenticationContextClassReferences
#include "api/answers.h"
#include "api/list.h"
#include "api/resources.h"

namespace sallyport::api {
namespace {

using odata::PropertyKind;

constexpr std::string_view read[] = {"Policy.Read.All", "Policy.Read.ConditionalAccess"};
constexpr std::string_view write[] = {"Policy.ReadWrite.ConditionalAccess"};

constexpr odata::Property properties[] = {
    {.path = "id", .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "description", .searchable = true},
    {.path = "isAvailable", .kind = PropertyKind::boolean, .sortable = true},
};
constexpr odata::Schema schema{.type = "microsoft.graph.authenticationContextClassReference",
                               .properties = properties};

constexpr std::string_view all = "/identity/conditionalAccess/authenticationContextClassReferences";
constexpr std::string_view one =
    "/identity/conditionalAccess/authenticationContextClassReferences/{id}";

constexpr Resource contexts{
    .path = all,
    .context = "identity/conditionalAccess/authenticationContextClassReferences",
    .type = "microsoft.graph.authenticationContextClassReference",
    .kind = "authenticationContextClassReference",
    .schema = &schema,
    .document = &authentication_context_type,
};

// The caller chooses the id: c1 to c99.
Replied create_context(const Call& call) {
  const auto* id = call.body.find("id");
  if (id == nullptr || id->text().empty()) {
    return refuse(400, "BadRequest", "1007: the body needs an `id`, `c1` to `c99`");
  }
  return written(call,
                 sallyport::create_document(change_context(call), authentication_context_type,
                                            call.body, id->text()),
                 201);
}

// Creates it when there is none.
Replied update_context(const Call& call) {
  const auto stored =
      sallyport::update_document(change_context(call), authentication_context_type, call.key(),
                                 call.body, call.seen, WhenAbsent::create);
  if (!stored) return failed(call, stored.error());
  Reply reply;
  reply.status = 204;
  reply.etag = etag_of(stored->version);
  return reply;
}

const Operation rows[] = {
    {"GET", all, &contexts, read, list_documents, BodyRule::none, 200,
     "List authentication contexts"},
    {"POST", all, &contexts, write, create_context, BodyRule::required, 201,
     "Create an authentication context"},
    {"GET", one, &contexts, read, get_document, BodyRule::none, 200,
     "Get an authentication context"},
    {"PATCH", one, &contexts, write, update_context, BodyRule::required, 204,
     "Change or create an authentication context"},
    {"DELETE", one, &contexts, write, delete_document, BodyRule::none, 204,
     "Delete an authentication context"},
};

}  // namespace

std::span<const Operation> authentication_context_operations() { return rows; }

}  // namespace sallyport::api
