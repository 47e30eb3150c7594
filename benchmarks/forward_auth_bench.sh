#!/bin/bash
# What asking at the door costs: a page behind nginx with the lines `sallyport snippet nginx` prints,
# against the same page of the same nginx without them. The page is a file, so that little else is
# measured; no directory, whose index nginx would ask for again. The target is for the socket that is
# a file, which a proxy on the same machine should use; TCP stands beside it.
set -u
sallyport=${SALLYPORT:-@CMAKE_BINARY_DIR@/apps/sallyport/sallyport}
source @CMAKE_CURRENT_BINARY_DIR@/server_support.sh
seconds=1
rounds=9

make_large_company
write_config data/sallyport.db
start_server
mkdir "$work/page"
echo "the page" >"$work/page/page"

# Passwords cost the same on both sides; they are plain, so that it is little.
for i in $(seq 0 99) 4950; do echo "user$i@example.org:{PLAIN}secret"; done >"$work/users"
# guard PORT SERVER: what the snippet prints, before the page.
guard() {
  "$sallyport" snippet nginx --host app.example.org --server "$2" --upstream "http://127.0.0.1:9" \
    --listen "127.0.0.1:$1" --user-file "$work/users" |
    sed "s|proxy_pass http://127.0.0.1:9;|root $work/page;|; s|sallyport_app_example_org|server_$1|"
}
tcp_port=$(free_port)
socket_port=$(free_port)
idle_port=$(free_port)
open_port=$(free_port)
guard "$tcp_port" "$url" >"$work/guarded" || give_up "no snippet"
guard "$socket_port" "unix:$work/sallyport.sock" >"$work/by_socket" || give_up "no snippet"
# Asks for a page of the same server that decides nothing: what asking costs at least. HEAD, because
# nginx drops a connection whose answer has a body.
guard "$idle_port" "$url" | sed 's|/forward-auth/nginx;|/healthz; proxy_method HEAD;|' >"$work/idle"
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
cat "$work/guarded" "$work/by_socket" "$work/idle" "$work/open" >"$work/front"
start_one_nginx "$work/front" "$tcp_port"

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
for at in "$tcp_port" "$socket_port" "$idle_port" "$open_port"; do
  told=$(page user1@example.org secret "$at")
  [ "$told" = "the page" ] || give_up "port $at tells user1: $told"
done
for at in "$tcp_port" "$socket_port"; do
  case $(page user4950@example.org secret "$at") in
    *"does not allow this sign-in"*) ;;
    *) give_up "who left is told: $(page user4950@example.org secret "$at")" ;;
  esac
done
load 2 "http://127.0.0.1:$tcp_port" "$nginx_worker" --  # until all are on record

# hop PORT DECISIONS: sets hop, what the check added for a page, and own, the server's part of it.
hop() {
  local before after used
  before=$(decided granted forward-auth)
  used=$(cpu_of "$server")
  load "$seconds" "http://127.0.0.1:$1" "$nginx_worker" "$server" --
  used=$(($(cpu_of "$server") - used))
  after=$(decided granted forward-auth)
  [ $((after - before)) -ge $((requests * $2)) ] &&
    [ $((after - before)) -le $(((requests + 100) * $2)) ] ||
    give_up "for $requests pages $((after - before)) sign-ins were granted"
  own=$(quotient "$used" $((requests * 1000)))
  hop=$(awk -v all="$nanoseconds" -v n="$requests" -v open="$open" \
    'BEGIN {printf "%.6g", all / n / 1000 - open}')
}

opens=() tcp_hops=() tcp_owns=() socket_hops=() socket_owns=() idle_hops=()
for _ in $(seq "$rounds"); do
  load "$seconds" "http://127.0.0.1:$open_port" "$nginx_worker" --
  open=$(quotient "$nanoseconds" $((requests * 1000)))
  opens+=("$open")
  hop "$tcp_port" 1
  tcp_hops+=("$hop") tcp_owns+=("$own")
  hop "$socket_port" 1
  socket_hops+=("$hop") socket_owns+=("$own")
  hop "$idle_port" 0
  idle_hops+=("$hop")
done
figure "forward-auth, nginx alone" "$(median "${opens[@]}")" "us CPU"
figure "forward-auth over TCP, the server's part" "$(median "${tcp_owns[@]}")" "us CPU"
figure "forward-auth over TCP, nothing decided" "$(median "${idle_hops[@]}")" "us CPU"
figure "forward-auth over TCP, whole hop with nginx" "$(median "${tcp_hops[@]}")" "us CPU"
figure "forward-auth by socket, the server's part" "$(median "${socket_owns[@]}")" "us CPU"
answer "forward-auth by socket, whole hop with nginx" "$(median "${socket_hops[@]}")" "us CPU" 20 less
