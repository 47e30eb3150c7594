// Manufacturer, model and serial number, by SMBIOS or the device tree. A serial number is for root
// alone, so for anybody else it is unreadable.
#include <array>

#include "agent/collect.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

struct Source {
  std::string_view fact;
  std::string_view path;
};

constexpr std::array smbios = {
    Source{"manufacturer", "/sys/class/dmi/id/sys_vendor"},
    Source{"model", "/sys/class/dmi/id/product_name"},
    Source{"serialNumber", "/sys/class/dmi/id/product_serial"},
};
constexpr std::array device_tree = {
    Source{"model", "/proc/device-tree/model"},
    Source{"serialNumber", "/proc/device-tree/serial-number"},
};

// What makers leave in the firmware instead of a value.
bool is_filler(std::string_view text) {
  const auto word = to_lower(text);
  return word.empty() || word == "none" || word == "not specified" || word == "default string" ||
         word == "to be filled by o.e.m." || word == "system serial number" ||
         word == "system product name" || word == "system manufacturer" ||
         word.find_first_not_of("0") == word.npos;
}

void read(const Root& root, const Source& source, Readings& into) {
  const auto text = root.read(source.path);
  if (!text) return into.unreadable(source.fact, describe(text.error()));
  if (!*text) return;
  // Strings of the device tree end in a zero byte.
  const auto value = trim(std::string_view(**text).substr(0, (*text)->find('\0')));
  if (!is_filler(value) && is_utf8(value)) into.set(source.fact, std::string(value));
}

}  // namespace

void hardware(const Root& root, Readings& into) {
  if (root.exists("/sys/class/dmi/id")) {
    for (const auto& source : smbios) read(root, source, into);
  } else {
    for (const auto& source : device_tree) read(root, source, into);
  }
}

}  // namespace sallyport::agent
