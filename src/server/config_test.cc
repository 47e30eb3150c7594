#include "server/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace sallyport {
namespace {

namespace fs = std::filesystem;

class ConfigTest : public ::testing::Test {
 protected:
  fs::path folder_ = fs::temp_directory_path() / ("sallyport-config-" + std::to_string(::getpid()));
  ConfigTest() { fs::create_directories(folder_); }
  ~ConfigTest() override { fs::remove_all(folder_); }
  void file(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name) << content;
  }
  ConfigReading read(std::string_view text) {
    return parse_config(text, (folder_ / "sallyport.toml").string());
  }
  // line:column: message
  std::string problem_of(std::string_view text) {
    const auto reading = read(text);
    EXPECT_EQ(reading.problems.size(), 1U) << text;
    if (reading.problems.empty()) return "";
    const auto& p = reading.problems.front();
    return p.where.substr((folder_ / "sallyport.toml:").string().size()) + ": " + p.message;
  }
};

TEST_F(ConfigTest, an_empty_file_has_the_defaults) {
  const auto reading = read("");
  EXPECT_TRUE(reading.problems.empty());
  EXPECT_EQ(reading.config.http.address, "127.0.0.1");
  EXPECT_EQ(reading.config.http.port, 8080);
  EXPECT_EQ(reading.config.http.limits.header_bytes_max, 16U * 1024);
  EXPECT_EQ(reading.config.sign_ins_kept, std::chrono::days(90));
}

TEST_F(ConfigTest, every_key_is_taken) {
  file("secret", "0123456789abcdef\n");
  const auto reading = read(R"(
store = "db/s.db"
log_level = "warning"
sign_ins_kept_days = 30
[listen]
address = "0.0.0.0"
port = 9000
socket = "run/s.sock"
threads = 3
[limits]
header_bytes = 8192
headers = 50
connections = 100
header_seconds = 1
body_seconds = 2
idle_seconds = 3
drain_seconds = 4
[forward_auth]
trusted_proxies = ["10.0.0.0/8", "::1"]
secret_file = "secret"
user_header = "X-User"
methods_header = "X-Amr"
authenticated_at_header = "X-Auth-Time"
step_up_url = "https://login.example.org/step"
sign_in_url = "https://login.example.org/"
allow_cors_preflight = true
[authzen]
public_url = "https://pdp.example.org/"
token_hashes = ["2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"]
batch_max = 5
[[application]]
host = "App.example.org"
id = "app-1"
[enrolment]
authority_folder = "ca"
authority_key = "ca.key"
public_url = "http://pki.example.org/"
certificate_header = "Client-Cert"
certificate_days = 30
renewal_days = 10
devices_per_user = 5
check_ins_per_minute = 30
check_in_burst = 7
tpm_authorities = "secret"
scep = false
scep_legacy_algorithms = true
[mail]
server = "mail.example.org"
port = 465
security = "tls"
sender = "sallyport@example.org"
user = "sallyport"
password_file = "secret"
authorities = "secret"
[noncompliance]
push_url = "https://push.example.org/devices"
)");
  for (const auto& problem : reading.problems) ADD_FAILURE() << describe(problem);
  const auto& config = reading.config;
  EXPECT_EQ(config.store, (folder_ / "db/s.db").string());
  EXPECT_EQ(config.sign_ins_kept, std::chrono::days(30));
  EXPECT_EQ(config.http.threads, 3U);
  EXPECT_EQ(config.http.socket, (folder_ / "run/s.sock").string());
  EXPECT_EQ(config.http.limits.drain_time, std::chrono::seconds(4));
  EXPECT_EQ(config.forward_auth.trusted_proxies.size(), 2U);
  EXPECT_EQ(config.forward_auth.secret, "0123456789abcdef");
  EXPECT_TRUE(config.forward_auth.allow_cors_preflight);
  EXPECT_EQ(config.authzen.public_url, "https://pdp.example.org");
  EXPECT_EQ(config.authzen.tokens.front(), hash_of_token("secret"));
  EXPECT_EQ(config.applications.at("app.example.org"), "app-1");
  EXPECT_TRUE(config.enrolment.on);
  EXPECT_EQ(config.enrolment.folder, (folder_ / "ca").string());
  EXPECT_EQ(config.enrolment.key, (folder_ / "ca.key").string());
  EXPECT_EQ(config.enrolment.public_url, "http://pki.example.org");
  EXPECT_EQ(config.enrolment.certificate_header, "Client-Cert");
  EXPECT_EQ(config.enrolment.certificate_life, std::chrono::days(30));
  EXPECT_EQ(config.enrolment.renewal_window, std::chrono::days(10));
  EXPECT_EQ(config.enrolment.devices_per_user_max, 5U);
  EXPECT_EQ(config.enrolment.check_in_limit.per_second, 0.5);
  EXPECT_EQ(config.enrolment.check_in_limit.burst, 7);
  EXPECT_EQ(config.enrolment.tpm_authorities, (folder_ / "secret").string());
  EXPECT_FALSE(config.enrolment.scep);
  EXPECT_TRUE(config.enrolment.scep_legacy_algorithms);
  EXPECT_FALSE(read("").config.enrolment.on);
  EXPECT_EQ(config.mail.server, "mail.example.org");
  EXPECT_EQ(config.mail.port, 465);
  EXPECT_EQ(config.mail.security, MailOptions::Security::tls);
  EXPECT_EQ(config.mail.sender, "sallyport@example.org");
  EXPECT_EQ(config.mail.user, "sallyport");
  EXPECT_EQ(config.mail.password, "0123456789abcdef");
  EXPECT_EQ(config.push_url, "https://push.example.org/devices");
}

TEST_F(ConfigTest, every_mistake_is_told_with_its_place) {
  EXPECT_EQ(problem_of("\nport = 1\n").substr(0, 24), "2:1: unknown key `port`:");
  EXPECT_EQ(problem_of("[listen]\nport = \"x\"\n"), "2:8: `listen.port` must be a whole number");
  EXPECT_EQ(problem_of("[listen]\nport = 70000\n"),
            "2:8: `listen.port` is 70000: it must be from 0 to 65535");
  EXPECT_EQ(problem_of("[listen]\naddress = \"localhost\"\n"),
            "2:11: `listen.address` is `localhost`: it must be an IP address");
  EXPECT_EQ(problem_of("listen = 5\n"), "1:10: `listen` must be a table: [listen]");
  EXPECT_EQ(problem_of("[forward_auth]\ntrusted_proxies = [\n  \"10.0.0.0/8\",\n  \"x\"]\n"),
            "4:3: `x` is no address or range, as 10.0.0.0/8");
  EXPECT_EQ(problem_of("country_database = \"none.mmdb\"\n"),
            "1:20: `country_database`: the file `" + (folder_ / "none.mmdb").string() +
                "` cannot be read");
  EXPECT_EQ(problem_of("[forward_auth]\nstep_up_url = \"javascript:x\"\n").substr(0, 6), "2:15: ");
  EXPECT_EQ(problem_of("log_level = \"loud\"\n").substr(0, 6), "1:13: ");
  EXPECT_EQ(problem_of("[authzen]\ntoken_hashes = [\"abc\"]\n").substr(0, 6), "2:17: ");
  EXPECT_EQ(problem_of("[[application]]\nhost = \"a\"\n"),
            "1:1: an [[application]] needs `host` and `id`");
  EXPECT_EQ(problem_of("store = \n").substr(0, 2), "1:");
  file("short", "abc");
  EXPECT_NE(problem_of("[forward_auth]\nsecret_file = \"short\"\n").find("shorter than 16"),
            std::string::npos);
  EXPECT_EQ(problem_of("[enrolment]\ncertificate_header = \"Cookie\"\n").substr(0, 6), "2:22: ");
  EXPECT_EQ(problem_of("[enrolment]\npublic_url = \"http://a,b\"\n").substr(0, 6), "2:14: ");
  EXPECT_EQ(problem_of("[enrolment]\ncertificate_days = 0\n").substr(0, 6), "2:20: ");
  EXPECT_EQ(problem_of("[mail]\nserver = \"x\"\n"),
            "1:1: `mail.server` and `mail.sender` belong together");
  const std::string mail = "[mail]\nserver = \"x\"\nsender = \"a@b\"\n";
  EXPECT_EQ(problem_of(mail + "security = \"ssl\"\n"),
            "4:12: `mail.security` must be starttls, tls or none");
  EXPECT_EQ(problem_of(mail + "user = \"x\"\n"),
            "1:1: `mail.user` and `mail.password_file` belong together");
  EXPECT_EQ(problem_of(mail + "user = \"x\"\npassword_file = \"short\"\nsecurity = \"none\"\n"),
            "1:1: `mail.user` needs TLS: a password is not sent in the open");
  EXPECT_EQ(problem_of("[mail]\nserver = \"x\"\nsender = \"a@b\\r\\nc\"\n").substr(0, 6), "3:10: ");
  EXPECT_EQ(problem_of("[noncompliance]\npush_url = \"ftp://x\"\n").substr(0, 6), "2:12: ");
  file("ca.pem", "no certificate");
  EXPECT_NE(problem_of("[forward_auth]\ndevice_authority = \"ca.pem\"\n").find("no PEM"),
            std::string::npos);
}

TEST_F(ConfigTest, all_mistakes_are_found_in_the_order_of_the_file) {
  const auto reading = read("log_level = 1\nx = 2\n[listen]\nport = true\ny = 1\n");
  ASSERT_EQ(reading.problems.size(), 4U);
  EXPECT_NE(reading.problems[1].where.find(":2:1"), std::string::npos);
  EXPECT_NE(reading.problems[3].where.find(":5:1"), std::string::npos);
}

TEST_F(ConfigTest, a_file_that_is_not_there_is_a_problem) {
  EXPECT_EQ(read_config((folder_ / "none.toml").string()).problems.size(), 1U);
}

}  // namespace
}  // namespace sallyport
