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

#include <set>
#include <string>

#include "analysis/anonymize/attributes.h"
#include "analysis/anonymize/documents.h"

namespace sallyport {

class Anonymizer {
 public:
  // REQUIRES: `loaded` and `disguise` outlive this.
  Anonymizer(const LoadResult& loaded, Disguise& disguise);

  // Every document.
  void each(const TakeDocument& take) const;

  // What a device, or a rule, says of an attribute.
  DeviceShape shape(const DeviceShape& shape) const { return attributes_.shape(shape); }
  std::string device_name(std::string_view name) const { return attributes_.device_name(name); }
  // Names of attributes that are disguised letter by letter, because a rule looks into them.
  const std::set<std::string>& weakly_disguised() const { return attributes_.looked_into(); }

 private:
  const LoadResult& loaded_;
  Disguise& disguise_;
  AttributeDisguise attributes_;
};

}  // namespace sallyport
