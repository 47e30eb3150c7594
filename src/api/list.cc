#include "api/list.h"

#include "api/answers.h"
#include "api/expand.h"
#include "api/indexed_list.h"
#include "api/services.h"
#include "odata/list.h"
#include "service/document_names.h"

namespace sallyport::api {
namespace {

constexpr std::size_t page_size = 100;
constexpr std::size_t page_size_max = 999;
constexpr std::size_t few_max = 10'000;  // documents of a kind of which there are few

bool looks_at_all(const odata::Query& query) {
  return query.filter || query.search || !query.order_by.empty();
}

OrFailure<std::optional<odata::Plan>> plan_if_many(const Call& call, odata::Query& query) {
  if (call.resource().size == Size::few) return std::optional<odata::Plan>();
  return plan_of(call, query);
}

tl::unexpected<Failure> refuse_scan(std::int64_t count, std::string_view reason) {
  return refuse(400, "Request_UnsupportedQuery",
                "this would have to look at each of " + std::to_string(count) + " documents: " +
                    (reason.empty() ? "no index serves $search, or $orderby without a $filter"
                                    : std::string(reason)));
}

// Those that a list of this query has to look at.
OrFailure<std::vector<Shown>> candidates(const Call& call, const odata::Query& query,
                                         const odata::List& list,
                                         const std::optional<odata::Plan>& plan) {
  const auto& resource = call.resource();
  auto& reader = call.services.reader;
  std::string after;
  std::size_t count = few_max;
  if (resource.size == Size::many && plan && plan->lookup) {
    return find_by_index(call, query, list, *plan->lookup);
  }
  if (resource.size == Size::many && !looks_at_all(query)) {
    if (list.after()) after = store_id(list.after()->id);
    count = list.rows_wanted();
  } else if (resource.size == Size::many) {
    const auto stored = call.services.store.count(resource.kind);
    if (!stored) return failed(call, stored.error());
    if (static_cast<std::size_t>(*stored) > scan_max) {
      return refuse_scan(*stored, plan ? plan->reason : std::string());
    }
  }
  auto shown = reader.list(resource.kind, after, count);
  if (!shown) return failed(call, shown.error());
  return std::move(*shown);
}

}  // namespace

OrFailure<odata::List> compile_list(const Call& call, const odata::Query& query,
                                    const odata::Schema& schema, std::string_view context) {
  auto list = odata::List::compile(query, schema,
                                   {.resource = context,
                                    .key = call.services.paging_key,
                                    .page_size = page_size,
                                    .page_size_max = page_size_max});
  if (!list) return failed_query(call, list.error());
  return std::move(*list);
}

Replied page_reply(const Call& call, const odata::Query& query, const odata::List& list,
                   std::span<const Shown> documents, const odata::Page& page,
                   std::string_view context, std::uint64_t count) {
  auto expansion = Expansion::compile(call, query);
  if (!expansion) return tl::unexpected<Failure>(expansion.error());
  if (!query.expand.empty()) {
    std::vector<std::string> ids;
    for (const auto row : page.rows) ids.push_back(documents[row]->id);
    if (auto loaded = expansion->load(call, std::move(ids)); !loaded) {
      return tl::unexpected<Failure>(loaded.error());
    }
  }
  Reply reply;
  auto& out = reply.body;
  out = "{\"@odata.context\":";
  json::append_quoted(out,
                      context_url(call, std::string(context) + expansion->context(list.select())));
  if (query.count) out += ",\"@odata.count\":" + std::to_string(count);
  out += ",\"value\":[";
  bool first = true;
  for (const auto row : page.rows) {
    if (!first) out += ',';
    first = false;
    append_entity(out, call, {}, *documents[row], query.select.empty() ? nullptr : &list.select());
    if (auto added = expansion->append(out, call, *documents[row]); !added) {
      return tl::unexpected<Failure>(added.error());
    }
  }
  out += ']';
  if (page.skip_token) {
    out += ",\"@odata.nextLink\":";
    json::append_quoted(out, std::string(call.base) + std::string(call.path) + "?" +
                                 odata::next_query(query, *page.skip_token));
  }
  out += '}';
  return reply;
}

OrFailure<odata::Query> parse_query(const Call& call, Expands expands) {
  auto query = odata::parse_query(call.query);
  if (!query) return failed_query(call, query.error());
  const bool may_expand = expands == Expands::yes && !(call.resource().navigations.empty() &&
                                                       call.resource().contained.empty());
  if (!query->expand.empty() && !may_expand) {
    return refuse(400, "BadRequest", "$expand is not supported here");
  }
  if (!call.resource().pages && (query->count || query->top || query->skip)) {
    return refuse(400, "BadRequest", "$top, $skip and $count are not supported here");
  }
  return std::move(*query);
}

Replied list_of(const Call& call, std::span<const Shown> documents, std::string_view context) {
  const auto query = parse_query(call);
  if (!query) return tl::unexpected<Failure>(query.error());
  auto list = compile_list(call, *query, *call.resource().schema, context);
  if (!list) return tl::unexpected<Failure>(list.error());
  for (std::size_t i = 0; i < documents.size(); ++i) list->offer(documents[i]->root(), i);
  const auto page = list->page();
  return page_reply(call, *query, *list, documents, page, context, page.count);
}

Replied list_documents(const Call& call) {
  auto query = parse_query(call, Expands::yes);
  if (!query) return tl::unexpected<Failure>(query.error());
  const auto& resource = call.resource();
  const auto plan = plan_if_many(call, *query);
  if (!plan) return tl::unexpected<Failure>(plan.error());
  auto list = compile_list(call, *query, *resource.schema, resource.context);
  if (!list) return tl::unexpected<Failure>(list.error());
  const auto documents = candidates(call, *query, *list, *plan);
  if (!documents) return tl::unexpected<Failure>(documents.error());
  for (std::size_t i = 0; i < documents->size(); ++i) list->offer((*documents)[i]->root(), i);
  const auto page = list->page();
  auto count = page.count;
  if (query->count && resource.size == Size::many && !looks_at_all(*query)) {
    const auto stored = call.services.store.count(resource.kind);
    if (!stored) return failed(call, stored.error());
    count = static_cast<std::uint64_t>(*stored);
  }
  return page_reply(call, *query, *list, *documents, page, resource.context, count);
}

Replied count_documents(const Call& call) {
  auto query = parse_query(call);
  if (!query) return tl::unexpected<Failure>(query.error());
  Reply reply;
  reply.content_type = "text/plain";
  const auto& resource = call.resource();
  if (resource.size == Size::many && !looks_at_all(*query)) {
    const auto stored = call.services.store.count(resource.kind);
    if (!stored) return failed(call, stored.error());
    reply.body = std::to_string(*stored);
    return reply;
  }
  const auto plan = plan_if_many(call, *query);
  if (!plan) return tl::unexpected<Failure>(plan.error());
  query->count = true;
  auto list = compile_list(call, *query, *resource.schema, resource.context);
  if (!list) return tl::unexpected<Failure>(list.error());
  const auto documents = candidates(call, *query, *list, *plan);
  if (!documents) return tl::unexpected<Failure>(documents.error());
  for (std::size_t i = 0; i < documents->size(); ++i) list->offer((*documents)[i]->root(), i);
  reply.body = std::to_string(list->page().count);
  return reply;
}

}  // namespace sallyport::api
