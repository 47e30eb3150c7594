// Values of attributes of devices and applications under other names, and the rules that ask for
// them: a rule finds under the other names what it found under the own ones.
//
// What a rule asks for a part of (`startsWith`) is disguised letter by letter, everywhere.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "analysis/anonymize/disguise.h"
#include "device/device.h"
#include "device/filter.h"
#include "device/filter_node.h"
#include "policy/policy_set.h"

namespace sallyport {

class AttributeDisguise {
 public:
  // REQUIRES: the disguise outlives this.
  AttributeDisguise(const PolicySet& policies, const Disguise& disguise);

  std::string rule(std::string_view text, FilterSubject subject) const;
  DeviceShape shape(const DeviceShape& shape) const;
  std::string device_name(std::string_view name) const;
  std::string physical_id(std::string_view id) const;
  // Of an application: `name` is its set, underscore, its own name; so is the other one.
  std::string name(std::string_view name) const;
  std::string custom(std::string_view name, std::string_view value) const;
  // Attributes that rules ask for a part of: `device.model`.
  const std::set<std::string>& looked_into() const { return looked_into_; }

 private:
  void look_at(const FilterNode& node);
  std::string value(const std::string& key, std::string_view text) const;
  FilterNode disguised(const FilterNode& node) const;

  const Disguise& disguise_;
  std::set<std::string> looked_into_;
};

}  // namespace sallyport
