#!/bin/bash
# kill -9 of a real `sallyport serve`, again and again, while it writes over the REST interface, one
# by one and in batches: every change that was acknowledged is there afterwards, with its audit
# entry, and no audit entry tells of a change that is not.
#
#   api_kill.sh SALLYPORT [ROUNDS]
set -uo pipefail
sallyport=$1
rounds=${2:-4}
for program in curl sqlite3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"

write_config data/sallyport.db
printf '[api]\nrequests_per_second = 1000000\nburst = 1000000\n' >>"$work/sallyport.toml"
admin=$("$sallyport" token create writer --data "$work/data" --permission administrator 2>/dev/null)
headers=(-H "Authorization: Bearer $admin" -H 'Content-Type: application/json')
told_ids() { grep -o '"id":"[0-9a-f-]\{36\}"' | cut -d'"' -f4; }

writer() {  # number, round: users, one after the other
  for i in $(seq 1000); do
    curl -sf --max-time 5 "${headers[@]}" "$url/v1.0/users" \
      -d "{\"displayName\":\"U\",\"userPrincipalName\":\"u$1-$2-$i@example.org\"}" |
      told_ids >>"$work/told.$1" || return 0
  done
}
batches() {  # round: ten users a batch
  local body n
  for i in $(seq 1000); do
    body=$(for n in $(seq 10); do
      printf '{"id":"%s","method":"POST","url":"/users","headers":{"Content-Type":"application/json"},' "$n"
      printf '"body":{"displayName":"B","userPrincipalName":"b%s-%s-%s@example.org"}}' "$1" "$i" "$n"
      [ "$n" = 10 ] || printf ,
    done)
    curl -sf --max-time 5 "${headers[@]}" "$url/v1.0/\$batch" -d "{\"requests\":[$body]}" |
      told_ids >>"$work/told.batch" || return 0
  done
}

for round in $(seq "$rounds"); do
  start_server
  until_it 10 healthy || give_up "the server does not answer again after kill -9"
  workers=()
  for n in 0 1 2; do writer "$n" "$round" & workers+=("$!"); done
  batches "$round" & workers+=("$!")
  sleep "0.$((300 + RANDOM % 600))"
  kill -KILL "$server"
  wait "$server" 2>/dev/null
  for pid in "${workers[@]}"; do wait "$pid"; done
done

database=$work/data/sallyport.db
[ "$(sqlite3 "$database" 'PRAGMA integrity_check')" = ok ] || fail "the database is damaged"
sort -u "$work"/told.* >"$work/told"
sqlite3 "$database" "SELECT id FROM documents WHERE kind = 'user'" | sort >"$work/users"
sqlite3 "$database" "SELECT target FROM audits WHERE json LIKE '%Add user%'" | sort >"$work/audited"
lost=$(comm -23 "$work/told" "$work/users")
[ -z "$lost" ] || fail "$(wc -l <<<"$lost") acknowledged users are lost: ${lost:0:200}"
cmp -s "$work/users" "$work/audited" || fail "users and audits differ: $(diff "$work/users" "$work/audited" | head -n 5)"
told=$(wc -l <"$work/told")
[ "$told" -gt $((rounds * 10)) ] || fail "only $told writes were acknowledged"
finish "kill -9 during writes and batches, $rounds times: $told acknowledged writes are there"
