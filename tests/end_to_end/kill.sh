#!/bin/bash
# kill -9 of a real `sallyport serve`, again and again, while it decides and while a policy is
# imported: every decision id that a client was given is in the store afterwards, and every import
# that was acknowledged.
#
#   kill.sh SALLYPORT [ROUNDS]
set -u
sallyport=$1
rounds=${2:-6}
for program in curl sqlite3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"

make_company
write_config data/sallyport.db
"$sallyport" import --data "$work/data" "$work/tenant" >"$work/import.log" 2>&1 ||
  give_up "the company could not be imported"
# Everybody is asked for something, so that every answer carries a decision id.
mkdir "$work/policies"
policy 2 "Everybody proves it twice" '"All"' mfa >"$work/tenant/mfa.json"
"$sallyport" import --data "$work/data" "$work/tenant/mfa.json" >>"$work/import.log" 2>&1

# Clients that ask for one user after the other and note the ids they were given.
client() {  # number, round
  local n=$1 round=$2 user
  for i in $(seq 1000); do
    user=$((2 + (round * 2000 + i * 3 + n) % 9990))
    curl -s --max-time 5 "${authzen[@]}" -d "$(question "$user")" "$url/access/v1/evaluation" |
      grep -o '"decision_id":"[^"]*"' >>"$work/told.$n" || return 0
  done
}
# As many sign-ins a call as a gateway sends.
batches() {
  local round=$1 body
  for i in $(seq 1000); do
    body=$(for n in $(seq 20); do
      question $((2 + (round * 1000 + i * 20 + n) % 9990))
      [ "$n" = 20 ] || printf ,
    done)
    curl -s --max-time 5 "${authzen[@]}" -d "{\"evaluations\":[$body]}" \
      "$url/access/v1/evaluations" | grep -o '"decision_id":"[^"]*"' >>"$work/told.batch" || return 0
  done
}
imports() {
  local id
  for i in $(seq 1000); do
    id=$((round * 1000 + i + 100))
    policy "$id" "Policy $id" "\"$(guid bbbbbbbb 1)\"" block >"$work/policies/$id.json"
    "$sallyport" import --data "$work/data" "$work/policies/$id.json" >>"$work/import.log" 2>&1 &&
      guid dddddddd "$id" >>"$work/imported" && echo >>"$work/imported"
  done
}

for round in $(seq "$rounds"); do
  start_server
  until_it 10 ready || give_up "the server is not ready again after kill -9"
  workers=()
  for n in 0 1 2; do client "$n" "$round" & workers+=("$!"); done
  batches "$round" & workers+=("$!")
  imports & importing=$!
  sleep "0.$((300 + RANDOM % 600))"
  kill -KILL "$server"
  wait "$server" 2>/dev/null
  for pid in "${workers[@]}"; do wait "$pid"; done
  kill -KILL "$importing"
  wait "$importing" 2>/dev/null
done

"$sallyport" import --data "$work/data" "$work/tenant" >>"$work/import.log" 2>&1 ||
  fail "the store takes no import after kill -9"
database=$work/data/sallyport.db
[ "$(sqlite3 "$database" 'PRAGMA integrity_check')" = ok ] || fail "the database is damaged"
cut -d'"' -f4 "$work"/told.* | sort -u >"$work/told"
sqlite3 "$database" 'SELECT decision_id FROM sign_ins' | sort -u >"$work/kept"
sqlite3 "$database" 'SELECT id FROM documents' | sort -u >"$work/documents"
lost=$(comm -23 "$work/told" "$work/kept")
[ -z "$lost" ] || fail "$(wc -l <<<"$lost") decisions were told and are lost: ${lost:0:200}"
lost=$(sort -u "$work/imported" | comm -23 - "$work/documents")
[ -z "$lost" ] || fail "imports were acknowledged and are lost: ${lost:0:200}"
told=$(wc -l <"$work/told")
imported=$(wc -l <"$work/imported")
[ "$told" -gt $((rounds * 10)) ] || fail "the clients were told only $told decisions"
[ "$imported" -gt "$rounds" ] || fail "only $imported imports were acknowledged"
# As the administrator finds one again.
one=$(shuf -n1 "$work/told")
"$sallyport" explain --data "$work/data" --decision "$one" >"$work/explain.log" 2>&1
[ $? = 1 ] || fail "the decision $one is not explained: $(cat "$work/explain.log")"
grep -q "Everybody proves it twice" "$work/explain.log" || fail "$one: no policy is named"
finish "kill -9, $rounds times: $told decisions and $imported imports"
