#!/bin/bash
# Real nginx and real Caddy before a page, with exactly the lines `sallyport snippet` prints, and a
# real `sallyport serve` behind them.
#
#   proxies.sh SALLYPORT nginx|caddy
#
# Everything listens on 127.0.0.1, lives in a temporary folder and is ended by its process id.
# Exit 77: skipped, a program is missing.
set -u

sallyport=$1
proxy=$2
for program in "$proxy" curl openssl; do
  if ! PATH=$PATH:/usr/sbin command -v "$program" >/dev/null; then
    echo "skipped: $program is not installed"
    exit 77
  fi
done
PATH=$PATH:/usr/sbin

. "$(dirname "$0")/support.sh"

# --- certificates: the site's, a device's, and a device's of somebody else's authority ------------
certify() {  # name, subject, extensions, authority
  openssl req -newkey rsa:2048 -nodes -keyout "$work/$1.key" -subj "$2" \
    -out "$work/$1.csr" 2>/dev/null
  printf '%s\n' "$3" >"$work/$1.ext"
  openssl x509 -req -in "$work/$1.csr" -CA "$work/$4.pem" -CAkey "$work/$4.key" -days 2 \
    -CAcreateserial -extfile "$work/$1.ext" -out "$work/$1.pem" 2>/dev/null
}
for authority in device-ca other-ca; do
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout "$work/$authority.key" \
    -subj "/CN=$authority" -out "$work/$authority.pem" 2>/dev/null
done
laptop=11111111-2222-4333-8444-555555555555
certify site "/CN=app.example.org" "subjectAltName=DNS:app.example.org,DNS:managed.example.org" \
  device-ca
certify laptop "/CN=laptop" "subjectAltName=URI:urn:sallyport:device:$laptop" device-ca
certify stranger "/CN=laptop" "subjectAltName=URI:urn:sallyport:device:$laptop" other-ca

# --- the tenant -----------------------------------------------------------------------------------
mkdir "$work/tenant"
managed=aaaaaaaa-0000-4000-8000-000000000002
alice=bbbbbbbb-0000-4000-8000-000000000001
bob=bbbbbbbb-0000-4000-8000-000000000002
carol=bbbbbbbb-0000-4000-8000-000000000003
cat >"$work/tenant/directory.json" <<END
[{"@odata.type": "#microsoft.graph.user", "id": "$alice", "userPrincipalName": "alice",
  "userType": "Member", "displayName": "Alice"},
 {"@odata.type": "#microsoft.graph.user", "id": "$bob", "userPrincipalName": "bob",
  "userType": "Member", "displayName": "Bob"},
 {"@odata.type": "#microsoft.graph.user", "id": "$carol", "userPrincipalName": "carol",
  "userType": "Member", "displayName": "Carol"},
 {"@odata.type": "#microsoft.graph.device", "id": "cccccccc-0000-4000-8000-000000000001",
  "deviceId": "$laptop", "displayName": "laptop", "isCompliant": true, "isManaged": true,
  "trustType": "AzureAd"}]
END
policy 1 "Bob is gone" "\"$bob\"" block >"$work/tenant/1.json"
policy 2 "Carol proves it twice" "\"$carol\"" mfa >"$work/tenant/2.json"
policy 3 "Managed devices only" '"All"' compliantDevice "$managed" >"$work/tenant/3.json"

write_config data/sallyport.db
sed -i '/^\[forward_auth\]/a device_authority = "device-ca.pem"\nstep_up_url = "https://login.example.org/step-up"' \
  "$work/sallyport.toml"
printf '[[application]]\nhost = "managed.example.org"\nid = "%s"\n' "$managed" >>"$work/sallyport.toml"
"$sallyport" lint config "$work/sallyport.toml" || give_up "the configuration has problems"
"$sallyport" import --data "$work/data" "$work/tenant" >"$work/import.log" 2>&1 ||
  give_up "the tenant could not be imported"
start_server

# --- the proxy, from the snippet -------------------------------------------------------------------
plain_port=$(free_port)
tls_port=$(free_port)
page_port=$(free_port)
page=http://127.0.0.1:$page_port
socket=unix:$work/sallyport.sock  # of the server that the second host asks
tls=(--certificate "$work/site.pem" --certificate-key "$work/site.key" --device-ca "$work/device-ca.pem")

serve_nginx() {
  for user in alice bob carol; do
    echo "$user:$(openssl passwd -apr1 secret)" >>"$work/users"
  done
  {
    echo "server { listen 127.0.0.1:$page_port; location / { default_type text/plain;"
    echo '  return 200 "the page for <$http_remote_user>\n"; }'
    echo 'location /app-403 { return 403 "the page says no\n"; } }'
    "$sallyport" snippet nginx --host app.example.org --server "$url" --upstream "$page" \
      --listen "127.0.0.1:$plain_port" --user-file "$work/users"
    "$sallyport" snippet nginx --host managed.example.org --server "$socket" --upstream "$page" \
      --listen "127.0.0.1:$tls_port" --user-file "$work/users" "${tls[@]}"
  } >"$work/front"
  start_nginx "$work/front" "$plain_port"
}

serve_caddy() {
  local hash users=()
  hash=$(caddy hash-password --plaintext secret)
  for user in alice bob carol; do users+=(--basic-user "$user $hash"); done
  {
    printf '{\n\tadmin off\n\tauto_https off\n\tskip_install_trust\n}\n'
    printf 'http://:%s {\n\tbind 127.0.0.1\n\trespond /app-403 "the page says no" 403\n' "$page_port"
    printf '\trespond "the page for <{http.request.header.Remote-User}>"\n}\n'
    "$sallyport" snippet caddy --host app.example.org --server "$url" --upstream "$page" \
      --listen "127.0.0.1:$plain_port" "${users[@]}"
    "$sallyport" snippet caddy --host managed.example.org --server "$socket" --upstream "$page" \
      --listen "127.0.0.1:$tls_port" "${users[@]}" "${tls[@]}"
  } >"$work/Caddyfile"
  HOME=$work caddy run --config "$work/Caddyfile" --adapter caddyfile >"$work/caddy.log" 2>&1 &
  processes+=("$!")
}

"serve_$proxy"
wait_for_port "$plain_port" "$proxy"
wait_for_port "$tls_port" "$proxy"

# --- what a person sees ----------------------------------------------------------------------------
plain=(--resolve "app.example.org:$plain_port:127.0.0.1")
at="http://app.example.org:$plain_port"
browser=(-H 'Accept: text/html')

ask "allowed" 200 "the page for <alice>" "${plain[@]}" -u alice:secret "$at/"
ask "allowed, posting" 200 "the page for <alice>" "${plain[@]}" -u alice:secret -d some=thing "$at/"
ask "the page's own refusal" 403 "the page says no" "${plain[@]}" -u alice:secret "$at/app-403"
ask "blocked, reason" 403 "does not allow this sign-in" "${plain[@]}" "${browser[@]}" \
  -u bob:secret "$at/"
ask "blocked, decision id" 403 "give your help desk this number: <code>" "${plain[@]}" \
  "${browser[@]}" -u bob:secret "$at/"
ask "blocked program" 403 '"error":"blocked"' "${plain[@]}" -u bob:secret "$at/"
ask "challenged browser" 302 "https://login.example.org/step-up?rd=http%3A%2F%2Fapp.example.org" \
  "${plain[@]}" "${browser[@]}" -u carol:secret "$at/deep?a=b"
ask "challenged browser, counted" 302 "sallyport_step_up=1" "${plain[@]}" "${browser[@]}" \
  -u carol:secret "$at/"
ask "challenged too often" 403 "ask your help desk" "${plain[@]}" "${browser[@]}" \
  -H 'Cookie: sallyport_step_up=2' -u carol:secret "$at/"
ask "challenged program" 401 "insufficient_user_authentication" "${plain[@]}" -u carol:secret "$at/"
ask "signed out" 401 "Basic" "${plain[@]}" "$at/"
ask "wrong password" 401 "!the page" "${plain[@]}" -u alice:wrong "$at/"
ask "spoofed user" 401 "!the page" "${plain[@]}" -H 'Remote-User: alice' "$at/"
ask "spoofed user over a real one" 403 "!the page" "${plain[@]}" -H 'Remote-User: alice' \
  -u bob:secret "$at/"
ask "spoofed name at the page" 200 "the page for <alice>" "${plain[@]}" -H 'Remote-User: root' \
  -u alice:secret "$at/"
ask "spoofed forwarding headers" 403 "!the page" "${plain[@]}" -u bob:secret \
  -H 'X-Original-URL: http://managed.example.org/' -H 'X-Forwarded-Host: managed.example.org' \
  -H 'X-Forwarded-Uri: /x' "$at/"
ask "ambiguous path" 403 "ambiguous" "${plain[@]}" --path-as-is -u alice:secret "$at/a%2fb"
ask "spoofing Sallyport itself" 200 "the page for <alice>" "${plain[@]}" -u alice:secret \
  -H 'X-Sallyport-Answer: {"outcome":"blocked"}' "$at/"

tls_to=(--resolve "managed.example.org:$tls_port:127.0.0.1" --cacert "$work/device-ca.pem")
tls_at="https://managed.example.org:$tls_port"
device() { echo --cert "$work/$1.pem" --key "$work/$1.key"; }
# shellcheck disable=SC2046  # two words
ask "managed device" 200 "the page for <alice>" "${tls_to[@]}" $(device laptop) \
  -u alice:secret "$tls_at/"
ask "no device" 403 "a device that your organisation manages" "${tls_to[@]}" "${browser[@]}" \
  -u alice:secret "$tls_at/"
pem=$(sed ':a;N;$!ba;s/\n/%0A/g;s/ /%20/g;s/+/%2B/g;s/\//%2F/g;s/=/%3D/g' "$work/laptop.pem")
ask "spoofed certificate header" 403 "!the page" "${tls_to[@]}" -H "X-Client-Cert: $pem" \
  -u alice:secret "$tls_at/"
# shellcheck disable=SC2046
stranger=$(curl -s -o /dev/null --max-time 10 "${tls_to[@]}" $(device stranger) -u alice:secret \
  -w '%{http_code}' "$tls_at/")
[ "$stranger" != 200 ] || fail "a certificate of another authority was let in"

ask "a peer that is no proxy" 400 "no trusted proxy" \
  --interface 127.0.0.2 -H 'Remote-User: alice' -H 'X-Forwarded-Method: GET' \
  -H 'X-Forwarded-Proto: http' -H 'X-Forwarded-Host: app.example.org' -H 'X-Forwarded-Uri: /' \
  "$url/forward-auth/caddy"

# A change counts for the next decision, without a restart.
policy 4 "Alice is gone, too" "\"$alice\"" block >"$work/tenant/4.json"
"$sallyport" import --data "$work/data" "$work/tenant/4.json" >>"$work/import.log" 2>&1
for _ in $(seq 50); do
  changed=$(curl -s -o /dev/null "${plain[@]}" -u alice:secret -w '%{http_code}' "$at/")
  [ "$changed" = 403 ] && break
  sleep 0.1
done
[ "$changed" = 403 ] || fail "an imported policy is not in effect: $changed"

ask "metrics" 200 'sallyport_decisions_total{gate="forward-auth",outcome="blocked"}' "$url/metrics"
ask "ready" 200 '"ready"' "$url/readyz"

# Our server stopped: closed.
kill -TERM "$server"
wait "$server"
status=$?
[ "$status" = 0 ] || fail "SIGTERM: exit status $status"
[ "$proxy" = nginx ] && closed=500 || closed=502
ask "server stopped" "$closed" "!the page" "${plain[@]}" -u carol:secret "$at/"

finish "the door of $proxy"
