#include "service/notifications/webhook.h"

#include "base/digest.h"
#include "base/text.h"

namespace sallyport {
namespace {

constexpr std::size_t token_bytes = 32;

bool is_plain_text(std::string_view type) {
  return equal_ignoring_case(trim(type.substr(0, type.find(';'))), "text/plain");
}

}  // namespace

Result<void> validate_receiver(WebhookClient& client, const std::string& url) {
  const auto token = random_text(token_bytes);
  if (!token) return tl::unexpected<Error>(token.error());
  WebhookPost post;
  post.url = url + (url.find('?') == url.npos ? "?" : "&") + "validationToken=" + *token;
  post.content_type = "text/plain; charset=utf-8";
  post.patience = validation_time;
  const auto answer = client.post(post);
  if (!answer) {
    return fail(ErrorKind::invalid_argument,
                "`" + printable(url, 200) +
                    "` did not take the validation request: " + answer.error().message);
  }
  const auto problem =
      answer->status != 200                  ? "it answered " + std::to_string(answer->status)
      : !is_plain_text(answer->content_type) ? std::string("its answer is not of type text/plain")
      : answer->body != *token ? std::string("its answer is not the validation token alone")
                               : std::string();
  if (problem.empty()) return {};
  return fail(ErrorKind::invalid_argument,
              "`" + printable(url, 200) + "` did not take the validation request: " + problem);
}

}  // namespace sallyport
