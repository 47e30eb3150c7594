// A tenant with every name, id and address replaced, and every decision as it was: a gap can then
// be shown to others.
//
// Users, groups, roles, service principals, devices, locations, strengths and settings are written
// anew from what decisions read of them; nothing else of them is written. Policies are kept member
// by member: their words stay, ids, names and filter rules are disguised, and what this version
// does not know keeps its shape, with other names and texts. The decision for a sign-in disguised
// by the same Disguise is the same (outcome, error code, kinds of requirement). Threads: one at a
// time.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "analysis/anonymize/disguise.h"
#include "device/filter_node.h"
#include "policy/schema.h"
#include "policy/tenant.h"

namespace sallyport {

class Anonymizer {
 public:
  // REQUIRES: `loaded` and `disguise` outlive this.
  Anonymizer(const LoadResult& loaded, Disguise& disguise);

  // Every document, as one line of JSON.
  using Take = std::function<void(DocumentKind kind, const std::string& json)>;
  void each(const Take& take) const;

  // What a device, or a rule, says of an attribute.
  DeviceShape shape(const DeviceShape& shape) const;
  std::string device_name(std::string_view name) const;
  // Names of attributes that are disguised letter by letter, because a rule looks into them.
  const std::set<std::string>& weakly_disguised() const { return looked_into_; }

 private:
  void look_at(const FilterNode& node);
  std::string attribute(const std::string& key, std::string_view value) const;
  FilterNode disguised(const FilterNode& node) const;
  std::string attribute_name(std::string_view name) const;
  std::string rule(std::string_view text, FilterSubject subject) const;

  std::string type_mark(std::string_view mark) const;
  json::Value object(const schema::Object& shape, const json::Value& value, std::string_view name,
                     json::Arena& arena) const;
  json::Value member(const schema::Member& known, const json::Value& value, std::string_view parent,
                     json::Arena& arena) const;
  json::Value text_member(std::string_view name, std::string_view parent, std::string_view text,
                          json::Arena& arena) const;
  std::string flags(const schema::Member& known, std::string_view text) const;
  std::string listed(const schema::Member& known, std::string_view text) const;
  json::Value unknown(const json::Value& value, json::Arena& arena) const;

  using Attributes = std::map<std::string, std::vector<std::string>>;  // values by name
  std::map<std::string, Attributes> by_set(const ServicePrincipal& principal) const;

  void policies(const Take& take) const;
  void places(const Take& take) const;
  void users(const Take& take) const;
  void groups_and_roles(const Take& take) const;
  void service_principals(const Take& take) const;
  void devices(const Take& take) const;

  const LoadResult& loaded_;
  Disguise& disguise_;
  std::set<std::string> looked_into_;  // by rules that ask for a part: `device.model`
};

}  // namespace sallyport
