#include "enrolment/est_body.h"

#include "base/base64.h"
#include "base/text.h"
#include "enrolment/certificate_request.h"

namespace sallyport {
namespace {

constexpr char der_sequence = 0x30;

// What stands between the lines of a PEM, or the whole when there are none.
std::string_view without_pem_lines(std::string_view text) {
  const auto begin = text.find("-----BEGIN");
  if (begin == text.npos) return text;
  const auto start = text.find('\n', begin);
  const auto end = text.find("-----END");
  if (start == text.npos || end == text.npos || end < start) return {};
  return text.substr(start, end - start);
}

}  // namespace

Result<std::string> decode_est_request(std::string_view body) {
  if (body.size() > 2 * certificate_request_size_max) {
    return fail(ErrorKind::too_large, "the certificate request is larger than 16 KiB");
  }
  if (!body.empty() && body.front() == der_sequence && !is_utf8(body)) return std::string(body);
  auto der = decode_base64(without_pem_lines(body));
  if (der && !der->empty()) return std::move(*der);
  return fail(ErrorKind::invalid_argument,
              "the body is no PKCS#10 certificate request in base64 (RFC 7030, section 4.2.1)");
}

}  // namespace sallyport
