// Every form of the client-certificate header takes any bytes: a certificate, none, or an error.
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "gates/client_cert.h"
#include "gates/test_certificates.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  static const auto authority = DeviceAuthority::from_pem(TestAuthority("fuzz").pem());
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto form : {CertHeader::escaped, CertHeader::traefik, CertHeader::xfcc}) {
    const auto der = read_cert_header(form, text);
    if (der && !der->empty() && authority->device_of(*der, Instant(std::chrono::hours(500'000))))
      __builtin_trap();  // nothing that was guessed is signed by a key made a moment ago
  }
  (void)authority->device_of(text, Instant());
  return 0;
}
