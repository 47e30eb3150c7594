#include "enrolment/tpm_structures.h"

namespace sallyport::tpm {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <class Number>
  Number number() {
    Number value = 0;
    const auto bytes = take(sizeof(Number));
    for (const char c : bytes) {
      value = static_cast<Number>(value << 8U | static_cast<unsigned char>(c));
    }
    return value;
  }
  std::uint16_t word() { return number<std::uint16_t>(); }
  std::uint32_t double_word() { return number<std::uint32_t>(); }
  std::string_view sized() { return take(word()); }  // TPM2B_...
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) {
      cut_ = true;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  bool whole() const { return !cut_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool cut_ = false;
};

// TPMT_SYM_DEF_OBJECT, of a key that is no parent: none.
void skip_symmetric(Reader& r) {
  if (r.word() != null) r.take(4);
}

// TPMT_RSA_SCHEME, TPMT_ECC_SCHEME, TPMT_KDF_SCHEME
void skip_scheme(Reader& r) {
  const auto scheme = r.word();
  if (scheme == null) return;
  r.take(2);
  if (scheme == ecdaa) r.take(2);
}

}  // namespace

std::optional<Attest> read_attest(std::string_view bytes) {
  Reader r(bytes);
  Attest out;
  out.magic = r.double_word();
  out.type = r.word();
  if (out.magic != generated_by_tpm || out.type != attest_certify) {
    return bytes.size() < 6 ? std::nullopt : std::optional(out);
  }
  r.sized();  // qualifiedSigner
  out.extra_data = r.sized();
  r.take(8 + 4 + 4 + 1);  // clockInfo
  r.take(8);              // firmwareVersion
  out.name = r.sized();
  r.sized();  // qualifiedName
  return r.whole() ? std::optional(out) : std::nullopt;
}

std::optional<Public> read_public(std::string_view bytes) {
  Reader r(bytes);
  Public out;
  out.type = r.word();
  out.name_algorithm = r.word();
  out.attributes = r.double_word();
  r.sized();  // authPolicy
  if (out.type == rsa) {
    constexpr std::uint32_t usual_exponent = 65537;
    skip_symmetric(r);
    skip_scheme(r);
    r.word();  // keyBits
    out.exponent = r.double_word();
    if (out.exponent == 0) out.exponent = usual_exponent;
    out.modulus = r.sized();
  } else if (out.type == ecc) {
    skip_symmetric(r);
    skip_scheme(r);
    out.curve = r.word();
    skip_scheme(r);  // of a key derivation function
    out.x = r.sized();
    out.y = r.sized();
  } else {
    return std::nullopt;
  }
  return r.whole() ? std::optional(out) : std::nullopt;
}

std::optional<Signature> read_signature(std::string_view bytes) {
  Reader r(bytes);
  Signature out;
  out.algorithm = r.word();
  out.hash = r.word();
  if (out.algorithm == rsassa || out.algorithm == rsapss) {
    out.rsa = r.sized();
  } else if (out.algorithm == ecdsa) {
    out.r = r.sized();
    out.s = r.sized();
  } else {
    return std::nullopt;
  }
  return r.whole() ? std::optional(out) : std::nullopt;
}

}  // namespace sallyport::tpm
