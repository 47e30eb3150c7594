#include "odata/list.h"

#include <algorithm>

#include "odata/skip_token.h"

namespace sallyport::odata {
namespace {

template <class T>
tl::unexpected<Error> pass(Result<T>& failed) {
  return tl::unexpected<Error>(std::move(failed.error()));
}

// What has to be the same on every page, so that each continues the one before.
std::string binding_of(std::string_view resource, const std::optional<Filter>& filter,
                       const Query& query) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  writer.value(resource);
  writer.value(filter ? filter->text() : "");
  writer.value(query.search.value_or(""));
  for (const auto& key : query.order_by) {
    writer.value(key.path);
    writer.value(key.descending);
  }
  writer.end_array();
  return out;
}

}  // namespace

Result<List> List::compile(const Query& query, const Schema& schema, const ListOptions& options) {
  auto order = Order::compile(query.order_by, schema);
  if (!order) return pass(order);
  auto select = Select::compile(query.select, schema);
  if (!select) return pass(select);
  List list(std::move(*order), std::move(*select));
  if (query.filter) {
    auto filter = Filter::compile(*query.filter, schema);
    if (!filter) return pass(filter);
    list.filter_ = std::move(*filter);
  }
  if (query.search) {
    auto search = Search::compile(*query.search, schema);
    if (!search) return pass(search);
    list.search_ = std::move(*search);
  }
  list.size_ = query.top.value_or(options.page_size);
  if (list.size_ == 0 || list.size_ > options.page_size_max) {
    return fail(ErrorKind::invalid_argument,
                "a page has between 1 and " + std::to_string(options.page_size_max) +
                    " rows, not " + std::to_string(list.size_),
                "$top");
  }
  list.skip_ = query.skip.value_or(0);
  list.key_ = options.key;
  list.binding_ = binding_of(options.resource, list.filter_, query);
  if (query.skip_token) {
    if (query.skip) {
      return fail(ErrorKind::invalid_argument,
                  "a page after the first is not counted from the beginning; leave it out",
                  "$skip");
    }
    auto place = read_skip_token(*query.skip_token, list.binding_, list.key_);
    if (!place) return pass(place);
    list.after_ = std::move(*place);
  }
  return list;
}

void List::offer(const json::Value& document, std::size_t row) {
  if (filter_ && !filter_->matches(document)) return;
  if (search_ && !search_->matches(document)) return;
  ++count_;
  if (after_ && order_.compare(document, *after_) <= 0) return;
  const auto earlier = [this](const Row& a, const Row& b) {
    return order_.compare(a.place, b.place) < 0;
  };
  if (rows_.size() > skip_ + size_) {  // one more than is shown: it tells that there is more
    if (order_.compare(document, rows_.front().place) >= 0) return;
    std::pop_heap(rows_.begin(), rows_.end(), earlier);
    rows_.pop_back();
  }
  rows_.push_back({order_.place_of(document), row});
  std::push_heap(rows_.begin(), rows_.end(), earlier);
}

Page List::page() {
  std::sort_heap(rows_.begin(), rows_.end(), [this](const Row& a, const Row& b) {
    return order_.compare(a.place, b.place) < 0;
  });
  Page page;
  page.count = count_;
  for (std::size_t i = skip_; i < rows_.size() && page.rows.size() < size_; ++i) {
    page.rows.push_back(rows_[i].row);
  }
  if (rows_.size() > skip_ + size_) {
    page.skip_token = write_skip_token(rows_[skip_ + size_ - 1].place, binding_, key_);
  }
  return page;
}

}  // namespace sallyport::odata
