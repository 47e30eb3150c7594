// The version of the first TPM the kernel has found; "" when it has found none.
#include "agent/collect.h"

namespace sallyport::agent {

void tpm(const Root& root, Readings& into) {
  if (!root.exists("/sys/class")) return;  // nothing can be told without /sys
  const auto chips = root.list("/sys/class/tpm");
  if (!chips) return into.unreadable("tpmVersion", describe(chips.error()));
  if (chips->empty()) return into.set("tpmVersion", "");
  const auto chip = "/sys/class/tpm/" + chips->front();
  const auto major = root.word(chip + "/tpm_version_major");
  if (major == "2") return into.set("tpmVersion", "2.0");
  // Kernels before 5.6 say it only of TPM 1.2, by the files of its protocol.
  if (major == "1" || root.exists(chip + "/device/caps")) return into.set("tpmVersion", "1.2");
  into.unreadable("tpmVersion", chip + "/tpm_version_major: there is a TPM, of unknown version");
}

}  // namespace sallyport::agent
