#include <gtest/gtest.h>

#include "agent/collect.h"
#include "agent/test_tree.h"

namespace sallyport::agent {
namespace {

using testing::Test;

// A laptop whose disk has /boot/efi, /boot and a partition for everything else.
class Storage : public Test {
 protected:
  Storage() {
    disk("sda", "8:0");
    partition("sda", "sda1", "8:1");
    partition("sda", "sda2", "8:2");
    partition("sda", "sda3", "8:3");
    mount("8:1", "/boot/efi", "vfat", "/dev/sda1");
    mount("8:2", "/boot", "ext4", "/dev/sda2");
    mount("0:21", "/proc", "proc", "proc");
    mount("0:30", "/tmp", "tmpfs", "tmpfs");
    mount("0:45", "/srv", "nfs4", "server:/srv");
  }

  void device(const std::string& name, const std::string& number, const std::string& under) {
    const auto path = "/sys/devices/" + under + name;
    tree_.folder(path);
    tree_.link("/sys/class/block/" + name, path);
    tree_.link("/sys/dev/block/" + number, path);
  }
  void disk(const std::string& name, const std::string& number,
            const std::string& removable = "0") {
    device(name, number, "");
    tree_.file("/sys/devices/" + name + "/removable", removable + "\n");
  }
  void partition(const std::string& disk, const std::string& name, const std::string& number) {
    device(name, number, disk + "/");
    tree_.file("/sys/class/block/" + name + "/partition", "1\n");
  }
  void mapped(const std::string& name, const std::string& number, const std::string& label,
              const std::string& uuid, const std::vector<std::string>& below) {
    device(name, number, "");
    tree_.file("/sys/class/block/" + name + "/dm/name", label + "\n");
    tree_.file("/sys/class/block/" + name + "/dm/uuid", uuid + "\n");
    made_of(name, below);
  }
  void made_of(const std::string& name, const std::vector<std::string>& below) {
    for (const auto& one : below) {
      tree_.link("/sys/class/block/" + name + "/slaves/" + one, "/sys/class/block/" + one);
    }
  }
  void mount(const std::string& number, const std::string& point, const std::string& type,
             const std::string& source, const std::string& options = "rw") {
    mounts_ += "36 35 " + number + " / " + point + " " + options + ",noatime shared:1 - " + type +
               " " + source + " " + options + "\n";
  }
  std::string told_of_it() {
    tree_.file("/proc/self/mountinfo", mounts_);
    Readings readings;
    storage_encryption(tree_.root(), readings);
    const auto& notes = readings.notes();
    const auto note = notes.find("storageEncrypted");
    return told(readings, "storageEncrypted") +
           (note == notes.end() ? "" : " (" + note->second + ")");
  }

  TestTree tree_;
  std::string mounts_;
};

TEST_F(Storage, a_plain_partition_is_not_encrypted) {
  mount("8:3", "/", "ext4", "/dev/sda3");
  EXPECT_EQ(told_of_it(), "false (/ on sda3 is not encrypted)");
}

TEST_F(Storage, luks_below_a_logical_volume_is_encrypted) {
  mapped("dm-0", "253:0", "crypt", "CRYPT-LUKS2-1234-crypt", {"sda3"});
  mapped("dm-1", "253:1", "vg-root", "LVM-abcd", {"dm-0"});
  mount("253:1", "/", "ext4", "/dev/mapper/vg-root");
  EXPECT_EQ(told_of_it(), "true");
}

TEST_F(Storage, one_open_disk_of_two_is_enough_to_be_not_encrypted) {
  mapped("dm-0", "253:0", "crypt", "CRYPT-LUKS2-1234-crypt", {"sda3"});
  mount("253:0", "/", "ext4", "/dev/mapper/crypt");
  disk("sdb", "8:16");
  mount("8:16", "/data", "xfs", "/dev/sdb");
  EXPECT_EQ(told_of_it(), "false (/data on sdb is not encrypted)");
}

TEST_F(Storage, a_volume_over_an_encrypted_and_an_open_disk_is_not_encrypted) {
  disk("sdb", "8:16");
  mapped("dm-0", "253:0", "crypt", "CRYPT-LUKS1-1234-crypt", {"sda3"});
  mapped("dm-1", "253:1", "vg-root", "LVM-abcd", {"dm-0", "sdb"});
  mount("253:1", "/", "ext4", "/dev/mapper/vg-root");
  EXPECT_EQ(told_of_it(), "false (/ on dm-1 is not encrypted)");
}

TEST_F(Storage, integrity_and_verity_are_no_encryption) {
  for (const std::string kind : {"CRYPT-INTEGRITY-x", "CRYPT-VERITY-x"}) {
    mapped("dm-" + kind, "253:" + kind, kind, kind, {"sda3"});
    mounts_.clear();
    mount("253:" + kind, "/", "ext4", "/dev/mapper/" + kind);
    EXPECT_TRUE(told_of_it().starts_with("false")) << kind;
  }
}

TEST_F(Storage, a_partition_of_a_raid_over_encrypted_members_is_encrypted) {
  disk("sdb", "8:16");
  mapped("dm-0", "253:0", "a", "CRYPT-LUKS2-a", {"sda3"});
  mapped("dm-1", "253:1", "b", "CRYPT-LUKS2-b", {"sdb"});
  device("md0", "9:0", "");
  made_of("md0", {"dm-0", "dm-1"});
  partition("md0", "md0p1", "259:0");
  mount("259:0", "/", "ext4", "/dev/md0p1");
  EXPECT_EQ(told_of_it(), "true");
}

TEST_F(Storage, btrfs_is_on_all_its_devices) {
  mapped("dm-0", "253:0", "a", "CRYPT-LUKS2-a", {"sda3"});
  disk("sdb", "8:16");
  tree_.folder("/sys/fs/btrfs/features");
  tree_.link("/sys/fs/btrfs/uuid/devices/dm-0", "/sys/class/block/dm-0");
  mount("0:35", "/", "btrfs", "/dev/mapper/a");
  EXPECT_EQ(told_of_it(), "true");
  tree_.link("/sys/fs/btrfs/uuid/devices/sdb", "/sys/class/block/sdb");
  EXPECT_EQ(told_of_it(), "false (/ on sdb is not encrypted)");
}

TEST_F(Storage, open_swap_is_a_writable_disk) {
  mapped("dm-0", "253:0", "crypt", "CRYPT-LUKS2-1234-crypt", {"sda3"});
  mount("253:0", "/", "ext4", "/dev/mapper/crypt");
  disk("sdb", "8:16");
  tree_.file(
      "/proc/swaps",
      "Filename Type Size Used Priority\n/swapfile file 1 0 -2\n/dev/zram0 partition 1 0 5\n");
  device("zram0", "252:0", "");
  EXPECT_EQ(told_of_it(), "true");
  tree_.file("/proc/swaps", "Filename Type Size Used Priority\n/dev/sdb partition 1 0 -2\n");
  EXPECT_EQ(told_of_it(), "false (swap on sdb is not encrypted)");
}

TEST_F(Storage, read_only_removable_and_file_backed_do_not_count) {
  mapped("dm-0", "253:0", "crypt", "CRYPT-LUKS2-1234-crypt", {"sda3"});
  mount("253:0", "/", "ext4", "/dev/mapper/crypt");
  device("loop0", "7:0", "");
  disk("sdc", "8:32", "1");
  disk("sdd", "8:48");
  mount("7:0", "/snap/core", "squashfs", "/dev/loop0", "ro");
  mount("8:32", "/media/stick", "vfat", "/dev/sdc");
  mount("8:48", "/mnt/archive", "ext4", "/dev/sdd", "ro");
  EXPECT_EQ(told_of_it(), "true");
}

TEST_F(Storage, a_system_on_a_stick_counts) {
  disk("sdc", "8:32", "1");
  mount("8:32", "/", "ext4", "/dev/sdc");
  EXPECT_EQ(told_of_it(), "false (/ on sdc is not encrypted)");
}

TEST_F(Storage, what_cannot_be_told_is_an_error_and_never_encrypted) {
  EXPECT_EQ(told_of_it(), "error: no writable fixed disk was found");
  mapped("dm-0", "253:0", "crypt", "CRYPT-LUKS2-1234-crypt", {"sda3"});
  mount("253:0", "/", "ext4", "/dev/mapper/crypt");
  mount("0:50", "/pool", "zfs", "pool");
  EXPECT_EQ(told_of_it(), "error: /pool: whether zfs encrypts it cannot be told");
  mounts_.clear();
  mount("253:0", "/", "ext4", "/dev/mapper/crypt");
  mount("8:99", "/data", "ext4", "/dev/sdz9");
  EXPECT_EQ(told_of_it(), "error: /data: /dev/sdz9 is not in /sys");
  disk("sdb", "8:16");
  mount("8:16", "/more", "xfs", "/dev/sdb");
  EXPECT_EQ(told_of_it(), "false (/more on sdb is not encrypted)");
}

TEST_F(Storage, the_machines_mounts_go_before_those_of_a_confined_service) {
  mount("8:3", "/", "ext4", "/dev/sda3");
  tree_.file("/proc/1/mountinfo", mounts_);
  mounts_.clear();
  mount("8:3", "/", "ext4", "/dev/sda3", "ro");
  EXPECT_EQ(told_of_it(), "false (/ on sda3 is not encrypted)");
}

}  // namespace
}  // namespace sallyport::agent
