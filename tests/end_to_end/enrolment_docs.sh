#!/bin/bash
# The commands of docs/enrolment.md, pasted as they are, in their order.
#
#   enrolment_docs.sh SALLYPORT
set -uo pipefail
sallyport=$(realpath "$1")
for program in curl openssl sqlite3 scepclient; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
document=$(cd "$(dirname "$0")/../.." && pwd)/docs/enrolment.md
source "$(dirname "$0")/support.sh"
source "$(dirname "$0")/enrolment_support.sh"

# The configuration that the page shows, at a free port; then a second server for SCEP's plain HTTP.
port=$(free_port)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/tls.key" \
  -out "$work/tls.pem" -subj /CN=localhost -addext subjectAltName=DNS:localhost -days 10 2>/dev/null
awk '/^```toml/ { on = 1; next } /^```/ { on = 0 } on' "$document" |
  sed "s/port = 8443/port = $port/" >"$work/sallyport.toml"
cp "$work/tls.pem" "$work/tpm-makers.pem"
echo 'renewal_days = 365' >>"$work/sallyport.toml"
mkdir "$work/tenant"
printf '{"@odata.type":"#microsoft.graph.user","id":"%s","userPrincipalName":"alice@example.org"}' \
  "$(guid bbbbbbbb 3)" >"$work/tenant/user.json"
"$sallyport" import --data "$work/data" "$work/tenant" >"$work/import.log" 2>&1 || give_up "no people"
start_server
https=$port
port=$(free_port)
sed "s/port = .*/port = $port/; /^tls_/d; s/^renewal_days.*/scep_legacy_algorithms = true/" \
  "$work/sallyport.toml" >"$work/plain.toml"
mv "$work/sallyport.toml" "$work/https.toml" && cp "$work/plain.toml" "$work/sallyport.toml"
start_server

mkdir "$work/bin" && ln -s "$sallyport" "$work/bin/sallyport"
{
  echo 'set -eo pipefail'
  awk '/^```sh/ { on = 1; next } /^```/ { on = 0 } on' "$document" |
    sed "s|localhost:8443|localhost:$https|g; s|localhost:8080|localhost:$port|g"
} >"$work/lines"
(cd "$work" && PATH=$work/bin:$PATH bash -x lines) >"$work/printed.log" 2>&1 || fail "$(cat "$work/printed.log")"
for made in device.pem next.pem scep.pem device-authority.csr; do
  [ -s "$work/$made" ] || fail "there is no $made: $(tail -n 20 "$work/printed.log")"
done
grep -q 'device.pem: OK' "$work/printed.log" || fail "the certificate is not verified"
grep -q '^1 certificate revoked' "$work/printed.log" || fail "nothing is revoked"
grep -q '^verify OK' "$work/printed.log" || fail "the revocation list is not verified"
finish "the commands of docs/enrolment.md"
