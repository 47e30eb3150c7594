// Discovery scripts of custom compliance (device-compliance spec, section 5).
#include "base/base64.h"
#include "base/json_edit.h"
#include "base/text.h"
#include "service/document_type.h"
#include "service/kinds/policy_parts.h"
#include "service/kinds/shapes.h"

namespace sallyport {
namespace {

using json::Value;
using schema::Member;
using schema::Shape;

constexpr std::size_t script_size_max = 1'000'000;  // decoded
constexpr std::string_view read_only[] = {"id", "createdDateTime", "lastModifiedDateTime",
                                          "version"};
constexpr std::string_view accounts[] = {"system", "user"};
constexpr std::string_view platforms[] = {"windows10", "linux", "macOS"};
constexpr Member members[] = {
    {"displayName", Shape::text},    {"description", Shape::text},
    {"publisher", Shape::text},      {"detectionScriptContent", Shape::text},
    {"runAsAccount", Shape::text},   {"platform", Shape::text},
    {"runAs32Bit", Shape::boolean},  {"enforceSignatureCheck", Shape::boolean},
    {"roleScopeTagIds", Shape::ids}, {"assignments", Shape::objects}};

Result<Value> check(const Proposal& proposal) {
  auto& arena = proposal.arena;
  const auto& document = proposal.document;
  for (const auto& done :
       {shapes::check_shapes(document, members),
        shapes::check_present(document, {"displayName", "detectionScriptContent"})}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  const auto script = decode_base64(text_of(document, "detectionScriptContent"));
  if (!script || script->size() > script_size_max) {
    return shapes::refuse("`detectionScriptContent` is the script in base64, at most 1 MB of it",
                          "detectionScriptContent");
  }
  auto worded = shapes::with_word(document, "runAsAccount", accounts, arena);
  if (!worded) return worded;
  worded = shapes::with_word(*worded, "platform", platforms, arena);
  if (!worded) return worded;
  auto out = shapes::with_default(*worded, "runAsAccount", Value::string("system"), arena);
  const auto* was = proposal.before == nullptr ? nullptr : proposal.before->find("version");
  const auto number =
      was == nullptr ? 0 : std::strtoll(std::string(was->text()).c_str(), nullptr, 10);
  const auto version = std::to_string(number + 1);  // Graph has it as text
  out = json::with(out, "version", arena.string(version), arena);
  return with_assignments(out, proposal.draft, arena);
}

Result<void> check_removal(const Value& document, Draft& draft) {
  return check_is_unused(draft, "script", text_of(document, "id"));
}

}  // namespace

const DocumentType compliance_script_type{
    .kind = "deviceComplianceScript",
    .noun = "discovery script",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = {},
    .dates = Dates::created_and_last_modified,
    .read_only = read_only,
    .check = check,
    .check_removal = check_removal,
};

}  // namespace sallyport
