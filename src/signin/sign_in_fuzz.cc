// Any JSON as a sign-in: read or refused, never more, under both meanings of what is left out. What
// was read can be read through to its last text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/json.h"
#include "signin/read.h"

namespace sallyport {
namespace {

void visit(const SignIn& sign_in) {
  std::size_t seen = sign_in.target.applications.size();
  for (const auto& oid : sign_in.proofs.x509_policy_oids) seen += oid.size();
  seen += sign_in.proofs.fido2_aaguid.size() + sign_in.proofs.x509_issuer_ski.size();
  if (sign_in.device.is_known()) {
    seen += sign_in.device->display_name.size() + sign_in.device->shape->system_labels.size();
    for (const auto& id : sign_in.device->physical_ids) seen += id.size();
  }
  if (sign_in.user.is_known()) seen += sign_in.user->name.size() + sign_in.user->groups.size();
  volatile std::size_t sink = seen;
  (void)sink;
}

}  // namespace
}  // namespace sallyport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const auto document = json::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!document) return 0;
  const auto directory =
      with_described_principals(document->root(), std::make_shared<const Directory>());
  for (const auto missing : {Missing::unknown, Missing::absent}) {
    const auto input =
        read_sign_in(document->root(), {missing, Instant{}, directory.get(), nullptr});
    if (input) {
      visit(input->sign_in());
    } else if (input.error().message.empty()) {
      std::abort();  // a refusal always says why
    }
  }
  return 0;
}
