#include "api/delta.h"

#include <charconv>
#include <set>

#include "api/answers.h"
#include "api/list.h"
#include "api/services.h"
#include "base/text.h"
#include "odata/select.h"
#include "service/document_names.h"

namespace sallyport::api {
namespace {

constexpr std::size_t page_size = 200;
constexpr std::size_t changes_max = 2000;  // of all kinds, looked at for a page

// Where a round stands, as its token says it: `d17`: changes after 17; `l17.abc`: the first round,
// begun at 17, listed up to the id abc.
struct Progress {
  bool listing = true;
  Sequence since = 0;
  std::string after;
};

OrFailure<Progress> parse(std::string_view token) {
  Progress progress;
  if (token.size() > 1 && (token[0] == 'd' || token[0] == 'l')) {
    progress.listing = token[0] == 'l';
    const auto* end = token.data() + token.size();
    const auto number = std::from_chars(token.data() + 1, end, progress.since);
    if (number.ec == std::errc() && progress.since >= 0) {
      if (!progress.listing && number.ptr == end) return progress;
      if (progress.listing && number.ptr != end && *number.ptr == '.') {
        progress.after.assign(number.ptr + 1, end);
        return progress;
      }
    }
  }
  return refuse(400, "Request_BadRequest", "this token was not made here");
}

OrFailure<Progress> progress_of(const Call& call, const odata::Query& query) {
  if (query.delta_token) {
    if (equal_ignoring_case(*query.delta_token, "latest")) {
      const auto last = call.services.store.last_sequence();
      if (!last) return tl::unexpected<Failure>(failure_of(call, last.error()));
      return Progress{false, *last, {}};
    }
    return parse(*query.delta_token);
  }
  if (query.skip_token) return parse(*query.skip_token);
  const auto last = call.services.store.last_sequence();
  if (!last) return tl::unexpected<Failure>(failure_of(call, last.error()));
  return Progress{true, *last, {}};
}

class Page {
 public:
  Page(const Call& call, const odata::Query& query, const odata::Select& select)
      : call_(call), query_(query), select_(select), w_(reply_.body) {
    w_.begin_object();
    w_.member("@odata.context", context_url(call, std::string(call.resource().context) +
                                                      select.context() + "/$delta"));
    w_.key("value");
    w_.begin_array();
  }

  void add(const ShownDocument& shown) { select_.write(w_, shown.root()); }

  void add_removed(std::string_view id) {
    w_.begin_object();
    w_.member("id", id);
    w_.key("@removed");
    w_.begin_object();
    w_.member("reason", "deleted");
    w_.end_object();
    w_.end_object();
  }

  Reply finish(bool more, const std::string& token) {
    w_.end_array();
    auto query = query_;
    query.delta_token.reset();
    query.skip_token.reset();
    auto rest = odata::next_query(query, token);
    if (!more) rest.replace(rest.find("$skiptoken"), 10, "$deltatoken");
    w_.member(more ? "@odata.nextLink" : "@odata.deltaLink",
              std::string(call_.base) + std::string(call_.path) + "?" + rest);
    w_.end_object();
    return std::move(reply_);
  }

 private:
  const Call& call_;
  const odata::Query& query_;
  const odata::Select& select_;
  Reply reply_;
  json::Writer w_;
};

Replied list_page(const Call& call, const Progress& progress, Page& page) {
  const auto shown = call.services.reader.list(call.resource().kind, progress.after, page_size);
  if (!shown) return tl::unexpected<Failure>(failure_of(call, shown.error()));
  for (const auto& one : *shown) page.add(*one);
  const auto since = std::to_string(progress.since);
  if (shown->size() < page_size) return page.finish(false, "d" + since);
  return page.finish(true, "l" + since + "." + shown->back()->id);
}

Replied change_page(const Call& call, const Progress& progress, Page& page) {
  auto& store = call.services.store;
  const auto last = store.last_sequence();
  if (!last) return tl::unexpected<Failure>(failure_of(call, last.error()));
  if (progress.since > *last) {
    return refuse(410, "SyncStateNotFound", "this token is of another store; begin anew");
  }
  const auto changes = store.changes_after(progress.since, changes_max);
  if (!changes) return tl::unexpected<Failure>(failure_of(call, changes.error()));
  std::set<std::string> ids;
  auto reached = progress.since;
  bool more = changes->size() == changes_max;
  for (const auto& change : *changes) {
    if (ids.size() == page_size) {
      more = true;
      break;
    }
    reached = change.sequence;
    if (change.kind == call.resource().kind) ids.insert(change.id);
  }
  for (const auto& id : ids) {
    const auto shown = call.services.reader.get(call.resource().kind, id);
    if (shown) {
      page.add(**shown);
    } else if (shown.error().kind == ErrorKind::not_found) {
      page.add_removed(id);
    } else {
      return tl::unexpected<Failure>(failure_of(call, shown.error()));
    }
  }
  return page.finish(more, "d" + std::to_string(reached));
}

}  // namespace

Replied delta(const Call& call) {
  const auto query = parse_query(call);
  if (!query) return tl::unexpected<Failure>(query.error());
  if (query->filter || query->search || !query->order_by.empty() || query->top || query->skip ||
      query->count) {
    return refuse(400, "Request_BadRequest", "a delta query takes $select alone");
  }
  const auto select = odata::Select::compile(query->select, *call.resource().schema);
  if (!select) return tl::unexpected<Failure>(query_failure(call, select.error()));
  const auto progress = progress_of(call, *query);
  if (!progress) return tl::unexpected<Failure>(progress.error());
  Page page(call, *query, *select);
  return progress->listing ? list_page(call, *progress, page) : change_page(call, *progress, page);
}

}  // namespace sallyport::api
