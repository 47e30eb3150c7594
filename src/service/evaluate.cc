#include "service/evaluate.h"

#include <unordered_map>

#include "service/document_type.h"
#include "signin/read.h"
#include "signin/what_if_result.h"

namespace sallyport {
namespace {

constexpr std::size_t policies_read_max = 65'535;

// The policies of the tenant that have a document, in order, with the answer's part about each.
// Templates are no policies, and one that was removed a moment ago has no document any more.
struct Listed {
  PolicySet policies;
  Answer answer;
  std::vector<json::Value> documents;
};

Listed with_documents(const PolicySet& all, Answer answer,
                      const std::vector<DocumentReader::Shown>& shown) {
  std::unordered_map<Guid, const ShownDocument*, GuidHash> by_id;
  for (const auto& one : shown) by_id[guid_of_text(one->id)] = one.get();
  Listed out;
  for (std::size_t i = 0; i < all.policies.size(); ++i) {
    const auto found = by_id.find(all.policies[i].id.guid);
    if (found == by_id.end()) continue;
    out.policies.policies.push_back(all.policies[i]);
    out.answer.policies.push_back(std::move(answer.policies[i]));
    out.documents.push_back(found->second->root());
  }
  return out;
}

}  // namespace

Result<std::string> evaluate(DocumentReader& reader, const json::Value& body, Instant now,
                             std::string_view host) {
  const auto tenant = reader.tenant();
  if (!tenant) return fail(ErrorKind::unavailable, "the policies are still being loaded");
  SignInReadOptions options;
  options.missing = Missing::absent;
  options.now = now;
  options.directory = tenant->directory.get();
  options.inventory = tenant->has_inventory ? tenant->inventory.get() : nullptr;
  const auto input = read_sign_in(body, options);
  if (!input) return tl::unexpected<Error>(input.error());
  const auto shown = reader.list(conditional_access_policy_type.kind, "", policies_read_max);
  if (!shown) return tl::unexpected<Error>(shown.error());
  const auto listed = with_documents(tenant->program->policies(),
                                     tenant->program->explain(input->sign_in()), *shown);
  return what_if_result(listed.policies, listed.answer, listed.documents, input->sign_in(),
                        input->applied_policies_only(), host);
}

}  // namespace sallyport
