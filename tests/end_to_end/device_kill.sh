#!/bin/bash
# kill -9 of the agent and of the server at one step after the other of enrolment and of check-in: a
# step is a write, a sync or a message. Nothing that was acknowledged is lost, no token gives two
# devices, every report arrives, the verdict afterwards is the judge's on the last one, and a laptop
# that is not compliant is let in by nginx at no moment.
#
#   device_kill.sh SALLYPORT SALLYPORT-AGENT FAULTS [STRIDE [SEED]]
#
# Of STRIDE steps of the server one is tried, and of half as many of the agent, beginning where SEED
# says: with 1, each.
set -uo pipefail
sallyport=$1
agent=$2
faults=$3
stride=${4:-9}
seed=${5:-$RANDOM}
for program in curl openssl sqlite3 python3 nginx; do
  PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"
source "$(dirname "$0")/enrolment_support.sh"
source "$(dirname "$0")/device_machine.sh"
source "$(dirname "$0")/device_support.sh"
make_device_company
cd "$work" || exit 1
RANDOM=$seed
steps() { seq $((1 + RANDOM % $1)) "$1" 600; }  # STRIDE

kill_server_at() { echo "$1" >faults/kill; }
# Whether the server died of what was planned; a new one is there afterwards.
server_died() {
  local died=1
  rm -f faults/kill
  # It may be about to, or be planning still.
  kill -0 "$server" 2>/dev/null && curl -s -o /dev/null --max-time 5 "${trust[@]}" "$url/healthz" || died=0
  kill -KILL "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  start_faulty_server
  return "$died"
}

start_faulty_server
tokens=0

# ---- the agent, while it enrols ----
agent_enrolling=0
for n in $(steps $((stride / 2 + 1))); do
  token=$(enrol_token --user user2)
  tokens=$((tokens + 1))
  at_step "$n" "$agent" enrol --server "$url" --token "$token" --ca tls.pem --state "a$n" --root "$machine"
  [ $? = 137 ] || break
  agent_enrolling=$((agent_enrolling + 1))
  enrol_agent "a$n" "$token" || fail "killed at step $n, the agent cannot enrol any more: $(tail -n 2 agent.log)"
  [ -z "$(ls "a$n/spool")" ] || fail "killed at step $n, reports are left"
done

# ---- the server, while a device enrols ----
server_enrolling=0
for n in $(steps "$stride"); do
  token=$(enrol_token --user user2)
  tokens=$((tokens + 1))
  kill_server_at "$n"
  enrol_agent "s$n" "$token"
  server_died || break
  server_enrolling=$((server_enrolling + 1))
  enrol_agent "s$n" "$token" || fail "the server killed at step $n, the token is lost: $(tail -n 2 agent.log)"
  take_certificate "s$n" enrolled && settled "s$n" enrolled "the server killed at step $n of enrolment" compliant
done
[ "$(count_of device)" = "$tokens" ] || fail "$(count_of device) devices for $tokens tokens"
used=$(sqlite3 "$database" "SELECT count(*) FROM documents WHERE kind = 'sallyport.enrolmentToken'
  AND json_extract(json, '\$.usedDateTime') IS NOT NULL")
[ "$used" = "$tokens" ] || fail "$used of $tokens tokens are used"
[ "$(sqlite3 "$database" "SELECT count(*) FROM audits WHERE json LIKE '%Issue device certificate%'")" = "$(count_of sallyport.deviceCertificate)" ] ||
  fail "audits and certificates differ"

# ---- the laptop, at nginx ----
enrol_agent laptop "$(enrol_token --user user2)" || give_up "the laptop could not enrol"
take_certificate laptop laptop
door=$(free_port)
page=$(free_port)
echo "user2:$(openssl passwd -apr1 secret)" >users
{
  echo "server { listen 127.0.0.1:$page; location / { return 200 page; } }"
  "$sallyport" snippet nginx --host app.example.org --server "unix:$work/sallyport.sock" \
    --upstream "http://127.0.0.1:$page" --listen "127.0.0.1:$door" --user-file "$work/users" \
    --certificate "$work/tls.pem" --certificate-key "$work/tls.key" \
    --device-ca "$work/data/authority/device-authority.pem"
} >front
start_nginx "$work/front" "$door"
through_nginx() {
  curl -sk -o /dev/null --max-time 5 --resolve "app.example.org:$door:127.0.0.1" -u user2:secret \
    --cert laptop.pem --key laptop.key -w '%{http_code}' "https://app.example.org:$door/"
}
until_it 10 eval '[ "$(through_nginx)" = 200 ]' || fail "a compliant laptop is not let in by nginx"
# While `shut` is there, the server has acknowledged that the laptop is not compliant.
asked=asked.log
watch_door() {
  while [ ! -f over ]; do
    if [ -f shut ]; then
      local got=$(through_nginx)
      [ -f shut ] && echo "$got" >>$asked
    else
      sleep 0.02
    fi
  done
}
watch_door & watcher=$!
change() {  # the machine, to the other state
  rm -f shut
  if [ "${disk:-encrypted}" = encrypted ]; then disk=decrypted; else disk=encrypted; fi
  "$disk" "$machine"
}
told() { if [ "$disk" = decrypted ]; then touch shut; fi; }

declare -A judged
change
judged[$disk]=$(judged laptop)
change
judged[$disk]=$(judged laptop)
[ "${judged[*]}" = "compliant noncompliant" ] || [ "${judged[*]}" = "noncompliant compliant" ] || fail "the judge says: ${judged[*]}"

# ---- the agent, while it checks in ----
agent_reporting=0
for n in $(steps $((stride / 2 + 1))); do
  change
  at_step "$n" "$agent" check-in --state laptop --root "$machine"
  [ $? = 137 ] || break
  agent_reporting=$((agent_reporting + 1))
  waiting=$(ls laptop/spool | grep 'json$' | tail -n 1 | sed 's/^0*//; s/\.json//')
  check_in laptop
  [ $? != 2 ] || fail "killed at step $n, the agent cannot check in: $(cat check-in.log)"
  [ "$(acknowledged_to laptop)" -ge "${waiting:-0}" ] || fail "killed at step $n, report $waiting is lost"
  told
  settled laptop laptop "the agent killed at step $n of a check-in" "${judged[$disk]}"
done

# ---- the server, while a device checks in ----
server_reporting=0
for n in $(steps "$stride"); do
  change
  kill_server_at "$n"
  check_in laptop
  server_died || break
  server_reporting=$((server_reporting + 1))
  [ "$(report laptop 1 true)" = 200 ] && [ "$(member acceptedSequence)" -ge "$(acknowledged_to laptop)" ] ||
    fail "the server killed at step $n, $(acknowledged_to laptop) was acknowledged and is lost: $(cat answer.body)"
  check_in laptop
  [ $? != 2 ] || fail "the server killed at step $n, the agent cannot check in: $(cat check-in.log)"
  told
  settled laptop laptop "the server killed at step $n of a check-in" "${judged[$disk]}"
done
touch over
wait "$watcher"
grep -q 200 $asked && fail "nginx let in a laptop that was not compliant: $(sort $asked | uniq -c)"
[ "$(grep -c . $asked)" -gt 3 ] || fail "the door was asked only $(grep -c . $asked) times"
for count in agent_enrolling server_enrolling agent_reporting server_reporting; do
  [ "${!count}" -ge 2 ] || fail "$count: killed only ${!count} times"
done
[ "$(sqlite3 "$database" 'PRAGMA integrity_check')" = ok ] || fail "the database is damaged"
finish "kill -9 (seed $seed): the agent $agent_enrolling + $agent_reporting times, the server $server_enrolling + $server_reporting times"
