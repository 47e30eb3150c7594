// Objects that stand in a list inside a document and have paths of their own: a template's
// messages, a strength's configurations. Each has an id.
//
//   constexpr Contained messages{"localizedNotificationMessages", "message"};
//   {"GET", "/.../{id}/localizedNotificationMessages", ..., list_contained<messages>, ...}
//
// A change of one is a change of the document: checked, audited and versioned as such.
#pragma once

#include <string_view>

#include "api/operation.h"

namespace sallyport::api {

struct Contained {
  std::string_view member;  // of the document, and the path below it
  std::string_view noun;
  // Refuses to change anything in this document; may be null.
  OrFailure<void> (*check)(const Call& call) = nullptr;
};

Replied list_contained(const Call& call, const Contained& what);
Replied get_contained(const Call& call, const Contained& what);
Replied create_contained(const Call& call, const Contained& what);
Replied update_contained(const Call& call, const Contained& what);
Replied delete_contained(const Call& call, const Contained& what);

// Replaces the whole list by the body's member `from`; `answer`: with the list, or with nothing.
enum class AnswerWith : bool { nothing, list };
Replied replace_contained(const Call& call, const Contained& what, std::string_view from,
                          AnswerWith answer);

template <const Contained& what>
Replied list_contained(const Call& call) {
  return list_contained(call, what);
}
template <const Contained& what>
Replied get_contained(const Call& call) {
  return get_contained(call, what);
}
template <const Contained& what>
Replied create_contained(const Call& call) {
  return create_contained(call, what);
}
template <const Contained& what>
Replied update_contained(const Call& call) {
  return update_contained(call, what);
}
template <const Contained& what>
Replied delete_contained(const Call& call) {
  return delete_contained(call, what);
}

}  // namespace sallyport::api
