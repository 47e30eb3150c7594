// What the agent promises of a key in a TPM, kept with swtpm.
#include <arpa/inet.h>
#include <openssl/evp.h>
#include <sys/socket.h>

#include <random>

#include "agent/credentials.h"
#include "agent/device_key.h"
#include "agent_program.h"
#include "base/json.h"

namespace sallyport {
namespace {

bool listens(int port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected =
      connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return connected;
}

// A TPM in software; the same one as long as its folder is the same.
class TestTpm {
 public:
  TestTpm() {
    std::random_device random;
    do {  // below the ports that the kernel gives to clients
      port_ = 20000 + 2 * static_cast<int>(random() % 6000);
    } while (listens(port_) || listens(port_ + 1));
  }
  ~TestTpm() { stop(); }
  std::string tcti() const { return "swtpm:host=127.0.0.1,port=" + std::to_string(port_); }
  bool start(const std::string& folder) {
    fs::create_directories(folder);
    process_ = fork();
    if (process_ == 0) {
      const auto state = "dir=" + folder;
      const auto place = [](int port) {
        return "type=tcp,port=" + std::to_string(port) + ",bindaddr=127.0.0.1";
      };
      const auto commands = place(port_);
      const auto control = place(port_ + 1);
      execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state.c_str(), "--server",
             commands.c_str(), "--ctrl", control.c_str(), "--flags", "not-need-init,startup-clear",
             "--log", "level=0", nullptr);
      _exit(127);
    }
    for (int i = 0; i < 200; ++i) {
      if (waitpid(process_, nullptr, WNOHANG) != 0) break;  // it is not installed
      if (agent::Tpm::open(tcti())) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    process_ = 0;
    return false;
  }
  void stop() {
    if (process_ <= 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }

 private:
  int port_ = 0;
  pid_t process_ = 0;
};

class AgentTpm : public AgentProgram {
 protected:
  void SetUp() override {
    if (!tpm_.start(folder_.file("tpm"))) GTEST_SKIP() << "swtpm is not installed";
  }
  Ran enrol_with_tpm(const std::string& token = "good-1") const {
    return enrol(token, {}, tpm_.tcti());
  }
  std::string member(const std::string& name) const {
    const auto document = json::parse(text_of(state() + "/enrolment.json"));
    return std::string(document->root().find(name)->text());
  }
  TestTpm tpm_;
};

TEST_F(AgentTpm, a_key_in_it_is_renewed_without_being_made_anew) {
  server_.order([](auto& orders) { orders.certificate_seconds = 600; });
  const auto ran = enrol_with_tpm();
  ASSERT_EQ(ran.exit, 0) << ran.output;
  EXPECT_TRUE(has(ran.output, "records it as software: the TPM holds no certificate of its maker"))
      << ran.output;
  EXPECT_EQ(server_.seen().renewals, 1);  // with the first check-in
  const auto key = member("key");
  const auto certificate = member("certificate");
  EXPECT_TRUE(key.starts_with("-----BEGIN TSS2 PRIVATE KEY-----")) << key;
  server_.order([](auto& orders) { orders.certificate_seconds = 86400; });
  EXPECT_EQ(check_in().exit, 0);
  EXPECT_EQ(server_.seen().renewals, 2);
  EXPECT_EQ(member("key"), key);
  EXPECT_NE(member("certificate"), certificate);
  EXPECT_EQ(check_in().exit, 0);
}

TEST_F(AgentTpm, an_enrolment_that_was_refused_goes_on_with_its_key_where_that_is_wanted) {
  EXPECT_EQ(enrol_with_tpm("bad").exit, 2);
  const auto pending = text_of(state() + "/pending-key.pem");
  ASSERT_EQ(enrol_with_tpm().exit, 0);
  EXPECT_EQ(member("key"), pending);
  ASSERT_EQ(run("leave --state " + state()).exit, 0);
  EXPECT_EQ(enrol_with_tpm("bad").exit, 2);
  server_.order([](auto& orders) { orders.sequence = 0; });
  ASSERT_EQ(enrol("good-2").exit, 0);  // --tpm none
  EXPECT_TRUE(member("key").starts_with("-----BEGIN PRIVATE KEY-----")) << member("key");
}

TEST_F(AgentTpm, a_service_whose_tpm_fails_says_so_and_loses_nothing) {
  ASSERT_EQ(enrol_with_tpm().exit, 0);
  start_service();
  ASSERT_TRUE(eventually([&] { return server_.seen().sequences.size() >= 2 && waiting() == 0; }));
  tpm_.stop();
  file("/proc/sys/kernel/hostname", "bert-laptop\n");
  EXPECT_TRUE(eventually([&] { return waiting() > 0 && has(status().output, "Problem"); }));
  EXPECT_TRUE(has(status().output, "cannot be reached")) << status().output;
  file("/proc/sys/kernel/hostname", "carl-laptop\n");
  EXPECT_TRUE(eventually([&] { return waiting() == 2; }));
  kill(service_, SIGTERM);
  int ended = 0;
  EXPECT_EQ(waitpid(service_, &ended, 0), service_);
  EXPECT_TRUE(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
  ASSERT_TRUE(tpm_.start(folder_.file("tpm")));
  start_service();
  EXPECT_TRUE(eventually([&] { return has(last_report(), "carl-laptop") && waiting() == 0; }));
  const auto seen = server_.seen().sequences;
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_EQ(seen[i], seen[i - 1] + 1);
}

TEST_F(AgentTpm, it_signs_digests_of_every_length_and_says_when_it_cannot) {
  const auto stored = agent::make_key(tpm_.tcti());
  ASSERT_TRUE(stored.has_value());
  const auto key = agent::DeviceKey::open(*stored);
  ASSERT_TRUE(key.has_value()) << key.error().message;
  for (const auto* digest : {EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
    std::array<unsigned char, 128> signature{};
    std::size_t size = signature.size();
    const auto* text = reinterpret_cast<const unsigned char*>("a handshake");
    ASSERT_EQ(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key->get()), 1);
    ASSERT_EQ(EVP_DigestSign(context.get(), signature.data(), &size, text, 11), 1);
    // The public half, as somebody else has it.
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(key->get(), &der);
    const auto* at = static_cast<const unsigned char*>(der);
    EVP_PKEY* half = d2i_PUBKEY(nullptr, &at, length);
    EVP_MD_CTX_reset(context.get());
    EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, half);
    EXPECT_EQ(EVP_DigestVerify(context.get(), signature.data(), size, text, 11), 1)
        << EVP_MD_get_size(digest);
    EVP_PKEY_free(half);
    OPENSSL_free(der);
  }
  EXPECT_EQ(key->in_tpm()->take_problem(), "");
  tpm_.stop();
  EXPECT_FALSE(agent::certificate_request(key->get(), "laptop").has_value());
  const auto problem = key->in_tpm()->take_problem();
  EXPECT_TRUE(has(problem, "cannot be used: it does not answer")) << problem;
  EXPECT_EQ(key->in_tpm()->take_problem(), "");
}

TEST_F(AgentTpm, another_tpm_is_told_from_one_that_is_away) {
  const auto stored = agent::make_key(tpm_.tcti());
  ASSERT_TRUE(stored.has_value());
  tpm_.stop();
  auto key = agent::DeviceKey::open(*stored);
  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().kind, ErrorKind::unavailable);
  ASSERT_TRUE(tpm_.start(folder_.file("other")));
  key = agent::DeviceKey::open(*stored);
  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().kind, ErrorKind::denied);
  EXPECT_TRUE(has(key.error().message, "another TPM made the key")) << key.error().message;
}

}  // namespace
}  // namespace sallyport
