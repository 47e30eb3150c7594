// What is written to the users of devices that are not compliant, in their languages
// (device-compliance spec, section 3).
#include <set>

#include "base/id.h"
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

constexpr std::size_t subject_length_max = 78;
constexpr std::size_t text_length_max = 2000;
constexpr std::size_t messages_max = 100;
constexpr std::string_view read_only[] = {"id", "lastModifiedDateTime"};
constexpr std::string_view branding[] = {"none",
                                         "includeCompanyLogo",
                                         "includeCompanyName",
                                         "includeContactInformation",
                                         "includeCompanyPortalLink",
                                         "includeDeviceDetails"};
constexpr Member members[] = {
    {"displayName", Shape::text},    {"description", Shape::text},
    {"defaultLocale", Shape::text},  {"brandingOptions", Shape::text},
    {"roleScopeTagIds", Shape::ids}, {"localizedNotificationMessages", Shape::objects}};
constexpr Member message_members[] = {{"locale", Shape::text},
                                      {"subject", Shape::text},
                                      {"messageTemplate", Shape::text},
                                      {"isDefault", Shape::boolean}};

// `de-de` and `de_DE` are one.
std::string locale_key(std::string_view locale) {
  auto key = to_lower(locale);
  for (auto& c : key) c = c == '_' ? '-' : c;
  return key;
}

Result<Value> with_message(const Value& message, json::Arena& arena) {
  for (const auto& done : {shapes::check_shapes(message, message_members),
                           shapes::check_present(message, {"locale", "subject", "messageTemplate"}),
                           shapes::check_length(message, "subject", subject_length_max),
                           shapes::check_length(message, "messageTemplate", text_length_max)}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  // A mail's subject is one line.
  for (const char c : text_of(message, "subject")) {
    if (static_cast<unsigned char>(c) >= 0x20) continue;
    return shapes::refuse("`subject` must be one line without control characters", "subject");
  }
  auto out = shapes::with_default(message, "isDefault", Value::boolean(false), arena);
  if (!text_of(out, "id").empty()) return out;
  return json::with(out, "id", arena.string(to_string(random_guid())), arena);
}

Result<Value> with_messages(const Value& document, json::Arena& arena) {
  const auto* given = document.find("localizedNotificationMessages");
  if (given == nullptr || given->is_null()) return document;
  if (given->items().size() > messages_max) {
    return shapes::refuse("a template has at most 100 messages", "localizedNotificationMessages");
  }
  std::vector<Value> out;
  std::set<std::string> locales;
  int defaults = 0;
  for (const auto& one : given->items()) {
    auto message = with_message(one, arena);
    if (!message) return message;
    if (!locales.insert(locale_key(text_of(*message, "locale"))).second) {
      return shapes::refuse(
          "there are two messages in `" + printable(text_of(*message, "locale")) + "`",
          "localizedNotificationMessages");
    }
    defaults += message->find("isDefault")->truth() ? 1 : 0;
    out.push_back(*message);
  }
  if (defaults > 1) {
    return shapes::refuse("only one message is the default", "localizedNotificationMessages");
  }
  return json::with(document, "localizedNotificationMessages", arena.array(out), arena);
}

Result<Value> check(const Proposal& proposal) {
  auto& arena = proposal.arena;
  const auto& document = proposal.document;
  for (const auto& done : {shapes::check_shapes(document, members),
                           shapes::check_present(document, {"displayName"})}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  auto worded = shapes::with_flags(document, "brandingOptions", branding, arena);
  if (!worded) return worded;
  auto out = shapes::with_default(*worded, "brandingOptions", Value::string("none"), arena);
  out = shapes::with_default(out, "defaultLocale", Value::string("en-us"), arena);
  return with_messages(out, arena);
}

Result<void> check_removal(const Value& document, Draft& draft) {
  return check_is_unused(draft, "template", text_of(document, "id"));
}

}  // namespace

const DocumentType notification_template_type{
    .kind = "notificationMessageTemplate",
    .noun = "notification template",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = {},
    .dates = Dates::created_and_last_modified,
    .read_only = read_only,
    .check = check,
    .check_removal = check_removal,
};

}  // namespace sallyport
