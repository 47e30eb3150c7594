#include "enrolment/device_certificate.h"

#include <cstddef>
#include <span>
#include <utility>

#include "base/base64.h"
#include "base/json.h"
#include "base/json_members.h"
#include "base/text.h"

namespace sallyport {
namespace {

template <class Word>
struct Named {
  std::string_view name;
  Word word;
};
constexpr Named<CertificateState> state_words[] = {{"active", CertificateState::active},
                                                   {"revoked", CertificateState::revoked}};
constexpr Named<EnrolledBy> protocol_words[] = {{"est", EnrolledBy::est},
                                                {"scep", EnrolledBy::scep}};
constexpr Named<KeyProtection> protection_words[] = {{"software", KeyProtection::software},
                                                     {"tpm", KeyProtection::tpm}};
constexpr Named<RevocationReason> reason_words[] = {
    {"unspecified", RevocationReason::unspecified},
    {"keyCompromise", RevocationReason::key_compromise},
    {"affiliationChanged", RevocationReason::affiliation_changed},
    {"superseded", RevocationReason::superseded},
    {"cessationOfOperation", RevocationReason::cessation_of_operation},
    {"privilegeWithdrawn", RevocationReason::privilege_withdrawn}};

template <class Word>
std::string_view name_in(std::span<const Named<Word>> words, Word word) {
  for (const auto& one : words) {
    if (one.word == word) return one.name;
  }
  return words.front().name;
}

// What a record says, each with a place where reading fails.
class Fields {
 public:
  explicit Fields(const json::Value& root) : root_(root) {}
  void text(std::string_view name, std::string& into, bool required = true) {
    const auto* found = root_.find(name);
    if (found != nullptr && found->is_string()) {
      into = found->text();
    } else if (required) {
      good_ = false;
    }
  }
  void instant(std::string_view name, Instant& into, bool required = true) {
    std::string value;
    text(name, value, required);
    if (const auto at = parse_instant(value)) {
      into = *at;
    } else if (required || !value.empty()) {
      good_ = false;
    }
  }
  template <class Word, std::size_t count>
  void word(std::string_view name, const Named<Word> (&words)[count], Word& into,
            bool required = true) {
    std::string value;
    text(name, value, required);
    for (const auto& one : words) {
      if (one.name != value) continue;
      into = one.word;
      return;
    }
    if (required || !value.empty()) good_ = false;
  }
  bool good() const { return good_; }
  void spoil() { good_ = false; }

 private:
  const json::Value& root_;
  bool good_ = true;
};

}  // namespace

std::string_view name_of(CertificateState state) {
  return name_in<CertificateState>(state_words, state);
}
std::string_view name_of(EnrolledBy protocol) {
  return name_in<EnrolledBy>(protocol_words, protocol);
}
std::string_view name_of(KeyProtection protection) {
  return name_in<KeyProtection>(protection_words, protection);
}
std::string_view name_of(RevocationReason reason) {
  return name_in<RevocationReason>(reason_words, reason);
}

Result<RevocationReason> parse_revocation_reason(std::string_view word) {
  for (const auto& one : reason_words) {
    if (equal_ignoring_case(one.name, word)) return one.word;
  }
  std::string known;
  for (const auto& one : reason_words) known += (known.empty() ? "" : ", ") + std::string(one.name);
  return fail(ErrorKind::invalid_argument,
              "`" + printable(word) + "` is no reason; there are " + known);
}

void revoke(DeviceCertificate& certificate, RevocationReason reason, Instant now) {
  certificate.state = CertificateState::revoked;
  certificate.revoked = std::chrono::floor<std::chrono::seconds>(now);
  certificate.reason = reason;
}

std::string write_device_certificate(const DeviceCertificate& one) {
  std::string text;
  json::Writer w(text);
  const auto optional = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) w.member(name, value);
  };
  w.begin_object();
  w.member("serialNumber", one.serial);
  w.member("issuer", one.issuer);
  w.member("deviceId", one.device_id);
  w.member("thumbprint", one.thumbprint);
  w.member("publicKeyHash", one.key_hash);
  w.member("notBefore", to_string(one.not_before));
  w.member("notAfter", to_string(one.not_after));
  w.member("state", name_of(one.state));
  if (one.state == CertificateState::revoked) {
    w.member("revokedDateTime", to_string(one.revoked));
    w.member("revocationReason", name_of(one.reason));
  }
  w.member("enrolledBy", name_of(one.enrolled_by));
  w.member("keyProtection", name_of(one.key_protection));
  optional("evidence", one.evidence);
  optional("tokenId", one.token_id);
  optional("userId", one.user_id);
  optional("renews", one.renews);
  optional("renewedBy", one.renewed_by);
  if (!one.supersedes.empty()) json::write_texts(w, "supersedes", one.supersedes);
  w.member("certificate", encode_base64(one.der));
  w.end_object();
  return text;
}

Result<DeviceCertificate> read_device_certificate(std::string_view serial, std::string_view json) {
  const auto parsed = json::parse(json);
  DeviceCertificate out;
  bool good = parsed.has_value();
  if (good) {
    Fields fields(parsed->root());
    fields.text("serialNumber", out.serial);
    fields.text("issuer", out.issuer);
    fields.text("deviceId", out.device_id);
    fields.text("thumbprint", out.thumbprint);
    fields.text("publicKeyHash", out.key_hash);
    fields.instant("notBefore", out.not_before);
    fields.instant("notAfter", out.not_after);
    fields.word("state", state_words, out.state);
    const bool revoked = out.state == CertificateState::revoked;
    fields.instant("revokedDateTime", out.revoked, revoked);
    fields.word("revocationReason", reason_words, out.reason, revoked);
    fields.word("enrolledBy", protocol_words, out.enrolled_by);
    fields.word("keyProtection", protection_words, out.key_protection);
    fields.text("evidence", out.evidence, false);
    fields.text("tokenId", out.token_id, false);
    fields.text("userId", out.user_id, false);
    fields.text("renews", out.renews, false);
    fields.text("renewedBy", out.renewed_by, false);
    for (const auto& older : json::list_of(parsed->root(), "supersedes")) {
      out.supersedes.emplace_back(older.text());
    }
    std::string der;
    fields.text("certificate", der);
    if (auto bytes = decode_base64(der)) {
      out.der = std::move(*bytes);
    } else {
      fields.spoil();
    }
    good = fields.good() && out.serial == serial;
  }
  if (good) return out;
  return fail(ErrorKind::internal, "this document is damaged",
              std::string(device_certificate_kind) + "/" + std::string(serial));
}

Result<DeviceCertificate> find_device_certificate(Store& store, std::string_view serial) {
  const auto document = store.get(device_certificate_kind, serial);
  if (!document) return tl::unexpected<Error>(document.error());
  return read_device_certificate(serial, document->json);
}

}  // namespace sallyport
