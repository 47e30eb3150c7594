#!/bin/bash
# SCEP against a real `sallyport serve`: Debian's scepclient enrols, and messages made with openssl,
# of which some are wrong in one way each, are answered with the failInfo that RFC 8894 gives them.
#
#   scep.sh SALLYPORT
set -uo pipefail
sallyport=$1
for program in curl openssl scepclient sqlite3 python3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"
source "$(dirname "$0")/enrolment_support.sh"
messages=$(dirname "$(realpath "$0")")/scep_message.py

write_config data/sallyport.db
printf '[api]\nthreads = 1\n[enrolment]\nscep_legacy_algorithms = true\nrenewal_days = 365\n' >>"$work/sallyport.toml"
start_server
cd "$work" || exit 1
scep=$url/scep

curl -sf "$scep?operation=GetCACaps" >caps || fail "no capabilities"
for capability in AES POSTPKIOperation Renewal SHA-256 SCEPStandard; do
  grep -qx "$capability" caps || fail "not capable of $capability"
done
curl -sf "$scep?operation=GetCACert" | openssl pkcs7 -inform DER -print_certs -out ca-all.pem || fail "no CA"
csplit -sz -f ca- ca-all.pem '/^subject/' '{*}'
openssl x509 -in ca-00 -out ra.pem && openssl x509 -in ca-01 -out ca.pem || fail "not two certificates"
openssl verify -CAfile ca.pem ra.pem >/dev/null || fail "SCEP's certificate is not the authority's"
openssl x509 -in ra.pem -noout -text | grep -q 'TLS Web Client' && fail "SCEP's certificate is a device's"

# ---- Debian's client ----
fingerprint=$(openssl x509 -in ra.pem -outform DER | sha256sum | cut -d' ' -f1)
client() {  # FOLDER TOKEN
  mkdir -p "$1"
  (cd "$1" && scepclient -private-key client.key -certificate client.pem -server-url "$scep" \
    -challenge "$2" -cn "$1" -ca-fingerprint "$fingerprint") >"$1.log" 2>&1
}
token=$(enrol_token)
client phone "$token" || fail "scepclient: $(cat phone.log)"
openssl verify -CAfile ca.pem phone/client.pem >/dev/null || fail "no certificate of ours"
cp phone/client.pem phone.pem
cp phone/client.key phone.key
[ -n "$(device_of phone)" ] || fail "no device in the certificate"
client thief "$token" && fail "a token enrols twice"
grep -q badRequest thief.log || fail "it is not refused as badRequest: $(cat thief.log)"

# ---- by hand ----
send() {  # NAME: answers pkiStatus, then failInfo, and leaves NAME.answer
  curl -s -o "$1.answer" -H 'Content-Type: application/x-pki-message' --data-binary "@$1.msg" \
    "$scep?operation=PKIOperation"
  python3 "$messages" status "$1.answer"
}
opened() {  # NAME KEY-NAME: the certificate in an answer
  openssl cms -verify -noverify -inform DER -in "$1.answer" -out "$1.envelope" 2>/dev/null &&
    openssl cms -decrypt -inform DER -in "$1.envelope" -recip "$2.self" -inkey "$2.key" -out "$1.p7" \
      2>/dev/null && openssl pkcs7 -inform DER -in "$1.p7" -print_certs -out "$1.pem"
}
make() { python3 "$messages" make "$@" || fail "the message could not be made: $*"; }
request() {  # NAME TOKEN [SUBJECT]: a key, a request with the challenge, a self-signed certificate
  printf '[req]\nprompt=no\ndistinguished_name=d\nattributes=a\n[d]\nCN=%s\n[a]\nchallengePassword=%s\n' \
    "${3:-$1}" "$2" >"$1.cnf"
  [ -f "$1.key" ] || openssl genrsa -out "$1.key" 2048 2>/dev/null
  openssl req -new -key "$1.key" -config "$1.cnf" -outform DER -out "$1.der" 2>/dev/null
  openssl req -x509 -new -key "$1.key" -subj "/CN=$1" -days 2 -out "$1.self" 2>/dev/null
}

token=$(enrol_token)
request tablet "$token"
make tablet 19 tx-1
[ "$(send tablet)" = 0 ] || fail "PKCSReq: $(send tablet)"
opened tablet tablet && openssl verify -CAfile ca.pem tablet.pem >/dev/null || fail "no certificate in the answer"
cp tablet.pem once.pem
[ "$(send tablet)" = 0 ] && opened tablet tablet && cmp -s tablet.pem once.pem ||
  fail "the same transaction gets another certificate"
make tablet 19 tx-2
[ "$(send tablet)" = '2 2' ] || fail "a token used in another transaction: $(send tablet), not badRequest"
make tablet 20 tx-1
[ "$(send tablet)" = 0 ] || fail "CertPoll: $(send tablet)"
make tablet 20 tx-unknown
[ "$(send tablet)" = '2 4' ] || fail "CertPoll of nothing: $(send tablet), not badCertId"

token=$(enrol_token)
request watch "$token"
make watch 19 tx-3 break-digest
[ "$(send watch)" = '2 1' ] || fail "a wrong digest: $(send watch), not badMessageCheck"
make watch 19 tx-3 md=md5
[ "$(send watch)" = '2 0' ] || fail "MD5: $(send watch), not badAlg"
make watch 19 tx-3 cipher=rc2-40-cbc
[ "$(send watch)" = '2 0' ] || fail "RC2: $(send watch), not badAlg"
make watch 19 tx-3 other-recipient
[ "$(send watch)" = '2 1' ] || fail "encrypted to another: $(send watch), not badMessageCheck"
make watch 19 tx-3 garbage
[ "$(send watch)" = '2 2' ] || fail "no request inside: $(send watch), not badRequest"
make watch 99 tx-3
[ "$(send watch)" = '2 2' ] || fail "an unknown type: $(send watch), not badRequest"
make watch 19 tx-3 old
[ "$(send watch)" = '2 3' ] || fail "signed last week: $(send watch), not badTime"
make watch 19 tx-3 signer=tablet
[ "$(send watch)" = '2 2' ] || fail "signed by another key: $(send watch), not badRequest"
# It is kept with the token: bytes that are no text would make that unreadable, and the list of all.
make watch 19 $'tx-\xff'
send watch >/dev/null 2>&1
grep -q 'no transaction id that can be used' watch.answer || fail "a transaction id that is no text: $(head -c 300 watch.answer)"
"$sallyport" enrol-token list --data data >/dev/null || fail "a transaction id makes the list of tokens unreadable"
make watch 17 tx-3
[ "$(send watch)" = '2 4' ] || fail "renewal by who has nothing: $(send watch), not badCertId"
make watch 19 tx-3
[ "$(send watch)" = 0 ] || fail "refusals used the token up: $(send watch)"
[ "$(curl -s -o /dev/null -w '%{http_code}' --data-binary garbage "$scep?operation=PKIOperation")" = 400 ] ||
  fail "garbage is answered"
curl -s -o watch.answer -G "$scep" -d operation=PKIOperation --data-urlencode "message=$(base64 -w0 watch.msg)"
[ "$(python3 "$messages" status watch.answer)" = 0 ] || fail "PKIOperation by GET"

# ---- with a certificate of ours: renewal, GetCert, GetCRL ----
device=$(device_of tablet)
cp tablet.key tablet2.key && cp tablet.pem tablet2.self
request tablet2 unused "$device"
cp tablet.pem tablet2.self
make tablet2 17 tx-4
[ "$(send tablet2)" = 0 ] || fail "RenewalReq: $(send tablet2)"
opened tablet2 tablet2 && [ "$(device_of tablet2)" = "$device" ] || fail "renewed for another device"
[ "$(serial_of tablet2)" != "$(serial_of tablet)" ] || fail "not renewed"
make tablet2 21 tx-5 "serial=$(serial_of phone)"
[ "$(send tablet2)" = 0 ] || fail "GetCert: $(send tablet2)"
opened tablet2 tablet2 && cmp -s <(openssl x509 -in tablet2.pem) <(openssl x509 -in phone.pem) || fail "GetCert gives another"
make tablet2 21 tx-5 serial=41
[ "$(send tablet2)" = '2 4' ] || fail "GetCert of nothing: $(send tablet2), not badCertId"
make tablet2 22 tx-6 "serial=$(serial_of phone)"
[ "$(send tablet2)" = 0 ] || fail "GetCRL: $(send tablet2)"
make watch 22 tx-7 "serial=$(serial_of phone)"
[ "$(send watch)" = '2 4' ] || fail "GetCRL by who has nothing: $(send watch)"

# ---- without the old algorithms, which is how it is unless asked for ----
kill "$server"; wait "$server" 2>/dev/null
sed -i 's/scep_legacy_algorithms = true/scep_legacy_algorithms = false/' sallyport.toml
start_server
token=$(enrol_token)
client old "$token" && fail "SHA-1 and DES are taken"
grep -qi 'badAlg' old.log || fail "it is not said why: $(cat old.log)"
request modern "$token"
make modern 19 tx-8 md=sha1
[ "$(send modern)" = '2 0' ] || fail "SHA-1: $(send modern), not badAlg"
make modern 19 tx-8 cipher=des-ede3-cbc
[ "$(send modern)" = '2 0' ] || fail "3DES: $(send modern), not badAlg"
make modern 19 tx-8
[ "$(send modern)" = 0 ] || fail "AES and SHA-256: $(send modern)"
# ---- a flood of messages that cost the server a decryption and a signature each ----
make modern 19 tx-9
python3 "$(dirname "$messages")/flood.py" "$port" '/scep?operation=PKIOperation' modern.msg 2300 >flood.log 2>&1 &
flood=$!
processes+=("$flood")
until_it 60 grep -q flooding flood.log || fail "the flood fills no queue: $(tail -n 3 flood.log)"
admin=$("$sallyport" token create admin --data data --permission administrator 2>>token.log)
for i in 1 2 3 4 5; do
  said=$(curl -s -o answer.body -w '%{http_code}' -H "Authorization: Bearer $admin" -H 'Content-Type: application/json' \
    -d '{"@odata.type":"#microsoft.graph.ipNamedLocation","displayName":"Office '$i'","ipRanges":[
         {"@odata.type":"#microsoft.graph.iPv4CidrRange","cidrAddress":"192.0.2.0/24"}]}' \
    "$url/v1.0/identity/conditionalAccess/namedLocations")
  [ "$said" = 201 ] || fail "an administrator's change beside a flood: $said $(cat answer.body)"
done
curl -s -o answer.body -D answer.head --data-binary @modern.msg "$scep?operation=PKIOperation"
{ grep -q ' 503' answer.head && grep -qi '^retry-after' answer.head; } || [ "$(python3 "$messages" status answer.body)" = '2 2' ] ||
  fail "who is too many is not told to come again: $(cat answer.head)"
kill "$flood"
finish "scepclient, every failInfo, and a flood"
