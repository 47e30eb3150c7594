#include "service/due_actions/test_message.h"

#include "base/id.h"
#include "base/json_members.h"
#include "base/text.h"

namespace sallyport {
namespace {}  // namespace

Result<void> TestMessages::send(const json::Value& notification_template, const json::Value& user,
                                Instant now) {
  const auto address = text_of(user, "mail");
  if (!is_mail_address(address)) {
    return fail(ErrorKind::invalid_argument,
                "the user that the token speaks for has no `mail` address to send it to");
  }
  const auto* message = localized_message(notification_template, {});
  if (message == nullptr) {
    return fail(ErrorKind::invalid_argument, "the notification template has no message");
  }
  if (mailer_ == nullptr || sender_.empty()) {
    return fail(
        ErrorKind::unavailable,
        "there is no mail server: an administrator names one in [mail] of the configuration");
  }
  const MailTokens tokens{std::string(text_of(user, "displayName")), "a device of yours",
                          "00000000-0000-0000-0000-000000000000", "its operating system"};
  const auto text = text_of(*message, "messageTemplate");
  Mail mail;
  mail.from = sender_;
  mail.to = {std::string(address)};
  mail.is_html = is_plain_html(text);
  mail.text = with_tokens(text, tokens, mail.is_html);
  mail.subject = printable(with_tokens(text_of(*message, "subject"), tokens, false), 500);
  mail.message_id = to_string(random_guid()) + sender_.substr(sender_.find('@'));
  mail.date = now;
  const std::lock_guard lock(mutex_);
  const auto handover = mailer_->send(mail, [] { return true; });
  if (handover.fate == Handover::Fate::taken) return {};
  return fail(ErrorKind::unavailable, "the mail server did not take it: " + handover.words);
}

}  // namespace sallyport
