// Policies under other names, member by member: their words stay, ids, names and filter rules are
// disguised, and what this version does not know keeps its shape, with other names and texts.
#pragma once

#include "analysis/anonymize/attributes.h"
#include "base/json.h"
#include "policy/schema.h"

namespace sallyport {

class PolicyDisguise {
 public:
  // REQUIRES: both outlive this.
  PolicyDisguise(const AttributeDisguise& attributes, const Disguise& disguise)
      : attributes_(attributes), disguise_(disguise) {}

  // `name`: of the member that holds the object; empty for a whole policy.
  json::Value object(const schema::Object& shape, const json::Value& value, std::string_view name,
                     json::Arena& arena) const;

 private:
  std::string type_mark(std::string_view mark) const;
  json::Value member(const schema::Member& known, const json::Value& value, std::string_view parent,
                     json::Arena& arena) const;
  json::Value text_member(std::string_view name, std::string_view parent, std::string_view text,
                          json::Arena& arena) const;
  std::string flags(const schema::Member& known, std::string_view text) const;
  std::string listed(const schema::Member& known, std::string_view text) const;
  json::Value unknown(const json::Value& value, json::Arena& arena) const;

  const AttributeDisguise& attributes_;
  const Disguise& disguise_;
};

}  // namespace sallyport
