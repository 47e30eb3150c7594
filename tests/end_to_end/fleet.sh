#!/bin/bash
# A Fleet server is read: a device with a certificate is what Fleet says it is, within a round, both
# ways; every way in which Fleet can fail changes nothing and is said; the token goes nowhere else.
# The configuration and the commands are those of docs/partners.md, pasted as they are. The Fleet
# server is a small one of ours (fleet_server.py).
#
#   fleet.sh SALLYPORT
set -u
sallyport=$(realpath "$1")
for program in curl openssl python3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
here=$(cd "$(dirname "$0")" && pwd)
document=$here/../../docs/partners.md
source "$here/support.sh"
source "$here/enrolment_support.sh"
cd "$work" || exit 1

make_tls_server
export CURL_CA_BUNDLE=$work/tls.pem
user=$(guid bbbbbbbb 2)
write_people "$user"
mkdir fleet elsewhere
fleet_port=$(free_port)
start_fleet() {  # PORT FOLDER
  python3 "$here/fleet_server.py" "$1" tls.pem tls.key "$2" >>fleet.log 2>&1 &
  processes+=("$!")
  wait_for_port "$1" "a Fleet server"
}
start_fleet "$fleet_port" fleet
elsewhere_port=$(free_port)
start_fleet "$elsewhere_port" elsewhere

# Anna's laptop among 230 others, two of which have one serial number, by what Fleet's policy says of
# her disks: pass.json, fail.json, none.json.
python3 - <<'END'
import datetime, json
seen = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
times = {"seen_time": seen, "detail_updated_at": seen, "policy_updated_at": seen}
hosts = [{"id": i, "hostname": "anna-laptop", "computer_name": "anna-laptop", "platform": "ubuntu",
          "os_version": "Ubuntu 22.04.4 LTS", "uuid": "", "hardware_serial": f"OTHER{max(i, 2)}", **times}
         for i in range(1, 231)]
anna = {**hosts[0], "id": 1000, "hardware_serial": "PF3X9K2L", "disk_encryption_enabled": None}
hosts.insert(150, anna)
for name, disks in ("pass", "pass"), ("fail", "fail"), ("none", ""):
    anna["policies"] = [{"id": 4, "name": "All disks encrypted (Linux)", "response": disks},
                        {"id": 5, "name": "Something else", "response": "fail"}]
    with open(f"{name}.json", "w") as out:
        json.dump(hosts, out)
END
hosts() { cp "$1.json" fleet/hosts.new && mv fleet/hosts.new fleet/hosts.json; }  # pass|fail|none
mode() { printf %s "$*" >fleet/mode.new && mv fleet/mode.new fleet/mode; }
echo first-token >fleet/token
echo first-token >fleet-token
hosts pass

awk '/^```toml/ { on = 1; next } /^```/ && on { exit } on' "$document" |
  sed "s|https://fleet.example.org|https://localhost:$fleet_port|; s|interval_seconds = 300|&\nauthorities = \"tls.pem\"|" \
    >fleet.toml
grep -q '^name = "All disks encrypted (Linux)"$' fleet.toml || fail "the page shows no configuration"
sed 's/interval_seconds = 300/interval_seconds = 1/' fleet.toml >>sallyport.toml
"$sallyport" lint config sallyport.toml || fail "the configuration of the page is not taken"
cat >tenant/compliance.json <<'END'
{"@odata.type": "#microsoft.graph.deviceManagementCompliancePolicy", "id": "c0000000-0000-4000-8000-000000000001",
 "name": "Linux disks", "platforms": "linux", "technologies": "linuxMdm",
 "settings": [{"settingInstance": {"@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
  "settingDefinitionId": "linux_deviceencryption_required", "choiceSettingValue": {"value": "linux_deviceencryption_required_true", "children": []}}}],
 "assignments": [{"target": {"@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"}}],
 "scheduledActionsForRule": [{"scheduledActionConfigurations": [{"actionType": "block", "gracePeriodHours": 0}]}]}
END
"$sallyport" import --data data tenant >>import.log 2>&1 || give_up "the policy could not be imported"
start_server

# ---- Anna's laptop has a certificate and nothing else ----
make_request device /CN=anna-laptop
[ "$(enroll device "$(enrol_token --user "$user")")" = 200 ] || give_up "the laptop was not enrolled"
device=$(device_of device)
may() {  # true|false
  curl -s "${authzen[@]}" "$url/access/v1/evaluation" -d "$(question 2 | sed '$s/}$//'),
    \"context\":{\"device_id\":\"$device\",\"platform\":\"linux\",\"client_app\":\"browser\"}}" |
    grep -q "\"decision\":$1"
}
metric() { curl -s "$url/metrics" | sed -n "s/^sallyport_fleet_$1 //p"; }
is() { [ "$(metric "$1")" = "$2" ]; }
until_it 10 is 'hosts{device="unknown"}' 229 || fail "229 hosts are not unknown: $(metric hosts)"
is 'hosts{device="ambiguous"}' 2 || fail "two hosts have one serial number"
is 'hosts{device="known"}' 0 || fail "a host is taken by its name"
may false || fail "somebody is let in whom nobody knows"

# ---- the commands of the page: it is told its serial number, and is what Fleet says it is ----
mkdir bin && ln -s "$sallyport" bin/sallyport
awk '/^## Reading a Fleet server/ { here = 1 } here && /^```sh/ { on = 1; next } /^```/ { on = 0 } on' \
  "$document" | sed "s|http://127.0.0.1:8080|$url|" >lines
[ "$(grep -c . lines)" = 7 ] || fail "these are not seven lines: $(cat lines)"
printed=$(PATH=$work/bin:$PATH bash lines 2>lines.log)
case $printed in
  *'sallyport_fleet_hosts{device="unknown"} 229'*'"deviceName":"anna-laptop"'*) ;;
  *) fail "the lines of the page printed $printed $(cat lines.log)" ;;
esac
until_it 10 may true || fail "the laptop is not let in although Fleet finds it encrypted"
is 'hosts{device="known"}' 1 || fail "the laptop is not known"
grep -q 'hosts of Fleet that were passed over' serve.log || fail "nobody says who was passed over"

# ---- the commands above them: a partner reports in its own name ----
awk '/^## Reading a Fleet server/ { exit } /^```sh/ { on = 1; next } /^```/ { on = 0 } on' "$document" |
  sed "s|http://127.0.0.1:8080|$url|" >lines
printed=$(PATH=$work/bin:$PATH bash lines 2>lines.log)
case $printed in
  *'"partnerState":"enabled"'*'heartbeat 204'*'another 403'*) ;;
  *) fail "the lines about partners printed $printed $(cat lines.log)" ;;
esac

# ---- both ways ----
rises() {  # COUNTER BY: by two means that a round began after now
  local before
  before=$(metric "$1")
  risen() { [ "$(metric "$1")" -ge $((before + $2)) ]; }
  until_it 20 risen "$1" "$2" || fail "$1 does not rise"
}
hosts fail
until_it 10 may false || fail "the laptop is let in although its disk is not encrypted"
hosts none
rises rounds_total 2
may false || fail "a policy that has not run lets the laptop in"
hosts pass
until_it 10 may true || fail "the laptop is not let in when its disk is encrypted again"

# ---- Fleet fails: it is said, nothing changes, and afterwards all is well ----
expect_failure() {  # NAME REASON MODE...
  local name=$1 reason=$2
  shift 2
  mode "$@"
  rises failures_total 1
  hosts fail  # what must not be taken
  rises failures_total 2
  grep -qF -- "$reason" serve.log || fail "$name: the log does not say '$reason'"
  may true || fail "$name: something has changed"
  hosts pass
  mode
}
expect_failure "an error" 'page 0: Fleet answered 503' error
expect_failure "an error of the second page" 'page 1: Fleet answered 503' second-page
expect_failure "a login page" 'its answer is no JSON' login-page
expect_failure "an answer cut short" 'its answer is no JSON' cut
expect_failure "a huge answer" 'its answer is too long' huge
expect_failure "a redirect" "it sends us to \`https://localhost:$elsewhere_port/\`" \
  "redirect https://localhost:$elsewhere_port/"
[ ! -s elsewhere/requests ] || fail "somebody else was asked: $(cat elsewhere/requests)"

# ---- the token is replaced ----
echo second-token >fleet/token
said() { grep -q 'Fleet answered 401: the token is not valid' serve.log; }
until_it 10 said || fail "nobody says that the token is refused"
may true || fail "a refused token changes something"
echo second-token >fleet-token
hosts fail
until_it 10 may false || fail "another token does not count without a restart"
! grep -qF -e first-token -e second-token serve.log || fail "the log tells the token"

# ---- it stops at once, and starts anew with what it knew ----
kill "$server"
wait "$server" || fail "the server did not end well"
hosts pass
start_server
until_it 10 may true || fail "after a restart the laptop is not let in"
finish "a Fleet server: read, failing in six ways, its token replaced"
