#include "enrolment/authority.h"

#include <openssl/rand.h>

#include <filesystem>

#include "base/base64.h"
#include "base/digest.h"
#include "base/text.h"
#include "enrolment/authority_state.h"
#include "enrolment/key_file.h"
#include "enrolment/strength.h"
#include "enrolment/whole_file.h"

namespace sallyport {
namespace {

using openssl::Owned;

constexpr std::chrono::days root_life{3650};
constexpr std::chrono::days scep_certificate_renewed{30};  // before it ends
constexpr std::chrono::minutes clock_difference{5};
constexpr unsigned scep_key_bits = 3072;

struct Paths {
  explicit Paths(const AuthorityPlace& place) {
    const std::filesystem::path folder(place.folder);
    key = place.key.empty() ? (folder / "device-authority.key").string() : place.key;
    certificate = (folder / "device-authority.pem").string();
    scep_key = (folder / "scep.key").string();
    scep_certificate = (folder / "scep.pem").string();
  }
  std::string key;
  std::string certificate;
  std::string scep_key;
  std::string scep_certificate;
};

Result<Owned<EVP_PKEY>> signing_key(const Paths& paths) {
  auto key = read_or_make_key(paths.key, [] { return Owned<EVP_PKEY>(EVP_EC_gen("P-256")); });
  if (!key) return key;
  if (const auto weak = weakness_of_key(key->get()); !weak.empty()) {
    return fail(ErrorKind::invalid_argument, "holds " + weak, paths.key);
  }
  return key;
}

// The same for a key each time, and another for another authority.
Owned<X509_NAME> name_for(const EVP_PKEY* key) {
  Owned<X509_NAME> name(X509_NAME_new());
  const auto common_name = "Sallyport Device Authority " + openssl::hash_of_key(key).substr(0, 8);
  X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  return name;
}

std::string pem_of(X509* certificate) {
  const auto bio = openssl::writer();
  PEM_write_bio_X509(bio.get(), certificate);
  return openssl::written(bio.get());
}

Result<Owned<X509>> make_root(EVP_PKEY* key, Instant now) {
  const auto serial = random_serial();
  if (!serial) return tl::unexpected<Error>(serial.error());
  Owned<X509> root(X509_new());
  const auto name = name_for(key);
  const bool made =
      root && begin_certificate(root.get(), *serial, now - clock_difference, now + root_life) &&
      X509_set_pubkey(root.get(), key) == 1 && X509_set_subject_name(root.get(), name.get()) == 1 &&
      X509_set_issuer_name(root.get(), name.get()) == 1 &&
      openssl::extend(root.get(), root.get(), NID_basic_constraints,
                      "critical,CA:TRUE,pathlen:0") &&
      openssl::extend(root.get(), root.get(), NID_key_usage,
                      "critical,keyCertSign,cRLSign,digitalSignature") &&
      openssl::extend(root.get(), root.get(), NID_subject_key_identifier, "hash") &&
      X509_sign(root.get(), key, digest_for(key)) > 0;
  if (!made) return openssl::failed("the authority's own certificate could not be made");
  return root;
}

Owned<STACK_OF(X509)> read_chain(std::string_view pem) {
  const auto bio = openssl::reader_of(pem);
  Owned<STACK_OF(X509)> chain(sk_X509_new_null());
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    sk_X509_push(chain.get(), one);
  }
  ERR_clear_error();
  return chain;
}

// Whether this may stand where the authority's certificate does.
Result<void> check_chain(STACK_OF(X509) * chain, const EVP_PKEY* key, Instant now) {
  const auto refuse = [](std::string message) {
    return fail(ErrorKind::invalid_argument, std::move(message));
  };
  if (sk_X509_num(chain) < 1) return refuse("holds no PEM certificate");
  X509* certificate = sk_X509_value(chain, 0);
  if (EVP_PKEY_eq(X509_get0_pubkey(certificate), key) != 1) {
    ERR_clear_error();
    return refuse("the first certificate is not for the key of this authority");
  }
  const auto usage = X509_get_key_usage(certificate);
  if (X509_check_ca(certificate) != 1 || (usage & KU_KEY_CERT_SIGN) == 0 ||
      (usage & KU_CRL_SIGN) == 0) {
    return refuse(
        "the certificate may not sign: it needs the basic constraint CA:TRUE and the key usages "
        "keyCertSign and cRLSign");
  }
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    X509* one = sk_X509_value(chain, i);
    if (openssl::instant_of(X509_get0_notAfter(one)) < now) {
      return refuse("`" + openssl::text_of(X509_get_subject_name(one)) + "` has expired");
    }
    if (i + 1 == sk_X509_num(chain)) break;
    X509* above = sk_X509_value(chain, i + 1);
    if (X509_check_issued(above, one) != X509_V_OK ||
        X509_verify(one, X509_get0_pubkey(above)) != 1) {
      ERR_clear_error();
      return refuse("`" + openssl::text_of(X509_get_subject_name(one)) +
                    "` is not signed by the certificate that follows it");
    }
  }
  return {};
}

// Devices' certificates say by name who issued them.
Result<void> check_name(const Paths& paths, const X509* certificate) {
  const auto pem = read_whole_file(paths.certificate);
  if (!pem) return {};
  const auto chain = read_chain(*pem);
  if (sk_X509_num(chain.get()) < 1) return {};
  const auto* now = X509_get_subject_name(sk_X509_value(chain.get(), 0));
  const auto* then = X509_get_subject_name(certificate);
  if (X509_NAME_cmp(now, then) == 0) return {};
  return fail(ErrorKind::invalid_argument,
              "the certificate names `" + openssl::text_of(then) +
                  "`; there are certificates already that say `" + openssl::text_of(now) +
                  "` issued them: have the company's authority keep that name");
}

Result<Owned<X509>> make_scep_certificate(const AuthorityState& state, Instant now) {
  const auto serial = random_serial();
  if (!serial) return tl::unexpected<Error>(serial.error());
  Owned<X509> certificate(X509_new());
  Owned<X509_NAME> name(X509_NAME_new());
  X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>("Sallyport SCEP"), -1, -1, 0);
  X509* issuer = state.certificate.get();
  // id-kp-cmcRA: it speaks for the authority, and is no device's.
  const bool made =
      certificate &&
      begin_certificate(certificate.get(), *serial, now - clock_difference, state.not_after) &&
      X509_set_pubkey(certificate.get(), state.scep_key.get()) == 1 &&
      X509_set_subject_name(certificate.get(), name.get()) == 1 &&
      X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)) == 1 &&
      openssl::extend(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE") &&
      openssl::extend(certificate.get(), issuer, NID_key_usage,
                      "critical,digitalSignature,keyEncipherment") &&
      openssl::extend(certificate.get(), issuer, NID_ext_key_usage, "1.3.6.1.5.5.7.3.28") &&
      openssl::extend(certificate.get(), issuer, NID_subject_key_identifier, "hash") &&
      openssl::extend(certificate.get(), issuer, NID_authority_key_identifier, "keyid:always") &&
      X509_sign(certificate.get(), state.key.get(), digest_for(state.key.get())) > 0;
  if (!made) return openssl::failed("the certificate for SCEP could not be made");
  return certificate;
}

bool is_for(X509* certificate, const AuthorityState& state, Instant now) {
  const bool good =
      certificate != nullptr &&
      EVP_PKEY_eq(X509_get0_pubkey(certificate), state.scep_key.get()) == 1 &&
      X509_verify(certificate, state.key.get()) == 1 &&
      openssl::instant_of(X509_get0_notAfter(certificate)) > now + scep_certificate_renewed;
  ERR_clear_error();
  return good;
}

Result<void> open_scep(const Paths& paths, AuthorityState& state, Instant now) {
  auto key =
      read_or_make_key(paths.scep_key, [] { return Owned<EVP_PKEY>(EVP_RSA_gen(scep_key_bits)); });
  if (!key) return tl::unexpected<Error>(key.error());
  if (EVP_PKEY_get_base_id(key->get()) != EVP_PKEY_RSA) {
    return fail(ErrorKind::invalid_argument, "holds no RSA key, which SCEP needs", paths.scep_key);
  }
  state.scep_key = std::move(*key);
  if (const auto pem = read_whole_file(paths.scep_certificate)) {
    const auto bio = openssl::reader_of(*pem);
    state.scep_certificate.reset(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (is_for(state.scep_certificate.get(), state, now)) return {};
  }
  auto made = make_scep_certificate(state, now);
  if (!made) return tl::unexpected<Error>(made.error());
  state.scep_certificate = std::move(*made);
  return write_whole_file(paths.scep_certificate, pem_of(state.scep_certificate.get()));
}

Result<void> open_chain(const Paths& paths, AuthorityState& state, Instant now) {
  auto pem = read_whole_file(paths.certificate);
  if (!pem && pem.error().kind == ErrorKind::not_found) {
    auto root = make_root(state.key.get(), now);
    if (!root) return tl::unexpected<Error>(root.error());
    pem = pem_of(root->get());
    if (auto kept = write_whole_file(paths.certificate, *pem); !kept) return kept;
  }
  if (!pem) return tl::unexpected<Error>(pem.error());
  state.chain = read_chain(*pem);
  if (auto good = check_chain(state.chain.get(), state.key.get(), now); !good) {
    return fail(good.error().kind, good.error().message, paths.certificate);
  }
  state.certificate.reset(sk_X509_value(state.chain.get(), 0));
  X509_up_ref(state.certificate.get());
  for (int i = 0; i < sk_X509_num(state.chain.get()); ++i) {
    state.chain_pem += pem_of(sk_X509_value(state.chain.get(), i));
  }
  return {};
}

}  // namespace

const EVP_MD* digest_for(const EVP_PKEY* key) {
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
}

bool begin_certificate(X509* certificate, const std::string& serial, Instant not_before,
                       Instant not_after) {
  BIGNUM* number = nullptr;
  const bool read = BN_hex2bn(&number, serial.c_str()) == static_cast<int>(serial.size());
  const Owned<BIGNUM> owned(number);
  return read && X509_set_version(certificate, 2) == 1 &&
         BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), openssl::seconds_of(not_before)) !=
             nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), openssl::seconds_of(not_after)) != nullptr;
}

std::string authority_folder_beside(const std::string& store_file) {
  return (std::filesystem::path(store_file).parent_path() / "authority").string();
}

Result<std::string> random_serial() {
  std::string bytes(16, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), 16) != 1) {
    return fail(ErrorKind::unavailable, "the system gives no random numbers");
  }
  // Positive, and always of the same length (RFC 5280, section 4.1.2.2).
  bytes[0] = static_cast<char>((static_cast<unsigned char>(bytes[0]) & 0x7fU) | 0x40U);
  return encode_hex(bytes);
}

IssuingAuthority::IssuingAuthority(std::unique_ptr<AuthorityState> state)
    : state_(std::move(state)) {}
IssuingAuthority::IssuingAuthority(IssuingAuthority&&) noexcept = default;
IssuingAuthority& IssuingAuthority::operator=(IssuingAuthority&&) noexcept = default;
IssuingAuthority::~IssuingAuthority() = default;

const std::string& IssuingAuthority::name() const { return state_->name; }
const std::string& IssuingAuthority::key_hash() const { return state_->key_hash; }
const std::string& IssuingAuthority::certificate_pem() const { return state_->certificate_pem; }
const std::string& IssuingAuthority::certificate_der() const { return state_->certificate_der; }
const std::string& IssuingAuthority::chain_pem() const { return state_->chain_pem; }
Instant IssuingAuthority::not_after() const { return state_->not_after; }

Result<IssuingAuthority> IssuingAuthority::open(const AuthorityPlace& place, Instant now) {
  const Paths paths(place);
  auto key = signing_key(paths);
  if (!key) return tl::unexpected<Error>(key.error());
  auto state = std::make_unique<AuthorityState>();
  state->key = std::move(*key);
  if (auto opened = open_chain(paths, *state, now); !opened) {
    return tl::unexpected<Error>(opened.error());
  }
  X509* certificate = state->certificate.get();
  state->name = openssl::text_of(X509_get_subject_name(certificate));
  state->key_hash = openssl::hash_of_key(state->key.get());
  state->certificate_pem = pem_of(certificate);
  state->certificate_der = openssl::der_of(certificate);
  state->not_after = openssl::instant_of(X509_get0_notAfter(certificate));
  if (place.scep) {
    if (auto opened = open_scep(paths, *state, now); !opened) {
      return tl::unexpected<Error>(opened.error());
    }
  }
  return IssuingAuthority(std::move(state));
}

Result<std::string> IssuingAuthority::issue(const CertificateOrder& order) const {
  const auto* spki = reinterpret_cast<const unsigned char*>(order.public_key.data());
  const Owned<EVP_PKEY> key(d2i_PUBKEY(nullptr, &spki, static_cast<long>(order.public_key.size())));
  Owned<X509> certificate(X509_new());
  if (!key || !certificate) return openssl::failed("the device's key could not be read");
  X509* made = certificate.get();
  X509* issuer = state_->certificate.get();
  const auto with = [&](int nid, const std::string& value) {
    return openssl::extend(made, issuer, nid, value);
  };
  // An RSA key also decrypts: SCEP's answers come encrypted to it.
  const bool rsa = EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA;
  Owned<X509_NAME> name(X509_NAME_new());
  bool good =
      X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(order.device_id.c_str()),
                                 -1, -1, 0) == 1 &&
      begin_certificate(made, order.serial, order.not_before,
                        std::min(order.not_after, state_->not_after)) &&
      X509_set_pubkey(made, key.get()) == 1 && X509_set_subject_name(made, name.get()) == 1 &&
      X509_set_issuer_name(made, X509_get_subject_name(issuer)) == 1 &&
      with(NID_basic_constraints, "critical,CA:FALSE") &&
      with(NID_key_usage,
           rsa ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature") &&
      with(NID_ext_key_usage, "clientAuth") && with(NID_subject_key_identifier, "hash") &&
      with(NID_authority_key_identifier, "keyid:always") &&
      with(NID_subject_alt_name, "URI:urn:uuid:" + order.device_id);
  if (good && !order.base_url.empty()) {
    good = with(NID_crl_distribution_points, "URI:" + order.base_url + "/pki/device.crl") &&
           with(NID_info_access, "OCSP;URI:" + order.base_url + "/pki/ocsp,caIssuers;URI:" +
                                     order.base_url + "/pki/device-authority.cer");
  }
  good = good && X509_sign(made, state_->key.get(), digest_for(state_->key.get())) > 0;
  if (!good) return openssl::failed("the certificate could not be made");
  return openssl::der_of(made);
}

Result<std::string> authority_request(const AuthorityPlace& place) {
  const auto key = signing_key(Paths(place));
  if (!key) return tl::unexpected<Error>(key.error());
  const Owned<X509_REQ> request(X509_REQ_new());
  const auto name = name_for(key->get());
  const bool made = X509_REQ_set_version(request.get(), 0) == 1 &&
                    X509_REQ_set_subject_name(request.get(), name.get()) == 1 &&
                    X509_REQ_set_pubkey(request.get(), key->get()) == 1 &&
                    X509_REQ_sign(request.get(), key->get(), digest_for(key->get())) > 0;
  if (!made) return openssl::failed("the request could not be made");
  const auto bio = openssl::writer();
  PEM_write_bio_X509_REQ(bio.get(), request.get());
  return openssl::written(bio.get());
}

Result<void> install_authority(const AuthorityPlace& place, std::string_view pem,
                               GivenOut given_out, Instant now) {
  const Paths paths(place);
  const auto key = read_key(paths.key);
  if (!key) {
    if (key.error().kind != ErrorKind::not_found) return tl::unexpected<Error>(key.error());
    return fail(ErrorKind::not_found,
                "there is no key here that a certificate could belong to: make the request first, "
                "with `sallyport authority csr`",
                paths.key);
  }
  const auto chain = read_chain(pem);
  if (auto good = check_chain(chain.get(), key->get(), now); !good) return good;
  if (given_out == GivenOut::some) {
    if (auto kept = check_name(paths, sk_X509_value(chain.get(), 0)); !kept) return kept;
  }
  std::string text;
  for (int i = 0; i < sk_X509_num(chain.get()); ++i) text += pem_of(sk_X509_value(chain.get(), i));
  return write_whole_file(paths.certificate, text);
}

}  // namespace sallyport
