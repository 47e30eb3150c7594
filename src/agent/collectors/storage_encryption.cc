// Whether every writable fixed disk is encrypted: each file system that is mounted writable from a
// block device, and each swap space. Left aside as Intune does: pseudo and network file systems,
// read-only mounts, /boot and /boot/efi; besides memory, files that stand for disks (their own file
// system counts), and removable media that do not hold the system.
//
// One that is known not to be encrypted makes the answer false, whatever else could not be told.
#include <algorithm>
#include <set>

#include "agent/block_devices.h"
#include "agent/collect.h"

namespace sallyport::agent {
namespace {

constexpr std::string_view fact = "storageEncrypted";

// A line of /proc/PID/mountinfo (proc(5)):
// 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
struct Mount {
  std::string number;
  std::string point;
  std::string type;
  std::string source;
  bool writable = false;
};

bool has_option(std::string_view options, std::string_view option) {
  while (!options.empty()) {
    const auto end = std::min(options.find(','), options.size());
    if (options.substr(0, end) == option) return true;
    options.remove_prefix(std::min(end + 1, options.size()));
  }
  return false;
}

std::optional<Mount> parse_mount(std::string_view line) {
  const auto words = words_of(line);
  std::size_t dash = 6;
  while (dash < words.size() && words[dash] != "-") ++dash;
  if (dash + 3 >= words.size()) return std::nullopt;
  Mount mount;
  mount.number = words[2];
  mount.point = words[4];
  mount.type = words[dash + 1];
  mount.source = words[dash + 2];
  mount.writable = has_option(words[5], "rw") && has_option(words[dash + 3], "rw");
  return mount;
}

// What was learnt of the disks, one after the other.
class Disks {
 public:
  explicit Disks(const Root& root) : root_(root) {}

  void add_mount(const Mount& mount) {
    if (!mount.writable || mount.point == "/boot" || mount.point == "/boot/efi" ||
        mount.point == "/efi") {
      return;
    }
    if (mount.type == "zfs" || mount.type == "bcachefs") {
      return doubt(mount.point + ": whether " + mount.type + " encrypts it cannot be told");
    }
    if (!mount.source.starts_with("/dev/")) return;  // nowhere, or on the network
    const auto named = device_of_path(root_, mount.source);
    if (mount.type == "btrfs") return add_btrfs(mount, named);
    const auto device = device_of_number(root_, mount.number);
    add(device.empty() ? named : device, mount.point, mount.source);
  }

  void add_swap(std::string_view line) {  // Filename Type Size Used Priority
    const auto words = words_of(line);
    if (words.size() < 2 || words[1] != "partition") return;  // a file: its file system counts
    add(device_of_path(root_, words[0]), "swap", std::string(words[0]));
  }

  void doubt(std::string why) {
    if (doubt_.empty()) doubt_ = std::move(why);
  }

  void tell(Readings& into) const {
    if (!open_.empty()) {
      into.note(fact, open_);
      return into.set(fact, false);
    }
    if (!doubt_.empty()) return into.unreadable(fact, doubt_);
    if (seen_.empty()) return into.unreadable(fact, "no writable fixed disk was found");
    into.set(fact, true);
  }

 private:
  void add(const std::string& device, const std::string& use, const std::string& source) {
    if (device.empty()) return doubt(use + ": " + source + " is not in /sys");
    if (use != "/" && !is_fixed(root_, device)) return;
    if (!seen_.insert(device).second) return;
    const auto encrypted = is_encrypted(root_, device);
    if (!encrypted) return doubt(use + ": " + describe(encrypted.error()));
    if (!*encrypted) {
      open_ += (open_.empty() ? "" : ", ") + use + " on " + device + " is not encrypted";
    }
  }

  // A btrfs has a number of its own and may be on several devices.
  void add_btrfs(const Mount& mount, const std::string& named) {
    const auto systems = root_.list("/sys/fs/btrfs");
    for (const auto& system : systems.value_or(std::vector<std::string>())) {
      const auto devices = root_.list("/sys/fs/btrfs/" + system + "/devices");
      if (!devices || std::ranges::find(*devices, named) == devices->end()) continue;
      for (const auto& device : *devices) add(device, mount.point, mount.source);
      return;
    }
    doubt(mount.point + ": the devices of this btrfs are not in /sys");
  }

  const Root& root_;
  std::set<std::string> seen_;
  std::string open_;   // what is not encrypted
  std::string doubt_;  // what could not be told
};

}  // namespace

void storage_encryption(const Root& root, Readings& into) {
  Disks disks(root);
  // A confined service has mounts of its own, read-only ones; those of process 1 are the machine's.
  auto mounts = root.read("/proc/1/mountinfo");
  if (!mounts || !*mounts) mounts = root.read("/proc/self/mountinfo");
  if (!mounts) return into.unreadable(fact, describe(mounts.error()));
  if (!*mounts) return;
  for (const auto line : lines_of(**mounts)) {
    if (const auto mount = parse_mount(line)) disks.add_mount(*mount);
  }
  const auto swaps = root.read("/proc/swaps");
  if (!swaps) disks.doubt(describe(swaps.error()));
  if (swaps && *swaps) {
    for (const auto line : lines_of(**swaps)) disks.add_swap(line);
  }
  disks.tell(into);
}

}  // namespace sallyport::agent
