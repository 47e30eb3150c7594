#!/bin/bash
# kill -9 of a real `sallyport serve`, again and again, while devices enrol and renew: a token is
# unused, or its certificate is on record; who asks again with the same key gets the same certificate;
# no certificate that was handed out is unknown afterwards, and none counts that was not recorded.
#
#   enrolment_kill.sh SALLYPORT [ROUNDS]
set -uo pipefail
sallyport=$1
rounds=${2:-5}
for program in curl openssl sqlite3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"
source "$(dirname "$0")/enrolment_support.sh"
make_tls_server renewal_days=365
cd "$work" || exit 1

devices=12
for n in $(seq "$devices"); do make_request "d$n" "/CN=d$n"; enrol_token >"t$n"; done
make_request next /

# Everybody enrols until they are told, and then renews until the server is gone.
device() {  # NUMBER
  local n=$1
  until [ -f "told.$n" ]; do
    [ "$(name=new$n post "d$n.b64" simpleenroll -u "x:$(cat "t$n")" --max-time 5)" = 200 ] || return 0
    mv "new$n.pem" "d$n.pem"
    touch "told.$n"
  done
  for _ in $(seq 100); do
    [ "$(name=new$n post next.b64 simplereenroll --cert "d$n.pem" --key "d$n.key" --max-time 5)" = 200 ] || return 0
    serial_of "new$n" >>"renewed.$n"
  done
}

for round in $(seq "$rounds"); do
  start_server
  workers=()
  # A folder each, since each leaves its last answer in a file.
  for n in $(seq "$devices"); do
    mkdir -p "w$n"
    (cd "w$n" && cp -n ../d"$n".* ../t"$n" ../next.* . 2>/dev/null; device "$n") & workers+=("$!")
  done
  sleep "0.$((100 + RANDOM % 500))"
  kill -KILL "$server"
  wait "$server" 2>/dev/null
  for pid in "${workers[@]}"; do wait "$pid"; done
done

database=$work/data/sallyport.db
[ "$(sqlite3 "$database" 'PRAGMA integrity_check')" = ok ] || fail "the database is damaged"
sqlite3 "$database" "SELECT id FROM documents WHERE kind = 'sallyport.deviceCertificate'" | sort >recorded
cat w*/renewed.* 2>/dev/null | sort -u >told
for n in $(seq "$devices"); do [ -f "w$n/told.$n" ] && serial_of "w$n/d$n"; done | sort >>told
lost=$(sort -u told | comm -23 - recorded)
[ -z "$lost" ] || fail "certificates were handed out and are not on record: ${lost:0:200}"
sqlite3 "$database" "SELECT json_extract(json, '\$.serialNumber') FROM documents
  WHERE kind = 'sallyport.enrolmentToken' AND json_extract(json, '\$.usedDateTime') IS NOT NULL" | sort >used
missing=$(comm -23 used recorded)
[ -z "$missing" ] || fail "tokens were used up for nothing: $missing"
audited=$(sqlite3 "$database" "SELECT count(*) FROM audits WHERE json LIKE '%Issue device certificate%'")
[ "$audited" = "$(wc -l <recorded)" ] || fail "$audited certificates are audited, $(wc -l <recorded) recorded"
known=$(sqlite3 "$database" "SELECT count(*) FROM documents WHERE kind = 'device'")
[ "$known" = "$(wc -l <used)" ] || fail "$known devices for $(wc -l <used) used tokens"

# Whoever was not told asks again, and so does whoever was.
start_server
for n in $(seq "$devices"); do
  [ "$(enroll "d$n" "$(cat "t$n")")" = 200 ] || fail "device $n cannot enrol any more: $(cat answer.body)"
  [ ! -f "w$n/told.$n" ] || cmp -s "d$n.pem" "w$n/d$n.pem" || fail "device $n is given another certificate"
done
known=$(sqlite3 "$database" "SELECT count(*) FROM documents WHERE kind = 'device'")
[ "$known" = "$devices" ] || fail "$known devices for $devices tokens"
finish "kill -9 during enrolment, $rounds times: $(wc -l <recorded) certificates, $(wc -l <used) told before the end"
