// What keys are made by (Trusted Platform Module Library 2.0, part 2, section 12.2). Threads: free.
#pragma once

#include <tss2/tss2_tpm2_types.h>

namespace sallyport::agent {

// Above our keys: made from the TPM's seed each time, and so the same each time. It is the parent
// that "TSS2 PRIVATE KEY" files mean by the owner's handle.
TPM2B_PUBLIC storage_key_template();
// Template L-1 of the TCG EK Credential Profile: the key that the maker's certificate is for.
TPM2B_PUBLIC endorsement_key_template();
// On P-256; neither can leave its TPM. An attestation key signs nothing but what its TPM made.
TPM2B_PUBLIC signing_key_template();
TPM2B_PUBLIC attestation_key_template();

}  // namespace sallyport::agent
