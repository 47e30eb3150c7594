#include "service/shared_secret.h"

#include "base/digest.h"
#include "base/json.h"

namespace sallyport {
namespace {

constexpr std::string_view secret_kind = "sallyport.secret";
constexpr std::size_t secret_bytes = 32;

Result<std::string> read(Store& store, std::string_view name) {
  const auto document = store.get(secret_kind, name);
  if (!document) return tl::unexpected<Error>(document.error());
  const auto parsed = json::parse(document->json);
  const auto* secret = parsed ? parsed->root().find("secret") : nullptr;
  if (secret == nullptr || secret->text().size() < secret_bytes) {
    return fail(ErrorKind::internal, "this document is damaged", std::string(name));
  }
  return std::string(secret->text());
}

}  // namespace

Result<std::string> shared_secret(Store& store, std::string_view name) {
  auto found = read(store, name);
  if (found || found.error().kind != ErrorKind::not_found) return found;
  const auto secret = random_text(secret_bytes);
  if (!secret) return secret;
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("secret", *secret);
  w.end_object();
  const auto put = store.put(secret_kind, name, text, Version{0});
  // Another server may have been quicker.
  if (!put && put.error().kind != ErrorKind::conflict) return tl::unexpected<Error>(put.error());
  return read(store, name);
}

}  // namespace sallyport
