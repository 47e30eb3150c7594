// A notification template's message, sent to the administrator who wants to see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/api_client.h"

namespace sallyport::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view ada = "10000000-0000-4000-8000-000000000001";
constexpr std::string_view path =
    "/v1.0/deviceManagement/notificationMessageTemplates/64000000-0000-4000-8000-000000000001"
    "/sendTestMessage";

class Postbox final : public Mailer {
 public:
  Postbox(std::vector<Mail>& sent, Handover::Fate& fate) : sent_(sent), fate_(fate) {}
  Handover send(const Mail& mail, const std::function<bool()>& hand_over) override {
    if (!hand_over()) return {Handover::Fate::later, "not wanted"};
    if (fate_ == Handover::Fate::taken) sent_.push_back(mail);
    return {fate_, "550 no such mailbox"};
  }

 private:
  std::vector<Mail>& sent_;
  Handover::Fate& fate_;
};

class TestMessage : public ::testing::Test {
 protected:
  TestMessage() {
    put("user", ada, R"({"displayName":"Ada & Co","mail":"ada@example.org"})");
    put("notificationMessageTemplate", "64000000-0000-4000-8000-000000000001",
        R"({"displayName":"T","defaultLocale":"en-us","localizedNotificationMessages":[
            {"id":"1","locale":"de-de","subject":"Hallo","messageTemplate":"Hallo"},
            {"id":"2","locale":"en-us","subject":"{{DeviceName}} needs you","isDefault":true,
             "messageTemplate":"<p>Hello {{UserName}}</p>"}]})");
    speaks_for_ada_ = token_of(std::string(ada));
  }
  void put(std::string_view kind, std::string_view id, std::string_view members) {
    const auto json = "{\"id\":\"" + std::string(id) + "\"," + std::string(members.substr(1));
    EXPECT_TRUE(client_.store().put(kind, id, json).has_value());
  }
  std::string token_of(const std::string& user) {
    const auto made =
        create_token(client_.store(),
                     {"t", {"DeviceManagementServiceConfig.ReadWrite.All"}, user, {}}, client_.now);
    return made->secret;
  }
  Answered send(std::string_view bearer) { return client_.send_as(bearer, "POST", path); }
  void with_mail_server() {
    client_.api().send_mail_by(std::make_unique<Postbox>(sent_, fate_), "sallyport@example.org");
  }

  ApiClient client_;
  std::string speaks_for_ada_;
  std::vector<Mail> sent_;
  Handover::Fate fate_ = Handover::Fate::taken;
};

TEST_F(TestMessage, goes_to_the_user_that_the_token_speaks_for) {
  with_mail_server();
  const auto answered = send(speaks_for_ada_);
  EXPECT_EQ(answered.status, 204) << answered.body;
  ASSERT_EQ(sent_.size(), 1U);
  EXPECT_EQ(sent_[0].to, std::vector<std::string>{"ada@example.org"});
  EXPECT_EQ(sent_[0].from, "sallyport@example.org");
  EXPECT_EQ(sent_[0].subject, "a device of yours needs you");
  EXPECT_EQ(sent_[0].text, "<p>Hello Ada &amp; Co</p>");
  EXPECT_TRUE(sent_[0].is_html);
  EXPECT_TRUE(sent_[0].message_id.ends_with("@example.org"));
}

TEST_F(TestMessage, says_what_keeps_it_from_being_sent) {
  auto answered = send(speaks_for_ada_);
  EXPECT_EQ(answered.status, 503);
  EXPECT_THAT(answered.text("/error/message"), HasSubstr("there is no mail server"));
  with_mail_server();
  answered = send(token_of({}));
  EXPECT_EQ(answered.status, 400);
  EXPECT_THAT(answered.text("/error/message"), HasSubstr("--user"));
  fate_ = Handover::Fate::refused;
  answered = send(speaks_for_ada_);
  EXPECT_EQ(answered.status, 503);
  EXPECT_THAT(answered.text("/error/message"), HasSubstr("550 no such mailbox"));
  put("user", ada, R"({"displayName":"Ada"})");
  answered = send(speaks_for_ada_);
  EXPECT_EQ(answered.status, 400);
  EXPECT_THAT(answered.text("/error/message"), HasSubstr("no `mail` address"));
  EXPECT_EQ(
      client_
          .send_as(speaks_for_ada_, "POST",
                   "/v1.0/deviceManagement/notificationMessageTemplates/nobody/sendTestMessage")
          .status,
      404);
  EXPECT_TRUE(sent_.empty());
}

}  // namespace
}  // namespace sallyport::test
