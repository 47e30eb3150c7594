// /auditLogs/directoryAudits and /auditLogs/signIns: newest first, page by page.
//
// A log can be long, so a filter is answered by reading it backwards from where the page before
// ended: dates bound what is read, and a page that has read scan_max records is given as it is,
// with a link to go on.
#include <charconv>
#include <functional>

#include "api/answers.h"
#include "api/enum_words.h"
#include "api/list.h"
#include "api/resources.h"
#include "api/services.h"
#include "base/as_utf8.h"
#include "base/text.h"
#include "odata/filter.h"
#include "odata/plan.h"
#include "service/record.h"

namespace sallyport::api {
namespace {

using json::Value;
using odata::Property;
using odata::PropertyKind;

constexpr std::string_view read[] = {"AuditLog.Read.All"};
constexpr std::size_t page_usual = 100;
constexpr std::size_t page_max = 999;
constexpr std::size_t chunk = 500;
constexpr std::size_t scan_max = 20'000;

struct Entry {
  std::string id;
  Instant at{};
  Sequence sequence = 0;
  std::string json;
};

// What bounds the reading.
struct Window {
  std::optional<Instant> from;
  std::optional<Instant> until;
};

// One of the two logs.
struct Log {
  std::string_view date;  // the property it is ordered by
  Result<std::vector<Entry>> (*page)(Store&, const Window&, std::optional<LogCursor>);
  Result<Entry> (*find)(Store&, std::string_view id);
  Value (*shown)(const Call&, const Value&, json::Arena&);
};

std::string cursor_text(const Entry& entry) {
  return std::to_string(entry.at.time_since_epoch().count()) + "." + std::to_string(entry.sequence);
}

OrFailure<std::optional<LogCursor>> read_cursor(const odata::Query& query) {
  if (!query.skip_token) return std::optional<LogCursor>();
  const auto& text = *query.skip_token;
  const char* end = text.data() + text.size();
  std::int64_t at = 0;
  LogCursor cursor;
  const auto dot = std::from_chars(text.data(), end, at);
  if (dot.ec == std::errc() && dot.ptr != end && *dot.ptr == '.') {
    const auto rest = std::from_chars(dot.ptr + 1, end, cursor.sequence);
    cursor.at = Instant(std::chrono::microseconds(at));
    if (rest.ec == std::errc() && rest.ptr == end) return std::optional<LogCursor>(cursor);
  }
  return refuse(400, "BadRequest", "this $skiptoken was not made here");
}

// The dates that a filter asks for, so that no more than those are read.
Window window_of(const odata::Filter& filter, std::string_view date) {
  const odata::Index index[] = {{.path = date, .range = true}};
  const auto plan = odata::plan(filter, index);
  Window window;
  if (!plan.lookup) return window;
  using std::chrono::microseconds;
  if (plan.lookup->lower) window.from = parse_instant(plan.lookup->lower->value);
  // The bound itself is read, and the filter says whether it counts.
  if (plan.lookup->upper) window.until = parse_instant(plan.lookup->upper->value);
  if (window.until) *window.until += microseconds(1);
  return window;
}

struct PageOf {
  std::vector<json::Document> entries;
  std::optional<std::string> next;
};

// A record as it was written once. Bytes that are no UTF-8, which older versions let into the logs,
// are shown as U+FFFD; of what cannot be read nevertheless, that it is there: one record that is
// damaged must not hide all others.
json::Document document_of(const Log& log, const Entry& entry) {
  if (auto document = json::parse(entry.json)) return std::move(*document);
  if (auto document = json::parse(as_utf8(entry.json))) return std::move(*document);
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("id", printable(entry.id));
  w.member(log.date, to_string(entry.at));
  w.member("@sallyport.unreadable", true);
  w.end_object();
  return std::move(*json::parse(text));
}

OrFailure<PageOf> read_page(const Call& call, const Log& log, const odata::Filter* filter,
                            std::optional<LogCursor> cursor, std::size_t size) {
  PageOf page;
  const auto window = filter == nullptr ? Window{} : window_of(*filter, log.date);
  for (std::size_t scanned = 0; scanned < scan_max;) {
    const auto entries = log.page(call.services.store, window, cursor);
    if (!entries) return failed(call, entries.error());
    for (const auto& entry : *entries) {
      if (page.entries.size() == size) return page;
      cursor = LogCursor{entry.at, entry.sequence};
      ++scanned;
      auto document = document_of(log, entry);
      if (filter != nullptr && !filter->matches(document.root())) continue;
      page.entries.push_back(std::move(document));
      if (page.entries.size() == size) page.next = cursor_text(entry);
    }
    if (entries->size() < chunk) {
      page.next.reset();
      return page;
    }
    page.next = cursor_text(entries->back());
    if (page.entries.size() == size) return page;
  }
  return page;
}

OrFailure<void> refuse_orders(const odata::Query& query, const Log& log) {
  const bool newest_first =
      query.order_by.empty() || (query.order_by.size() == 1 && query.order_by[0].descending &&
                                 query.order_by[0].path == log.date);
  if (newest_first && !query.count && !query.skip && !query.search) return {};
  return refuse(400, "BadRequest",
                "this log is read newest first, without $count, $skip and $search");
}

Replied list_log(const Call& call, const Log& log) {
  const auto query = parse_query(call);
  if (!query) return tl::unexpected<Failure>(query.error());
  if (auto good = refuse_orders(*query, log); !good) return tl::unexpected<Failure>(good.error());
  const auto& schema = *call.resource().schema;
  std::optional<odata::Filter> filter;
  if (query->filter) {
    auto compiled = odata::Filter::compile(*query->filter, schema);
    if (!compiled) return failed_query(call, compiled.error());
    filter = std::move(*compiled);
  }
  const auto select = odata::Select::compile(query->select, schema);
  if (!select) return failed_query(call, select.error());
  const auto size = query->top.value_or(page_usual);
  if (size < 1 || size > page_max) return refuse(400, "BadRequest", "$top is from 1 to 999");
  const auto cursor = read_cursor(*query);
  if (!cursor) return tl::unexpected<Failure>(cursor.error());
  const auto page = read_page(call, log, filter ? &*filter : nullptr, *cursor, size);
  if (!page) return tl::unexpected<Failure>(page.error());
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context",
           context_url(call, std::string(call.resource().context) + select->context()));
  w.key("value");
  w.begin_array();
  for (const auto& entry : page->entries) {
    json::Arena arena;
    select->write(w, log.shown(call, entry.root(), arena));
  }
  w.end_array();
  if (page->next) {
    w.member("@odata.nextLink", std::string(call.base) + std::string(call.path) + "?" +
                                    odata::next_query(*query, *page->next));
  }
  w.end_object();
  return reply;
}

Replied get_entry(const Call& call, const Log& log) {
  const auto entry = log.find(call.services.store, call.key());
  if (!entry) return failed(call, entry.error());
  const auto document = document_of(log, *entry);
  json::Arena arena;
  const auto shown = log.shown(call, document.root(), arena);
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context", context_url(call, std::string(call.resource().context) + "/$entity"));
  for (const auto& member : shown.members()) w.member(member.name, member.value);
  w.end_object();
  return reply;
}

// ---- audits ----

Entry entry_of(AuditRecord record) {
  return {std::move(record.id), record.at, record.sequence, std::move(record.json)};
}

Result<std::vector<Entry>> audit_page(Store& store, const Window& window,
                                      std::optional<LogCursor> after) {
  auto records = store.audits({{}, {}, window.from, window.until}, after, chunk);
  if (!records) return tl::unexpected<Error>(records.error());
  std::vector<Entry> entries;
  for (auto& record : *records) entries.push_back(entry_of(std::move(record)));
  return entries;
}

Result<Entry> find_audit(Store& store, std::string_view id) {
  return store.find_audit(id).map(entry_of);
}

Value whole(const Call&, const Value& record, json::Arena&) { return record; }

constexpr Log audits{"activityDateTime", audit_page, find_audit, whole};

constexpr Property audit_properties[] = {
    {.path = "id", .kind = PropertyKind::guid},
    {.path = "activityDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "activityDisplayName"},
    {.path = "category"},
    {.path = "correlationId"},
    {.path = "loggedByService"},
    {.path = "operationType"},
    {.path = "result", .kind = PropertyKind::enumeration},
    {.path = "resultReason"},
    {.path = "initiatedBy", .kind = PropertyKind::complex},
    {.path = "initiatedBy/user", .kind = PropertyKind::complex},
    {.path = "initiatedBy/user/id"},
    {.path = "initiatedBy/user/displayName"},
    {.path = "initiatedBy/app", .kind = PropertyKind::complex},
    {.path = "initiatedBy/app/appId"},
    {.path = "initiatedBy/app/displayName"},
    {.path = "targetResources", .kind = PropertyKind::complex, .collection = true},
    {.path = "targetResources/id"},
    {.path = "targetResources/displayName"},
    {.path = "targetResources/type"},
    {.path = "additionalDetails", .kind = PropertyKind::complex, .collection = true},
};
constexpr odata::Schema audit_schema{.type = "microsoft.graph.directoryAudit",
                                     .properties = audit_properties};
constexpr Resource audit_resource{.path = "/auditLogs/directoryAudits",
                                  .context = "auditLogs/directoryAudits",
                                  .type = "microsoft.graph.directoryAudit",
                                  .kind = {},
                                  .schema = &audit_schema,
                                  .error_style = ErrorStyle::directory};

// ---- sign-ins ----

Entry entry_of(SignInRecord record) {
  return {std::move(record.decision_id), record.at, record.sequence, std::move(record.json)};
}

Result<std::vector<Entry>> sign_in_page(Store& store, const Window& window,
                                        std::optional<LogCursor> after) {
  SignInFilter filter;
  filter.from = window.from;
  filter.until = window.until;
  auto records = store.sign_ins(filter, after, chunk);
  if (!records) return tl::unexpected<Error>(records.error());
  std::vector<Entry> entries;
  for (auto& record : *records) entries.push_back(entry_of(std::move(record)));
  return entries;
}

Result<Entry> find_sign_in(Store& store, std::string_view id) {
  return store.find_sign_in(id).map(
      [](SignInRecord record) { return entry_of(std::move(record)); });
}

// As Graph has it: with every policy, without what only this server records, in v1.0 without what
// only beta has, and with words the caller did not ask for replaced.
Value without(const Value& object, std::initializer_list<std::string_view> names,
              json::Arena& arena) {
  std::vector<json::Member> members;
  for (const auto& member : object.members()) {
    if (std::find(names.begin(), names.end(), member.name) == names.end()) {
      members.push_back(member);
    }
  }
  return arena.object(members);
}

Value shown_sign_in(const Call& call, const Value& record, json::Arena& arena) {
  std::vector<json::Member> members;
  const auto whole = graph_sign_in(record, arena);
  for (const auto& member : whole.members()) {
    members.push_back(member);
    if (member.name != "appliedConditionalAccessPolicies" || call.version != "v1.0") continue;
    std::vector<Value> policies;
    for (const auto& policy : member.value.items()) {
      policies.push_back(without(policy, {"conditionsSatisfied", "conditionsNotSatisfied"}, arena));
    }
    members.back().value = arena.array(policies);
  }
  const auto shown = arena.object(members);
  if (call.prefers("include-unknown-enum-members")) return shown;
  return without_newer_words(shown, arena);
}

constexpr Log sign_ins{"createdDateTime", sign_in_page, find_sign_in, shown_sign_in};

constexpr Property sign_in_properties[] = {
    {.path = "id"},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "userId"},
    {.path = "userPrincipalName"},
    {.path = "userDisplayName"},
    {.path = "servicePrincipalId"},
    {.path = "servicePrincipalName"},
    {.path = "appId"},
    {.path = "appDisplayName"},
    {.path = "ipAddress"},
    {.path = "clientAppUsed"},
    {.path = "isInteractive", .kind = PropertyKind::boolean},
    {.path = "conditionalAccessStatus", .kind = PropertyKind::enumeration},
    {.path = "status", .kind = PropertyKind::complex},
    {.path = "status/errorCode", .kind = PropertyKind::number},
    {.path = "status/failureReason"},
    {.path = "deviceDetail", .kind = PropertyKind::complex},
    {.path = "deviceDetail/deviceId"},
    {.path = "deviceDetail/operatingSystem"},
    {.path = "deviceDetail/browser"},
    {.path = "location", .kind = PropertyKind::complex},
    {.path = "location/countryOrRegion"},
    {.path = "appliedConditionalAccessPolicies", .kind = PropertyKind::complex, .collection = true},
    {.path = "appliedConditionalAccessPolicies/id"},
    {.path = "appliedConditionalAccessPolicies/displayName"},
    {.path = "appliedConditionalAccessPolicies/result", .kind = PropertyKind::enumeration},
};
constexpr odata::Schema sign_in_schema{.type = "microsoft.graph.signIn",
                                       .properties = sign_in_properties};
constexpr Resource sign_in_resource{.path = "/auditLogs/signIns",
                                    .context = "auditLogs/signIns",
                                    .type = "microsoft.graph.signIn",
                                    .kind = {},
                                    .schema = &sign_in_schema,
                                    .error_style = ErrorStyle::directory};

Replied list_audits(const Call& call) { return list_log(call, audits); }
Replied get_audit(const Call& call) { return get_entry(call, audits); }
Replied list_sign_ins(const Call& call) { return list_log(call, sign_ins); }
Replied get_sign_in(const Call& call) { return get_entry(call, sign_ins); }

const Operation rows[] = {
    {"GET", "/auditLogs/directoryAudits", &audit_resource, read, list_audits, BodyRule::none, 200,
     "List audits"},
    {"GET", "/auditLogs/directoryAudits/{id}", &audit_resource, read, get_audit, BodyRule::none,
     200, "Get an audit"},
    {"GET", "/auditLogs/signIns", &sign_in_resource, read, list_sign_ins, BodyRule::none, 200,
     "List sign-ins"},
    {"GET", "/auditLogs/signIns/{id}", &sign_in_resource, read, get_sign_in, BodyRule::none, 200,
     "Get a sign-in"},
};

}  // namespace

std::span<const Operation> log_operations() { return rows; }

}  // namespace sallyport::api
