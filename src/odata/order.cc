#include "odata/order.h"

#include "base/text.h"
#include "odata/scalar.h"

namespace sallyport::odata {
namespace {

bool is_sortable(const Property& property) { return property.sortable; }

// Cut between characters, because a place is written as UTF-8.
std::string_view cut(std::string_view text) {
  if (text.size() <= order_text_max) return text;
  std::size_t end = order_text_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
  return text.substr(0, end);
}

Scalar read_key(const json::Value& document, const Property& property) {
  auto scalar = read_scalar(find_member(document, property.path), property.kind);
  scalar.text = cut(scalar.text);
  return scalar;
}

Scalar read_key(const Place::Key& key, const Property& property) {
  if (key.null) return {};
  auto value = json::Value::string(key.text);
  if (property.kind == PropertyKind::number) value = json::Value::number(key.text);
  if (property.kind == PropertyKind::boolean) value = json::Value::boolean(key.text == "true");
  return read_scalar(&value, property.kind);  // views the key, not `value`
}

std::string_view id_of(const json::Value& document) {
  const auto* id = document.find("id");
  return id == nullptr ? std::string_view() : id->text();
}
std::string_view id_of(const Place& place) { return place.id; }

}  // namespace

Result<Order> Order::compile(std::span<const OrderKey> keys, const Schema& schema) {
  constexpr auto where = "$orderby";
  if (keys.size() > order_keys_max) {
    return fail(ErrorKind::too_large,
                "a list is sorted by at most " + std::to_string(order_keys_max) + " properties",
                where);
  }
  Order order;
  for (const auto& key : keys) {
    const auto* property = schema.find(key.path);
    if (property == nullptr || !property->sortable) {
      const auto written = "`" + printable(key.path) + "`";
      return fail(ErrorKind::invalid_argument,
                  (property == nullptr ? "unknown property " + written + "; these can be sorted: "
                                       : written + " cannot be sorted; these can: ") +
                      list_properties(schema, is_sortable),
                  where);
    }
    for (const auto& other : order.keys_) {
      if (other.property == property) {
        return fail(ErrorKind::invalid_argument, "`" + printable(key.path) + "` is given twice",
                    where);
      }
    }
    order.keys_.push_back({property, key.descending});
  }
  return order;
}

namespace {

Scalar key_of(const json::Value& document, std::size_t, const Property& property) {
  return read_key(document, property);
}
Scalar key_of(const Place& place, std::size_t i, const Property& property) {
  return i < place.keys.size() ? read_key(place.keys[i], property) : Scalar();
}

template <class Keys, class A, class B>
std::weak_ordering compare_by(const Keys& keys, const A& a, const B& b) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& property = *keys[i].property;
    const auto order = compare(key_of(a, i, property), key_of(b, i, property), property.kind);
    if (order != 0) return keys[i].descending ? 0 <=> order : order;
  }
  return id_of(a) <=> id_of(b);
}

}  // namespace

std::weak_ordering Order::compare(const Place& a, const Place& b) const {
  return compare_by(keys_, a, b);
}
std::weak_ordering Order::compare(const json::Value& a, const json::Value& b) const {
  return compare_by(keys_, a, b);
}
std::weak_ordering Order::compare(const json::Value& a, const Place& b) const {
  return compare_by(keys_, a, b);
}

Place Order::place_of(const json::Value& document) const {
  Place place;
  place.id = id_of(document);
  for (const auto& key : keys_) {
    const auto* value = find_member(document, key.property->path);
    const auto scalar = read_scalar(value, key.property->kind);
    Place::Key& kept = place.keys.emplace_back();
    kept.null = scalar.null;
    if (scalar.null) continue;
    kept.text = key.property->kind == PropertyKind::boolean ? (scalar.truth ? "true" : "false")
                                                            : cut(value->text());
  }
  return place;
}

}  // namespace sallyport::odata
