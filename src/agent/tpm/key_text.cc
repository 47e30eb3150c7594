#include "agent/tpm/key_text.h"

#include <openssl/asn1t.h>

#include "enrolment/openssl.h"

namespace sallyport::agent {
namespace {

constexpr const char* label = "TSS2 PRIVATE KEY";
constexpr const char* loadable_key = "2.23.133.10.1.3";
constexpr std::uint64_t owner = 0x40000001;  // TPM_RH_OWNER: its storage key is the parent

// TPMKey ::= SEQUENCE { type OBJECT IDENTIFIER, emptyAuth [0] EXPLICIT BOOLEAN OPTIONAL,
//                       parent INTEGER, pubkey OCTET STRING, privkey OCTET STRING }
struct TpmKeySequence {
  ASN1_OBJECT* type;
  ASN1_BOOLEAN empty_auth;
  ASN1_INTEGER* parent;
  ASN1_OCTET_STRING* public_area;
  ASN1_OCTET_STRING* private_area;
};
// clang-format off
ASN1_SEQUENCE(TpmKeySequence) = {
    ASN1_SIMPLE(TpmKeySequence, type, ASN1_OBJECT),
    ASN1_EXP_OPT(TpmKeySequence, empty_auth, ASN1_BOOLEAN, 0),
    ASN1_SIMPLE(TpmKeySequence, parent, ASN1_INTEGER),
    ASN1_SIMPLE(TpmKeySequence, public_area, ASN1_OCTET_STRING),
    ASN1_SIMPLE(TpmKeySequence, private_area, ASN1_OCTET_STRING),
} static_ASN1_SEQUENCE_END(TpmKeySequence)
    // clang-format on

    struct FreeSequence {
  void operator()(TpmKeySequence* p) const {
    ASN1_item_free(reinterpret_cast<ASN1_VALUE*>(p), ASN1_ITEM_rptr(TpmKeySequence));
  }
};
using Sequence = std::unique_ptr<TpmKeySequence, FreeSequence>;

}  // namespace

std::optional<TpmKeyBlob> read_tpm_key(std::string_view pem) {
  unsigned char* der = nullptr;
  long size = 0;
  char* name = nullptr;
  char* header = nullptr;
  const bool read = PEM_read_bio(openssl::reader_of(pem).get(), &name, &header, &der, &size) == 1 &&
                    std::string_view(name) == label;
  const auto* at = der;
  const Sequence key(read ? reinterpret_cast<TpmKeySequence*>(
                                ASN1_item_d2i(nullptr, &at, size, ASN1_ITEM_rptr(TpmKeySequence)))
                          : nullptr);
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(der);
  ERR_clear_error();
  std::uint64_t parent = 0;
  if (!key || ASN1_INTEGER_get_uint64(&parent, key->parent) != 1 || parent != owner) {
    return std::nullopt;
  }
  return TpmKeyBlob{std::string(openssl::bytes_of(key->public_area)),
                    std::string(openssl::bytes_of(key->private_area))};
}

std::string write_tpm_key(const TpmKeyBlob& blob) {
  const Sequence key(
      reinterpret_cast<TpmKeySequence*>(ASN1_item_new(ASN1_ITEM_rptr(TpmKeySequence))));
  if (!key) return {};
  ASN1_OBJECT_free(key->type);
  key->type = OBJ_txt2obj(loadable_key, 1);
  key->empty_auth = 0xff;
  ASN1_INTEGER_set_uint64(key->parent, owner);
  const auto set = [](ASN1_OCTET_STRING* out, const std::string& bytes) {
    ASN1_OCTET_STRING_set(out, reinterpret_cast<const unsigned char*>(bytes.data()),
                          static_cast<int>(bytes.size()));
  };
  set(key->public_area, blob.public_area);
  set(key->private_area, blob.private_area);
  unsigned char* der = nullptr;
  const int size =
      ASN1_item_i2d(reinterpret_cast<ASN1_VALUE*>(key.get()), &der, ASN1_ITEM_rptr(TpmKeySequence));
  const auto bio = openssl::writer();
  PEM_write_bio(bio.get(), label, "", der, size);
  OPENSSL_free(der);
  return openssl::written(bio.get());
}

}  // namespace sallyport::agent
