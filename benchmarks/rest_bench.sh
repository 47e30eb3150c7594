#!/bin/bash
# What the REST interface costs: one document read, the list of 240 policies, a page of 100 of many
# users by a filter that an index serves, and one whose second condition leaves out nearly all;
# writes that are on the disk when they are answered, and what they take from decisions.
set -u
sallyport=${SALLYPORT:-@CMAKE_BINARY_DIR@/apps/sallyport/sallyport}
source @CMAKE_CURRENT_BINARY_DIR@/server_support.sh
users=${USERS:-1000000}
rounds=5
seconds=1

threads=2
write_config data/sallyport.db
printf '[api]\nrequests_per_second = 1000000\nburst = 1000000\n' >>"$work/sallyport.toml"
awk -v n="$users" 'BEGIN {
  srand(7)
  for (i = 0; i < n; ++i)
    printf "{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"bbbbbbbb-0000-4000-8000-%012d\"," \
      "\"userType\":\"Member\",\"displayName\":\"%c%c user %d\"," \
      "\"userPrincipalName\":\"user%d@example.org\"}\n",
      i, 97 + int(rand() * 26), 97 + int(rand() * 26), i, i }' >"$work/users.jsonl"
for i in $(seq 240); do policy "$i" "Policy $i" '"All"' mfa; done |
  awk 'BEGIN { print "[" } /^\{/ && NR > 1 { printf "," } { print } END { print "]" }' \
    >"$work/policies.json"
"$sallyport" import --data "$work/data" "$work/users.jsonl" "$work/policies.json" \
  >"$work/import.log" 2>&1 || give_up "the tenant could not be imported"
admin=$("$sallyport" token create bench --data "$work/data" --permission administrator 2>/dev/null)
start_server
until_it 120 ready || give_up "the server is not ready"
ca=$url/v1.0/identity/conditionalAccess
bearer="Authorization: Bearer $admin"

cat >"$work/writes.lua" <<'END'
local n, who = 0, tostring({}):sub(8)
request = function()
  n = n + 1
  return wrk.format("POST", nil, nil, '{"displayName":"W","userPrincipalName":"' .. who .. "-" .. n ..
    '@example.org"}')
end
END

# A thousand a second at most: each of 16 connections waits 16 ms after an answer.
{ cat "$work/writes.lua"; echo 'delay = function() return 16 end'; } >"$work/thousand.lua"
cat >"$work/decide.lua" <<END
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '$(question 5)'
END

# ask_for SECONDS URL wrk-arguments...: sets requests and nanoseconds of CPU.
ask_for() {
  local before after output length=$1 target=$2
  shift 2
  before=$(cpu_of "$server")
  output=$(wrk -t1 -c16 -d"${length}s" -H "$bearer" -H 'Content-Type: application/json' "$@" "$target" 2>&1)
  after=$(cpu_of "$server")
  requests=$(grep -o '[0-9]* requests in' <<<"$output" | cut -d' ' -f1)
  nanoseconds=$((after - before))
  case $output in *Non-2xx*) give_up "not every answer was a good one: $output" ;; esac
}
# Correct before fast: as many rows as there must be.
rows() { curl -s -g -H "$bearer" "$1" | grep -o '"@odata.etag"' | wc -l; }
page="$url/v1.0/users?\$top=100&\$filter=startswith(displayName,'a')"
[ "$(rows "$ca/policies?\$top=240")" = 240 ] || give_up "there are not 240 policies"
[ "$(rows "$page")" = 100 ] || give_up "the page has not 100 users"

narrow="$url/v1.0/users?\$top=50&\$filter=startswith(displayName,'a')%20and%20endswith(displayName,'77')"
[ "$(rows "$narrow")" -gt 0 ] || give_up "the page whose second condition leaves out most has none"

one_costs=() list_costs=() page_costs=() narrow_costs=() write_rates=()
for _ in $(seq "$rounds"); do
  ask_for "$seconds" "$ca/policies/$(guid dddddddd 7)"
  one_costs+=("$(quotient "$requests" "$(quotient "$nanoseconds" 1000000000)")")
  ask_for "$seconds" "$ca/policies?\$top=240"
  list_costs+=("$(quotient "$(quotient "$nanoseconds" "$requests")" 1000000)")
  ask_for "$seconds" "$page"
  page_costs+=("$(quotient "$(quotient "$nanoseconds" "$requests")" 1000000)")
  ask_for "$seconds" "$narrow"
  narrow_costs+=("$(quotient "$(quotient "$nanoseconds" "$requests")" 1000000)")
  ask_for "$seconds" "$url/v1.0/users" -s "$work/writes.lua"
  write_rates+=("$(quotient "$requests" "$seconds")")
done
# How many decisions a second, alone and while a thousand users a second are created.
decisions() {
  wrk -t1 -c16 -d2s -H "Authorization: Bearer $token" -s "$work/decide.lua" \
    "$url/access/v1/evaluation" | awk '/Requests\/sec/ {print $2}'
}
alone=() beside=() written=()
for _ in $(seq "$rounds"); do
  alone+=("$(decisions)")
  wrk -t1 -c16 -d4s -H "$bearer" -H 'Content-Type: application/json' -s "$work/thousand.lua" \
    "$url/v1.0/users" >"$work/thousand.out" 2>&1 &
  writer=$!
  sleep 1
  beside+=("$(decisions)")
  wait "$writer"
  written+=("$(awk '/Requests\/sec/ {print $2}' "$work/thousand.out")")
done

answer "REST: one policy read" "$(median "${one_costs[@]}")" "a second and core" 50000 more
answer "REST: list of 240 policies" "$(median "${list_costs[@]}")" "ms CPU" 2 less
answer "REST: 100 of $users users by an indexed filter" "$(median "${page_costs[@]}")" "ms CPU" 20 less
answer "REST: likewise with a second condition that leaves out 99 of 100" "$(median "${narrow_costs[@]}")" "ms CPU" 20 less
answer "REST: users created, each on the disk" "$(median "${write_rates[@]}")" "a second" 1000 more
answer "REST: decisions beside $(median "${written[@]}" | cut -d. -f1) users created a second" \
  "$(quotient "$(median "${beside[@]}")" "$(median "${alone[@]}")")" "of those alone" 0.8 more
