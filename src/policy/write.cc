#include "policy/write.h"

#include <vector>

#include "base/canonical.h"
#include "base/text.h"
#include "compliance/compliance_policy.h"
#include "policy/schema.h"
#include "policy/source_text.h"
#include "policy/tenant.h"

namespace sallyport {
namespace {

const schema::Object* schema_of(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::conditional_access_policy: return &schema::conditional_access_policy;
    case DocumentKind::policy_template: return &schema::conditional_access_template;
    case DocumentKind::named_location: return &schema::named_location;
    case DocumentKind::authentication_strength_policy:
      return &schema::authentication_strength_policy;
    default: return nullptr;
  }
}

json::Value canonical_one(const json::Value& document, std::string_view context,
                          json::Arena& arena) {
  const auto kind = kind_of(document, context);
  if (kind == DocumentKind::other && compliance::is_compliance_policy(document)) {
    return compliance::canonical_compliance_policy(document, arena);
  }
  const auto* schema = schema_of(kind);
  return schema == nullptr ? document : canonical_by(*schema, document, arena, nullptr);
}

json::Value canonical_list(const json::Value& list, std::string_view context, json::Arena& arena) {
  std::vector<json::Value> items;
  items.reserve(list.items().size());
  for (const auto& item : list.items()) items.push_back(canonical_one(item, context, arena));
  return arena.array(items).at(list.offset());
}

}  // namespace

json::Value canonical(const json::Value& document, json::Arena& arena) {
  const auto* list = list_in(document);
  if (list == nullptr) return canonical_one(document, {}, arena);
  if (list == &document) return canonical_list(document, {}, arena);
  const auto* context = document.find_ignoring_case("@odata.context");
  std::vector<json::Member> members(document.members().begin(), document.members().end());
  for (auto& member : members) {
    if (!member.value.is_array() || member.value.items().data() != list->items().data()) continue;
    member.value = canonical_list(*list, context == nullptr ? "" : context->text(), arena);
  }
  return arena.object(members).at(document.offset());
}

Result<std::string> format_text(std::string_view bytes) {
  const auto text = decode_text(bytes);
  if (!text) return tl::unexpected<Error>(text.error());
  json::Arena arena;
  auto whole = json::parse(*text);
  if (whole) return json::write_pretty(canonical(whole->root(), arena));
  if (!looks_like_lines(*text).value_or(false)) return tl::unexpected<Error>(whole.error());
  std::string out;
  std::optional<Error> failed;
  each_line(*text, [&](std::string_view line, std::size_t, std::uint32_t number) {
    if (failed) return;
    const auto document = json::parse(line);
    if (!document) {
      failed = document.error();
      failed->where = "line " + std::to_string(number);
      return;
    }
    out += json::write(canonical(document->root(), arena));
    out += '\n';
  });
  if (failed) return tl::unexpected<Error>(*failed);
  return out;
}

}  // namespace sallyport
