// Whether the firmware booted with Secure Boot: the UEFI variables SecureBoot and SetupMode, each
// four bytes of attributes and one of value (UEFI 2.10, section 3.3). In setup mode nothing is
// verified, whatever SecureBoot says.
#include "agent/collect.h"

namespace sallyport::agent {
namespace {

constexpr std::string_view fact = "secureBootEnabled";
constexpr std::string_view variables = "/sys/firmware/efi/efivars";
constexpr std::string_view global = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";

// Nothing: there is no such variable.
Result<std::optional<bool>> variable(const Root& root, std::string_view name) {
  const auto path = std::string(variables) + "/" + std::string(name) + std::string(global);
  const auto bytes = root.read(path);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  if (!*bytes) return std::nullopt;
  if ((*bytes)->size() != 5) return fail(ErrorKind::internal, "not of the size it should be", path);
  return (**bytes)[4] == 1;
}

}  // namespace

void secure_boot(const Root& root, Readings& into) {
  const auto firmware = root.list("/sys/firmware");
  // In a container the folder is hidden.
  if (!firmware || firmware->empty()) return;
  if (!root.exists("/sys/firmware/efi")) {
    into.note(fact, "booted without UEFI");
    return into.set(fact, false);
  }
  const auto names = root.list(variables);
  if (!names) return into.unreadable(fact, describe(names.error()));
  if (names->empty()) {
    return into.unreadable(fact, std::string(variables) + ": the UEFI variables are not mounted");
  }
  const auto enabled = variable(root, "SecureBoot");
  if (!enabled) return into.unreadable(fact, describe(enabled.error()));
  const auto setup = variable(root, "SetupMode");
  if (!setup) return into.unreadable(fact, describe(setup.error()));
  if (setup->value_or(false)) into.note(fact, "the firmware is in setup mode");
  into.set(fact, enabled->value_or(false) && !setup->value_or(false));
}

}  // namespace sallyport::agent
