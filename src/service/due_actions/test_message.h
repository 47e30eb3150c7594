// The message of a notification template, sent to who wants to see it: in the template's default
// language, its tokens filled in with words that say so. Nothing is kept of it.
// Threads: any number may call. Cost: waits for the mail server.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "service/due_actions/mail.h"

namespace sallyport {

class TestMessages {
 public:
  // `mailer` null or `sender` empty: there is no mail server.
  TestMessages(std::unique_ptr<Mailer> mailer, std::string sender)
      : mailer_(std::move(mailer)), sender_(std::move(sender)) {}

  // `user`: the directory's, to whose `mail` it goes.
  // Errors: invalid_argument for a template without a message, or a user without an address;
  // unavailable, with the mail server's words, when it was not taken or there is none.
  [[nodiscard]] Result<void> send(const json::Value& notification_template, const json::Value& user,
                                  Instant now);

 private:
  std::mutex mutex_;  // a mailer takes one at a time
  const std::unique_ptr<Mailer> mailer_;
  const std::string sender_;
};

}  // namespace sallyport
