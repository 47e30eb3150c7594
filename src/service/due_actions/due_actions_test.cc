#include "service/due_actions/due_actions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "service/managed_devices/record.h"
#include "service/notifications/test_receiver.h"
#include "service/test_tenant.h"
#include "store/faulty_store.h"

namespace sallyport {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Fate = Handover::Fate;
using Kind = std::string;
using std::chrono::hours;

constexpr std::string_view laptop = "42000000-0000-4000-8000-000000000001";
constexpr std::string_view policy_a = "61000000-0000-4000-8000-000000000001";
constexpr std::string_view policy_b = "61000000-0000-4000-8000-000000000002";
constexpr std::string_view template_id = "64000000-0000-4000-8000-000000000001";

class Postbox final : public Mailer {
 public:
  Handover send(const Mail& mail, const std::function<bool()>& hand_over) override {
    ++attempts;
    if (fate == Fate::later && !after_handing_over) return {fate, "451 busy"};
    if (!hand_over()) return {Fate::later, "not wanted any more"};
    if (dies) ::_exit(9);
    if (fate == Fate::taken) sent.push_back(mail);
    return {fate, "250 ok"};
  }
  Fate fate = Fate::taken;
  bool after_handing_over = false;
  bool dies = false;
  int attempts = 0;
  std::vector<Mail> sent;
};

// {"actionType","gracePeriodHours"} and what else there is.
std::string action(const std::string& type, int after, const std::string& more = {}) {
  return R"({"actionType":")" + type + R"(","gracePeriodHours":)" + std::to_string(after) + more +
         "}";
}
std::string mail_after(int after) {
  return action("notification", after,
                R"(,"notificationTemplateId":")" + std::string(template_id) + "\"");
}

class DueActionsTest : public ::testing::Test {
 protected:
  DueActionsTest() : live_(*tenant_.store), queue_(*tenant_.store, live_) {
    EXPECT_TRUE(live_.refresh().has_value());
    put("notificationMessageTemplate", template_id,
        R"({"displayName":"T","defaultLocale":"en-us","localizedNotificationMessages":[
        {"locale":"en-us","subject":"Mend {{DeviceName}}","isDefault":true,
         "messageTemplate":"<p>{{UserName}}: {{OSAndVersion}} <b>{{DeviceId}}</b></p>"},
        {"locale":"de-de","subject":"Bitte reparieren","messageTemplate":"{{UserName}} <script>"}]})");
    user(R"("mail":"ada@mail.example.org")");
    enrol("macOS");
  }

  void put(std::string_view kind, std::string_view id, const std::string& json) {
    ASSERT_TRUE(tenant_.store->put(kind, id, json).has_value());
  }
  void user(const std::string& more) {
    put("user", ada,
        R"({"id":")" + std::string(ada) +
            R"(","displayName":"Ada & Co","userPrincipalName":"ada@example.org",)" + more + "}");
  }
  void policy(std::string_view id, const std::vector<std::string>& actions) {
    std::string items = action("block", 0);
    for (const auto& one : actions) items += "," + one;
    put("deviceCompliancePolicy", id,
        R"({"@odata.type":"#microsoft.graph.macOSCompliancePolicy","id":")" + std::string(id) +
            R"(","displayName":"P","passwordRequired":true,"scheduledActionsForRule":[
            {"ruleName":null,"scheduledActionConfigurations":[)" +
            items + "]}]}");
  }

  DeviceKeys keys() { return find_device(*tenant_.store, laptop).value(); }
  void run(const ChangeQueue::Plan& plan) {
    const auto done = queue_.run(plan);
    ASSERT_TRUE(done.has_value()) << describe(done.error());
  }
  void enrol(const std::string& system) {
    const auto members =
        json::parse(R"({"deviceName":"Laptop","osVersion":"14.5","userId":")" + std::string(ada) +
                    R"(","operatingSystem":")" + system + "\"}");
    run([&](Draft& draft) {
      return enrol_device(draft, Caller{}, {keys(), members->root(), start_});
    });
  }
  // Found not compliant with these policies, since then.
  void judge(const std::vector<std::string_view>& policies, Instant since) {
    compliance::Verdict verdict;
    verdict.state = policies.empty() ? compliance::ComplianceState::compliant
                                     : compliance::ComplianceState::noncompliant;
    for (const auto id : policies) {
      auto& policy = verdict.policies.emplace_back();
      policy.id = id;
      policy.display_name = "P";
      policy.status = compliance::ComplianceStatus::non_compliant;
      policy.noncompliant_since = since;
    }
    run([&](Draft& draft) -> Result<void> {
      const auto record = read_record(draft, laptop);
      if (!record) return tl::unexpected<Error>(record.error());
      const auto written = write_verdict(draft, *record, verdict, to_json(verdict), {now_, {}, {}});
      if (!written) return tl::unexpected<Error>(written.error());
      return {};
    });
  }

  std::unique_ptr<DueActions> actions() { return actions_over(*tenant_.store); }
  std::unique_ptr<DueActions> actions_over(Store& store) {
    DueActionsOptions options;
    options.now = [this] { return now_; };
    options.sender = "sallyport@example.org";
    options.push_url = "https://push.example.org/";
    options.on_problem = [this](const Kind& what, const std::string& words) {
      problems_.push_back(what + ": " + words);
    };
    return std::make_unique<DueActions>(store, live_, receiver_, &postbox_, std::move(options));
  }
  void at(hours after) {
    now_ = start_ + after;
    const auto done = runner_->carry_out();
    ASSERT_TRUE(done.has_value()) << describe(done.error());
  }
  std::string record() { return tenant_.store->get(managed_device_kind, keys().record)->json; }
  std::string notes() {
    const auto stored = tenant_.store->get(noncompliance_kind, laptop);
    return stored ? stored->json : "nothing";
  }

  TestTenant tenant_;
  LiveTenant live_;
  ChangeQueue queue_;
  test::Receiver receiver_;
  Postbox postbox_;
  std::vector<std::string> problems_;
  Instant start_ = *parse_instant("2026-03-02T08:00:00Z");
  Instant now_ = start_;
  std::unique_ptr<DueActions> runner_ = actions();
};

// Case 20 of device-compliance.
TEST_F(DueActionsTest, a_device_that_is_mended_between_two_mails_gets_one) {
  policy(policy_a, {mail_after(48), mail_after(120)});
  judge({policy_a}, start_);
  at(hours(47));
  EXPECT_THAT(postbox_.sent, IsEmpty());
  at(hours(48));
  at(hours(49));
  ASSERT_THAT(postbox_.sent, SizeIs(1));
  now_ = start_ + hours(100);
  judge({}, start_);
  at(hours(120));
  at(hours(500));
  EXPECT_THAT(postbox_.sent, SizeIs(1));
  EXPECT_EQ(notes(), "nothing");
  // The next spell starts anew.
  judge({policy_a}, start_ + hours(500));
  at(hours(547));
  EXPECT_THAT(postbox_.sent, SizeIs(1));
  at(hours(548));
  EXPECT_THAT(postbox_.sent, SizeIs(2));
  EXPECT_NE(postbox_.sent[0].message_id, postbox_.sent[1].message_id);
}

// Case 21.
TEST_F(DueActionsTest, push_messages_of_a_policy_are_one_a_day) {
  policy(policy_a, {action("pushNotification", 1), action("pushNotification", 3),
                    action("pushNotification", 30)});
  policy(policy_b, {action("pushNotification", 1)});
  judge({policy_a}, start_);
  at(hours(4));
  EXPECT_THAT(receiver_.bodies(), SizeIs(1));
  at(hours(31));
  EXPECT_THAT(receiver_.bodies(), SizeIs(2));
  judge({policy_a, policy_b}, start_);  // another policy sends its own
  at(hours(32));
  EXPECT_THAT(receiver_.bodies(), SizeIs(3));
  EXPECT_THAT(receiver_.bodies()[0], HasSubstr(R"("deviceName":"Laptop")"));
}

// Case 22.
TEST_F(DueActionsTest, a_device_that_is_due_to_retire_is_listed_and_not_retired) {
  policy(policy_a, {action("retire", 24)});
  judge({policy_a}, start_);
  at(hours(23));
  EXPECT_THAT(record(), Not(HasSubstr("retireAfterDateTime")));
  at(hours(24));
  EXPECT_THAT(record(), HasSubstr(R"("retireAfterDateTime":"2026-03-03T08:00:00Z")"));
  EXPECT_THAT(record(), HasSubstr(R"("managementState":"managed")"));
  EXPECT_THAT(record(), HasSubstr(R"("deviceActionResults":[])"));
}

// Case 35.
TEST_F(DueActionsTest, a_device_of_a_partner_gets_nothing_until_it_is_enrolled_here) {
  policy(policy_a, {mail_after(1), action("remoteLock", 1), action("retire", 1),
                    action("pushNotification", 1), mail_after(50)});
  const auto stored = tenant_.store->get(managed_device_kind, keys().record);
  auto text = stored->json;
  text.insert(1, R"("complianceManagementPartnerId":"p",)");
  put(managed_device_kind, keys().record, text);
  judge({policy_a}, start_);
  at(hours(2));
  EXPECT_THAT(postbox_.sent, IsEmpty());
  EXPECT_THAT(receiver_.bodies(), IsEmpty());
  EXPECT_THAT(record(), HasSubstr(R"("deviceActionResults":[])"));
  EXPECT_THAT(notes(), HasSubstr("managed by a compliance partner"));
  enrol("macOS");
  EXPECT_THAT(record(), HasSubstr(R"("complianceManagementPartnerId":null)"));
  at(hours(50));
  EXPECT_THAT(postbox_.sent, SizeIs(1));
}

TEST_F(DueActionsTest, a_lock_is_asked_for_once_and_only_where_there_are_locks) {
  policy(policy_a, {action("remoteLock", 1)});
  judge({policy_a}, start_);
  at(hours(1));
  at(hours(2));
  const auto text = record();
  const auto first = text.find(R"("actionName":"remoteLock")");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find(R"("actionName":"remoteLock")", first + 1), std::string::npos);
  enrol("Windows");
  judge({}, start_);
  judge({policy_a}, start_ + hours(10));
  at(hours(12));
  EXPECT_THAT(record(), HasSubstr(R"("deviceActionResults":[])"));
  EXPECT_THAT(notes(), HasSubstr("cannot be locked"));
}

TEST_F(DueActionsTest, mail_is_in_the_users_language_with_the_names_filled_in) {
  policy(policy_a, {mail_after(0)});
  judge({policy_a}, start_);
  at(hours(0));
  ASSERT_THAT(postbox_.sent, SizeIs(1));
  const auto mail = postbox_.sent[0];
  EXPECT_EQ(mail.to, std::vector<std::string>{"ada@mail.example.org"});
  EXPECT_EQ(mail.subject, "Mend Laptop");
  EXPECT_TRUE(mail.is_html);
  EXPECT_EQ(mail.text, "<p>Ada &amp; Co: macOS 14.5 <b>" + keys().record + "</b></p>");
  judge({}, start_);
  user(R"("mail":"ada@mail.example.org","preferredLanguage":"de-AT")");
  judge({policy_a}, start_ + hours(1));
  at(hours(1));
  ASSERT_THAT(postbox_.sent, SizeIs(2));
  EXPECT_EQ(postbox_.sent[1].subject, "Bitte reparieren");
  EXPECT_FALSE(postbox_.sent[1].is_html);  // `script` is none of the elements that are sent
  EXPECT_EQ(postbox_.sent[1].text, "Ada & Co <script>");
}

TEST_F(DueActionsTest, who_has_no_address_gets_no_mail) {
  user(R"("mail":null)");
  policy(policy_a, {mail_after(0)});
  judge({policy_a}, start_);
  at(hours(1));
  EXPECT_EQ(postbox_.attempts, 0);
  EXPECT_THAT(notes(), HasSubstr("no mail address"));
}

TEST_F(DueActionsTest, what_could_not_be_looked_up_is_tried_again) {
  policy(policy_a, {mail_after(1)});
  judge({policy_a}, start_);
  FaultyStore faulty(*tenant_.store);
  std::string away;
  faulty.before_get = [&](std::string_view kind) -> Result<void> {
    if (kind != away) return {};
    return fail(ErrorKind::unavailable, "the database is locked");
  };
  runner_ = actions_over(faulty);
  now_ = start_ + hours(2);
  for (const auto* kind : {"notificationMessageTemplate", "user"}) {
    away = kind;
    EXPECT_FALSE(runner_->carry_out().has_value()) << kind;
    EXPECT_THAT(postbox_.sent, IsEmpty());
  }
  away.clear();
  at(hours(2));
  EXPECT_THAT(postbox_.sent, SizeIs(1));
}

TEST_F(DueActionsTest, a_damaged_document_of_one_device_keeps_no_other_waiting) {
  policy(policy_a, {mail_after(1)});
  // Due before all others.
  put(noncompliance_kind, "00000000-0000-4000-8000-000000000001",
      R"({"deviceId":"00000000-0000-4000-8000-000000000001","spells":[{"policyId":"x"}],
          "nextDueDateTime":"2020-01-01T00:00:00Z"})");
  judge({policy_a}, start_);
  now_ = start_ + hours(2);
  const auto done = runner_->carry_out();
  ASSERT_FALSE(done.has_value());
  EXPECT_THAT(describe(done.error()), HasSubstr("since"));
  EXPECT_THAT(postbox_.sent, SizeIs(1));
}

TEST_F(DueActionsTest, groups_get_a_copy) {
  put("group", "20000000-0000-4000-8000-0000000000aa",
      R"({"displayName":"Desk","members":["10000000-0000-4000-8000-0000000000aa"]})");
  put("user", "10000000-0000-4000-8000-0000000000aa",
      R"({"displayName":"Desk","userPrincipalName":"d@example.org","mail":"desk@example.org"})");
  policy(policy_a,
         {action("notification", 0,
                 R"(,"notificationTemplateId":")" + std::string(template_id) +
                     R"(","notificationMessageCCList":["20000000-0000-4000-8000-0000000000aa"])")});
  judge({policy_a}, start_);
  at(hours(0));
  ASSERT_THAT(postbox_.sent, SizeIs(1));
  EXPECT_THAT(postbox_.sent[0].to,
              testing::ElementsAre("ada@mail.example.org", "desk@example.org"));
}

TEST_F(DueActionsTest, what_was_not_taken_is_tried_again_and_then_done_once) {
  policy(policy_a, {mail_after(1), action("pushNotification", 1)});
  judge({policy_a}, start_);
  postbox_.fate = Fate::later;
  receiver_.be(test::Receiver::Mood::is_away);
  at(hours(1));
  EXPECT_EQ(postbox_.attempts, 1);
  EXPECT_THAT(problems_, SizeIs(2));
  at(hours(1));  // not at once
  EXPECT_EQ(postbox_.attempts, 1);
  postbox_.after_handing_over = true;  // refused for now, after the text
  at(hours(2));
  EXPECT_EQ(postbox_.attempts, 2);
  postbox_.fate = Fate::taken;
  receiver_.be(test::Receiver::Mood::takes);
  at(hours(3));
  at(hours(4));
  EXPECT_THAT(postbox_.sent, SizeIs(1));
  EXPECT_THAT(receiver_.bodies(), SizeIs(1));
}

TEST_F(DueActionsTest, what_was_handed_over_without_an_answer_is_not_sent_again) {
  policy(policy_a, {mail_after(1)});
  judge({policy_a}, start_);
  postbox_.fate = Fate::unknown;
  at(hours(1));
  postbox_.fate = Fate::taken;
  at(hours(9));
  EXPECT_EQ(postbox_.attempts, 1);
  EXPECT_THAT(notes(), HasSubstr(R"("outcome":"handingOver")"));
}

TEST_F(DueActionsTest, killed_while_handing_over_it_is_not_sent_twice) {
  policy(policy_a, {mail_after(1), action("retire", 2)});
  judge({policy_a}, start_);
  const auto path = tenant_.path();
  const auto child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // Everything of its own: nothing of the parent's connection is used.
    auto store = open_sqlite_store(path);
    if (!store) ::_exit(1);
    LiveTenant live(**store);
    Postbox postbox;
    postbox.dies = true;
    DueActionsOptions options;
    options.now = [this] { return start_ + hours(1); };
    options.sender = "s@example.org";
    DueActions dying(**store, live, receiver_, &postbox, std::move(options));
    std::ignore = dying.carry_out();
    ::_exit(2);  // it should not have come to this
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(WEXITSTATUS(status), 9);
  at(hours(3));
  EXPECT_THAT(postbox_.sent, IsEmpty());
  EXPECT_THAT(notes(), HasSubstr(R"("outcome":"handingOver")"));
  EXPECT_THAT(record(), HasSubstr(R"("retireAfterDateTime":"2026)"));  // the rest goes on
}

TEST_F(DueActionsTest, another_process_goes_on_where_this_one_ended) {
  policy(policy_a, {mail_after(1), mail_after(2)});
  judge({policy_a}, start_);
  at(hours(1));
  EXPECT_THAT(postbox_.sent, SizeIs(1));
  runner_ = actions();
  at(hours(1));
  EXPECT_THAT(postbox_.sent, SizeIs(1));
  at(hours(2));
  EXPECT_THAT(postbox_.sent, SizeIs(2));
}

TEST_F(DueActionsTest, nothing_is_done_while_actions_are_switched_off) {
  policy(policy_a, {mail_after(1)});
  judge({policy_a}, start_);
  put("deviceManagement", "deviceManagement",
      R"({"id":"deviceManagement","settings":{"isScheduledActionEnabled":false}})");
  at(hours(5));
  EXPECT_EQ(postbox_.attempts, 0);
  put("deviceManagement", "deviceManagement",
      R"({"id":"deviceManagement","settings":{"isScheduledActionEnabled":true}})");
  at(hours(6));
  EXPECT_THAT(postbox_.sent, SizeIs(1));
}

TEST_F(DueActionsTest, a_policy_that_is_changed_counts_from_then_on) {
  policy(policy_a, {mail_after(100)});
  judge({policy_a}, start_);
  at(hours(1));
  policy(policy_a, {mail_after(2)});
  at(hours(2));
  EXPECT_THAT(postbox_.sent, SizeIs(1));
  policy(policy_a, {});
  at(hours(200));
  EXPECT_THAT(postbox_.sent, SizeIs(1));
}

TEST(Mails, are_written_as_mail_is) {
  Mail mail;
  mail.from = "a@example.org";
  mail.to = {"b@example.org", "c@example.org"};
  mail.subject = "Größe und noch viel mehr, damit es zwei Wörter werden müssen";
  mail.text = "Zeile\nZeile";
  mail.message_id = "x@example.org";
  mail.date = *parse_instant("2026-11-26T03:00:00Z");
  const auto text = message_text(mail);
  EXPECT_THAT(text, HasSubstr("Date: Thu, 26 Nov 2026 03:00:00 +0000\r\n"));
  EXPECT_THAT(text, HasSubstr("To: <b@example.org>\r\nCc: <c@example.org>\r\n"));
  EXPECT_THAT(text, HasSubstr("Subject: =?utf-8?B?"));
  EXPECT_THAT(text, HasSubstr("WmVpbGUNClplaWxl"));  // with CR LF
  for (std::size_t line = 0; line < text.size();) {
    const auto end = text.find("\r\n", line);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - line, 78U);
    EXPECT_EQ(text.substr(line, end - line).find('\n'), std::string::npos);
    line = end + 2;
  }
}

TEST(Mails, go_to_addresses_alone) {
  for (const auto* good : {"a@b", "first.last+x@example.org"}) EXPECT_TRUE(is_mail_address(good));
  for (const auto* bad :
       {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nBcc: x", "<a@b>", "a@b,c@d", "\xc3\xa4@b"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
}

TEST(Mails, are_html_only_of_the_few_elements) {
  for (const auto* good :
       {"<p>x</p>", "<a href=\"https://x/\">x</a><br/>", "<TABLE><tr></tr></TABLE>"}) {
    EXPECT_TRUE(is_plain_html(good)) << good;
  }
  for (const auto* bad :
       {"x", "1 < 2", "<script>", "<p onclick=\"x\">", "<a href=\"javascript:x\">",
        "<a href=\"https://x\" onclick=\"y\">", "<img src=\"x\">", "<p"}) {
    EXPECT_FALSE(is_plain_html(bad)) << bad;
  }
}

}  // namespace
}  // namespace sallyport
