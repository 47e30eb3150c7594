#include "agent/tpm/tpm.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <vector>

#include "agent/tpm/libraries.h"
#include "agent/tpm/templates.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

// Where makers keep the certificate of the RSA endorsement key (TCG EK Credential Profile, 2.2).
constexpr TPM2_HANDLE endorsement_certificate_index = 0x01c00002;
constexpr std::size_t nv_chunk = 512;  // every TPM reads as much at once

// Response codes (part 2, section 6.6), without the parameter or handle they are about.
std::string words_of(TSS2_RC rc) {
  constexpr TSS2_RC format_one = 0x80;
  if ((rc & TSS2_RC_LAYER_MASK) == TSS2_TCTI_RC_LAYER) return "it does not answer";
  switch ((rc & format_one) != 0 ? rc & 0xbfU : rc & 0xfffU) {
    case TPM2_RC_INTEGRITY: return "another TPM made the key, or this one was cleared since";
    case TPM2_RC_AUTH_FAIL:
    case TPM2_RC_BAD_AUTH: return "it wants a password, of the owner or endorsement hierarchy";
    case TPM2_RC_LOCKOUT: return "it is locked after wrong passwords";
    case TPM2_RC_FAILURE: return "it has failed its own test";
    case TPM2_RC_INITIALIZE: return "it was not started by the firmware";
    default: break;
  }
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "it answered 0x%x", static_cast<unsigned>(rc));
  return text.data();
}

// What ESYS gives to be freed.
template <class T>
class Given {
 public:
  explicit Given(const TpmLibraries& tss) : tss_(tss) {}
  ~Given() { tss_.Esys_Free(given_); }
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;
  T** at() { return &given_; }
  const T* operator->() const { return given_; }
  const T& operator*() const { return *given_; }

 private:
  const TpmLibraries& tss_;
  T* given_ = nullptr;
};

template <class T>
std::string marshalled(TSS2_RC (*write)(const T*, std::uint8_t*, std::size_t, std::size_t*),
                       const T& value) {
  std::string out(sizeof(T) + 64, '\0');  // never longer than the structure
  std::size_t size = 0;
  write(&value, reinterpret_cast<std::uint8_t*>(out.data()), out.size(), &size);
  out.resize(size);
  return out;
}

template <class T>
bool unmarshal(TSS2_RC (*read)(const std::uint8_t*, std::size_t, std::size_t*, T*),
               std::string_view bytes, T& out) {
  std::size_t size = 0;
  return read(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), &size, &out) ==
             TSS2_RC_SUCCESS &&
         size == bytes.size();
}

// A certificate and perhaps filling behind it: as long as its outer SEQUENCE says.
std::string certificate_in(const std::string& bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() < 4 || at(0) != 0x30 || at(1) != 0x82) return {};
  const auto size = std::size_t{4} + std::size_t{at(2)} * 256 + at(3);
  return size > bytes.size() ? std::string() : bytes.substr(0, size);
}

constexpr auto none = ESYS_TR_NONE;

}  // namespace

struct Tpm::State {
  const TpmLibraries& tss;
  std::string tcti_name;
  TSS2_TCTI_CONTEXT* tcti = nullptr;
  ESYS_CONTEXT* context = nullptr;

  tl::unexpected<Error> failed(TSS2_RC rc) const {
    const bool foreign = (rc & 0x80U) != 0 && (rc & 0xbfU) == TPM2_RC_INTEGRITY;
    return fail(foreign ? ErrorKind::denied : ErrorKind::unavailable,
                "the TPM (" + printable(tcti_name) + ") cannot be used: " + words_of(rc));
  }

  Result<ESYS_TR> primary(ESYS_TR hierarchy, const TPM2B_PUBLIC& wanted) const {
    const TPM2B_SENSITIVE_CREATE sensitive{};
    const TPM2B_DATA outside{};
    const TPML_PCR_SELECTION no_pcrs{};
    ESYS_TR handle = none;
    const auto rc = tss.Esys_CreatePrimary(context, hierarchy, ESYS_TR_PASSWORD, none, none,
                                           &sensitive, &wanted, &outside, &no_pcrs, &handle,
                                           nullptr, nullptr, nullptr, nullptr);
    if (rc != TSS2_RC_SUCCESS) return failed(rc);
    return handle;
  }

  void flush(ESYS_TR handle) const { (void)tss.Esys_FlushContext(context, handle); }

  Result<TpmKeyBlob> make(const TPM2B_PUBLIC& wanted) const {
    const auto parent = primary(ESYS_TR_RH_OWNER, storage_key_template());
    if (!parent) return tl::unexpected<Error>(parent.error());
    const TPM2B_SENSITIVE_CREATE sensitive{};
    const TPM2B_DATA outside{};
    const TPML_PCR_SELECTION no_pcrs{};
    Given<TPM2B_PRIVATE> private_area(tss);
    Given<TPM2B_PUBLIC> public_area(tss);
    const auto rc = tss.Esys_Create(context, *parent, ESYS_TR_PASSWORD, none, none, &sensitive,
                                    &wanted, &outside, &no_pcrs, private_area.at(),
                                    public_area.at(), nullptr, nullptr, nullptr);
    flush(*parent);
    if (rc != TSS2_RC_SUCCESS) return failed(rc);
    return TpmKeyBlob{marshalled(tss.Tss2_MU_TPM2B_PUBLIC_Marshal, *public_area),
                      marshalled(tss.Tss2_MU_TPM2B_PRIVATE_Marshal, *private_area)};
  }

  // A session in which the endorsement hierarchy allows to use its key.
  Result<ESYS_TR> endorsement_session() const {
    TPMT_SYM_DEF clear{};
    clear.algorithm = TPM2_ALG_NULL;
    ESYS_TR session = none;
    auto rc = tss.Esys_StartAuthSession(context, none, none, none, none, none, nullptr,
                                        TPM2_SE_POLICY, &clear, TPM2_ALG_SHA256, &session);
    if (rc != TSS2_RC_SUCCESS) return failed(rc);
    rc = tss.Esys_PolicySecret(context, ESYS_TR_RH_ENDORSEMENT, session, ESYS_TR_PASSWORD, none,
                               none, nullptr, nullptr, nullptr, 0, nullptr, nullptr);
    if (rc == TSS2_RC_SUCCESS) return session;
    flush(session);
    return failed(rc);
  }
};

Tpm::Tpm(std::unique_ptr<State> state) : state_(std::move(state)) {}

Tpm::~Tpm() {
  if (state_->context != nullptr) state_->tss.Esys_Finalize(&state_->context);
  if (state_->tcti != nullptr) state_->tss.Tss2_TctiLdr_Finalize(&state_->tcti);
}

Tpm::Loaded::~Loaded() {
  if (tpm_ != nullptr) tpm_->state_->flush(handle_);
}

Result<std::shared_ptr<Tpm>> Tpm::open(const std::string& tcti) {
  const auto* tss = TpmLibraries::get();
  if (tss == nullptr) return fail(ErrorKind::unavailable, missing_libraries);
  std::shared_ptr<Tpm> tpm(new Tpm(std::unique_ptr<State>(new State{*tss, tcti})));
  auto& state = *tpm->state_;
  auto rc = tss->Tss2_TctiLdr_Initialize(tcti.c_str(), &state.tcti);
  if (rc == TSS2_RC_SUCCESS) rc = tss->Esys_Initialize(&state.context, state.tcti, nullptr);
  if (rc == TSS2_RC_SUCCESS) return tpm;
  return fail(ErrorKind::unavailable, "the TPM (" + printable(tcti) + ") cannot be reached");
}

Result<TpmKeyBlob> Tpm::make_signing_key() { return state_->make(signing_key_template()); }

Result<TpmKeyBlob> Tpm::make_attestation_key() { return state_->make(attestation_key_template()); }

Result<Tpm::Loaded> Tpm::load(const TpmKeyBlob& key) {
  const auto& tss = state_->tss;
  TPM2B_PUBLIC public_area{};
  TPM2B_PRIVATE private_area{};
  if (!unmarshal(tss.Tss2_MU_TPM2B_PUBLIC_Unmarshal, key.public_area, public_area) ||
      !unmarshal(tss.Tss2_MU_TPM2B_PRIVATE_Unmarshal, key.private_area, private_area)) {
    return fail(ErrorKind::invalid_argument, "this is no key of a TPM");
  }
  const auto parent = state_->primary(ESYS_TR_RH_OWNER, storage_key_template());
  if (!parent) return tl::unexpected<Error>(parent.error());
  ESYS_TR handle = none;
  const auto rc = tss.Esys_Load(state_->context, *parent, ESYS_TR_PASSWORD, none, none,
                                &private_area, &public_area, &handle);
  state_->flush(*parent);
  if (rc != TSS2_RC_SUCCESS) return state_->failed(rc);
  return Loaded(*this, handle);
}

Result<Tpm::Signature> Tpm::sign(const Loaded& key, std::string_view digest) {
  TPM2B_DIGEST hash{};
  hash.size = 32;
  const auto taken = digest.substr(0, hash.size);
  std::memcpy(hash.buffer + hash.size - taken.size(), taken.data(), taken.size());
  TPMT_SIG_SCHEME scheme{};
  scheme.scheme = TPM2_ALG_ECDSA;
  scheme.details.ecdsa.hashAlg = TPM2_ALG_SHA256;
  TPMT_TK_HASHCHECK unchecked{};
  unchecked.tag = TPM2_ST_HASHCHECK;
  unchecked.hierarchy = TPM2_RH_NULL;
  Given<TPMT_SIGNATURE> signature(state_->tss);
  const auto rc = state_->tss.Esys_Sign(state_->context, key.handle_, ESYS_TR_PASSWORD, none, none,
                                        &hash, &scheme, &unchecked, signature.at());
  if (rc != TSS2_RC_SUCCESS) return state_->failed(rc);
  const auto number = [](const TPM2B_ECC_PARAMETER& value) {
    return std::string(reinterpret_cast<const char*>(value.buffer), value.size);
  };
  return Signature{number(signature->signature.ecdsa.signatureR),
                   number(signature->signature.ecdsa.signatureS)};
}

Result<Tpm::Certified> Tpm::certify(const Loaded& key, const Loaded& attestation_key,
                                    std::string_view qualifying) {
  TPM2B_DATA extra{};
  extra.size = static_cast<UINT16>(std::min(qualifying.size(), sizeof extra.buffer));
  std::memcpy(extra.buffer, qualifying.data(), extra.size);
  TPMT_SIG_SCHEME scheme{};
  scheme.scheme = TPM2_ALG_NULL;  // the key's own
  Given<TPM2B_ATTEST> attest(state_->tss);
  Given<TPMT_SIGNATURE> signature(state_->tss);
  const auto rc = state_->tss.Esys_Certify(state_->context, key.handle_, attestation_key.handle_,
                                           ESYS_TR_PASSWORD, ESYS_TR_PASSWORD, none, &extra,
                                           &scheme, attest.at(), signature.at());
  if (rc != TSS2_RC_SUCCESS) return state_->failed(rc);
  return Certified{
      std::string(reinterpret_cast<const char*>(attest->attestationData), attest->size),
      marshalled(state_->tss.Tss2_MU_TPMT_SIGNATURE_Marshal, *signature)};
}

Result<std::string> Tpm::endorsement_certificate() {
  const auto& tss = state_->tss;
  const auto nothing = [] {
    return fail(ErrorKind::not_found, "the TPM holds no certificate of its maker");
  };
  ESYS_TR index = none;
  auto rc = tss.Esys_TR_FromTPMPublic(state_->context, endorsement_certificate_index, none, none,
                                      none, &index);
  if (rc != TSS2_RC_SUCCESS) return nothing();
  Given<TPM2B_NV_PUBLIC> area(tss);
  rc = tss.Esys_NV_ReadPublic(state_->context, index, none, none, none, area.at(), nullptr);
  if (rc != TSS2_RC_SUCCESS) return state_->failed(rc);
  const bool open = (area->nvPublic.attributes & TPMA_NV_AUTHREAD) != 0;
  std::string bytes;
  while (bytes.size() < area->nvPublic.dataSize) {
    const auto size = std::min<std::size_t>(nv_chunk, area->nvPublic.dataSize - bytes.size());
    Given<TPM2B_MAX_NV_BUFFER> part(tss);
    rc = tss.Esys_NV_Read(state_->context, open ? index : ESYS_TR_RH_OWNER, index, ESYS_TR_PASSWORD,
                          none, none, static_cast<UINT16>(size), static_cast<UINT16>(bytes.size()),
                          part.at());
    if (rc != TSS2_RC_SUCCESS) return state_->failed(rc);
    if (part->size == 0) return nothing();
    bytes.append(reinterpret_cast<const char*>(part->buffer), part->size);
  }
  auto certificate = certificate_in(bytes);
  if (certificate.empty()) return nothing();
  return certificate;
}

Result<std::string> Tpm::activate(const Loaded& key, std::string_view credential,
                                  std::string_view secret) {
  const auto& tss = state_->tss;
  TPM2B_ID_OBJECT blob{};
  TPM2B_ENCRYPTED_SECRET sealed{};
  if (!unmarshal(tss.Tss2_MU_TPM2B_ID_OBJECT_Unmarshal, credential, blob) ||
      !unmarshal(tss.Tss2_MU_TPM2B_ENCRYPTED_SECRET_Unmarshal, secret, sealed)) {
    return fail(ErrorKind::invalid_argument, "the challenge is none");
  }
  const auto endorsed = state_->primary(ESYS_TR_RH_ENDORSEMENT, endorsement_key_template());
  if (!endorsed) return tl::unexpected<Error>(endorsed.error());
  const Loaded endorsement(*this, *endorsed);
  const auto session = state_->endorsement_session();
  if (!session) return tl::unexpected<Error>(session.error());
  Given<TPM2B_DIGEST> value(tss);
  const auto rc =
      tss.Esys_ActivateCredential(state_->context, key.handle_, endorsement.handle_,
                                  ESYS_TR_PASSWORD, *session, none, &blob, &sealed, value.at());
  state_->flush(*session);
  if (rc != TSS2_RC_SUCCESS) {
    return fail(ErrorKind::denied, "the TPM cannot read the challenge: " + words_of(rc));
  }
  return std::string(reinterpret_cast<const char*>(value->buffer), value->size);
}

}  // namespace sallyport::agent
