// The few structures of a TPM (Library 2.0, part 2) that an attestation is made of, read from their
// marshalled form: big-endian numbers, and texts behind their size. Threads: free.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::tpm {

inline constexpr std::uint32_t generated_by_tpm = 0xff544347;
inline constexpr std::uint16_t attest_certify = 0x8017;

enum Algorithm : std::uint16_t {
  rsa = 0x0001,
  sha256 = 0x000b,
  sha384 = 0x000c,
  sha512 = 0x000d,
  null = 0x0010,
  rsassa = 0x0014,
  rsapss = 0x0016,
  ecdsa = 0x0018,
  ecdaa = 0x001a,
  ecc = 0x0023,
};

enum Attribute : std::uint32_t {
  fixed_tpm = 1U << 1U,
  fixed_parent = 1U << 4U,
  sensitive_data_origin = 1U << 5U,
  restricted = 1U << 16U,
  decrypt = 1U << 17U,
  sign = 1U << 18U,
};

struct Attest {  // TPMS_ATTEST of a certification
  std::uint32_t magic = 0;
  std::uint16_t type = 0;
  std::string_view extra_data;
  std::string_view name;  // of the object that was certified
};
struct Public {  // TPMT_PUBLIC
  std::uint16_t type = 0;
  std::uint16_t name_algorithm = 0;
  std::uint32_t attributes = 0;
  std::uint32_t exponent = 0;  // RSA
  std::string_view modulus;
  std::uint16_t curve = 0;  // ECC
  std::string_view x;
  std::string_view y;
};
struct Signature {  // TPMT_SIGNATURE
  std::uint16_t algorithm = 0;
  std::uint16_t hash = 0;
  std::string_view rsa;
  std::string_view r;
  std::string_view s;
};

// Views into `bytes`. Nothing: cut short, too long, or of a kind that is not taken. Of an Attest
// that is no certification only magic and type are read.
std::optional<Attest> read_attest(std::string_view bytes);
std::optional<Public> read_public(std::string_view bytes);
std::optional<Signature> read_signature(std::string_view bytes);

}  // namespace sallyport::tpm
