// `$orderby`: where a document stands in a list.
//
// Null comes first (last when descending), texts in the order of their property's kind. Documents
// whose keys are equal follow each other by `id`, so that the order is always total. Of a text the
// first order_text_max bytes count.
#pragma once

#include <compare>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "odata/query.h"
#include "odata/schema.h"

namespace sallyport::odata {

inline constexpr std::size_t order_keys_max = 4;
inline constexpr std::size_t order_text_max = 256;

// What the order looks at in one document: the text of each key as it stands in JSON, then the id.
// Holds no views; two of one Order can be compared after their documents are gone.
struct Place {
  struct Key {
    bool null = true;
    std::string text;
    friend bool operator==(const Key&, const Key&) = default;
  };
  std::vector<Key> keys;  // as many as the order has
  std::string id;
  friend bool operator==(const Place&, const Place&) = default;
};

class Order {
 public:
  // `where` of an error is `$orderby`. No keys: by id alone.
  [[nodiscard]] static Result<Order> compile(std::span<const OrderKey> keys, const Schema& schema);

  std::weak_ordering compare(const Place& a, const Place& b) const;
  std::weak_ordering compare(const json::Value& a, const json::Value& b) const;
  std::weak_ordering compare(const json::Value& a, const Place& b) const;
  Place place_of(const json::Value& document) const;
  std::size_t size() const { return keys_.size(); }

 private:
  struct Key {
    const Property* property;
    bool descending;
  };
  std::vector<Key> keys_;
};

}  // namespace sallyport::odata
