// Whether what is written to a block device is encrypted below: by dm-crypt on it, or on every
// device it is made of (partition -> disk, logical volume -> physical volumes, RAID -> members).
//
// The kernel tells that in /sys/class/block: `dm/uuid` begins with CRYPT- for dm-crypt
// (cryptsetup's integrity and verity devices are CRYPT- too, and encrypt nothing), `slaves/` is
// what a device is made of. A disk that encrypts itself cannot be told from one that does not: it
// is not encrypted.
#pragma once

#include <string>

#include "agent/root.h"

namespace sallyport::agent {

// The kernel's name (`sda2`, `dm-0`) of a device by number (`8:2`) or path
// (`/dev/mapper/root`); empty: there is none of that name.
std::string device_of_number(const Root& root, std::string_view number);
std::string device_of_path(const Root& root, std::string_view path);

// Errors: the device, or one below it, is not in /sys.
[[nodiscard]] Result<bool> is_encrypted(const Root& root, const std::string& device);

// In memory, in a file that a mounted file system holds, or on a medium that can be taken out:
// no fixed disk.
bool is_fixed(const Root& root, const std::string& device);

}  // namespace sallyport::agent
