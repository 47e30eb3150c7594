#!/bin/bash
# A full disk under the server, and under the agent, while devices enrol and check in: refused in
# words, with a status that says to try again; nobody is let in; nothing is lost, a token that gave
# nothing is good for another try, and all goes on when there is room.
#
#   device_full_disk.sh SALLYPORT SALLYPORT-AGENT FAULTS
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
start_faulty_server

# ---- becoming known ----
token=$(enrol_token --user user2)
make_request device /CN=device
touch faults/full
for attempt in 1 2 3; do
  status=$(name=device post device.b64 simpleenroll -u "x:$token" -D answer.head)
  [ "$status" = 503 ] || fail "a full disk is answered $status: $(cat answer.body)"
done
grep -qi '^Retry-After: [1-9]' answer.head || fail "it is not said when to try again: $(cat answer.head)"
grep -q 'no room left' answer.body || fail "it is not said what is wrong: $(cat answer.body)"
[ ! -f device.pem ] || fail "a certificate was given out"
enrol_agent laptop "$(enrol_token --user user2)" && fail "the agent enrols on a full disk"
grep -q 'no room left' agent.log || fail "the agent does not say what is wrong: $(cat agent.log)"
[ "$(count_of device)$(count_of sallyport.deviceCertificate)" = 00 ] || fail "half a device is there"
rm faults/full
[ "$(enroll device "$token")" = 200 ] || fail "with room again the token is lost: $(cat answer.body)"
make_request thief /CN=thief
[ "$(enroll thief "$token")" = 401 ] || fail "the token is good twice"

# ---- checking in ----
token=$(enrol_token --user user2)
enrol_agent laptop "$token" || give_up "the laptop cannot enrol: $(cat agent.log)"
take_certificate laptop laptop
until_it 5 door_is laptop 200 || fail "a compliant laptop is not let in"
touch faults/full
decrypted "$machine"
check_in laptop
[ $? = 2 ] || fail "a report is acknowledged on a full disk: $(cat check-in.log)"
[ "$(ls laptop/spool | wc -l)" = 1 ] || fail "the report does not wait: $(ls laptop/spool)"
status=$(report laptop 900 false -D answer.head)
[ "$status" = 503 ] && grep -qi '^Retry-After: [1-9]' answer.head || fail "a check-in is answered $status: $(cat answer.head)"
grep -q 'no room left' answer.body || fail "it is not said what is wrong: $(cat answer.body)"
[ "$(let_in device)" = 200 ] && fail "a device that never reported is let in on a full disk"
ask "healthy all the same" 200 alive "${trust[@]}" "$url/healthz"
rm faults/full
check_in laptop
[ $? = 1 ] || fail "with room again: $(cat check-in.log)"
settled laptop laptop "with room again"

# ---- the other way: what was acknowledged before is what counts meanwhile ----
touch faults/full
encrypted "$machine"
for attempt in 1 2 3; do check_in laptop; done
[ "$(let_in laptop)" != 200 ] || fail "let in by a report that was never taken"
[ "$(ls laptop/spool | wc -l)" = 3 ] || fail "reports are lost: $(ls laptop/spool)"
# The server dies with its disk full, and starts when there is room.
kill -KILL "$server"
wait "$server" 2>/dev/null
rm faults/full
start_faulty_server
check_in laptop || fail "the reports that waited are not taken: $(cat check-in.log)"
settled laptop laptop "after a restart"

# ---- the agent's own disk ----
mkdir own
touch own/full
decrypted "$machine"
FAULTS=$PWD/own LD_PRELOAD=$faults "$agent" check-in --state laptop --root "$machine" >check-in.log 2>&1
[ $? = 2 ] && grep -qi 'no space left' check-in.log || fail "the agent's full disk: $(cat check-in.log)"
check_in laptop
[ $? = 1 ] || fail "the agent with room again: $(cat check-in.log)"
settled laptop laptop "the agent with room again"
[ "$(sqlite3 "$database" 'PRAGMA integrity_check')" = ok ] || fail "the database is damaged"
finish "a full disk while devices enrol and check in"
