// One pass over a document by its schema: spelling and order become Graph's, and what does not fit
// the schema is reported. For the rooms that know documents; policy/write.h and policy/read.h are
// what others use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/dialect.h"
#include "base/finding.h"
#include "base/json.h"
#include "base/schema.h"

namespace sallyport {

// Collects findings of one document. In the strict dialect everything that is no note is an error
// of number 1007, the shape (spec, section 1.6).
class Remarks {
 public:
  explicit Remarks(Dialect dialect) : dialect_(dialect) {}
  Dialect dialect() const { return dialect_; }
  bool strict() const { return dialect_ == Dialect::strict; }
  void add(Severity severity, std::string_view code, std::string message,
           const json::Pointer& pointer, std::uint32_t offset);
  std::vector<Finding>& findings() { return findings_; }

 private:
  Dialect dialect_;
  std::vector<Finding> findings_;
};

// Built values keep the offset of what they replace, so findings about the result still know where.
// REQUIRES: `document` and `arena` outlive the result. `remarks` may be null.
json::Value canonical_by(const schema::Object& schema, const json::Value& document,
                         json::Arena& arena, Remarks* remarks);

}  // namespace sallyport
