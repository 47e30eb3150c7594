// The TCG's software stack (tpm2-tss), which is loaded when a TPM is used: a machine without it, or
// without a TPM, needs none of it. Threads: one at first use, then free.
#pragma once

#include <tss2/tss2_esys.h>
#include <tss2/tss2_mu.h>
#include <tss2/tss2_tctildr.h>

#include <string>

#include "base/result.h"

namespace sallyport::agent {

// Each function as the library declares it, under its own name.
#define SALLYPORT_ESYS_FUNCTIONS(USE) \
  USE(Esys_ActivateCredential)        \
  USE(Esys_Certify)                   \
  USE(Esys_Create)                    \
  USE(Esys_CreatePrimary)             \
  USE(Esys_Finalize)                  \
  USE(Esys_FlushContext)              \
  USE(Esys_Free)                      \
  USE(Esys_Initialize)                \
  USE(Esys_Load)                      \
  USE(Esys_NV_Read)                   \
  USE(Esys_NV_ReadPublic)             \
  USE(Esys_PolicySecret)              \
  USE(Esys_Sign)                      \
  USE(Esys_StartAuthSession)          \
  USE(Esys_TR_FromTPMPublic)
#define SALLYPORT_MU_FUNCTIONS(USE)             \
  USE(Tss2_MU_TPM2B_ENCRYPTED_SECRET_Unmarshal) \
  USE(Tss2_MU_TPM2B_ID_OBJECT_Unmarshal)        \
  USE(Tss2_MU_TPM2B_PRIVATE_Marshal)            \
  USE(Tss2_MU_TPM2B_PRIVATE_Unmarshal)          \
  USE(Tss2_MU_TPM2B_PUBLIC_Marshal)             \
  USE(Tss2_MU_TPM2B_PUBLIC_Unmarshal)           \
  USE(Tss2_MU_TPMT_SIGNATURE_Marshal)
#define SALLYPORT_TCTI_FUNCTIONS(USE) \
  USE(Tss2_TctiLdr_Finalize)          \
  USE(Tss2_TctiLdr_Initialize)

struct TpmLibraries {
#define SALLYPORT_MEMBER(function) decltype(&::function) function = nullptr;
  SALLYPORT_ESYS_FUNCTIONS(SALLYPORT_MEMBER)
  SALLYPORT_MU_FUNCTIONS(SALLYPORT_MEMBER)
  SALLYPORT_TCTI_FUNCTIONS(SALLYPORT_MEMBER)
#undef SALLYPORT_MEMBER

  // Loaded once. Null: they are not installed; `missing_libraries` says which.
  static const TpmLibraries* get();
};

inline constexpr const char* missing_libraries =
    "the libraries for it are not installed (Debian: libtss2-esys-3.0.2-0, libtss2-tctildr0)";

}  // namespace sallyport::agent
