#include "service/notifications/notifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "service/notifications/change_subscription.h"
#include "service/notifications/test_receiver.h"
#include "service/tokens.h"
#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

using std::chrono::milliseconds;
using test::Receiver;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Instant noon = *parse_instant("2026-03-01T12:00:00Z");
constexpr auto patience = std::chrono::seconds(10);

class NotifierTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  Receiver receiver_;
  std::atomic<Instant> now_{noon};
  std::string token_;
  std::unique_ptr<Notifier> notifier_;

  NotifierTest() {
    store_ = std::move(*open_sqlite_store(folder_.file("store.db")));
    token_ =
        create_token(*store_, {"t", {"User.Read.All"}, {}, noon + std::chrono::days(20)}, noon)->id;
  }

  void start() {
    NotifierOptions options;
    options.tenant_id = "the-tenant";
    options.now = [this] { return now_.load(); };
    options.pause = milliseconds(5);
    options.tend = milliseconds(20);
    options.retry_first = milliseconds(10);
    options.retry_max = milliseconds(40);
    options.threads = 2;
    notifier_ = std::make_unique<Notifier>(*store_, receiver_, std::move(options));
  }

  Subscription wanted(const std::string& id, const std::string& resource,
                      const std::string& types = "created,updated,deleted") {
    const auto body = json::parse(R"({"changeType":")" + types + R"(","resource":")" + resource +
                                  R"(","notificationUrl":"https://a.example/hook",
      "lifecycleNotificationUrl":"https://a.example/life","clientState":"secret",
      "expirationDateTime":"2026-03-11T12:00:00Z"})");
    auto one = read_wanted_subscription(body->root(), noon);
    EXPECT_TRUE(one.has_value()) << describe(one.error());
    one->id = id;
    one->owner = one->credential = token_;
    one->permissions = {"User.Read.All"};
    return *one;
  }
  void subscribe(const Subscription& one) {
    const auto put = store_->put(subscription_kind, one.id, write_subscription(one));
    ASSERT_TRUE(put.has_value());
  }
  void put_user(const std::string& id) { ASSERT_TRUE(store_->put("user", id, "{}").has_value()); }

  // Waits until the receiver has taken so many; then whatever it has.
  std::vector<std::string> taken(std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (receiver_.taken().size() < count && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    return receiver_.taken();
  }
  template <class Holds>
  bool until(Holds holds) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return true;
  }
  bool is_there(const std::string& id) { return store_->get(subscription_kind, id).has_value(); }
};

TEST_F(NotifierTest, who_subscribed_is_told_of_each_change_in_order) {
  put_user("before");
  auto one = wanted("s1", "users");
  one.started_after = *store_->last_sequence();
  subscribe(one);
  start();
  put_user("u1");
  put_user("u1");
  ASSERT_TRUE(store_->put("group", "g1", "{}").has_value());
  ASSERT_TRUE(store_->remove("user", "u1").has_value());
  EXPECT_THAT(taken(3), ElementsAre("created users/u1", "updated users/u1", "deleted users/u1"));
  const auto body = json::parse(receiver_.bodies().front());
  ASSERT_TRUE(body.has_value());
  EXPECT_THAT(
      receiver_.bodies().front(),
      AllOf(HasSubstr(R"("subscriptionId":"s1")"), HasSubstr(R"("clientState":"secret")"),
            HasSubstr(R"("tenantId":"the-tenant")"),
            HasSubstr(R"("subscriptionExpirationDateTime":"2026-03-11T12:00:00Z")"),
            HasSubstr(R"("resourceData":{"@odata.type":"#microsoft.graph.user","@odata.id":)"
                      R"("users/u1","@odata.etag":"W/\")")));
  EXPECT_EQ(notifier_->counts().delivered, 3U);
}

TEST_F(NotifierTest, who_did_not_ask_for_it_is_not_told) {
  subscribe(wanted("s1", "users/u2", "deleted"));
  subscribe(wanted("s2", "users", "updated"));
  start();
  put_user("u1");  // as Graph has it, a new user is `updated` to who does not ask for `created`
  put_user("u2");
  ASSERT_TRUE(store_->remove("user", "u1").has_value());
  ASSERT_TRUE(store_->remove("user", "u2").has_value());
  auto all = taken(3);
  std::ranges::sort(all);
  EXPECT_THAT(all, ElementsAre("deleted users/u2", "updated users/u1", "updated users/u2"));
}

TEST_F(NotifierTest, sign_ins_are_told) {
  auto one = wanted("s1", "auditLogs/signIns", "created");
  subscribe(one);
  start();
  ASSERT_TRUE(store_->append(std::vector<SignInRecord>{{"d1", noon, "u", "a", "granted", "{}", 0}})
                  .has_value());
  EXPECT_THAT(taken(1), ElementsAre("created auditLogs/signIns/d1"));
}

TEST_F(NotifierTest, nothing_is_lost_while_the_receiver_is_away_or_we_are) {
  subscribe(wanted("s1", "users"));
  receiver_.be(Receiver::Mood::is_away);
  start();
  put_user("u1");
  ASSERT_TRUE(until([&] { return receiver_.posts() >= 3; }));
  notifier_.reset();
  put_user("u2");
  receiver_.be(Receiver::Mood::takes);
  start();
  EXPECT_THAT(taken(2), ElementsAre("created users/u1", "created users/u2"));
  notifier_.reset();
  put_user("u3");
  start();
  EXPECT_THAT(taken(3), ElementsAre("created users/u1", "created users/u2", "created users/u3"))
      << "what was taken is not told again";
}

TEST_F(NotifierTest, many_changes_come_in_posts_of_a_hundred) {
  subscribe(wanted("s1", "users"));
  std::vector<Write> writes;
  for (int i = 0; i < 250; ++i) writes.push_back({"user", std::to_string(i), "{}", {}});
  ASSERT_TRUE(store_->write(writes).has_value());
  start();
  const auto all = taken(250);
  ASSERT_EQ(all.size(), 250U);
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(all[i], "created users/" + std::to_string(i));
  EXPECT_EQ(receiver_.posts(), 3);
}

TEST_F(NotifierTest, what_is_given_up_is_said_and_the_subscription_goes_on) {
  subscribe(wanted("s1", "users"));
  receiver_.be(Receiver::Mood::answers_500);
  start();
  put_user("u1");
  ASSERT_TRUE(until([&] { return receiver_.posts() >= 2; }));
  EXPECT_THAT(receiver_.taken(), IsEmpty());
  now_ = noon + std::chrono::hours(4) + std::chrono::minutes(1);
  ASSERT_TRUE(until([&] { return notifier_->counts().given_up == 1; }));
  receiver_.be(Receiver::Mood::takes);
  EXPECT_THAT(taken(1), ElementsAre("missed"));
  put_user("u2");
  EXPECT_THAT(taken(2), ElementsAre("missed", "created users/u2"));
}

TEST_F(NotifierTest, who_should_renew_is_told_once) {
  subscribe(wanted("s1", "users"));
  start();
  now_ = noon + std::chrono::days(9) + std::chrono::hours(22);  // two hours are left
  EXPECT_THAT(taken(1), ElementsAre("reauthorizationRequired"));
  put_user("u1");
  EXPECT_THAT(taken(2), ElementsAre("reauthorizationRequired", "created users/u1"));
  notifier_.reset();
  start();
  put_user("u2");
  EXPECT_THAT(taken(3),
              ElementsAre("reauthorizationRequired", "created users/u1", "created users/u2"));
}

TEST_F(NotifierTest, an_expired_subscription_is_removed_and_its_subscriber_told) {
  subscribe(wanted("s1", "users"));
  start();
  now_ = noon + std::chrono::days(10);
  EXPECT_THAT(taken(1), ElementsAre("subscriptionRemoved"));
  EXPECT_FALSE(is_there("s1"));
  const auto audits = store_->audits({{}, "s1", {}, {}}, std::nullopt, 10);
  ASSERT_EQ(audits->size(), 1U);
  EXPECT_THAT(audits->front().json, HasSubstr("it has expired"));
  EXPECT_EQ(audits->front().json.find("\"secret\""), std::string::npos);
}

TEST_F(NotifierTest, a_revoked_token_ends_what_was_subscribed_with_it) {
  subscribe(wanted("s1", "users"));
  start();
  put_user("u1");
  EXPECT_THAT(taken(1), ElementsAre("created users/u1"));
  ASSERT_TRUE(revoke_credential(*store_, token_, noon).has_value());
  put_user("u2");
  EXPECT_THAT(taken(2), ElementsAre("created users/u1", "subscriptionRemoved"));
  EXPECT_TRUE(until([&] { return !is_there("s1"); }));
}

TEST_F(NotifierTest, a_token_that_may_read_no_more_is_told_nothing) {
  auto one = wanted("s1", "users");
  one.permissions = {"Directory.Read.All"};
  subscribe(one);
  start();
  put_user("u1");
  EXPECT_THAT(taken(1), ElementsAre("subscriptionRemoved"));
}

TEST_F(NotifierTest, a_receiver_that_is_away_holds_up_no_other) {
  auto away = wanted("s1", "users");
  away.notification_url = "https://away.example/";
  subscribe(away);
  subscribe(wanted("s2", "users"));
  start();
  put_user("u1");
  EXPECT_THAT(taken(1), ElementsAre("created users/u1"));
}

TEST_F(NotifierTest, what_belongs_to_a_removed_subscription_is_cleared_away) {
  subscribe(wanted("s1", "users"));
  start();
  put_user("u1");
  EXPECT_EQ(taken(1).size(), 1U);
  const std::string progress = "sallyport.subscriptionProgress";
  ASSERT_TRUE(until([&] { return *store_->count(progress) == 1; }));
  ASSERT_TRUE(store_->remove(subscription_kind, "s1").has_value());
  EXPECT_TRUE(until([&] { return *store_->count(progress) == 0; }));
}

TEST_F(NotifierTest, a_damaged_letter_keeps_no_other_from_its_receiver) {
  ASSERT_TRUE(store_->put(letter_kind, "0", "{").has_value());
  const auto letter =
      letter_to(wanted("s1", "users"), LifecycleEvent::subscription_removed, "the-tenant", noon);
  ASSERT_TRUE(store_->write({&letter, 1}).has_value());
  start();
  EXPECT_THAT(taken(1), ElementsAre("subscriptionRemoved"));
}

}  // namespace
}  // namespace sallyport
