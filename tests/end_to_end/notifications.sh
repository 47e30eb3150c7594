#!/bin/bash
# Change notifications of a real `sallyport serve` to a real receiver over HTTPS: validation, what is
# told, a receiver that is away and comes back, kill -9 of the server between a change and its
# notification, and at any moment; a revoked token. Decisions never wait for a receiver.
#
#   notifications.sh SALLYPORT [ROUNDS]
set -u
sallyport=$1
rounds=${2:-3}
for program in curl openssl python3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"
here=$(dirname "$0")

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -addext 'subjectAltName=DNS:localhost' -keyout "$work/hook.key" -out "$work/hook.pem" \
  >"$work/openssl.log" 2>&1 || give_up "no certificate could be made"
hook_port=$(free_port)
hooks=https://localhost:$hook_port
told=$work/told
touch "$told"
start_receiver() {
  python3 "$here/receiver.py" "$hook_port" "$work/hook.pem" "$work/hook.key" "$told" \
    >>"$work/receiver.log" 2>&1 &
  receiver=$!
  processes+=("$receiver")
  wait_for_port "$hook_port" "the receiver"
}
stop_receiver() { kill "$receiver"; wait "$receiver" 2>/dev/null; }

make_company
write_config data/sallyport.db
{
  printf '[notifications]\nallowed_addresses = ["127.0.0.0/8", "::1"]\nauthorities = "hook.pem"\n'
  printf '[api]\nrequests_per_second = 1000000\nburst = 1000000\n'
} >>"$work/sallyport.toml"
"$sallyport" import --data "$work/data" "$work/tenant/users.json" >"$work/import.log" 2>&1 ||
  give_up "the company could not be imported"
start_server
until_it 10 ready || give_up "the server is not ready"
start_receiver

token() { "$sallyport" token create --data "$work/data" "$@" 2>>"$work/token.log"; }
admin=$(token Ada --permission administrator) || give_up "no token could be made"
other=$(token Otto --permission User.Read.All)
json='Content-Type: application/json'
as() { local bearer=$1; shift; curl -s --max-time 20 -H "Authorization: Bearer $bearer" "$@"; }
api() { local name=$1 status=$2 text=$3 bearer=$4; shift 4
  ask "$name" "$status" "$text" -H "Authorization: Bearer $bearer" "$@"; }
id_in() { grep -o '"id":"[0-9a-f-]\{36\}"' | head -n1 | cut -d'"' -f4; }
later=$(date -u -d '+2 days' +%Y-%m-%dT%H:%M:%SZ)
wish() {  # RESOURCE TYPES PATH
  printf '{"changeType":"%s","resource":"%s","notificationUrl":"%s","clientState":"s3cret",' \
    "$2" "$1" "$hooks/$3"
  printf '"lifecycleNotificationUrl":"%s/life","expirationDateTime":"%s"}' "$hooks" "$later"
}
subscriptions=$url/v1.0/subscriptions
new_user() {
  as "$admin" -H "$json" "$url/v1.0/users" \
    -d "{\"displayName\":\"$1\",\"userPrincipalName\":\"$1@example.org\"}" | id_in
}
is_told() { grep -qxF -- "$1" "$told"; }
expect_told() { until_it 20 is_told "$2" || fail "$1: not told: $2; told: $(tail -n 5 "$told")"; }

# ---- who may, and where ----
api "a receiver that gives another token" 400 'ValidationError' "$admin" -H "$json" \
  -d "$(wish users created wrong)" "$subscriptions"
api "a receiver with a certificate of nobody known" 400 'ValidationError' "$admin" -H "$json" \
  -d "$(wish users created hook | sed "s,https://localhost:,https://127.0.0.1:,g")" "$subscriptions"
api "plain http" 400 'must begin with https://' "$admin" -H "$json" \
  -d "$(wish users created hook | sed 's,https:,http:,g')" "$subscriptions"
api "who may not read groups" 403 'Authorization_RequestDenied' "$other" -H "$json" \
  -d "$(wish groups updated hook)" "$subscriptions"
subscription=$(as "$admin" -H "$json" -d "$(wish users created,updated,deleted hook)" \
  "$subscriptions" | id_in)
[ -n "$subscription" ] || give_up "nobody is subscribed"
api "policies, too" 201 "$hooks/hook" "$admin" -H "$json" \
  -d "$(wish identity/conditionalAccess/policies created,updated,deleted hook)" "$subscriptions"
api "its owner sees it" 200 's3cret' "$admin" "$subscriptions/$subscription"
api "nobody else does" 404 'ResourceNotFound' "$other" "$subscriptions/$subscription"
api "nor changes it" 404 'ResourceNotFound' "$other" -X DELETE "$subscriptions/$subscription"

# ---- what is told ----
user=$(new_user one)
expect_told "a new user" "/hook created $user s3cret"
as "$admin" -X PATCH -H "$json" -d '{"displayName":"Other"}' "$url/v1.0/users/$user"
expect_told "a changed user" "/hook updated $user s3cret"
policy=$(as "$admin" -H "$json" -d "$(policy 1 P "\"$(guid bbbbbbbb 1)\"" block)" \
  "$url/v1.0/identity/conditionalAccess/policies" | id_in)
expect_told "a new policy" "/hook created $policy s3cret"

# ---- decisions never wait for a receiver ----
as "$admin" -o /dev/null -H "$json" -d "$(wish users created silent)" "$subscriptions" &
silent=$!
begun=$(date +%s%N)
for _ in 1 2 3 4 5 6 7 8; do decide "while a receiver is silent" 200 '"decision":' 2; done
[ $(($(date +%s%N) - begun)) -lt 8000000000 ] || fail "decisions waited for a receiver"
kill "$silent" 2>/dev/null

# ---- the receiver is away ----
stop_receiver
away=$(new_user away)
sleep 1
is_told "/hook created $away s3cret" && fail "told to nobody"
start_receiver
expect_told "after the receiver was away" "/hook created $away s3cret"

# ---- kill -9 between the change and its notification ----
stop_receiver
kept=$(new_user kept)
kill -KILL "$server"
wait "$server" 2>/dev/null
start_receiver
start_server
expect_told "after kill -9" "/hook created $kept s3cret"

# ---- kill -9 at any moment: whoever was acknowledged is told ----
for round in $(seq "$rounds"); do
  until_it 10 ready || give_up "the server is not ready again after kill -9"
  (for i in $(seq 500); do new_user "r$round-$i" || break; done) >>"$work/acknowledged" 2>/dev/null &
  writer=$!
  sleep "0.$((300 + RANDOM % 600))"
  kill -KILL "$server"
  wait "$server" 2>/dev/null
  kill "$writer" 2>/dev/null
  wait "$writer" 2>/dev/null
  start_server
done
grep . "$work/acknowledged" >"$work/all"
[ "$(wc -l <"$work/all")" -gt "$rounds" ] || fail "hardly a user was acknowledged"
all_told() { ! grep -vxF -f <(grep '^/hook created' "$told" | cut -d' ' -f3) "$work/all" >"$work/lost"; }
until_it 20 all_told || fail "$(wc -l <"$work/lost") changes were never told: $(head -n 3 "$work/lost")"

# ---- the end of it ----
api "renew" 200 '"expirationDateTime":"' "$admin" -X PATCH -H "$json" \
  -d "{\"expirationDateTime\":\"$(date -u -d '+3 days' +%Y-%m-%dT%H:%M:%SZ)\"}" \
  "$subscriptions/$subscription"
api "removed" 204 '' "$admin" -X DELETE "$subscriptions/$subscription"
short=$(as "$other" -H "$json" -d "$(wish users created hook)" "$subscriptions" | id_in)
revoked=$("$sallyport" token list --data "$work/data" --format json | tr -d '\n ' |
  grep -o '"displayName":"Otto","kind":"token","id":"[^"]*"' | cut -d'"' -f12)
"$sallyport" token revoke --data "$work/data" "$revoked" >/dev/null || fail "no token was revoked"
expect_told "a revoked token ends its subscriptions" "/life subscriptionRemoved $short s3cret"
api "and it is audited" 200 'Delete subscription' "$admin" \
  "$url/v1.0/auditLogs/directoryAudits?\$top=20"
ask "counted" 200 'sallyport_notifications_delivered_total' "$url/metrics"
finish "change notifications: $(wc -l <"$work/all") changes around $((rounds + 1)) kill -9, all told"
