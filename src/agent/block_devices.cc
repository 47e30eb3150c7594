#include "agent/block_devices.h"

#include <array>

namespace sallyport::agent {
namespace {

constexpr int depth_max = 16;
const std::string blocks = "/sys/class/block/";

constexpr std::array<std::string_view, 2> no_encryption = {"CRYPT-INTEGRITY-", "CRYPT-VERITY-"};

bool is_dm_crypt(std::string_view uuid) {
  if (!uuid.starts_with("CRYPT-")) return false;
  for (const auto prefix : no_encryption) {
    if (uuid.starts_with(prefix)) return false;
  }
  return true;
}

// The disk that a partition is on; the device itself when it is no partition.
std::string disk_of(const Root& root, const std::string& device) {
  if (!root.exists(blocks + device + "/partition")) return device;
  const auto path = root.resolve(blocks + device);  // /sys/devices/.../sda/sda2
  const auto end = path.rfind('/');
  if (end == path.npos || end == 0) return {};
  const auto begin = path.rfind('/', end - 1);
  return path.substr(begin + 1, end - begin - 1);
}

Result<bool> is_encrypted(const Root& root, const std::string& device, int depth) {
  if (device.empty() || !root.exists(blocks + device)) {
    return fail(ErrorKind::not_found, "what is below it is not in /sys", device);
  }
  if (depth > depth_max) return fail(ErrorKind::internal, "too many devices below it", device);
  if (is_dm_crypt(root.word(blocks + device + "/dm/uuid"))) return true;
  if (const auto disk = disk_of(root, device); disk != device) {
    return is_encrypted(root, disk, depth + 1);
  }
  const auto below = root.list(blocks + device + "/slaves");
  if (!below) return tl::unexpected<Error>(below.error());
  if (below->empty()) return false;
  for (const auto& one : *below) {
    const auto encrypted = is_encrypted(root, one, depth + 1);
    if (!encrypted || !*encrypted) return encrypted;
  }
  return true;
}

}  // namespace

std::string device_of_number(const Root& root, std::string_view number) {
  const auto path = "/sys/dev/block/" + std::string(number);
  return root.exists(path) ? root.link_name(path) : std::string();
}

std::string device_of_path(const Root& root, std::string_view path) {
  if (!path.starts_with("/dev/")) return {};
  auto name = std::string(path.substr(path.rfind('/') + 1));
  if (path.starts_with("/dev/mapper/")) {
    const auto devices = root.list(blocks);
    for (const auto& one : devices.value_or(std::vector<std::string>())) {
      if (root.word(blocks + one + "/dm/name") == name) return one;
    }
    return {};
  }
  if (root.exists(blocks + name)) return name;
  if (const auto target = root.link_name(path); root.exists(blocks + target)) return target;
  return {};
}

Result<bool> is_encrypted(const Root& root, const std::string& device) {
  return is_encrypted(root, device, 0);
}

bool is_fixed(const Root& root, const std::string& device) {
  for (const std::string_view kind : {"ram", "zram", "loop", "fd", "sr", "nbd", "rbd"}) {
    if (device.starts_with(kind)) return false;
  }
  return root.word(blocks + disk_of(root, device) + "/removable") != "1";
}

}  // namespace sallyport::agent
