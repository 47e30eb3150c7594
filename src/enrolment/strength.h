// What is too weak to be trusted, in words that follow "the request has ..." or "... is signed
// with ..."; empty when all is well. Threads: free.
#pragma once

#include <openssl/types.h>

#include <string>

namespace sallyport {

// RSA of 2048 to 8192 bits, the NIST curves from P-256 on, Ed25519.
std::string weakness_of_key(const EVP_PKEY* key);
// By OpenSSL's number of the signature algorithm: SHA-256 and better.
std::string weakness_of_signature(int signature_nid);
std::string weakness_of_digest(int digest_nid);
std::string weakness_of_cipher(int cipher_nid);  // AES only

}  // namespace sallyport
