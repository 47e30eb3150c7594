// Mail to people whose devices are not compliant: what is written, and to whom it is given.
// The client is the server's (server/smtp_client.h). Threads: free.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"

namespace sallyport {

struct Mail {
  std::string from;
  std::vector<std::string> to;  // the first is the user, the others get a copy
  std::string subject;
  std::string text;
  bool is_html = false;
  std::string message_id;  // the same whenever it is sent: `x@y`
  Instant date{};
};

// Whether this can be an address in a header and an envelope; what is none is not written to.
bool is_mail_address(std::string_view text);

// As RFC 5322 has it, lines ending in CR LF; the text in base64.
std::string message_text(const Mail& mail);

struct Handover {
  enum class Fate : std::uint8_t {
    taken,
    refused,  // for good
    later,    // it was not taken, and may be another time
    unknown,  // it was handed over, and no answer came
  };
  Fate fate = Fate::later;
  std::string words;  // what the server said, or what went wrong
};

class Mailer {
 public:
  Mailer() = default;
  virtual ~Mailer() = default;
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;

  // `hand_over` is called when the server is ready for the text, before any of it is sent; false:
  // it is not sent, and the fate is later. Threads: one at a time.
  virtual Handover send(const Mail& mail, const std::function<bool()>& hand_over) = 0;
};

// The message of a notification template for a user's language: that locale, that language, the
// default. Null: the template has none.
const json::Value* localized_message(const json::Value& notification_template,
                                     std::string_view preferred_language);

// `{{UserName}}` and so on filled in.
struct MailTokens {
  std::string user_name;
  std::string device_name;
  std::string device_id;
  std::string os_and_version;
};
std::string with_tokens(std::string_view text, const MailTokens& tokens, bool for_html);

// Whether a text is HTML of the few elements that are sent as such; other text goes out plain.
bool is_plain_html(std::string_view text);

}  // namespace sallyport
