#!/bin/bash
# AuthZEN, readiness and metrics of a real `sallyport serve` over HTTP.
#
#   authzen.sh SALLYPORT
set -u
sallyport=$1
command -v curl >/dev/null || { echo "skipped: curl is not installed"; exit 77; }
source "$(dirname "$0")/support.sh"

make_company
write_config data/sallyport.db
start_server
ask "a new store lets nobody in" 503 'the store holds no policy, user or device' "${authzen[@]}" \
  -d "$(question 2)" "$url/access/v1/evaluation"
ask "a new store is not ready" 503 'sallyport import FOLDER' "$url/readyz"
ask "nor is that hidden from the metrics" 200 'sallyport_ready 0' "$url/metrics"
grep -q '"level":"warning","message":"the store holds no policy' "$work/serve.log" ||
  fail "the log does not tell of the empty store: $(cat "$work/serve.log")"
kill -HUP "$server"  # as of a terminal that was closed
wait "$server" || fail "SIGHUP: exit status $?"
grep -q '"message":"stopping","signal":"SIGHUP"' "$work/serve.log" || fail "SIGHUP is not logged"
"$sallyport" import --data "$work/data" "$work/tenant" >"$work/import.log" 2>&1 ||
  give_up "the company could not be imported"
start_server

decide "granted" 200 '{"decision":true}' 2
decide "blocked" 200 '"decision":false' 1
decide "blocked, with the policy" 200 "$(guid dddddddd 1)" 1
decide "blocked, with a decision id" 200 '"decision_id":"' 1
ask "the id of a request comes back" 200 "X-Request-ID: request-17" "${authzen[@]}" \
  -H 'X-Request-ID: request-17' -d "$(question 2)" "$url/access/v1/evaluation"
ask "the id of a refused request comes back" 401 "X-Request-ID: request-18" \
  -H 'X-Request-ID: request-18' -d "$(question 2)" "$url/access/v1/evaluation"
ask "no token" 401 'WWW-Authenticate: Bearer' -H 'Content-Type: application/json' \
  -d "$(question 2)" "$url/access/v1/evaluation"
ask "a wrong token" 401 'bearer token' -H 'Authorization: Bearer wrong' \
  -H 'Content-Type: application/json' -d "$(question 2)" "$url/access/v1/evaluation"
ask "no JSON" 400 'application/json' -H "Authorization: Bearer $token" -d "$(question 2)" \
  "$url/access/v1/evaluation"
ask "a part is missing" 400 '`resource` is missing' "${authzen[@]}" \
  -d '{"subject":{"type":"user","id":"x"},"action":{"name":"y"}}' "$url/access/v1/evaluation"

batch="{\"evaluations\":[$(question 2),$(question 1),{\"subject\":5}]}"
ask "a batch" 200 '{"evaluations":[{"decision":true},{"decision":false' "${authzen[@]}" -d "$batch" \
  "$url/access/v1/evaluations"
ask "a batch with a bad item" 200 '"status":400' "${authzen[@]}" -d "$batch" \
  "$url/access/v1/evaluations"
ask "a batch that ends at the first denial" 200 '"decision":false' "${authzen[@]}" \
  -d "{\"options\":{\"evaluations_semantic\":\"deny_on_first_deny\"},\"evaluations\":[$(question 1),$(question 2)]}" \
  "$url/access/v1/evaluations"
ask "metadata" 200 "\"access_evaluations_endpoint\":\"$url/access/v1/evaluations\"" \
  "$url/.well-known/authzen-configuration"
ask "GET of an evaluation" 405 'Allow: POST' "$url/access/v1/evaluation"

ask "ready" 200 '"ready"' "$url/readyz"
second=$("$sallyport" serve --config "$work/sallyport.toml" 2>&1)
[ $? = 2 ] || fail "a second server on one port: exit status $?"
case $second in *'perhaps a second Sallyport'*) ;; *) fail "a second server: $second" ;; esac
ask "metrics" 200 'sallyport_decisions_total{gate="authzen",outcome="granted"}' "$url/metrics"
blocked=$(curl -s "$url/metrics" |
  awk '$1 == "sallyport_decisions_total{gate=\"authzen\",outcome=\"blocked\"}" {print $2}')
[ "$blocked" = 6 ] || fail "six decisions were blocked, the metrics say $blocked"
records=$(curl -s "$url/metrics" | awk '$1 == "sallyport_log_written_total" {print $2}')
[ "$records" = 2 ] || fail "two sign-ins have a record, the metrics say $records"

printf '{"@odata.type":"#microsoft.graph.user","id":"%s","userType":"Member",%s}' \
  "$(guid bbbbbbbb 2)" '"userPrincipalName":"user2","accountEnabled":false' >"$work/left.json"
"$sallyport" import --data "$work/data" "$work/left.json" >>"$work/import.log" 2>&1
answer_of() { curl -s "${authzen[@]}" -d "$(question "$1")" "$url/access/v1/evaluation"; }
is_disabled() { answer_of 2 | grep -q 'account is disabled'; }
until_it 10 is_disabled || fail "an account that was disabled: $(answer_of 2)"

kill -TERM "$server"
wait "$server" || fail "SIGTERM: exit status $?"
finish "AuthZEN over HTTP"
