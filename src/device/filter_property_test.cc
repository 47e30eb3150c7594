// What holds for every rule, tried on seeded random ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "device/filter.h"
#include "device/filter_node.h"
#include "device/filter_words.h"
#include "device/inventory.h"

namespace sallyport {
namespace {

// Few values, so that rules and devices meet; some need escapes.
constexpr std::array<std::string_view, 9> values = {"a",    "B",  "ab",   "a\"b",    "`",
                                                    "O'B'", "''", "null", "ServerAD"};
constexpr std::array<std::string_view, 29> properties = {"deviceId",
                                                         "displayName",
                                                         "isCompliant",
                                                         "physicalIds",
                                                         "systemLabels",
                                                         "deviceOwnership",
                                                         "enrollmentProfileName",
                                                         "manufacturer",
                                                         "mdmAppId",
                                                         "model",
                                                         "operatingSystem",
                                                         "operatingSystemVersion",
                                                         "profileType",
                                                         "trustType",
                                                         "trustType",
                                                         "extensionAttribute1",
                                                         "extensionAttribute1",
                                                         "extensionAttribute2",
                                                         "extensionAttribute3",
                                                         "extensionAttribute15",
                                                         "model",
                                                         "model",
                                                         "deviceId",
                                                         "displayName",
                                                         "isCompliant",
                                                         "isCompliant",
                                                         "physicalIds",
                                                         "systemLabels",
                                                         "trustType"};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  const auto& pick(const T& from) {
    return from[below(from.size())];
  }

  FilterNode rule(int depth) {
    FilterNode node;
    const auto kind = depth == 0 ? 0 : below(5);
    if (kind < 2) {
      node.comparison = comparison();
      return node;
    }
    node.kind = static_cast<FilterNode::Kind>(kind - 1);
    const auto wanted = node.kind == FilterNode::Kind::negation ? 1 : 2 + below(2);
    while (node.children.size() < wanted) {
      auto child = rule(depth - 1);
      if (child.kind == node.kind && node.kind != FilterNode::Kind::negation) continue;
      node.children.push_back(std::move(child));
    }
    return node;
  }

  FilterComparison comparison() {
    FilterComparison c;
    const auto* word = find_device_property(pick(properties));
    c.property = word->property;
    c.text = word->text;
    do {
      c.op = static_cast<FilterOperator>(below(5));
    } while (!word->allows(c.op));
    c.negative = one_in(2);
    c.is_null = c.op == FilterOperator::eq && one_in(5);
    if (c.is_null) return c;
    if (c.property == FilterProperty::is_compliant) {
      c.values.emplace_back(one_in(2) ? "True" : "False");
      return c;
    }
    do {
      c.values.emplace_back(pick(values));
    } while (c.op == FilterOperator::in && one_in(2));
    if (c.property == FilterProperty::device_id) {
      for (const auto& value : c.values) c.ids.push_back(DeviceId::of(value));
    }
    return c;
  }

  Device device() {
    Device device;
    device.id = DeviceId::of(pick(values));
    if (one_in(2)) device.display_name = pick(values);
    while (one_in(2)) device.physical_ids.emplace_back(pick(values));
    while (one_in(2)) device.shape.system_labels.emplace_back(pick(values));
    for (auto& text : device.shape.texts) {
      if (one_in(2)) text = DeviceAttribute::of(std::string(pick(values)));
    }
    device.shape.is_compliant = static_cast<DeviceFlag>(below(3));
    device.shape.is_managed = static_cast<DeviceFlag>(below(3));
    return device;
  }

 private:
  std::mt19937 engine_;
};

DeviceView view_of(const Device& device) {
  DeviceView view;
  view.id = device.id;
  view.display_name = device.display_name;
  view.physical_ids = device.physical_ids;
  view.shape = &device.shape;
  return view;
}

TEST(FilterProperties, the_canonical_rule_means_the_same_and_is_a_fixed_point) {
  Random random(1);
  for (int i = 0; i < 5000; ++i) {
    const auto node = random.rule(4);
    const auto text = canonical(node);
    const auto parsed = FilterRule::parse(text, FilterSubject::device, FilterDialect::strict);
    if (!parsed && parsed.error().kind == ErrorKind::too_large) continue;
    ASSERT_TRUE(parsed.has_value()) << text << ": " << describe(parsed.error());
    ASSERT_EQ(parsed->canonical(), text);
    for (int j = 0; j < 10; ++j) {
      const auto device = random.device();
      const auto view = view_of(device);
      ASSERT_EQ(parsed->matches(&view), evaluate(node, &view)) << text;
    }
    ASSERT_EQ(parsed->matches(nullptr), evaluate(node, nullptr)) << text;
  }
}

TEST(FilterProperties, a_negative_operator_is_the_opposite_of_the_positive_one) {
  Random random(2);
  for (int i = 0; i < 20000; ++i) {
    FilterNode positive;
    positive.comparison = random.comparison();
    positive.comparison.negative = false;
    auto negative = positive;
    negative.comparison.negative = true;
    const auto device = random.device();
    const auto view = view_of(device);
    ASSERT_EQ(evaluate(negative, &view), negate(evaluate(positive, &view))) << canonical(positive);
    ASSERT_EQ(evaluate(negative, nullptr), negate(evaluate(positive, nullptr)));
  }
}

TEST(FilterProperties, positive_operators_never_match_the_unregistered_device_but_for_null) {
  Random random(3);
  for (int i = 0; i < 20000; ++i) {
    FilterNode node;
    node.comparison = random.comparison();
    const bool expected = node.comparison.negative != node.comparison.is_null;
    ASSERT_EQ(evaluate(node, nullptr), expected ? Truth::yes : Truth::no) << canonical(node);
  }
}

TEST(FilterProperties, the_order_of_operands_never_matters) {
  Random random(4);
  for (int i = 0; i < 5000; ++i) {
    auto node = random.rule(3);
    const auto device = random.device();
    const auto view = view_of(device);
    const auto before = evaluate(node, &view);
    std::reverse(node.children.begin(), node.children.end());
    ASSERT_EQ(evaluate(node, &view), before) << canonical(node);
  }
}

// Makes some of what is known unknown.
struct Forgotten {
  Device device;
  bool id = false;
  bool name = false;
  bool physical = false;
  DeviceView view() const {
    auto out = view_of(device);
    out.id_known = !id;
    out.display_name_known = !name;
    out.physical_ids_known = !physical;
    return out;
  }
};

Forgotten forget(Random& random, const Device& device) {
  Forgotten out{device, random.one_in(4), random.one_in(4), random.one_in(4)};
  auto& shape = out.device.shape;
  for (auto& text : shape.texts) {
    if (random.one_in(4)) text = DeviceAttribute::unknown();
  }
  if (random.one_in(4)) shape.is_compliant = DeviceFlag::unknown;
  if (random.one_in(4)) shape.is_managed = DeviceFlag::unknown;
  shape.system_labels_known = !random.one_in(4);
  return out;
}

TEST(FilterProperties, what_is_certain_of_a_half_known_device_holds_when_all_is_known) {
  Random random(5);
  int certain = 0;
  int uncertain = 0;
  for (int i = 0; i < 20000; ++i) {
    const auto node = random.rule(3);
    const auto device = random.device();
    const auto forgotten = forget(random, device);
    const auto half = forgotten.view();
    const auto truth = evaluate(node, &half);
    ++(truth == Truth::unknown ? uncertain : certain);
    if (truth == Truth::unknown) continue;
    const auto whole = view_of(device);
    ASSERT_EQ(evaluate(node, &whole), truth) << canonical(node);
  }
  EXPECT_GT(certain, 2000);
  EXPECT_GT(uncertain, 2000);
}

// One comparison hides nothing: it is unknown only when two ways to complete the device differ.
TEST(FilterProperties, a_single_comparison_is_unknown_only_when_completions_differ) {
  Random random(6);
  for (int i = 0; i < 1000; ++i) {
    FilterNode node;
    node.comparison = random.comparison();
    if (node.comparison.property == FilterProperty::device_id && node.comparison.is_null) continue;
    // A device cannot have any text at all among few values, but each of those a rule can name.
    auto device = random.device();
    device.shape.is_managed = DeviceFlag::unknown;
    device.shape.is_compliant = DeviceFlag::unknown;
    device.shape.text(DeviceText::trust_type) = DeviceAttribute::unknown();
    const auto view = view_of(device);
    const auto truth = evaluate(node, &view);
    bool seen[2] = {false, false};
    for (const auto compliant : {DeviceFlag::absent, DeviceFlag::no, DeviceFlag::yes}) {
      for (const auto managed : {DeviceFlag::no, DeviceFlag::yes}) {
        auto completed = device;
        completed.shape.is_compliant = compliant;
        completed.shape.is_managed = managed;
        completed.shape.text(DeviceText::trust_type) = DeviceAttribute();
        auto full = view_of(completed);
        seen[evaluate(node, &full) == Truth::yes ? 1 : 0] = true;
        for (const auto value : values) {
          completed.shape.text(DeviceText::trust_type) = DeviceAttribute::of(std::string(value));
          full = view_of(completed);
          seen[evaluate(node, &full) == Truth::yes ? 1 : 0] = true;
        }
      }
    }
    const auto join = seen[0] && seen[1] ? Truth::unknown : seen[1] ? Truth::yes : Truth::no;
    ASSERT_EQ(truth, join) << canonical(node);
  }
}

}  // namespace
}  // namespace sallyport
