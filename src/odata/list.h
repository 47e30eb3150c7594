// One request for a list, compiled: filter, search, order, selection and page.
//
//   auto list = odata::List::compile(*query, schema, {.resource = "users", .key = secret});
//   for (std::size_t i = 0; i < documents.size(); ++i) list->offer(documents[i], i);
//   const odata::Page page = list->page();
//   for (const auto i : page.rows) list->select().write(writer, documents[i]);
//
// A page begins after the last document of the page before, wherever that document's neighbours
// moved meanwhile: never at an offset. So what is there throughout is seen exactly once, whatever
// is added, removed or renamed around it. A $skiptoken holds that place; it is signed, has a
// version, and serves only the resource, $filter, $search and $orderby it was made for.
//
// As in Graph, $top is the size of a page and does not end the list; $skip counts from the first
// page. Threads: one at a time. Memory: one Place for each row of $skip and $top.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "odata/filter.h"
#include "odata/order.h"
#include "odata/query.h"
#include "odata/search.h"
#include "odata/select.h"

namespace sallyport::odata {

struct ListOptions {
  std::string_view resource;  // what is listed: "identity/conditionalAccess/policies"
  std::string_view key;       // REQUIRES: at least 16 secret bytes; the same on every server
  std::size_t page_size = 100;
  std::size_t page_size_max = 999;  // a larger $top is refused
};

struct Page {
  std::vector<std::size_t> rows;          // as offered, in order
  std::uint64_t count = 0;                // all that match, on any page
  std::optional<std::string> skip_token;  // there is more: next_query(query, *skip_token)
};

class List {
 public:
  // Checks every option but $expand, $format and $deltatoken, which are the caller's.
  [[nodiscard]] static Result<List> compile(const Query& query, const Schema& schema,
                                            const ListOptions& options);

  // In any order, each document once; each has an `id` of its own. `row` is what the page gives
  // back for it.
  void offer(const json::Value& document, std::size_t row);
  Page page();  // REQUIRES: called once, after the last offer

  const Select& select() const { return select_; }
  const Filter* filter() const { return filter_ ? &*filter_ : nullptr; }  // for plan.h
  // Where the page before ended; none on the first page. For whoever can begin reading there.
  const std::optional<Place>& after() const { return after_; }
  // How many rows after that place are looked at: offering more of them, in order, changes nothing.
  std::uint64_t rows_wanted() const { return skip_ + size_ + 1; }

 private:
  struct Row {
    Place place;
    std::size_t row;
  };
  List(Order order, Select select) : order_(std::move(order)), select_(std::move(select)) {}

  std::optional<Filter> filter_;
  std::optional<Search> search_;
  Order order_;
  Select select_;
  std::string binding_;  // what a token is signed for
  std::string key_;
  std::optional<Place> after_;
  std::uint64_t skip_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t count_ = 0;
  std::vector<Row> rows_;  // a heap, the last one on top
};

}  // namespace sallyport::odata
