#!/bin/bash
# What a decision over HTTP costs: one AuthZEN question of 1 KB, against nginx that reads the same
# request and answers 204; and a hundred questions in one call.
set -u
sallyport=${SALLYPORT:-@CMAKE_BINARY_DIR@/apps/sallyport/sallyport}
source @CMAKE_CURRENT_BINARY_DIR@/server_support.sh
seconds=1
rounds=9

make_large_company
write_config data/sallyport.db
start_server
nginx_port=$(free_port)
echo "server { listen 127.0.0.1:$nginx_port; location / { return 204; } }" >"$work/nginx"
start_one_nginx "$work/nginx" "$nginx_port"
at=$url/access/v1

# One user after the other, each kind of request has its own. With a second factor they are granted;
# without one they are challenged by several policies, and the answer names them.
cat >"$work/wrk.lua" <<END
local requests, at = {}, 0
local function user(i) return string.format("10000000-0000-4000-8000-%012d", i) end
local function app(i) return string.format("30000000-0000-4000-8000-%012d", i) end
local amr = '["pwd","otp","mfa"]'
local function single(i)
  return string.format('{"subject":{"type":"user","id":"%s","properties":{"department":"%s"}},' ..
    '"action":{"name":"can_access","properties":{"method":"GET"}},' ..
    '"resource":{"type":"app","id":"%s","properties":{"path":"%s"}},' ..
    '"context":{"time":"2026-03-01T12:00:00Z","ip":"192.0.2.%d","client_app":"browser",' ..
    '"platform":"windows","device_id":"41000000-0000-4000-8000-%012d","amr":%s,' ..
    '"user_agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like ' ..
    'Gecko) Chrome/131.0.0.0 Safari/537.36","session":"%s"}}',
    user(i), string.rep("Research ", 12), app(i % 4), string.rep("/reports/2026", 18), i % 250,
    i % 400, amr, string.rep("0123456789abcdef", 6))
end
local function item(i)
  return string.format('{"subject":{"type":"user","id":"%s"},"resource":{"type":"app","id":"%s"},' ..
    '"context":{"ip":"192.0.2.%d","client_app":"browser","platform":"windows",' ..
    '"device_id":"41000000-0000-4000-8000-%012d","amr":%s}}',
    user(i), app(i % 4), i % 250, i % 400, amr)
end
local function batch(n)
  local items = {}
  for i = 0, 99 do items[i + 1] = item(n * 100 + i) end
  return '{"action":{"name":"can_access"},"evaluations":[' .. table.concat(items, ",") .. ']}'
end
function init(args)
  local headers = {["Content-Type"] = "application/json", ["Authorization"] = "Bearer $token"}
  local many = args[1] == "batch"
  local idle = args[1] == "idle"  -- the same bytes, to a page that decides nothing
  local path = idle and "/healthz" or many and "/access/v1/evaluations" or "/access/v1/evaluation"
  local first = args[2] == "with" and 0 or 100
  if args[2] == "without" then amr = '["pwd"]' end
  for i = 1, many and 4 or 100 do
    requests[i] = wrk.format(idle and "GET" or "POST", path, headers,
      many and batch(i + 1) or single(first + i - 1))
  end
  if args[3] then
    local file = io.open(args[3], "w")
    file:write(requests[1]:match("\r\n\r\n(.*)"))
    file:close()
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
END

recorded() {
  curl -s "$url/metrics" |
    awk '$1 == "sallyport_log_written_total" {print $2}'
}

# What is answered to the first request of a kind, once all of that kind are on record: the steady
# state is what is timed.
ask() {  # KIND PROOF PATH
  local before after
  for _ in $(seq 30); do
    before=$(recorded)
    wrk -t1 -c4 -d1s -s "$work/wrk.lua" "$url" -- "$1" "$2" "$work/body" \
      >"$work/wrk.log"
    after=$(recorded)
    [ "$before" != "$after" ] || break
  done
  [ "$before" = "$after" ] || give_up "each \`$1\` request is recorded anew"
  curl -s -d @"$work/body" -H 'Content-Type: application/json' -H "Authorization: Bearer $token" \
    "$at/$3"
}
granted=$(ask single with evaluation)
[ "$granted" = '{"decision":true}' ] || give_up "whoever has proved it twice is told: $granted"
challenged=$(ask single without evaluation)
case $challenged in
  *'"decision":false'*'"missing":["mfa'*) ;;
  *) give_up "whoever has not is told: $challenged" ;;
esac
question_size=$(wc -c <"$work/body")
batch=$(ask batch with evaluations)
[ "$(grep -o '{"decision":true}' <<<"$batch" | wc -l)" = 100 ] || give_up "a batch is told: $batch"

# measure OUTCOME FACTOR KIND PROOF: as load, and every request was decided so, FACTOR times.
measure() {
  local outcome=$1 factor=$2 before after
  shift 2
  before=$(decided "$outcome" authzen)
  load "$seconds" "$url" "$server" -- "$@"
  after=$(decided "$outcome" authzen)
  # Requests under way when wrk stops are decided, but not counted by it.
  [ $((after - before)) -ge $((requests * factor)) ] ||
    give_up "of $requests requests only $((after - before)) decisions were \`$outcome\`"
}

nginx_costs=() idle_costs=() granted_costs=() challenged_costs=() rates=()
for _ in $(seq "$rounds"); do
  load "$seconds" "http://127.0.0.1:$nginx_port" "$nginx_worker" -- single without
  nginx_costs+=("$(quotient "$nanoseconds" "$requests")")
  load "$seconds" "$url" "$server" -- idle without
  idle_costs+=("$(quotient "$nanoseconds" "$requests")")
  measure interrupted 1 single without
  challenged_costs+=("$(quotient "$nanoseconds" "$requests")")
  measure granted 1 single with
  granted_costs+=("$(quotient "$nanoseconds" "$requests")")
  measure granted 100 batch with
  rates+=("$(quotient $((requests * 100)) "$(quotient "$nanoseconds" 1000000000)")")
done

ratios=() granted_ratios=()
for i in "${!nginx_costs[@]}"; do
  ratios+=("$(quotient "${challenged_costs[i]}" "${nginx_costs[i]}")")
  granted_ratios+=("$(quotient "${granted_costs[i]}" "${nginx_costs[i]}")")
done
figure "HTTP: nginx, return 204, POST of $question_size bytes" \
  "$(quotient "$(median "${nginx_costs[@]}")" 1000)" "us CPU"
figure "HTTP: this server, nothing decided" "$(quotient "$(median "${idle_costs[@]}")" 1000)" "us CPU"
figure "HTTP decision, challenged, answer of ${#challenged} bytes" \
  "$(quotient "$(median "${challenged_costs[@]}")" 1000)" "us CPU"
answer "HTTP decision, 1 KB in and out, against nginx" "$(median "${ratios[@]}")" "times" 1.3 less
answer "HTTP decision, granted, against nginx" "$(median "${granted_ratios[@]}")" "times" 1.3 less
answer "HTTP evaluations, 100 sign-ins a call" "$(median "${rates[@]}")" "decisions/s a core" \
  500000 more
