#include "service/enrolment/records.h"

#include "base/json.h"
#include "base/text.h"

namespace sallyport {
namespace {

tl::unexpected<Error> damaged(const VersionedDocument& document) {
  return fail(ErrorKind::internal, "this document is damaged", document.kind + "/" + document.id);
}

void write_array(json::Writer& w, std::string_view member, const std::vector<std::string>& texts) {
  w.key(member);
  w.begin_array();
  for (const auto& text : texts) w.value(text);
  w.end_array();
}

}  // namespace

std::string write_texts(std::string_view member, const std::vector<std::string>& texts) {
  std::string text;
  json::Writer w(text);
  w.begin_object();
  write_array(w, member, texts);
  w.end_object();
  return text;
}

Result<std::vector<std::string>> read_texts(const VersionedDocument& document,
                                            std::string_view member) {
  const auto parsed = json::parse(document.json);
  const auto* list = parsed ? parsed->root().find(member) : nullptr;
  if (list == nullptr || !list->is_array()) return damaged(document);
  std::vector<std::string> out;
  for (const auto& item : list->items()) out.emplace_back(item.text());
  return out;
}

std::string write_device_enrolment(const DeviceEnrolment& one) {
  std::string text;
  json::Writer w(text);
  w.begin_object();
  if (!one.user_id.empty()) w.member("userId", one.user_id);
  write_array(w, "certificates", one.certificates);
  w.end_object();
  return text;
}

Result<DeviceEnrolment> read_device_enrolment(const VersionedDocument& document) {
  auto certificates = read_texts(document, "certificates");
  if (!certificates) return tl::unexpected<Error>(certificates.error());
  DeviceEnrolment out;
  out.certificates = std::move(*certificates);
  if (const auto parsed = json::parse(document.json)) {
    if (const auto* user = parsed->root().find("userId")) out.user_id = user->text();
  }
  return out;
}

Result<VersionedDocument> find_device_document(Store& store, std::string_view device) {
  const auto id = to_lower(device);
  auto found = store.find("device", {"deviceId", id, id, std::nullopt, std::nullopt}, 1);
  if (!found) return tl::unexpected<Error>(found.error());
  if (!found->empty()) return std::move(found->front());
  // A document that gives no deviceId is about the device of its own id.
  auto by_id = store.get("device", id);
  if (by_id || by_id.error().kind != ErrorKind::not_found) return by_id;
  return fail(ErrorKind::not_found, "the directory knows no device with this id",
              std::string(device));
}

}  // namespace sallyport
