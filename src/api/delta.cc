#include "api/delta.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <set>

#include "api/answers.h"
#include "api/list.h"
#include "api/services.h"
#include "base/json_edit.h"
#include "base/text.h"
#include "odata/select.h"
#include "service/document_names.h"
#include "service/membership.h"
#include "service/touched_memberships.h"

namespace sallyport::api {
namespace {

constexpr std::size_t page_size_max = 200;
constexpr std::size_t page_size_with_members = 20;
constexpr std::size_t changes_max = 2000;  // of all kinds, looked at for a page
constexpr std::string_view members_selected = "members";
constexpr std::string_view members_delta = "members@delta";

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
      if (!last) return failed(call, last.error());
      return Progress{false, *last, {}};
    }
    return parse(*query.delta_token);
  }
  if (query.skip_token) return parse(*query.skip_token);
  const auto last = call.services.store.last_sequence();
  if (!last) return failed(call, last.error());
  return Progress{true, *last, {}};
}

struct Member {
  DirectoryObject object;
  bool removed = false;
};

void write_removed(json::Writer& w) {
  w.key("@removed");
  w.begin_object();
  w.member("reason", "deleted");
  w.end_object();
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

  // A group; nothing is said of members when there is nothing to say.
  void add(const ShownDocument& shown, std::span<const Member> members) {
    if (members.empty()) return add(shown);
    std::string text;
    json::Writer w(text);
    w.begin_array();
    for (const auto& member : members) {
      w.begin_object();
      w.member("@odata.type", "#microsoft.graph." + member.object.kind);
      w.member("id", member.object.id);
      if (member.removed) write_removed(w);
      w.end_object();
    }
    w.end_array();
    const auto list = json::parse(text);
    json::Arena arena;
    select_.write(w_, json::with(shown.root(), members_delta, list->root(), arena));
  }

  void add_removed(std::string_view id) {
    w_.begin_object();
    w_.member("id", id);
    write_removed(w_);
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

// What a round is about: its documents and, of groups, who came and went.
struct Round {
  const Call& call;
  Progress progress;
  bool with_members;
  std::size_t page_size() const { return with_members ? page_size_with_members : page_size_max; }
};

OrFailure<std::vector<std::vector<Member>>> all_members(const Call& call,
                                                        std::span<const Shown> groups) {
  std::vector<std::string> ids;
  for (const auto& group : groups) ids.push_back(group->id);
  auto found = first_members_of_groups(call.services.reader, ids, Reach::direct,
                                       std::numeric_limits<std::size_t>::max());
  if (!found) return failed(call, found.error());
  std::vector<std::vector<Member>> members;
  for (auto& list : *found) {
    auto& of_group = members.emplace_back();
    for (auto& object : list.objects) of_group.push_back({std::move(object), false});
  }
  return members;
}

Replied list_page(const Round& round, Page& page) {
  const auto& call = round.call;
  const auto& progress = round.progress;
  const auto shown =
      call.services.reader.list(call.resource().kind, progress.after, round.page_size());
  if (!shown) return failed(call, shown.error());
  std::vector<std::vector<Member>> members(shown->size());
  if (round.with_members) {
    auto all = all_members(call, *shown);
    if (!all) return tl::unexpected<Failure>(std::move(all.error()));
    members = std::move(*all);
  }
  for (std::size_t i = 0; i < shown->size(); ++i) page.add(*(*shown)[i], members[i]);
  const auto since = std::to_string(progress.since);
  if (shown->size() < round.page_size()) return page.finish(false, "d" + since);
  return page.finish(true, "l" + since + "." + shown->back()->id);
}

// The documents that some changes touched, by id.
struct Touched {
  bool created = false;
  std::set<std::string> members;  // whose membership may be another
};

class Changes {
 public:
  explicit Changes(const Round& round) : round_(round) {}

  // False: the page is full, and this one belongs to the next.
  bool add(const Change& change) {
    std::vector<Membership> memberships;
    if (round_.with_members) memberships = touched_memberships(change);
    const bool is_own = change.kind == round_.call.resource().kind;
    if (touched_.size() >= round_.page_size() && (is_own || !memberships.empty())) return false;
    if (is_own) touched_[change.id].created |= change.created;
    for (auto& one : memberships) touched_[one.group].members.insert(std::move(one.member));
    return true;
  }
  const std::map<std::string, Touched>& touched() const { return touched_; }

 private:
  const Round& round_;
  std::map<std::string, Touched> touched_;
};

// As things are now: who was touched is a member or is not.
OrFailure<std::vector<Member>> members_now(const Call& call, const Shown& group,
                                           const Touched& touched) {
  if (touched.created) {
    auto all = all_members(call, {&group, 1});
    if (!all) return tl::unexpected<Failure>(std::move(all.error()));
    return std::move(all->front());
  }
  std::vector<Member> members;
  for (const auto& id : touched.members) {
    const auto holds = is_member(call.services.reader, {group->id, id});
    if (!holds) return failed(call, holds.error());
    const auto object = find_object(call.services.store, id);
    members.push_back(
        {object.value_or(DirectoryObject{"directoryObject", id}), !*holds || !object.has_value()});
  }
  return members;
}

Replied change_page(const Round& round, Page& page) {
  const auto& call = round.call;
  auto& store = call.services.store;
  const auto last = store.last_sequence();
  if (!last) return failed(call, last.error());
  if (round.progress.since > *last) {
    return refuse(410, "SyncStateNotFound", "this token is of another store; begin anew");
  }
  const auto changes = store.changes_after(round.progress.since, changes_max);
  if (!changes) return failed(call, changes.error());
  Changes gathered(round);
  auto reached = round.progress.since;
  bool more = changes->size() == changes_max;
  for (const auto& change : *changes) {
    if (!gathered.add(change)) {
      more = true;
      break;
    }
    reached = change.sequence;
  }
  for (const auto& [id, touched] : gathered.touched()) {
    const auto shown = call.services.reader.get(call.resource().kind, id);
    if (shown) {
      const auto members = round.with_members ? members_now(call, *shown, touched)
                                              : OrFailure<std::vector<Member>>();
      if (!members) return tl::unexpected<Failure>(members.error());
      page.add(**shown, *members);
    } else if (shown.error().kind == ErrorKind::not_found) {
      page.add_removed(id);
    } else {
      return failed(call, shown.error());
    }
  }
  return page.finish(more, "d" + std::to_string(reached));
}

// With the members of groups, unless others are selected.
bool selects_members(const Call& call, const odata::Query& query) {
  if (call.resource().kind != "group") return false;
  return query.select.empty() ||
         std::ranges::find(query.select, members_selected) != query.select.end();
}

OrFailure<odata::Select> select_of(const Call& call, const odata::Query& query, bool with_members) {
  auto paths = query.select;
  if (with_members && !paths.empty()) {
    std::erase(paths, members_selected);
    paths.push_back("id");  // so that members alone are not everything
  }
  auto select = odata::Select::compile(paths, *call.resource().schema);
  if (!select) return failed_query(call, select.error());
  if (with_members) select->keep(members_delta);
  return std::move(*select);
}

}  // namespace

Replied delta(const Call& call) {
  const auto query = parse_query(call);
  if (!query) return tl::unexpected<Failure>(query.error());
  if (query->filter || query->search || !query->order_by.empty() || query->top || query->skip ||
      query->count) {
    return refuse(400, "Request_BadRequest", "a delta query takes $select alone");
  }
  const bool with_members = selects_members(call, *query);
  const auto select = select_of(call, *query, with_members);
  if (!select) return tl::unexpected<Failure>(select.error());
  const auto progress = progress_of(call, *query);
  if (!progress) return tl::unexpected<Failure>(progress.error());
  Page page(call, *query, *select);
  const Round round{call, *progress, with_members};
  return progress->listing ? list_page(round, page) : change_page(round, page);
}

}  // namespace sallyport::api
