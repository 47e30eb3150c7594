#include "api/indexed_list.h"

#include <algorithm>

#include "api/answers.h"
#include "api/services.h"
#include "base/text.h"
#include "service/document_names.h"

namespace sallyport::api {
namespace {

using Kind = odata::Lookup::Kind;

constexpr std::size_t chunk = 200;

// The ranges of the index that hold what is looked for; several for `in`.
std::vector<ValueRange> ranges_of(const odata::Lookup& lookup) {
  std::vector<ValueRange> ranges;
  ValueRange range;
  range.member = lookup.property->path;
  if (lookup.kind == Kind::range) {
    if (lookup.lower) range.from = lookup.lower->value;
    if (lookup.upper) range.upto = lookup.upper->value;
    return {range};
  }
  for (const auto& value : lookup.values) {
    if (lookup.kind == Kind::starts_with) {
      range.prefix = value;
    } else {
      range.from = value;
      range.upto = value;
    }
    ranges.push_back(range);
  }
  return ranges;
}

bool is_ordered_by(const odata::Query& query, std::string_view path) {
  return query.order_by.size() == 1 && !query.order_by[0].descending &&
         equal_ignoring_case(query.order_by[0].path, path);
}

}  // namespace

OrFailure<std::optional<odata::Plan>> plan_of(const Call& call, odata::Query& query) {
  if (!query.filter) return std::optional<odata::Plan>();
  const auto filter = odata::Filter::compile(*query.filter, *call.resource().schema);
  if (!filter) return failed_query(call, filter.error());
  std::vector<odata::Index> indexes;
  for (const auto member : call.services.store.indexed_members(call.resource().kind)) {
    indexes.push_back({member, true, true, true, true});
  }
  auto plan = odata::plan(*filter, indexes);
  if (plan.lookup && query.order_by.empty() && plan.lookup->property->sortable) {
    query.order_by.push_back({std::string(plan.lookup->property->path), false});
  }
  return std::optional<odata::Plan>(std::move(plan));
}

OrFailure<std::vector<Shown>> find_by_index(const Call& call, const odata::Query& query,
                                            const odata::List& list, const odata::Lookup& lookup) {
  // In the order of the index a page can begin where the one before ended, and end when it is full.
  const bool in_order =
      is_ordered_by(query, lookup.property->path) && !query.count && lookup.kind != Kind::in;
  std::vector<Shown> found;
  std::size_t looked_at = 0;
  for (auto& range : ranges_of(lookup)) {
    if (in_order && list.after() && !list.after()->keys.empty()) {
      range.after = {to_lower(list.after()->keys[0].text), store_id(list.after()->id)};
    }
    for (bool more = true; more;) {
      const auto documents = call.services.store.find(call.resource().kind, range, chunk);
      if (!documents) return failed(call, documents.error());
      for (const auto& document : *documents) {
        auto shown = call.services.reader.show_if(document, [&](const json::Value& root) {
          const auto* value = root.find(range.member);
          range.after = {to_lower(value == nullptr ? std::string_view() : value->text()),
                         document.id};
          return list.filter() == nullptr || list.filter()->matches(root);
        });
        if (!shown) return failed(call, shown.error());
        if (*shown != nullptr) found.push_back(std::move(*shown));
      }
      looked_at += documents->size();
      more = documents->size() == chunk && !(in_order && found.size() >= list.rows_wanted());
      if (more && looked_at >= scan_max) {
        return refuse(400, "Request_UnsupportedQuery",
                      "more than " + std::to_string(scan_max) +
                          " documents would have to be looked at for this page; narrow the "
                          "filter, or leave out $count and $orderby");
      }
    }
  }
  return found;
}

}  // namespace sallyport::api
