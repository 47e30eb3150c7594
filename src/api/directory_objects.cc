#include "api/directory_objects.h"

#include "api/answers.h"
#include "api/list.h"
#include "api/services.h"
#include "base/json_edit.h"
#include "base/text.h"
#include "directory/well_known.h"
#include "odata/list.h"

namespace sallyport::api {
namespace {

using odata::Property;
using odata::PropertyKind;

constexpr Property properties[] = {
    {.path = "id", .kind = PropertyKind::string_case_sensitive, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "userPrincipalName", .sortable = true},
    {.path = "mail"},
    {.path = "userType"},
    {.path = "appId"},
    {.path = "deviceId"},
    {.path = "roleTemplateId"},
    {.path = "accountEnabled", .kind = PropertyKind::boolean},
    {.path = "securityEnabled", .kind = PropertyKind::boolean},
};
constexpr odata::DerivedType types[] = {{.name = "microsoft.graph.user"},
                                        {.name = "microsoft.graph.group"},
                                        {.name = "microsoft.graph.directoryRole"},
                                        {.name = "microsoft.graph.device"},
                                        {.name = "microsoft.graph.servicePrincipal"}};
constexpr odata::Schema schema{
    .type = "microsoft.graph.directoryObject", .properties = properties, .derived_types = types};
constexpr std::size_t looked_at_max = 10'000;

// A role is known by its template; the document of it may not exist.
Result<Shown> role_of(const Call& call, std::string_view template_id) {
  auto& reader = call.services.reader;
  const auto roles = reader.list("directoryRole", "", 1000);
  if (!roles) return tl::unexpected<Error>(roles.error());
  for (const auto& role : *roles) {
    const auto* id = role->root().find("roleTemplateId");
    if (id != nullptr && equal_ignoring_case(id->text(), template_id)) return role;
  }
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("id", template_id);
  w.member("displayName", well_known_name(template_id));
  w.member("roleTemplateId", template_id);
  w.end_object();
  return reader.show({"directoryRole", std::string(template_id), std::move(text), 0});
}

bool needs_documents(const odata::Query& query) {
  return query.filter || query.search || !query.order_by.empty();
}

}  // namespace

const odata::Schema& directory_object_schema() { return schema; }

Result<std::optional<Shown>> shown_object(const Call& call, const DirectoryObject& object) {
  auto shown = object.kind == "directoryRole" ? role_of(call, object.id)
                                              : call.services.reader.get(object.kind, object.id);
  if (!shown && shown.error().kind == ErrorKind::not_found) return std::optional<Shown>();
  if (!shown) return tl::unexpected<Error>(shown.error());
  json::Arena arena;
  std::vector<json::Member> members = {
      {"@odata.type", arena.string("#microsoft.graph." + object.kind), 0}};
  for (const auto& member : (*shown)->root().members()) {
    if (member.name != "@odata.type") members.push_back(member);
  }
  auto typed = std::make_shared<ShownDocument>();
  typed->id = (*shown)->id;
  typed->version = (*shown)->version;
  typed->text = json::write(arena.object(members));
  auto parsed = json::parse(typed->text);
  if (!parsed) return tl::unexpected<Error>(parsed.error());
  typed->document = std::move(*parsed);
  return std::optional<Shown>(std::move(typed));
}

Replied list_objects(const Call& call, const Result<std::vector<DirectoryObject>>& objects,
                     std::string_view only_kind) {
  if (!objects) return failed(call, objects.error());
  const auto query = parse_query(call);
  if (!query) return tl::unexpected<Failure>(query.error());
  auto list = compile_list(call, *query, schema, "directoryObjects");
  if (!list) return tl::unexpected<Failure>(list.error());
  const bool all = needs_documents(*query);
  if (all && objects->size() > looked_at_max) {
    return refuse(400, "Request_UnsupportedQuery",
                  "this would have to look at each of " + std::to_string(objects->size()) +
                      " objects; ask without $filter, $search and $orderby");
  }
  std::vector<Shown> rows;
  std::uint64_t count = 0;
  for (const auto& object : *objects) {
    if (!only_kind.empty() && object.kind != only_kind) continue;
    ++count;
    if (!all && list->after() && object.id <= list->after()->id) continue;
    if (!all && rows.size() >= list->rows_wanted()) continue;
    auto shown = shown_object(call, object);
    if (!shown) return failed(call, shown.error());
    if (*shown) rows.push_back(std::move(**shown));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) list->offer(rows[i]->root(), i);
  const auto page = list->page();
  return page_reply(call, *query, *list, rows, page, "directoryObjects", all ? page.count : count);
}

Replied count_objects(const Call& call, const Result<std::vector<DirectoryObject>>& objects) {
  if (!objects) return failed(call, objects.error());
  Reply reply;
  reply.content_type = "text/plain";
  reply.body = std::to_string(objects->size());
  return reply;
}

OrFailure<std::string> referenced_id(const Call& call) {
  const auto* reference = call.body.find("@odata.id");
  const auto url = reference == nullptr ? std::string_view() : reference->text();
  const auto slash = url.rfind('/');
  auto id = slash == url.npos ? std::string_view() : url.substr(slash + 1);
  // .../directoryObjects('{id}')
  if (const auto open = id.find("('"); open != id.npos && id.ends_with("')")) {
    id = id.substr(open + 2, id.size() - open - 4);
  }
  if (!id.empty()) return std::string(id);
  return refuse(400, "Request_BadRequest",
                "the body must be {\"@odata.id\": \".../directoryObjects/{id}\"}");
}

}  // namespace sallyport::api
