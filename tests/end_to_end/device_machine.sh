# A machine below a folder, as the agent looks at one (--root): Debian 12 with one disk, encrypted or
# not. Sourced.

block_device() {  # FOLDER NAME NUMBER BELOW
  mkdir -p "$1/sys/devices/$4$2" "$1/sys/class/block" "$1/sys/dev/block"
  ln -s "../../devices/$4$2" "$1/sys/class/block/$2"
  ln -s "../../devices/$4$2" "$1/sys/dev/block/$3"
}

make_machine() {  # FOLDER
  mkdir -p "$1/etc" "$1/proc/self" "$1/proc/sys/kernel"
  printf 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n' >"$1/etc/os-release"
  echo laptop >"$1/proc/sys/kernel/hostname"
  block_device "$1" sda 8:0 ""
  echo 0 >"$1/sys/devices/sda/removable"
  block_device "$1" sda1 8:1 sda/
  echo 1 >"$1/sys/devices/sda/sda1/partition"
  block_device "$1" dm-0 253:0 ""
  mkdir -p "$1/sys/devices/dm-0/dm" "$1/sys/devices/dm-0/slaves"
  echo crypt >"$1/sys/devices/dm-0/dm/name"
  echo CRYPT-LUKS2-1234-crypt >"$1/sys/devices/dm-0/dm/uuid"
  ln -s ../../sda/sda1 "$1/sys/devices/dm-0/slaves/sda1"
}

mounted() {  # FOLDER NUMBER SOURCE
  printf '36 35 %s / / rw,noatime shared:1 - ext4 %s rw\n' "$2" "$3" >"$1/proc/self/mountinfo.new"
  mv "$1/proc/self/mountinfo.new" "$1/proc/self/mountinfo"
}
encrypted() { mounted "$1" 253:0 /dev/mapper/crypt; }  # FOLDER
decrypted() { mounted "$1" 8:1 /dev/sda1; }            # FOLDER
