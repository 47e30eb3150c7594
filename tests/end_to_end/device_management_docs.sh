#!/bin/bash
# The lines of docs/device-management.md, pasted as they are: a policy, whom it is for, what follows.
#
#   device_management_docs.sh SALLYPORT
set -u
sallyport=$(realpath "$1")
command -v curl >/dev/null || { echo "skipped: curl is not installed"; exit 77; }
document=$(cd "$(dirname "$0")/../.." && pwd)/docs/device-management.md
source "$(dirname "$0")/support.sh"

write_config data/sallyport.db
start_server
mkdir "$work/bin" && ln -s "$sallyport" "$work/bin/sallyport"
awk '/^```sh/ { shell = 1; next } /^```/ && shell { exit } shell' "$document" |
  sed "s|http://127.0.0.1:8080|$url|" >"$work/lines"
[ "$(grep -c . "$work/lines")" = 10 ] || fail "these are not ten lines: $(cat "$work/lines")"
printed=$(cd "$work" && PATH=$work/bin:$PATH bash "$work/lines" 2>/dev/null)
for wanted in '"target":{"@odata.type":"#microsoft.graph.allDevicesAssignmentTarget"' \
  '"name":"Linux disks","settingCount":1,"isAssigned":true' \
  '"deviceComplianceCheckinThresholdDays":14' '"secureByDefault":true' \
  '$metadata#deviceManagement/managedDevices(deviceName,complianceState,lastSyncDateTime)","value":[]'; do
  case $printed in
    *"$wanted"*) ;;
    *) fail "the lines did not print $wanted, but $printed" ;;
  esac
done
finish "the lines of docs/device-management.md"
