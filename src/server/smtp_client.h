// Gives mail to a mail server, by SMTP (RFC 5321) with TLS from the beginning (`smtps:`) or asked
// for by STARTTLS; libcurl speaks it. Without TLS only where that is said.
//
// Threads: one at a time. Cost: a connection a mail.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "service/due_actions/mail.h"

namespace sallyport {

struct MailOptions {
  std::string server;  // a host name; empty: there is no mail
  std::uint16_t port = 587;
  enum class Security : std::uint8_t { starttls, tls, none };
  Security security = Security::starttls;
  std::string user;  // empty: nobody signs in
  std::string password;
  std::string sender;       // the address mail is from
  std::string authorities;  // a PEM path: trusted instead of those of the system; may be empty
  std::chrono::seconds patience{60};  // for a whole mail
};

std::unique_ptr<Mailer> make_smtp_client(MailOptions options);

}  // namespace sallyport
