// Any bytes are a SCEP message, or are refused with a failure that can be told; the answer to what
// was refused can always be made.
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "enrolment/certificate_request.h"
#include "enrolment/scep_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  static const auto authority = IssuingAuthority::open(
      {(std::filesystem::temp_directory_path() / "sallyport-scep-fuzz").string(), "", true},
      Instant(std::chrono::hours(500'000)));
  static const auto codec = ScepCodec::make(*authority, ScepCodec::Algorithms::legacy);
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const auto request = codec->read(message);
  if (request) {
    (void)read_certificate_request(request->content);
    (void)serial_in_issuer_and_serial(request->content);
  } else if (!request.error().transaction.id.empty() && !codec->refuse(request.error())) {
    __builtin_trap();
  }
  (void)serial_in_issuer_and_serial(message);
  return 0;
}
