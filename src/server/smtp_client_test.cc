// Against a real mail server: aiosmtpd (test_mail_server.py), with TLS and a sign-in.
#include "server/smtp_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "gates/test_certificates.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

using Fate = Handover::Fate;
using Security = MailOptions::Security;
using testing::HasSubstr;

class SmtpClientTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null") != 0) {
      GTEST_SKIP() << "python3-aiosmtpd is not installed";
    }
    const auto site = authority_.issue_with_key("localhost", "DNS:localhost");
    certificate_ = file("site.pem", site.certificate);
    key_ = file("site.key", site.key);
    options_.server = "localhost";
    options_.sender = "sallyport@example.org";
    options_.user = "sallyport";
    options_.password = "open sesame";
    options_.authorities = file("ca.pem", authority_.pem());
    options_.patience = std::chrono::seconds(20);
  }
  ~SmtpClientTest() override {
    if (lines_ != nullptr) std::fclose(lines_);
    if (server_ > 0) {
      ::kill(server_, SIGTERM);
      ::waitpid(server_, nullptr, 0);
    }
  }

  std::string file(const std::string& name, const std::string& content) {
    std::ofstream(folder_.file(name)) << content;
    return folder_.file(name);
  }

  void start(const char* how) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const std::string script =
        std::string(SALLYPORT_SOURCE_DIR) + "/src/server/test_mail_server.py";
    server_ = ::fork();
    ASSERT_GE(server_, 0);
    if (server_ == 0) {
      ::dup2(ends[1], 1);
      ::close(ends[0]);
      ::execl("/usr/bin/python3", "python3", script.c_str(), certificate_.c_str(), key_.c_str(),
              how, nullptr);
      ::_exit(1);
    }
    ::close(ends[1]);
    lines_ = ::fdopen(ends[0], "r");
    options_.port = static_cast<std::uint16_t>(std::stoi(line()));
  }
  std::string line() {
    char buffer[4096];
    if (std::fgets(buffer, sizeof buffer, lines_) == nullptr) return "0";
    std::string text(buffer);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }

  Handover send(std::vector<std::string> to) {
    auto client = make_smtp_client(options_);
    Mail mail;
    mail.from = options_.sender;
    mail.to = std::move(to);
    mail.subject = "Größe";
    mail.text = "<p>Ein Punkt:</p>\n.\nEnde";
    mail.is_html = true;
    mail.message_id = "1@example.org";
    handed_over_ = 0;
    return client->send(mail, [this] {
      ++handed_over_;
      return wanted_;
    });
  }

  TemporaryFolder folder_;
  TestAuthority authority_{"authority"};
  std::string certificate_;
  std::string key_;
  MailOptions options_;
  pid_t server_ = 0;
  std::FILE* lines_ = nullptr;
  int handed_over_ = 0;
  bool wanted_ = true;
};

TEST_F(SmtpClientTest, mail_arrives_as_it_was_written) {
  start("starttls");
  const auto handover = send({"ada@example.org", "desk@example.org"});
  EXPECT_EQ(handover.fate, Fate::taken) << handover.words;
  EXPECT_EQ(handed_over_, 1);
  EXPECT_EQ(line(), "Größe|text/html|desk@example.org|<p>Ein Punkt:</p>\\n.\\nEnde");
}

TEST_F(SmtpClientTest, tls_from_the_beginning) {
  start("tls");
  options_.security = Security::tls;
  const auto handover = send({"ada@example.org"});
  EXPECT_EQ(handover.fate, Fate::taken) << handover.words;
  EXPECT_THAT(line(), HasSubstr("Größe|"));
}

TEST_F(SmtpClientTest, what_the_server_says_decides_what_becomes_of_it) {
  start("starttls");
  for (const auto& [to, fate, handed_over] : {std::tuple("gone@example.org", Fate::refused, 0),
                                              {"full@example.org", Fate::later, 0},
                                              {"busy@example.org", Fate::later, 1},
                                              {"spam@example.org", Fate::refused, 1},
                                              {"silent@example.org", Fate::unknown, 1}}) {
    const auto handover = send({to});
    EXPECT_EQ(handover.fate, fate) << to << ": " << handover.words;
    EXPECT_EQ(handed_over_, handed_over) << to;
  }
  // Somebody who was to get a copy is gone: the user gets it all the same.
  EXPECT_EQ(send({"ada@example.org", "gone@example.org"}).fate, Fate::taken);
}

TEST_F(SmtpClientTest, what_is_not_wanted_any_more_is_not_sent) {
  start("starttls");
  wanted_ = false;
  EXPECT_EQ(send({"ada@example.org"}).fate, Fate::later);
  wanted_ = true;
  EXPECT_EQ(send({"bea@example.org"}).fate, Fate::taken);
  EXPECT_THAT(line(), HasSubstr("Größe|"));  // one mail alone came
}

TEST_F(SmtpClientTest, neither_text_nor_password_goes_to_a_stranger) {
  start("starttls");
  const TestAuthority other("other");
  options_.authorities = file("other.pem", other.pem());
  EXPECT_EQ(send({"ada@example.org"}).fate, Fate::later);
  EXPECT_EQ(handed_over_, 0);
}

TEST_F(SmtpClientTest, a_wrong_password_or_no_server_is_for_another_time) {
  start("starttls");
  options_.password = "wrong";
  EXPECT_EQ(send({"ada@example.org"}).fate, Fate::later);
  options_.port = 1;
  const auto handover = send({"ada@example.org"});
  EXPECT_EQ(handover.fate, Fate::later);
  EXPECT_FALSE(handover.words.empty());
  EXPECT_EQ(handed_over_, 0);
}

}  // namespace
}  // namespace sallyport
