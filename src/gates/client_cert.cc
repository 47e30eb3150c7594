#include "gates/client_cert.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <map>
#include <mutex>
#include <optional>

#include "base/base64.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"
#include "gates/message.h"

namespace sallyport {
namespace {

constexpr std::size_t certificate_size_max = 16 * 1024;
constexpr std::size_t remembered_max = 4096;
constexpr std::string_view device_urns[] = {"urn:uuid:", "urn:sallyport:device:"};

struct Free {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(X509_STORE* p) const { X509_STORE_free(p); }
  void operator()(X509_STORE_CTX* p) const { X509_STORE_CTX_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(GENERAL_NAMES* p) const { GENERAL_NAMES_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> reader_of(std::string_view bytes) {
  return Owned<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

tl::unexpected<Error> refuse(std::string message, std::string_view where = {}) {
  return fail(ErrorKind::denied, std::move(message), std::string(where));
}

std::string der_of(X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0) return {};
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(certificate, &out);
  return der;
}

Owned<X509> read_der(std::string_view der) {
  const auto* in = reinterpret_cast<const unsigned char*>(der.data());
  Owned<X509> certificate(d2i_X509(nullptr, &in, static_cast<long>(der.size())));
  const bool all_read = in == reinterpret_cast<const unsigned char*>(der.data()) + der.size();
  return all_read ? std::move(certificate) : nullptr;
}

Result<std::string> der_of_pem(std::string_view pem) {
  const auto bio = reader_of(pem);
  const Owned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) return refuse("the forwarded client certificate is not a PEM certificate");
  return der_of(certificate.get());
}

Result<std::string> der_of_base64(std::string_view text) {
  auto der = decode_base64(text);
  if (!der) return refuse("the forwarded client certificate is not base64");
  if (!read_der(*der)) {
    return refuse("the forwarded client certificate is not an X.509 certificate");
  }
  return std::move(*der);
}

// The last top-level element of an XFCC header, and of it the value of `Cert`. Values in double
// quotes may hold commas, semicolons and \" escapes.
std::optional<std::string> cert_of_last_xfcc_element(std::string_view value) {
  std::optional<std::string> cert;
  std::string key, text;
  bool in_value = false;
  bool quoted = false;
  const auto end_pair = [&] {
    if (equal_ignoring_case(trim(key), "cert")) cert = text;
    key.clear();
    text.clear();
    in_value = false;
  };
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (quoted) {
      if (c == '\\' && i + 1 < value.size()) {
        text += value[++i];
      } else if (c == '"') {
        quoted = false;
      } else {
        text += c;
      }
    } else if (c == '"' && in_value) {
      quoted = true;
    } else if (c == ';') {
      end_pair();
    } else if (c == ',') {
      end_pair();
      cert.reset();  // a later element is nearer to us
    } else if (c == '=' && !in_value) {
      in_value = true;
    } else {
      (in_value ? text : key) += c;
    }
  }
  end_pair();
  return quoted ? std::nullopt : cert;
}

std::optional<std::string> device_in_san(X509* certificate) {
  const Owned<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names) return std::nullopt;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const std::string_view uri(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.uniformResourceIdentifier)),
        static_cast<std::size_t>(ASN1_STRING_length(name->d.uniformResourceIdentifier)));
    for (const auto urn : device_urns) {
      if (uri.size() > urn.size() && equal_ignoring_case(uri.substr(0, urn.size()), urn))
        return std::string(uri.substr(urn.size()));
    }
  }
  return std::nullopt;
}

std::optional<std::string> device_in_common_name(X509* certificate) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return std::nullopt;
  const auto* text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index));
  const std::string_view name(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                              static_cast<std::size_t>(ASN1_STRING_length(text)));
  if (const auto guid = parse_guid(name)) return to_string(*guid);
  return std::nullopt;
}

// 32 digits, as our own authority gives them; shorter ones are somebody else's.
std::string serial_of(const X509* certificate) {
  const auto* number = X509_get0_serialNumber(certificate);
  return encode_hex({reinterpret_cast<const char*>(ASN1_STRING_get0_data(number)),
                     static_cast<std::size_t>(ASN1_STRING_length(number))});
}

std::string public_key_of(const X509* certificate) {
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), nullptr);
  std::string der(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  if (size > 0) i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &out);
  return der;
}

Result<void> check_record(const CertificateIndex& records, const DeviceAuthority::Holder& holder) {
  const auto standing = records.find(holder.serial);
  if (!standing) {
    return refuse("the client certificate with the serial number `" + holder.serial +
                  "` is not on record");
  }
  if (standing->state == CertificateState::revoked) {
    return refuse("the client certificate was revoked at " + to_string(standing->revoked) + " (" +
                      std::string(name_of(standing->reason)) + ")",
                  certificate_revoked);
  }
  if (parse_guid(holder.device) == standing->device) {
    if (standing->supersedes) records.note_use(holder.serial);
    return {};
  }
  return refuse("the client certificate names the device `" + printable(holder.device) +
                    "`, but was issued to `" + to_string(standing->device) + "`",
                certificate_of_another);
}

std::time_t seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return timegm(&parts);
}

}  // namespace

struct DeviceAuthority::Remembered {
  Holder holder;
  std::time_t not_before = 0;  // of the whole chain that was verified
  std::time_t not_after = 0;
};

struct DeviceAuthority::State {
  Owned<X509_STORE> store;
  std::string own_key_hash;  // of our own authority; empty: there is none
  const CertificateIndex* records = nullptr;
  std::mutex mutex;  // guards remembered
  std::map<std::array<unsigned char, SHA256_DIGEST_LENGTH>, Remembered> remembered;
};

DeviceAuthority::DeviceAuthority(std::unique_ptr<State> state) : state_(std::move(state)) {}
DeviceAuthority::DeviceAuthority(DeviceAuthority&&) noexcept = default;
DeviceAuthority& DeviceAuthority::operator=(DeviceAuthority&&) noexcept = default;
DeviceAuthority::~DeviceAuthority() = default;

Result<DeviceAuthority> DeviceAuthority::from_pem(std::string_view pem) {
  auto state = std::make_unique<State>();
  state->store.reset(X509_STORE_new());
  const auto bio = reader_of(pem);
  int count = 0;
  while (const auto certificate =
             Owned<X509>(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))) {
    X509_STORE_add_cert(state->store.get(), certificate.get());
    ++count;
  }
  if (count == 0)
    return fail(ErrorKind::invalid_argument, "holds no PEM certificate of a device authority");
  return DeviceAuthority(std::move(state));
}

DeviceAuthority DeviceAuthority::of(const IssuingAuthority& own, const CertificateIndex& records) {
  auto state = std::make_unique<State>();
  state->store.reset(X509_STORE_new());
  DeviceAuthority authority(std::move(state));
  authority.trust(own, records);
  return authority;
}

void DeviceAuthority::trust(const IssuingAuthority& own, const CertificateIndex& records) {
  X509_STORE_add_cert(state_->store.get(), read_der(own.certificate_der()).get());
  state_->own_key_hash = own.key_hash();
  state_->records = &records;
}

Result<DeviceAuthority::Holder> DeviceAuthority::holder_of(std::string_view der,
                                                           Instant now) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  const auto time = static_cast<std::time_t>(seconds.count());
  std::array<unsigned char, SHA256_DIGEST_LENGTH> key{};
  SHA256(reinterpret_cast<const unsigned char*>(der.data()), der.size(), key.data());
  // What was signed stays so; what became of it is asked each time.
  const auto on_record = [&](Holder holder) -> Result<Holder> {
    if (holder.serial.empty()) return holder;
    if (auto good = check_record(*state_->records, holder); !good)
      return tl::unexpected<Error>(std::move(good.error()));
    return holder;
  };
  {
    std::unique_lock lock(state_->mutex);
    const auto found = state_->remembered.find(key);
    if (found != state_->remembered.end() && time >= found->second.not_before &&
        time <= found->second.not_after) {
      auto holder = found->second.holder;
      lock.unlock();
      return on_record(std::move(holder));
    }
  }
  auto verified = verify(der, time);
  if (!verified) return tl::unexpected<Error>(std::move(verified.error()));
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->remembered.size() >= remembered_max) state_->remembered.clear();
    state_->remembered.insert_or_assign(key, *verified);
  }
  return on_record(std::move(verified->holder));
}

Result<DeviceAuthority::Remembered> DeviceAuthority::verify(std::string_view der,
                                                            std::time_t time) const {
  const auto certificate = read_der(der);
  if (!certificate) return refuse("the client certificate is not an X.509 certificate");
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), state_->store.get(), certificate.get(), nullptr);
  auto* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT);
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(parameters, time);
  if (X509_verify_cert(context.get()) != 1)
    return refuse(std::string("the client certificate is refused: ") +
                  X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
  auto device = device_in_san(certificate.get());
  if (!device) device = device_in_common_name(certificate.get());
  if (!device)
    return refuse(
        "the client certificate names no device: it needs a URI `urn:uuid:<id>` or "
        "`urn:sallyport:device:<id>` among its alternative names, or a GUID as common name");
  Remembered entry{{*device, {}}, 0, std::numeric_limits<std::time_t>::max()};
  const auto* chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const auto* link = sk_X509_value(chain, i);
    entry.not_before = std::max(entry.not_before, seconds_of(X509_get0_notBefore(link)));
    entry.not_after = std::min(entry.not_after, seconds_of(X509_get0_notAfter(link)));
  }
  const bool own = state_->records != nullptr && sk_X509_num(chain) > 1 &&
                   sha256_hex(public_key_of(sk_X509_value(chain, 1))) == state_->own_key_hash;
  if (own) entry.holder.serial = serial_of(certificate.get());
  return entry;
}

Result<std::string> read_cert_header(CertHeader form, std::string_view value) {
  value = trim(value);
  if (value.empty()) return std::string();
  if (value.size() > 4 * certificate_size_max)
    return fail(ErrorKind::too_large, "the forwarded client certificate is too large");
  if (form == CertHeader::rfc9440) {
    const bool sequence = value.size() > 2 && value.front() == ':' && value.back() == ':';
    auto der = sequence ? der_of_base64(value.substr(1, value.size() - 2)) : std::string();
    if (sequence && der) return der;
    return fail(ErrorKind::invalid_argument,
                "the header Client-Cert holds no certificate as a byte sequence, :base64:");
  }
  if (form == CertHeader::traefik) {
    const auto decoded = percent_decode(value.substr(0, value.find(',')));
    if (!decoded) return refuse("the forwarded client certificate is not escaped correctly");
    return der_of_base64(*decoded);
  }
  std::string text(value);
  if (form == CertHeader::xfcc) {
    auto cert = cert_of_last_xfcc_element(value);
    if (!cert || cert->empty()) return std::string();  // a hash or subject alone proves nothing
    text = std::move(*cert);
  }
  const auto decoded = percent_decode(text);
  if (!decoded) return refuse("the forwarded client certificate is not escaped correctly");
  if (decoded->find("-----BEGIN") == std::string::npos) return der_of_base64(text);
  return der_of_pem(*decoded);
}

}  // namespace sallyport
