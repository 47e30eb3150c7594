#include "api/list.h"

#include "api/answers.h"
#include "api/services.h"
#include "odata/list.h"
#include "service/document_names.h"

namespace sallyport::api {
namespace {

constexpr std::size_t page_size = 100;
constexpr std::size_t page_size_max = 999;
constexpr std::size_t few_max = 10'000;   // documents of a kind of which there are few
constexpr std::size_t scan_max = 10'000;  // documents a query without an index goes through

OrFailure<odata::List> compile(const Call& call, const odata::Query& query,
                               std::string_view context) {
  const auto& resource = call.resource();
  auto list = odata::List::compile(
      query, *resource.schema,
      {.resource = context, .key = call.services.paging_key, .page_size = page_size,
       .page_size_max = page_size_max});
  if (!list) return tl::unexpected<Failure>(query_failure(call, list.error()));
  return std::move(*list);
}

// What is written around a page.
struct Envelope {
  std::string context;
  std::optional<std::uint64_t> count;
  std::optional<std::string> skip_token;
};

Reply write_page(const Call& call, const odata::Query& query, const odata::List& list,
                 std::span<const Shown> rows, const Envelope& around) {
  Reply reply;
  auto& out = reply.body;
  out = "{\"@odata.context\":";
  json::append_quoted(out, context_url(call, around.context + list.select().context()));
  if (around.count) out += ",\"@odata.count\":" + std::to_string(*around.count);
  out += ",\"value\":[";
  bool first = true;
  for (const auto& row : rows) {
    if (!first) out += ',';
    first = false;
    append_entity(out, call, {}, *row, query.select.empty() ? nullptr : &list.select());
  }
  out += ']';
  if (around.skip_token) {
    out += ",\"@odata.nextLink\":";
    json::append_quoted(out, std::string(call.base) + std::string(call.path) + "?" +
                                 odata::next_query(query, *around.skip_token));
  }
  out += '}';
  return reply;
}

std::vector<Shown> chosen(std::span<const Shown> documents, const odata::Page& page) {
  std::vector<Shown> rows;
  for (const auto row : page.rows) rows.push_back(documents[row]);
  return rows;
}

bool looks_at_all(const odata::Query& query) {
  return query.filter || query.search || !query.order_by.empty();
}

// Those that a list of this query has to look at.
OrFailure<std::vector<Shown>> candidates(const Call& call, const odata::Query& query,
                                         const odata::List& list) {
  const auto& resource = call.resource();
  auto& reader = call.services.reader;
  std::string after;
  std::size_t count = few_max;
  if (resource.size == Size::many && !looks_at_all(query)) {
    if (list.after()) after = store_id(list.after()->id);
    count = list.rows_wanted();
  } else if (resource.size == Size::many) {
    const auto stored = call.services.store.count(resource.kind);
    if (!stored) return tl::unexpected<Failure>(failure_of(call, stored.error()));
    if (static_cast<std::size_t>(*stored) > scan_max) {
      return refuse(400, "Request_UnsupportedQuery",
                    "this would have to look at each of " + std::to_string(*stored) +
                        " documents; ask for them by id, or without $filter, $search and "
                        "$orderby");
    }
  }
  auto shown = reader.list(resource.kind, after, count);
  if (!shown) return tl::unexpected<Failure>(failure_of(call, shown.error()));
  return std::move(*shown);
}

}  // namespace

OrFailure<odata::Query> parse_query(const Call& call) {
  auto query = odata::parse_query(call.query);
  if (!query) return tl::unexpected<Failure>(query_failure(call, query.error()));
  if (!query->expand.empty()) {
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
  auto list = compile(call, *query, context);
  if (!list) return tl::unexpected<Failure>(list.error());
  for (std::size_t i = 0; i < documents.size(); ++i) list->offer(documents[i]->root(), i);
  const auto page = list->page();
  Envelope around{std::string(context), std::nullopt, page.skip_token};
  if (query->count) around.count = page.count;
  return write_page(call, *query, *list, chosen(documents, page), around);
}

Replied list_documents(const Call& call) {
  const auto query = parse_query(call);
  if (!query) return tl::unexpected<Failure>(query.error());
  const auto& resource = call.resource();
  auto list = compile(call, *query, resource.context);
  if (!list) return tl::unexpected<Failure>(list.error());
  const auto documents = candidates(call, *query, *list);
  if (!documents) return tl::unexpected<Failure>(documents.error());
  for (std::size_t i = 0; i < documents->size(); ++i) list->offer((*documents)[i]->root(), i);
  const auto page = list->page();
  Envelope around{std::string(resource.context), std::nullopt, page.skip_token};
  if (query->count) {
    around.count = page.count;
    if (resource.size == Size::many && !looks_at_all(*query)) {
      const auto stored = call.services.store.count(resource.kind);
      if (!stored) return tl::unexpected<Failure>(failure_of(call, stored.error()));
      around.count = static_cast<std::uint64_t>(*stored);
    }
  }
  return write_page(call, *query, *list, chosen(*documents, page), around);
}

Replied count_documents(const Call& call) {
  const auto query = parse_query(call);
  if (!query) return tl::unexpected<Failure>(query.error());
  Reply reply;
  reply.content_type = "text/plain";
  const auto& resource = call.resource();
  if (resource.size == Size::many && !looks_at_all(*query)) {
    const auto stored = call.services.store.count(resource.kind);
    if (!stored) return tl::unexpected<Failure>(failure_of(call, stored.error()));
    reply.body = std::to_string(*stored);
    return reply;
  }
  auto list = compile(call, *query, resource.context);
  if (!list) return tl::unexpected<Failure>(list.error());
  const auto documents = candidates(call, *query, *list);
  if (!documents) return tl::unexpected<Failure>(documents.error());
  for (std::size_t i = 0; i < documents->size(); ++i) list->offer((*documents)[i]->root(), i);
  reply.body = std::to_string(list->page().count);
  return reply;
}

}  // namespace sallyport::api
