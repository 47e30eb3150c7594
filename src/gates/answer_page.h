// What a person or a program is shown when a request does not pass.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gates/decider.h"
#include "gates/message.h"

namespace sallyport {

enum class Shown : std::uint8_t {
  blocked,     // 403
  challenged,  // more must be proven: step up
  signed_out,  // the proxy signed nobody in
};

struct ShownAnswer {
  Shown shown = Shown::blocked;
  std::string reason;  // in the user's words
  std::string decision_id;
  std::vector<std::string> missing;
  std::optional<int> max_age;
  std::vector<DeviceFault> device_faults;
};

// One line of JSON, for a response header that nginx hands back to us, and its reading. Device
// faults that do not fit into a header are left out.
std::string to_header(const ShownAnswer& answer);
[[nodiscard]] Result<ShownAnswer> shown_answer_of_header(std::string_view text);

struct ShowOptions {
  std::string step_up_url;
  std::string sign_in_url;
  std::string return_to;  // the original URL, checked
  bool secure = false;    // the original URL is https
  bool get_or_head = true;
  // nginx relays only 401 and 403: redirects are 401 with Location.
  bool redirect_as_401 = false;
};

// The request tells whether a browser is asking, and how often it was already sent to step up:
// after two rounds it gets the page instead, so nobody runs in a circle.
HttpResponse show(const ShownAnswer& answer, const HttpRequest& request,
                  const ShowOptions& options);

inline constexpr std::string_view step_up_cookie = "sallyport_step_up";

}  // namespace sallyport
