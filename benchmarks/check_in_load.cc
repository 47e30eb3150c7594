// Devices that check in, for check_in_bench.sh: RATE a second, all of them together, or as fast as
// they are answered when it is 0.
//
//   check_in_load PORT SECONDS RATE AUTHORITY.pem ENROLMENT.json...
//
// One kept-alive TLS connection a device, by its certificate, on a thread of its own; every report
// is a new one. Prints how many were answered, and the seconds of CPU time that it took itself; any
// answer but 200 ends it with 1.
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/json.h"

namespace {

struct Free {
  void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
  void operator()(BIO* p) const { BIO_free_all(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

struct Device {
  std::string key;
  std::string certificate;
};

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "check_in_load: %s\n", why.c_str());
  std::exit(1);
}

Device read_device(const char* path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  const auto document = sallyport::json::parse(text.view());
  if (!document) give_up(std::string("cannot read ") + path);
  const auto* key = document->root().find("key");
  const auto* certificate = document->root().find("certificate");
  if (key == nullptr || certificate == nullptr) give_up(std::string("not enrolled: ") + path);
  return {std::string(key->text()), std::string(certificate->text())};
}

Owned<SSL_CTX> context_of(const Device& device, const char* authority) {
  Owned<SSL_CTX> context(SSL_CTX_new(TLS_client_method()));
  const Owned<BIO> key_text(
      BIO_new_mem_buf(device.key.data(), static_cast<int>(device.key.size())));
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  const Owned<BIO> text(
      BIO_new_mem_buf(device.certificate.data(), static_cast<int>(device.certificate.size())));
  const Owned<X509> certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  if (!key || !certificate || SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1 ||
      SSL_CTX_load_verify_locations(context.get(), authority, nullptr) != 1) {
    give_up("a certificate cannot be used");
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

std::string request(std::uint64_t sequence, bool encrypted) {
  const auto body =
      R"({"report":{"source":"agent","reportedAt":"2026-11-26T03:00:00Z","sequence":)" +
      std::to_string(sequence) +
      R"(,"facts":{"operatingSystem":"Linux","distribution":"debian","osVersion":"12",)"
      R"("kernelVersion":"6.1.0-18-amd64","storageEncrypted":)" +
      (encrypted ? "true" : "false") +
      R"(,"secureBootEnabled":true,"firewallEnabled":true,"pendingSecurityUpdates":)" +
      std::to_string(sequence % 40) +
      R"(,"passwordMinimumLength":12,"passwordMinimumDigits":1,"screenLockMinutes":5,)"
      R"("tpmVersion":"2.0","deviceName":"laptop","manufacturer":"LENOVO","model":"20XW",)"
      R"("serialNumber":"PF12345"}}})";
  return "POST /agent/v1/check-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
         "Content-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

// One answer, to its end; its status.
int read_answer(BIO* connection, std::string& kept) {
  char buffer[16384];
  for (;;) {
    const auto end = kept.find("\r\n\r\n");
    if (end != std::string::npos) {
      const auto at = kept.find("Content-Length: ");
      if (at == std::string::npos || at > end) give_up("an answer without a length");
      const auto size = std::strtoul(kept.c_str() + at + 16, nullptr, 10);
      if (kept.size() >= end + 4 + size) {
        const int status = std::atoi(kept.c_str() + 9);
        if (status != 200) std::fprintf(stderr, "%s\n", kept.c_str());
        kept.erase(0, end + 4 + size);
        return status;
      }
    }
    const int got = BIO_read(connection, buffer, sizeof buffer);
    if (got <= 0) give_up("the server closed the connection");
    kept.append(buffer, static_cast<std::size_t>(got));
  }
}

// When a device checks in: from `next` on, so far apart.
struct Schedule {
  std::chrono::steady_clock::time_point next;
  std::chrono::nanoseconds pause{0};
  std::chrono::steady_clock::time_point end;
};

void check_in(const Device& device, const std::string& port, const char* authority,
              std::uint64_t first, Schedule schedule, std::atomic<std::uint64_t>& answered) {
  const auto context = context_of(device, authority);
  const Owned<BIO> connection(BIO_new_ssl_connect(context.get()));
  BIO_set_conn_hostname(connection.get(), ("127.0.0.1:" + port).c_str());
  if (BIO_do_connect(connection.get()) != 1) give_up("cannot connect");
  std::string kept;
  for (auto sequence = first; std::chrono::steady_clock::now() < schedule.end; ++sequence) {
    std::this_thread::sleep_until(schedule.next);
    schedule.next += schedule.pause;
    const auto text = request(sequence, true);
    if (BIO_write(connection.get(), text.data(), static_cast<int>(text.size())) !=
        static_cast<int>(text.size())) {
      give_up("cannot write");
    }
    if (read_answer(connection.get(), kept) != 200) give_up("not every answer was a good one");
    ++answered;
  }
}

double own_cpu() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) give_up("PORT SECONDS RATE AUTHORITY.pem ENROLMENT.json...");
  const auto begun = std::chrono::steady_clock::now();
  const auto end = begun + std::chrono::seconds(std::atoi(argv[2]));
  const int rate = std::atoi(argv[3]);
  const std::chrono::nanoseconds apart(rate == 0 ? 0 : 1'000'000'000 / rate);
  const int devices = argc - 5;
  // Later than anything an earlier run has said.
  const auto first = static_cast<std::uint64_t>(std::time(nullptr)) * 1'000'000;
  std::atomic<std::uint64_t> answered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < devices; ++i) {
    const Schedule schedule{begun + i * apart, devices * apart, end};
    threads.emplace_back([&, schedule, device = read_device(argv[5 + i])] {
      check_in(device, argv[1], argv[4], first, schedule, answered);
    });
  }
  for (auto& thread : threads) thread.join();
  std::printf("%llu %.3f\n", static_cast<unsigned long long>(answered.load()), own_cpu());
}
