// Any document: reading, validating and writing never crash; the canonical form is its own, and
// means the same as what it was made from.
#include <cstdlib>

#include "base/json.h"
#include "policy/describe_policy.h"
#include "policy/read.h"
#include "policy/tenant.h"
#include "policy/validate.h"
#include "policy/write.h"

namespace {

bool is_policy(sallyport::DocumentKind kind) {
  return kind == sallyport::DocumentKind::conditional_access_policy ||
         kind == sallyport::DocumentKind::policy_template;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = json::parse(text);
  if (!document) return 0;
  const auto reading = read_policy(document->root());
  static const PolicySet known = empty_policy_set();
  (void)validate(document->root(), known, Dialect::lenient);
  (void)validate(document->root(), known, Dialect::strict);
  json::Arena arena;
  (void)normalise_stored(document->root(), {}, arena);
  const auto once = format_text(text);
  if (!once) std::abort();
  const auto twice = format_text(*once);
  if (!twice || *once != *twice) std::abort();
  if (is_policy(kind_of(document->root()))) {
    const auto again = json::parse(*once);
    if (!again) std::abort();
    auto reread = read_policy(again->root()).policy;
    // Without id and name the id is made from the text, whose order canonical form changes.
    if (reading.policy.display_name.empty()) {
      reread.id = reading.policy.id;
      reread.id_text = reading.policy.id_text;
    }
    if (describe(reread) != describe(reading.policy)) std::abort();
  }
  return 0;
}
