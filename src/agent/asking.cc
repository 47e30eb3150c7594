#include "agent/asking.h"

#include "base/json.h"
#include "base/text.h"

namespace sallyport::agent {

Result<HttpUrl> url_of(const std::string& server, std::string_view path) {
  auto url = parse_http_url(server);
  if (!url) {
    return fail(ErrorKind::invalid_argument, "`" + printable(server) + "`: " + url.error().message,
                "--server");
  }
  if (!url->tls) {
    return fail(ErrorKind::invalid_argument, "the server must be reached by https://", "--server");
  }
  if (url->target.ends_with('/')) url->target.pop_back();
  url->target += path;
  return url;
}

std::string words_of(const OutgoingAnswer& answer) {
  const auto document = json::parse(answer.body);
  const auto* error = document ? document->root().find("error") : nullptr;
  const auto* message = error == nullptr ? nullptr : error->find("message");
  return printable(
      message == nullptr || message->text().empty() ? trim(answer.body) : message->text(), 300);
}

}  // namespace sallyport::agent
