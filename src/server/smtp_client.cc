#include "server/smtp_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <tuple>

namespace sallyport {
namespace {

using Fate = Handover::Fate;

constexpr long ready_for_text = 354;
constexpr long lasting = 500;  // answers from here on are for good

struct FreeCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// The text on its way; the first piece is asked for when the server is ready for it.
struct Upload {
  const std::function<bool()>& hand_over;
  std::string text;
  std::size_t sent = 0;
  bool handed_over = false;
  bool stopped = false;
};

std::size_t next_piece(char* into, std::size_t size, std::size_t count, void* data) {
  auto& upload = *static_cast<Upload*>(data);
  if (!upload.handed_over) {
    if (!upload.hand_over()) {
      upload.stopped = true;
      return CURL_READFUNC_ABORT;
    }
    upload.handed_over = true;
  }
  const auto length = std::min(size * count, upload.text.size() - upload.sent);
  std::memcpy(into, upload.text.data() + upload.sent, length);
  upload.sent += length;
  return length;
}

// What came of it, by how far it had come and what the server said last.
Handover handover_of(CURLcode result, long answer, const Upload& upload, std::string words) {
  if (result == CURLE_OK) return {Fate::taken, "the mail server took it"};
  if (answer > 0) words += " (" + std::to_string(answer) + ")";
  if (upload.stopped) return {Fate::later, "it is not to be sent any more"};
  if (!upload.handed_over) {
    // A recipient that is not taken. That somebody may not sign in, or send, is set right one day.
    const bool refused = answer >= lasting && words.starts_with("RCPT");
    return {refused ? Fate::refused : Fate::later, std::move(words)};
  }
  if (answer == ready_for_text || answer == 0) return {Fate::unknown, std::move(words)};
  return {answer >= lasting ? Fate::refused : Fate::later, std::move(words)};
}

class SmtpClient final : public Mailer {
 public:
  explicit SmtpClient(MailOptions options) : options_(std::move(options)) {
    static const auto once = curl_global_init(CURL_GLOBAL_DEFAULT);
    std::ignore = once;
  }

  Handover send(const Mail& mail, const std::function<bool()>& hand_over) override {
    const std::unique_ptr<CURL, FreeCurl> curl(curl_easy_init());
    if (!curl) return {Fate::later, "no memory"};
    Upload upload{hand_over, message_text(mail)};
    std::unique_ptr<curl_slist, FreeCurl> recipients;
    for (const auto& address : mail.to) {
      auto* longer = curl_slist_append(recipients.get(), ("<" + address + ">").c_str());
      if (longer == nullptr) return {Fate::later, "no memory"};
      std::ignore = recipients.release();
      recipients.reset(longer);
    }
    char problem[CURL_ERROR_SIZE] = "";
    set_up(curl.get());
    const auto from = "<" + mail.from + ">";
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
    // Who gets a copy may be gone; the user may not.
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT_ALLLOWFAILS, mail.to.size() > 1 ? 1L : 0L);
    curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, next_piece);
    curl_easy_setopt(curl.get(), CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, problem);
    const auto result = curl_easy_perform(curl.get());
    long answer = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer);
    std::string words = problem[0] != '\0' ? problem : curl_easy_strerror(result);
    return handover_of(result, answer, upload, std::move(words));
  }

 private:
  void set_up(CURL* curl) const {
    using Security = MailOptions::Security;
    const bool tls = options_.security == Security::tls;
    const auto host = options_.server.find(':') == std::string::npos ? options_.server
                                                                     : "[" + options_.server + "]";
    const auto url = (tls ? "smtps://" : "smtp://") + host + ':' + std::to_string(options_.port);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, tls ? "smtps" : "smtp");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");  // none of the environment's
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(options_.patience.count()));
    curl_easy_setopt(
        curl, CURLOPT_USE_SSL,
        static_cast<long>(options_.security == Security::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.authorities.empty()) {
      curl_easy_setopt(curl, CURLOPT_CAINFO, options_.authorities.c_str());
    }
    if (!options_.user.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, options_.user.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, options_.password.c_str());
    }
  }

  MailOptions options_;
};

}  // namespace

std::unique_ptr<Mailer> make_smtp_client(MailOptions options) {
  return std::make_unique<SmtpClient>(std::move(options));
}

}  // namespace sallyport
