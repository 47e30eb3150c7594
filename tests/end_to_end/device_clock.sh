#!/bin/bash
# The clocks of server and laptop jump, forwards and backwards: grace periods, validity, tokens,
# certificates and their lists. A clock that is set back makes no device compliant that was not, and
# no token good again that was used; and who did nothing wrong goes on.
#
#   device_clock.sh SALLYPORT SALLYPORT-AGENT FAULTS
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
make_device_company 24
cd "$work" || exit 1
hour=3600
day=86400
clock() { echo "$1" >faults/clock.new && mv faults/clock.new faults/clock; }  # SECONDS ahead
clock 0
start_faulty_server

# ---- tokens ----
used=$(enrol_token --user user2)
late=$(enrol_token --user user2 --expires 24h)
spare=$(enrol_token --user user2 --expires 24h)
enrol_agent laptop "$used" || give_up "the laptop cannot enrol: $(cat agent.log)"
take_certificate laptop laptop
make_request thief /CN=thief
for ahead in $((-400 * day)) $((-hour)) $((25 * hour)) $((400 * day)); do
  clock "$ahead"
  [ "$(enroll thief "$used")" = 401 ] && grep -q 'used already' answer.body || fail "a used token, $ahead s ahead: $(cat answer.body)"
done
clock $((25 * hour))
[ "$(enroll thief "$late")" = 401 ] && grep -q 'has expired' answer.body || fail "a token after its end: $(cat answer.body)"
clock 0

# ---- the server's clock: a grace period ----
until_it 5 door_is laptop 200 || fail "a compliant laptop is not let in"
decrypted "$machine"
check_in laptop
door_is laptop 200 || fail "a laptop in its grace period is not let in: $(reason)"
clock $((25 * hour))
until_it 5 door_is laptop 403 || fail "the grace period does not end"
clock $hour
sleep 1.5  # the keeper looks each second
door_is laptop 403 || fail "the clock was set back, and the door opens"
check_in laptop
door_is laptop 403 || fail "the clock was set back, and a report of the same opens the door"
kill "$server"; wait "$server" 2>/dev/null
start_faulty_server
door_is laptop 403 || fail "a restart opens the door"
check_in laptop
door_is laptop 403 || fail "a restart and a report open the door"
encrypted "$machine"
check_in laptop || fail "mended: $(cat check-in.log)"
door_is laptop 200 || fail "mended, and not let in: $(reason)"

# ---- the server's clock: contact ----
clock $((40 * day))
until_it 5 door_is laptop 403 || fail "who is silent for 40 days is let in"
clock 0
sleep 1.5
door_is laptop 403 || fail "the clock was set back, and who was silent is let in unheard"
check_in laptop || fail "heard of again: $(cat check-in.log)"
door_is laptop 200 || fail "heard of again, and not let in: $(reason)"

# ---- certificates, and lists of those that were revoked ----
[ "$(enroll thief "$late")" = 200 ] || fail "a token within its time: $(cat answer.body)"
curl -sf "${trust[@]}" "$url/.well-known/est/cacerts" | base64 -d | openssl pkcs7 -inform DER -print_certs -out ca.pem
"$sallyport" device revoke --data data "$(serial_of thief)" >/dev/null || fail "revoke"
listed() {
  curl -sf "${trust[@]}" "$url/pki/device.crl" | openssl crl -inform DER -noout -text 2>/dev/null | tr A-F a-f | grep -q "$(serial_of thief)"
}
until_it 5 listed || fail "the revoked certificate is not in the list"
clock $((366 * day))
[ "$(report laptop 5000 true)" = 401 ] && grep -q expired answer.body || fail "a check-in after the certificate's end: $(cat answer.body)"
[ "$(let_in laptop)" = 403 ] && [[ $(reason) == *expired* ]] || fail "a door after the certificate's end: $(reason)"
make_request next /
[ "$(renew next laptop)" = 401 ] || fail "a certificate is renewed after its end"
kill "$server"; wait "$server" 2>/dev/null
start_faulty_server  # which now has no certificate that is not over
sleep 0.5            # and looks what it may forget
clock 0
make_request another /CN=another
[ "$(enroll another "$spare")" = 200 ] || fail "a server that started with a clock ahead forgot a token: $(cat answer.body)"
until_it 5 listed || fail "the list forgot what was revoked while the clock ran ahead"
until_it 5 door_is laptop 200 || { check_in laptop; door_is laptop 200; } || fail "the certificate is not known again: $(reason)"
clock $((-400 * day))
[ "$(report laptop 5001 true)" = 401 ] || fail "a certificate counts before its time: $(cat answer.body)"
clock 0

# ---- the laptop's clock: its reports are told apart by their number ----
mkdir own
check_in_at() {  # SECONDS ahead
  echo "$1" >own/clock
  WALL_CLOCK=$PWD/own/clock TLS_CLOCK=$PWD/own/clock LD_PRELOAD=$faults check_in laptop
}
decrypted "$machine"
check_in_at $((5 * day))
[ "$(report laptop 1 true)" = 200 ] && [ "$(member verdict.complianceState)" = inGracePeriod ] ||
  fail "a report of a laptop whose clock is ahead: $(cat check-in.log answer.body)"
# So far off that the server's certificate is not good for it: its reports wait.
encrypted "$machine"
for ahead in $((300 * day)) $((-day)); do
  check_in_at "$ahead"
  [ $? = 2 ] && grep -q certificate check-in.log || fail "the laptop's clock $ahead s ahead: $(cat check-in.log)"
done
[ "$(ls laptop/spool | wc -l)" = 2 ] || fail "reports of a laptop with a wrong clock are lost: $(ls laptop/spool)"
check_in_at 0 || fail "the laptop's clock set right: $(cat check-in.log)"
settled laptop laptop "the laptop's clock set right"
finish "clocks that jump"
