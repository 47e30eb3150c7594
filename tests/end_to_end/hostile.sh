#!/bin/bash
# Whatever a client, an administrator or the disk does to a real `sallyport serve`: a clear error in
# the right shape and status, and the server goes on.
#
#   hostile.sh SALLYPORT
set -u
sallyport=$1
for program in curl sqlite3 awk; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"

make_company
write_config data/sallyport.db 'header_seconds = 2' 'body_seconds = 3'
import() { "$sallyport" import --data "$work/data" "$@" >"$work/import.log" 2>&1; }
import "$work/tenant" || give_up "the company could not be imported"
cp "$work/data/sallyport.db" "$work/good.db"
start_server
evaluation=$url/access/v1/evaluation

# Sends what it reads, and says what comes back until the server closes.
raw() {
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  cat >&3 2>/dev/null
  timeout 5 cat <&3
  exec 3>&-
}
expect() {  # NAME ANSWER TEXT
  case $2 in *"$3"*) ;; *) fail "$1: no '$3' in: ${2:0:500}" ;; esac
}

# --- malformed requests ----------------------------------------------------------------------------
for body in '{' '{"subject":}' 'null' '[]' '"x"' '{"a":1,"a":2}' $'{"a":"\x01"}' $'\xff\xfe{}' '{}x'; do
  ask "malformed JSON $body" 400 '"' "${authzen[@]}" --data-binary "$body" "$evaluation"
done
ask "malformed JSON says where" 400 'not JSON: 1:' "${authzen[@]}" -d '{"subject":}' "$evaluation"
awk 'BEGIN {for (i = 0; i < 5000; ++i) printf "{\"a\":"; printf "1"; for (i = 0; i < 5000; ++i) printf "}"}' \
  >"$work/deep"
ask "deep nesting" 400 'nested deeper than 64 levels' "${authzen[@]}" -d @"$work/deep" "$evaluation"
decide "an unknown user" 200 '"decision":' 99999999
ask "an unknown subject" 200 '"decision":' "${authzen[@]}" "$evaluation" \
  -d '{"subject":{"type":"user","id":"mallory"},"action":{"name":"x"},"resource":{"type":"app","id":"nothing"}}'
ask "an unknown type" 400 'must be `user` or `workload`' "${authzen[@]}" "$evaluation" \
  -d '{"subject":{"type":"martian","id":"m"},"action":{"name":"x"},"resource":{"type":"app","id":"y"}}'
ask "an unknown path" 404 '"code":"notFound"' "$url/nothing"
ask "an unknown user at the door" 403 'does not allow this sign-in' -H 'Remote-User: user1' \
  -H 'X-Forwarded-Method: GET' -H 'X-Forwarded-Proto: https' -H 'X-Forwarded-Uri: /' \
  -H 'X-Forwarded-Host: app.example.org' "$url/forward-auth/caddy"
ask "an unknown host at the door" 403 'No application is set up' -H 'Remote-User: user2' \
  -H 'X-Forwarded-Method: GET' -H 'X-Forwarded-Proto: https' -H 'X-Forwarded-Uri: /' \
  -H 'X-Forwarded-Host: other.example.org' "$url/forward-auth/caddy"
answer=$(printf 'GARBAGE\0\r\n\r\n' | raw)
expect "no HTTP" "$answer" "HTTP/1.1 400"
expect "no HTTP, shape" "$answer" '"error":{"code":"badRequest"'
alive "malformed requests"

# --- too much --------------------------------------------------------------------------------------
answer=$(printf 'POST /access/v1/evaluation HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n' | raw)
expect "1 GB announced" "$answer" "HTTP/1.1 413"
before=$(awk '/VmHWM/ {print $2}' "/proc/$server/status")
head -c 1073741824 /dev/zero | timeout 20 curl -s -T - -X POST "${authzen[@]}" "$evaluation" \
  -o "$work/streamed" -w '%{http_code}' >"$work/streamed.status"
[ "$(cat "$work/streamed.status")" = 413 ] || fail "1 GB streamed: $(cat "$work/streamed.status")"
after=$(awk '/VmHWM/ {print $2}' "/proc/$server/status")
[ $((after - before)) -lt 50000 ] || fail "1 GB streamed took $((after - before)) KB of memory"
long=$(head -c 20000 /dev/zero | tr '\0' a)
ask "a long header" 431 '"error"' -H "X-Bomb: $long" "$url/healthz"
many=()
for i in $(seq 200); do many+=(-H "X-Bomb-$i: x"); done
ask "many headers" 431 'too large or too many' "${many[@]}" "$url/healthz"
ask "a long path" 431 '"error"' "$url/$long"
items=$(awk -v item="$(question 2)" 'BEGIN {for (i = 0; i < 10001; ++i) printf "%s%s", i ? "," : "", item}')
echo "{\"evaluations\":[$items]}" >"$work/many"
ask "too many in a batch" 413 'more than 10000' "${authzen[@]}" -d @"$work/many" \
  "$url/access/v1/evaluations"
alive "too much"

# --- too slow: closed in time, and others are not held up ---------------------------------------------
slow() {  # NAME BEGINNING
  local begun=$SECONDS
  exec 4<>"/dev/tcp/127.0.0.1/$port"
  printf '%s' "$2" >&4
  for _ in $(seq 20); do
    sleep 0.5
    printf 'x' >&4 2>/dev/null || break
    read -r -t 0.01 -u 4 || [ $? -gt 128 ] || break
  done 2>/dev/null
  exec 4>&-
  [ $((SECONDS - begun)) -lt 7 ] || fail "$1 held a connection for $((SECONDS - begun)) s"
}
slow "a header byte by byte" $'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ' & slow_header=$!
slow "a body byte by byte" \
  $'POST /access/v1/evaluation HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n' & slow_body=$!
# Two hundred more that say nothing at all.
silent=()
for _ in $(seq 200); do
  exec {descriptor}<>"/dev/tcp/127.0.0.1/$port"
  silent+=("$descriptor")
done
decide "while others are slow" 200 '{"decision":true}' 3
for descriptor in "${silent[@]}"; do exec {descriptor}>&-; done
wait "$slow_header" "$slow_body"
alive "slow clients"

# --- what administrators import -------------------------------------------------------------------------
printf '{"@odata.type":"#microsoft.graph.conditionalAccessPolicy","id":' >"$work/broken.json"
import "$work/broken.json"
[ $? != 0 ] || fail "a broken document was imported"
grep -q broken.json "$work/import.log" || fail "the broken document is not named"
cat >"$work/cycle.json" <<END
[{"@odata.type":"#microsoft.graph.group","id":"$(guid eeeeeeee 1)","displayName":"One","members":[
  {"@odata.type":"#microsoft.graph.group","id":"$(guid eeeeeeee 2)"},
  {"@odata.type":"#microsoft.graph.user","id":"$(guid bbbbbbbb 4)"}]},
 {"@odata.type":"#microsoft.graph.group","id":"$(guid eeeeeeee 2)","displayName":"Two","members":[
  {"@odata.type":"#microsoft.graph.group","id":"$(guid eeeeeeee 1)"}]}]
END
policy 5 "Members of Two are gone" '"None"' block |
  sed "s/\"includeUsers\": \[\"None\"\]/\"includeGroups\": [\"$(guid eeeeeeee 2)\"]/" >"$work/two.json"
import "$work/cycle.json" "$work/two.json" || fail "a cyclic group: $(cat "$work/import.log")"
in_effect() {  # USER TEXT
  case $(curl -s --max-time 10 "${authzen[@]}" -d "$(question "$1")" "$evaluation") in
    *"$2"*) return 0 ;;
    *) return 1 ;;
  esac
}
until_it 10 in_effect 4 "$(guid dddddddd 5)" || fail "a member through a cycle of groups is let in"
decide "who is in no cycle" 200 '{"decision":true}' 3
alive "a cyclic group"

awk -v app="$app" 'BEGIN {
  printf "["
  for (i = 0; i < 10000; ++i)
    printf "%s{\"@odata.type\":\"#microsoft.graph.conditionalAccessPolicy\"," \
      "\"id\":\"ffffffff-0000-4000-8000-%012d\",\"displayName\":\"Policy %d\",\"state\":\"enabled\"," \
      "\"conditions\":{\"users\":{\"includeUsers\":[\"bbbbbbbb-0000-4000-8000-%012d\"]}," \
      "\"applications\":{\"includeApplications\":[\"%s\"]},\"clientAppTypes\":[\"all\"]}," \
      "\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"block\"]}}\n",
      i ? "," : "", i, i, 5000 + i % 5000, app
  printf "]\n" }' >"$work/policies.json"
import "$work/policies.json" || fail "10,000 policies: $(tail -n 3 "$work/import.log")"
until_it 20 in_effect 5001 '"decision":false' || fail "10,000 policies are not in effect"
decide "with 10,000 policies" 200 '{"decision":true}' 6
decide "with 10,000 policies, blocked by one" 200 "$(guid ffffffff 7)" 5007
alive "10,000 policies"

# --- the database is locked by another program --------------------------------------------------------
decide "before the lock" 200 '{"decision":true}' 7
mkfifo "$work/lock"
lock_database() {
  sqlite3 "$work/data/sallyport.db" <"$work/lock" >"$work/locker.log" 2>&1 & locker=$!
  processes+=("$locker")
  exec 5>"$work/lock"
  printf 'BEGIN EXCLUSIVE;\nSELECT 17;\n' >&5
  until_it 10 grep -q 17 "$work/locker.log" || give_up "the database could not be locked"
}
unlock_database() {
  printf 'ROLLBACK;\n' >&5
  exec 5>&-
  wait "$locker"
}
lock_database
decide "locked, who was in before" 200 '{"decision":true}' 7
decide "locked, somebody new" 503 'could not be recorded' 8
decide "locked, the same again" 503 'could not be recorded' 8
ask "locked, a batch" 503 'could not be recorded' "${authzen[@]}" \
  -d "{\"evaluations\":[$(question 9),$(question 10)]}" "$url/access/v1/evaluations"
ask "locked, at the door" 503 '"error":{"code":"serviceUnavailable"' -H 'Remote-User: user9' \
  -H 'X-Forwarded-Method: GET' -H 'X-Forwarded-Proto: https' -H 'X-Forwarded-Uri: /' \
  -H 'X-Forwarded-Host: app.example.org' "$url/forward-auth/caddy"
says() { curl -s --max-time 10 "$url/$1" | grep -q "$2"; }
until_it 10 says readyz 'locked by another program' || fail "/readyz does not tell of the lock"
unlock_database
until_it 10 in_effect 8 '{"decision":true}' || fail "after the lock nobody new is let in"
until_it 10 ready || fail "after the lock the server is not ready"
# Told to stop while people wait for their records: they get an answer, and whom it lets in is on
# record. Who had not come yet may find nobody.
lock_database
waiting=()
for user in $(seq 11 30); do
  curl -s --max-time 20 "${authzen[@]}" -d "$(question "$user")" "$evaluation" -o "$work/waited.$user" \
    -w '%{http_code}' >"$work/waited.$user.status" & waiting+=("$!")
done
some_wait() { [ "$(curl -s "$url/metrics" | awk '$1 == "sallyport_log_waiting" {print $2}')" -ge 10 ]; }
until_it 10 some_wait || fail "nobody waits for the database"
kill -TERM "$server"
unlock_database
wait "$server" || fail "SIGTERM: exit status $?"
for pid in "${waiting[@]}"; do wait "$pid"; done
let_in=0
answered=0
for user in $(seq 11 30); do
  case $(cat "$work/waited.$user.status" "$work/waited.$user" 2>/dev/null) in
    '200{"decision":true}') let_in=$((let_in + 1)) answered=$((answered + 1)) ;;
    503*'could not be recorded'*) answered=$((answered + 1)) ;;
    000*) ;;
    *) fail "stopping, user $user: $(cat "$work/waited.$user.status" "$work/waited.$user")" ;;
  esac
done
kept=$(sqlite3 "$work/data/sallyport.db" \
  "SELECT count(DISTINCT user_id) FROM sign_ins WHERE user_id BETWEEN
   '$(guid bbbbbbbb 11)' AND '$(guid bbbbbbbb 30)'")
[ "$kept" -ge "$let_in" ] || fail "stopping: $let_in were let in, $kept are on record"
[ "$answered" -ge 10 ] || fail "stopping: only $answered of those who waited were answered"
kept=$(sqlite3 "$work/data/sallyport.db" \
  "SELECT count(DISTINCT user_id) FROM sign_ins WHERE user_id IN
   ('$(guid bbbbbbbb 8)', '$(guid bbbbbbbb 9)', '$(guid bbbbbbbb 10)')")
[ "$kept" = 3 ] || fail "of the three that waited for the lock $kept are on record"

# --- a database that is no good ------------------------------------------------------------------------
refuses_to_start() {  # NAME TEXT
  timeout 20 "$sallyport" serve --config "$work/sallyport.toml" >"$work/refused.log" 2>&1
  local status=$?
  [ "$status" = 2 ] || fail "$1: exit status $status"
  grep -q "$2" "$work/refused.log" || fail "$1: no '$2' in: $(cat "$work/refused.log")"
}
head -c 100000 /dev/urandom >"$work/data/sallyport.db"
refuses_to_start "not a database" "sallyport.db"
printf 'SQLite format 3\0' | cat - /dev/urandom | head -c 100000 >"$work/data/sallyport.db"
refuses_to_start "a damaged database" "sallyport.db"
rm -f "$work"/data/*
sqlite3 "$work/data/sallyport.db" 'CREATE TABLE recipes (name TEXT)'
refuses_to_start "somebody else's database" "sallyport.db"
rm -f "$work"/data/*
# Whole at its head and damaged behind: what is read is refused, never taken for nothing.
cp "$work/good.db" "$work/data/sallyport.db"
size=$(stat -c %s "$work/good.db")
head -c $((size - 40960)) /dev/urandom |
  dd of="$work/data/sallyport.db" bs=4096 seek=10 conv=notrunc status=none
"$sallyport" serve --config "$work/sallyport.toml" >"$work/damaged.log" 2>&1 & server=$!
processes+=("$server")
sleep 2
if kill -0 "$server" 2>/dev/null; then
  decide "a damaged database" 503 '' 3
  ask "a damaged database, readiness" 503 '"error"' "$url/readyz"
  kill -TERM "$server"
fi
wait "$server"
grep -q damaged "$work/damaged.log" || fail "the damage is not told: $(cat "$work/damaged.log")"

# --- the disk is full --------------------------------------------------------------------------------
rm -f "$work"/data/*
cp "$work/good.db" "$work/data/sallyport.db"
# No file of the server may grow past this: the same error as a full disk, for any user.
(
  ulimit -f $((size / 1024 + 600))
  trap '' XFSZ
  exec "$sallyport" serve --config "$work/sallyport.toml"
) >>"$work/full.log" 2>&1 & server=$!
processes+=("$server")
until_it 20 ready || give_up "the server does not start on a nearly full disk"
told=0
refused=0
for first in $(seq 1000 20 4900); do
  body=$(for i in $(seq 20); do question $((first + i)); [ "$i" = 20 ] || printf ,; done)
  status=$(curl -s --max-time 20 -o "$work/full" -w '%{http_code}' "${authzen[@]}" \
    -d "{\"evaluations\":[$body]}" "$url/access/v1/evaluations")
  case $status in
    200) told=$((told + 20)) ;;
    503) refused=$((refused + 1)); [ "$refused" -lt 3 ] || break ;;
    *) fail "the disk is full: status $status" ;;
  esac
done
[ "$refused" -ge 3 ] || fail "the disk never was full"
[ "$told" -gt 0 ] || fail "the disk was full from the start"
grep -q 'could not be recorded' "$work/full" || fail "full disk: $(cat "$work/full")"
ask "full disk, readiness" 503 'free space' "$url/readyz"
alive "a full disk"
kill -KILL "$server"
wait "$server" 2>/dev/null
# With room again everything that was acknowledged is there.
start_server
until_it 20 ready || fail "with room again the server is not ready"
kept=$(sqlite3 "$work/data/sallyport.db" "SELECT count(*) FROM sign_ins WHERE user_id >=
  '$(guid bbbbbbbb 1001)' AND user_id <= '$(guid bbbbbbbb 5000)'")
[ "$kept" -ge "$told" ] || fail "$told sign-ins were acknowledged, $kept are there"
decide "with room again" 200 '{"decision":true}' 4990
alive "all of it"
finish "hostile input"
