// A receiver of notifications without a network, for tests.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/json.h"
#include "service/notifications/webhook.h"

namespace sallyport::test {

class Receiver final : public WebhookClient {
 public:
  // What it does from now on.
  enum class Mood { takes, is_away, answers_500, takes_no_validation };

  Result<void> check(const HttpUrl& url) const override {
    if (url.tls) return {};
    return fail(ErrorKind::invalid_argument, "it must begin with https://");
  }
  Result<WebhookAnswer> post(const WebhookPost& post) override {
    const std::lock_guard lock(mutex_);
    ++posts_;
    if (mood_ == Mood::is_away || post.url.find("away.example") != post.url.npos)
      return fail(ErrorKind::unavailable, "it cannot be reached");
    if (mood_ == Mood::answers_500) return WebhookAnswer{500, {}, {}};
    const auto at = post.url.find("validationToken=");
    if (at != post.url.npos) {
      validated_.push_back(post.url.substr(0, at - 1));
      if (mood_ == Mood::takes_no_validation) return WebhookAnswer{200, "text/plain", "hello"};
      return WebhookAnswer{200, "text/plain; charset=utf-8", post.url.substr(at + 16)};
    }
    // Each notification as `changeType resource`, or `lifecycleEvent`.
    if (const auto body = json::parse(post.body)) {
      for (const auto& one : body->root().find("value")->items()) {
        const auto* event = one.find("lifecycleEvent");
        const auto* type = one.find("changeType");
        taken_.push_back(event != nullptr ? std::string(event->text())
                                          : std::string(type->text()) + ' ' +
                                                std::string(one.find("resource")->text()));
      }
      bodies_.push_back(post.body);
    }
    return WebhookAnswer{202, {}, {}};
  }

  void be(Mood mood) {
    const std::lock_guard lock(mutex_);
    mood_ = mood;
  }
  std::vector<std::string> taken() const {
    const std::lock_guard lock(mutex_);
    return taken_;
  }
  std::vector<std::string> bodies() const {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }
  std::vector<std::string> validated() const {
    const std::lock_guard lock(mutex_);
    return validated_;
  }
  int posts() const {
    const std::lock_guard lock(mutex_);
    return posts_;
  }

 private:
  mutable std::mutex mutex_;  // guards all below
  Mood mood_ = Mood::takes;
  std::vector<std::string> taken_;
  std::vector<std::string> bodies_;
  std::vector<std::string> validated_;
  int posts_ = 0;
};

}  // namespace sallyport::test
