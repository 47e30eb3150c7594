#include "api/deleted_items.h"

#include "api/answers.h"
#include "api/list.h"
#include "api/services.h"
#include "service/document_names.h"

namespace sallyport::api {
namespace {

constexpr std::size_t deleted_max = 10'000;

bool is_over(const Call& call, const ShownDocument& shown) {
  return deleted_at(shown.root()) + deleted_kept <= call.now;
}

}  // namespace

Replied list_deleted(const Call& call) {
  auto shown = call.services.reader.list(call.resource().kind, "", deleted_max);
  if (!shown) return failed(call, shown.error());
  std::erase_if(*shown, [&](const Shown& one) { return is_over(call, *one); });
  return list_of(call, *shown, call.resource().context);
}

Replied get_deleted(const Call& call) {
  const auto shown = call.services.reader.get(call.resource().kind, store_id(call.key()));
  if (!shown) return failed(call, shown.error());
  if (is_over(call, **shown)) {
    return failed(call, {ErrorKind::not_found, {}, {}});
  }
  return entity(call, **shown, std::string(call.resource().context) + "/$entity");
}

Replied restore_deleted(const Call& call) {
  return written(
      call, restore_document(change_context(call), *call.resource().document, call.key()), 200);
}

Replied delete_deleted(const Call& call) {
  const auto removed =
      remove_deleted_document(change_context(call), *call.resource().document, call.key());
  if (!removed) return failed(call, removed.error());
  Reply reply;
  reply.status = 204;
  return reply;
}

}  // namespace sallyport::api
