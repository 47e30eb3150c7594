#!/bin/bash
# What asking at the door costs: a page behind nginx with the lines `sallyport snippet nginx` prints,
# against the same page of the same nginx without them. The page is a file, so that little else is
# measured; no directory, whose index nginx would ask for again.
set -u
sallyport=${SALLYPORT:-@CMAKE_BINARY_DIR@/apps/sallyport/sallyport}
source @CMAKE_CURRENT_BINARY_DIR@/server_support.sh
seconds=3
rounds=3

make_large_company
write_config data/sallyport.db
start_server
guarded_port=$(free_port)
open_port=$(free_port)
mkdir "$work/page"
echo "the page" >"$work/page/page"

# Passwords cost the same on both sides; they are plain, so that it is little.
for i in $(seq 0 99) 4950; do echo "user$i@example.org:{PLAIN}secret"; done >"$work/users"
"$sallyport" snippet nginx --host app.example.org --server "$url" \
  --upstream "http://127.0.0.1:9" --listen "127.0.0.1:$guarded_port" \
  --user-file "$work/users" | sed "s|proxy_pass http://127.0.0.1:9;|root $work/page;|" \
  >"$work/guarded" || give_up "no snippet"
# The same server without the check: everything that asks or passes on the answer is left out.
awk -v port="$open_port" '
  /location = \/_sallyport\/check|Shows the person/ {exit}
  /^upstream/ {skip = 1}
  !skip && !/auth_request|error_page|sallyport_remote/ {
    sub(/listen [^;]*/, "listen 127.0.0.1:" port)
    print
  }
  skip && /^}/ {skip = 0}
  END {print "}"}' "$work/guarded" >"$work/open"
cat "$work/guarded" "$work/open" >"$work/front"
start_one_nginx "$work/front" "$guarded_port"

cat >"$work/wrk.lua" <<END
local requests, at = {}, 0
local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function base64(text)
  return ((text:gsub(".", function(c)
    local bits, byte = "", c:byte()
    for i = 8, 1, -1 do bits = bits .. (byte % 2 ^ i - byte % 2 ^ (i - 1) > 0 and "1" or "0") end
    return bits
  end) .. "0000"):gsub("%d%d%d?%d?%d?%d?", function(bits)
    if #bits < 6 then return "" end
    local n = 0
    for i = 1, 6 do n = n + (bits:sub(i, i) == "1" and 2 ^ (6 - i) or 0) end
    return letters:sub(n + 1, n + 1)
  end) .. ({"", "==", "="})[#text % 3 + 1])
end
function init()
  for i = 0, 99 do
    requests[i + 1] = wrk.format("GET", "/page?number=" .. i, {
      Host = "app.example.org",
      Authorization = "Basic " .. base64("user" .. i .. "@example.org:secret"),
      Accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) " ..
        "Chrome/131.0.0.0 Safari/537.36"})
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
END

page() { curl -s -u "$1:$2" -H 'Host: app.example.org' -A 'Linux' "http://127.0.0.1:$3/page"; }
for port in "$guarded_port" "$open_port"; do
  told=$(page user1@example.org secret "$port")
  [ "$told" = "the page" ] || give_up "port $port tells user1: $told"
done
case $(page user4950@example.org secret "$guarded_port") in
  *"does not allow this sign-in"*) ;;
  *) give_up "who left is told: $(page user4950@example.org secret "$guarded_port")" ;;
esac
load 2 "http://127.0.0.1:$guarded_port" "$nginx_worker" --  # until all are on record

hops=() servers=()
for _ in $(seq "$rounds"); do
  load "$seconds" "http://127.0.0.1:$open_port" "$nginx_worker" --
  open=$(quotient "$nanoseconds" "$requests")
  before=$(decided granted forward-auth)
  own=$(cpu_of "$server")
  load "$seconds" "http://127.0.0.1:$guarded_port" "$nginx_worker" "$server" --
  own=$(($(cpu_of "$server") - own))
  after=$(decided granted forward-auth)
  [ $((after - before)) -ge "$requests" ] && [ $((after - before)) -le $((requests + 100)) ] ||
    give_up "for $requests pages $((after - before)) sign-ins were granted"
  servers+=("$(quotient "$own" "$requests")")
  hops+=("$(awk -v all="$(quotient "$nanoseconds" "$requests")" -v open="$open" \
    'BEGIN {printf "%.6g", (all - open) / 1000}')")
done
figure "forward-auth, nginx alone" "$(quotient "$open" 1000)" "us CPU"
figure "forward-auth, the server's part" "$(quotient "$(median "${servers[@]}")" 1000)" "us CPU"
answer "forward-auth, whole hop with nginx" "$(median "${hops[@]}")" "us CPU" 20 less
