#!/bin/bash
# Who is not the device it says, or says what it said before: reports that come again or out of
# order; a certificate of another authority, of another device, revoked; a device that is disabled in
# the directory or was retired. At a check-in, at renewal and at the door.
#
#   device_refusals.sh SALLYPORT SALLYPORT-AGENT FAULTS
set -uo pipefail
sallyport=$1
agent=$2
faults=$3
for program in curl openssl sqlite3 python3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"
source "$(dirname "$0")/enrolment_support.sh"
source "$(dirname "$0")/device_machine.sh"
source "$(dirname "$0")/device_support.sh"
make_device_company
cd "$work" || exit 1
start_server

enrol_agent laptop "$(enrol_token --user user2)" || give_up "the laptop cannot enrol: $(cat agent.log)"
enrol_agent other "$(enrol_token --user user2)" || give_up "another cannot enrol: $(cat agent.log)"
take_certificate laptop laptop
take_certificate other other
device=$(device_of laptop)
make_request next /
# Refused everywhere: 401, 403 or 409 at a check-in, and nothing of it counts.
refused() {  # NAME CHECK-IN RENEWAL WHY
  local got
  got=$(report "$1" 7000 false)
  [ "$got" = "$2" ] || fail "$4: a check-in is answered $got: $(cat answer.body)"
  got=$(renew next "$1")
  [ "$got" = "$3" ] || fail "$4: renewal is answered $got: $(cat answer.body)"
  [ "$(let_in "$1")" = 403 ] || fail "$4: let in"
  [[ $(reason) == *"$5"* ]] || fail "$4: it is not said why: $(reason)"
  [ "$(is_compliant "$device")" = 1 ] || fail "$4: what it said of the laptop counts"
}

# ---- reports that come again, late, and between ----
until_it 5 door_is laptop 200 || fail "a compliant laptop is not let in"
[ "$(report laptop 500 false)" = 200 ] || fail "a report: $(cat answer.body)"
for sequence in 500 499 2; do
  [ "$(report laptop "$sequence" true)" = 200 ] && [ "$(member acceptedSequence)" = 500 ] ||
    fail "sequence $sequence after 500: $(cat answer.body)"
  [ "$(let_in laptop)" = 403 ] || fail "a report that came before (sequence $sequence) opens the door"
done
# Those behind it at once, each with its own word: the last one counts, whichever comes first.
for sequence in 509 503 507 501 505; do
  (mkdir -p "r$sequence" && cp laptop.* "r$sequence" && cd "r$sequence" &&
    report laptop "$sequence" "$([ "$sequence" = 509 ] && echo true || echo false)" >status) &
  reports+=("$!")
done
for pid in "${reports[@]}"; do wait "$pid"; done
[ "$(cat r50?/status)" = 200200200200200 ] || fail "reports at once: $(cat r50?/status)"
[ "$(report laptop 1 false)" = 200 ] && [ "$(member acceptedSequence)" = 509 ] || fail "out of order: $(cat answer.body)"
[ "$(let_in laptop)" = 200 ] || fail "out of order: the last report does not count: $(reason)"
# The agent, whose numbers are behind, goes on from there.
check_in laptop || fail "the agent does not go on: $(cat check-in.log)"
settled laptop laptop "the agent behind"

# ---- certificates ----
make_foreign stranger "$device"
refused stranger 401 401 "another authority's certificate" "does not count"
[ "$(report "" 7000 false)" = 401 ] || fail "a check-in without a certificate: $(cat answer.body)"
# Signed by our own authority, whose key was stolen: the record does not know it.
forge() {  # NAME SERIAL
  printf 'subjectAltName=URI:urn:uuid:%s\nextendedKeyUsage=clientAuth\n' "$device" >forged.ext
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj /CN=forged 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA data/authority/device-authority.pem -CAkey data/authority/device-authority.key \
    -set_serial "0x$2" -days 10 -extfile forged.ext -out "$1.pem" 2>forge.log || fail "$(cat forge.log)"
}
forge unknown 11223344556677889900aabbccddeeff
refused unknown 401 401 "a certificate that is not on record" "not on record"
forge claimed "$(serial_of other)"
refused claimed 409 401 "another device's certificate that claims the laptop's id" "was issued to"
# Each of its own, to nobody else's harm.
[ "$(report other 600 false)" = 200 ] || fail "another device's own report: $(cat answer.body)"
[ "$(let_in other)" = 403 ] && [ "$(let_in laptop)" = 200 ] || fail "a device is judged by another's report"

# ---- disabled in the directory, and enabled again ----
account() {  # FROM TO
  sqlite3 "$database" "SELECT json FROM documents WHERE kind = 'device' AND id = '$device'" |
    sed "s/\"accountEnabled\":$1/\"accountEnabled\":$2/; /@odata.type\":\"#microsoft.graph.device\"/!s/{/{\"@odata.type\":\"#microsoft.graph.device\",/" >tenant/device.json
  "$sallyport" import --data data tenant/device.json >>import.log 2>&1 || fail "the device could not be changed: $(cat import.log)"
}
account true false
until_it 5 door_is laptop 403 || fail "a disabled device is let in"
[[ $(reason) == *disabled* ]] || fail "a disabled device is not told so: $(reason)"
sqlite3 "$database" "SELECT json FROM sign_ins" | grep -q '"deviceRefused":"[^"]*disabled' || fail "the sign-in log does not say that it was disabled"
[ "$(report laptop 8000 true)" = 403 ] && grep -q disabled answer.body || fail "a disabled device checks in: $(cat answer.body)"
check_in laptop
[ $? = 2 ] && grep -q 'disabled' check-in.log || fail "the agent does not say so: $(cat check-in.log)"
[ "$(renew next laptop)" = 401 ] && grep -q disabled answer.body || fail "a disabled device renews: $(cat answer.body)"
account false true
until_it 5 door_is laptop 200 || fail "enabled again, and not let in: $(reason)"
check_in laptop || fail "enabled again: $(cat check-in.log)"
settled laptop laptop "enabled again"

# ---- revoked ----
"$sallyport" device revoke --data data "$(serial_of laptop)" --reason keyCompromise >/dev/null || fail "revoke"
until_it 5 door_is laptop 403 || fail "a revoked certificate lets in"
refused laptop 403 401 "a revoked certificate" revoked
finish "reports and certificates that do not count"
