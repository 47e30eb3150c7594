// Any body of an enrolment or an OCSP request, and any attestation, is read or refused; what is
// read proves its key.
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "enrolment/attestation.h"
#include "enrolment/certificate_request.h"
#include "enrolment/est_body.h"
#include "enrolment/revocation.h"
#include "enrolment/tpm_crypto.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  static const Instant now(std::chrono::hours(500'000));
  static const auto authority = IssuingAuthority::open(
      {(std::filesystem::temp_directory_path() / "sallyport-est-fuzz").string(), ""}, now);
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  if (const auto der = decode_est_request(body)) {
    const auto request = read_certificate_request(*der);
    if (request && request->public_key.empty()) __builtin_trap();
    if (request) (void)check_same_names(*request, authority->certificate_der());
  }
  (void)read_certificate_request(body);
  (void)read_key_attestation(body);
  (void)tpm::read_attest(body);
  if (const auto key = tpm::read_public(body)) (void)tpm::key_of(*key);
  (void)tpm::read_signature(body);
  const auto answer = answer_ocsp(
      *authority, body, [](std::string_view) { return std::nullopt; }, now, std::chrono::hours(1));
  if (!answer) __builtin_trap();  // whatever was asked, there is an answer
  return 0;
}
