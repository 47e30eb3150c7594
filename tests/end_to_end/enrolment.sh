#!/bin/bash
# Devices become known to a real `sallyport serve` by EST, with curl and openssl alone: the life of a
# certificate from the token to its revocation, what is refused and why, the company's authority above
# ours, and the doors, which let a device in by its certificate and by nothing else.
#
#   enrolment.sh SALLYPORT
set -uo pipefail
sallyport=$1
for program in curl openssl sqlite3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"
source "$(dirname "$0")/enrolment_support.sh"

make_tls_server certificate_days=365 renewal_days=365 devices_per_user=3
user=$(guid bbbbbbbb 2)
write_people "$user"
start_server
cd "$work" || exit 1

# ---- becoming known ----
curl -sf "${trust[@]}" "$url/.well-known/est/cacerts" | base64 -d >cacerts.p7 || fail "no cacerts"
openssl pkcs7 -inform DER -in cacerts.p7 -print_certs -out ca.pem || fail "cacerts is no PKCS#7"
[ "$(status_of GET csrattrs)" = 204 ] || fail "csrattrs"
[ "$(status_of POST serverkeygen)" = 501 ] || fail "serverkeygen"
[ "$(status_of GET simpleenroll)" = 405 ] || fail "simpleenroll by GET"

token=$(enrol_token --user user2)
make_request laptop /CN=laptop
[ "$(enroll laptop wrong-token)" = 401 ] || fail "a wrong token enrols"
grep -q 'token is not known' answer.body || fail "it is not said what is wrong: $(cat answer.body)"
[ "$(enroll laptop "$token")" = 200 ] || give_up "the first enrolment: $(cat answer.body)"
openssl verify -CAfile ca.pem laptop.pem >/dev/null || fail "the certificate does not chain"
openssl x509 -in laptop.pem -noout -text >laptop.text
grep -q "URI:urn:uuid:$(device_of laptop)" laptop.text || fail "no device in the alternative name"
grep -q 'TLS Web Client Authentication' laptop.text || fail "not for client authentication"
grep -q 'CRL Distribution' laptop.text || fail "it does not say where the revocation list is"
[ "$(serial_of laptop | wc -c)" = 33 ] || fail "the serial number is not 128 bits"

cp laptop.pem first.pem
[ "$(enroll laptop "$token")" = 200 ] || fail "the same request again is refused"
cmp -s first.pem laptop.pem || fail "the same request again gets another certificate"
make_request thief /CN=thief
[ "$(enroll thief "$token")" = 401 ] || fail "a token enrols twice"
grep -q 'used already' answer.body || fail "$(cat answer.body)"

device=$(device_of laptop)
stored=$(sqlite3 data/sallyport.db "SELECT json FROM documents WHERE kind = 'device'")
for part in "\"deviceId\":\"$device\"" '"displayName":"laptop"' '"trustType":"Workplace"' \
  '"isManaged":true' '"isCompliant":false' '"deviceOwnership":"Personal"' "$user"; do
  [[ $stored == *"$part"* ]] || fail "the directory's device lacks $part: $stored"
done
sqlite3 data/sallyport.db 'SELECT json FROM audits' >audits
grep -q 'Add device' audits || fail "the device is not audited"
grep -q 'Issue device certificate' audits || fail "the certificate is not audited"
grep -q "$token" audits && fail "the audit log holds the token"
strings data/sallyport.db* 2>/dev/null | grep -q "$token" && fail "the store holds the token"

# What clients send: base64 in one line, in a PEM, DER as it is, without attributes.
for form in line pem der; do
  token=$(enrol_token --corporate)
  make_request "$form" "/CN=$form"
  [ "$(enroll "$form" "$token" "$form")" = 200 ] || fail "a request as $form: $(cat answer.body)"
done
[[ $(sqlite3 data/sallyport.db "SELECT json FROM documents WHERE kind = 'device'") == *'"trustType":"AzureAd"'* ]] ||
  fail "a company's device is not joined"

# ---- what is refused ----
token=$(enrol_token)
make_request claims /CN=claims "subjectAltName=URI:urn:uuid:$device"
[ "$(enroll claims "$token")" = 403 ] || fail "another device's id is given away"
make_request weak /CN=weak "" rsa:1024
[ "$(enroll weak "$token")" = 400 ] || fail "a weak key is certified"
printf 'no request' | base64 >garbage.b64
[ "$(enroll_file garbage.b64 "$token")" = 400 ] || fail "garbage is certified"
sed 's/./A/40' laptop.b64 >broken.b64
[ "$(enroll_file broken.b64 "$token")" = 400 ] || fail "a request signed by nobody is certified"
head -c 100000 /dev/zero | base64 >huge.b64
[ "$(enroll_file huge.b64 "$token")" = 413 ] || fail "a huge request"
make_request late /CN=late
[ "$(enroll late "$token")" = 200 ] || fail "a refusal used the token up: $(cat answer.body)"
token=$(enrol_token --name gone)
"$sallyport" enrol-token revoke --data data "$("$sallyport" enrol-token list --data data --format jsonl |
  grep '"gone"' | grep -o '"id":"[^"]*"' | cut -d'"' -f4)" >/dev/null || fail "a token cannot be revoked"
[ "$(enroll thief "$token")" = 401 ] || fail "a revoked token enrols"
for i in 2 3 4; do
  make_request "more$i" "/CN=more$i"
  said=$(enroll "more$i" "$(enrol_token --user user2)")
  [ "$said" = "$([ "$i" -le 3 ] && echo 200 || echo 403)" ] || fail "device $i of a user: $said"
done
grep -q 'as many as one may have' answer.body || fail "$(cat answer.body)"

# ---- renewal ----
make_request next "/CN=$device" "subjectAltName=URI:urn:uuid:$device"
[ "$(renew next)" = 401 ] || fail "renewed without a certificate"
[ "$(renew next laptop)" = 200 ] || fail "renewal: $(cat answer.body)"
[ "$(device_of next)" = "$device" ] || fail "renewed for another device"
check_ocsp laptop good  # until the next one is used, whose answer may have been lost
cp next.pem first.pem
[ "$(renew next laptop)" = 200 ] && cmp -s first.pem next.pem || fail "renewed twice for one request"
make_request other "/CN=$device" "subjectAltName=URI:urn:uuid:$(device_of late)"
[ "$(renew other laptop)" = 403 ] || fail "renewed with another alternative name"
make_request other /CN=other
[ "$(renew other laptop)" = 403 ] || fail "renewed with another subject"
make_request bare /
[ "$(renew bare next)" = 200 ] || fail "renewed without names: $(cat answer.body)"
superseded() {  # CERTIFICATE
  sqlite3 data/sallyport.db "SELECT json FROM documents WHERE kind = 'sallyport.deviceCertificate' \
    AND id = '$(serial_of "$1")'" | grep -q '"revocationReason":"superseded"'
}
until_it 20 superseded laptop || fail "the older certificate is good although the next one was used"
check_ocsp laptop revoked
make_foreign stranger "$device"
[ "$(renew next stranger)" = 401 ] || fail "renewed by another authority's certificate"

# ---- at the doors ----
let_in() {  # CERTIFICATE: the device the door sees, by what the decision log says
  curl -s -o answer.body -D answer.head "${trust[@]}" -H 'X-Original-URL: https://app.example.org/' \
    -H 'X-Original-Method: GET' -H 'X-Forwarded-For: 10.0.0.1' -H 'Remote-User: user2' \
    ${1:+-H "X-Client-Cert: $(escaped "$1")"} "${@:2}" "$url/forward-auth/nginx" -w '%{http_code}'
}
# A device that is enrolled anew: the older certificate ends at the first use of the new one, here.
make_request pem2 /CN=pem2
[ "$(enroll pem2 "$(enrol_token --device "$(device_of pem)")")" = 200 ] || fail "not enrolled anew: $(cat answer.body)"
check_ocsp pem good
let_in pem2 >/dev/null
until_it 20 superseded pem || fail "the older certificate is good beside the one that was used"
check_ocsp pem2 good
compliant "$device"
until_it 5 let_compliant next || fail "a compliant device is not let in: $(reason)"
[ "$(let_in "")" = 403 ] || fail "let in without a certificate"
[ "$(let_in stranger)" = 403 ] || fail "let in with another authority's certificate"
[ "$(let_in next -H 'X-Client-Cert-Verify: FAILED:certificate has expired')" = 403 ] ||
  fail "let in although the proxy refused the certificate"
[ "$(let_in next -H 'X-Client-Cert-Verify: SUCCESS')" = 200 ] || fail "the proxy's word is not taken"

# ---- revocation ----
check_ocsp next good
"$sallyport" device revoke --data data "$(serial_of next)" --reason keyCompromise >/dev/null || fail "revoke"
until_it 2 shut_for next || fail "a revoked certificate lets in"
until_it 2 let_compliant bare || fail "the device's good certificate is shut out: $(reason)"
[ "$(let_in next)" = 403 ] && [[ $(reason) == *revoked* ]] || fail "it is not said why: $(reason)"
# In the order of the log: a decision is on record before it is told.
[[ $(sqlite3 data/sallyport.db "SELECT json FROM sign_ins" | grep -o '"deviceRefused":"[^"]*revoked') ]] ||
  fail "the sign-in log does not say why the device did not count"
[ "$(renew next next)" = 401 ] || fail "a revoked certificate is renewed"
check_ocsp next revoked
check_ocsp bare good
curl -sf "${trust[@]}" "$url/pki/device.crl" >device.crl || fail "no revocation list"
openssl crl -inform DER -in device.crl -out crl.pem -CAfile ca.pem >crl.log 2>&1
grep -q 'verify OK' crl.log || fail "the revocation list is not signed: $(cat crl.log)"
openssl verify -crl_check -CAfile ca.pem -CRLfile crl.pem next.pem >crl.log 2>&1
grep -q 'certificate revoked' crl.log || fail "the list does not hold it: $(cat crl.log)"
openssl verify -crl_check -CAfile ca.pem -CRLfile crl.pem bare.pem >/dev/null || fail "the list holds another"
"$sallyport" device revoke --data data "$device" >/dev/null || fail "revoke all of a device"
until_it 2 shut_for bare || fail "another certificate of the device lets in"

# ---- after a restart all of it is still so ----
kill "$server"; wait "$server" 2>/dev/null
start_server
[ "$(let_in bare)" = 403 ] || fail "a restart forgets what was revoked"
check_ocsp next revoked
[ "$(renew late2 late)" = 200 ] 2>/dev/null || { make_request late2 /; [ "$(renew late2 late)" = 200 ]; } ||
  fail "a restart forgets what was issued: $(cat answer.body)"
[ "$(stat -c %a data/authority/device-authority.key)" = 600 ] || fail "others may read the key"

# ---- the company's authority above ours ----
"$sallyport" authority csr --data data >our.csr || fail "no request"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout company.key -out company.pem \
  -subj /CN=Company -days 100 2>/dev/null
printf 'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign,digitalSignature\nsubjectKeyIdentifier=hash\n' >ca.ext
openssl x509 -req -in our.csr -CA company.pem -CAkey company.key -days 50 -extfile ca.ext -out our.pem 2>/dev/null
"$sallyport" authority install --data data company.pem >install.log 2>&1 && fail "any certificate is installed"
cat our.pem company.pem >both.pem
"$sallyport" authority install --data data both.pem >>install.log 2>&1 || fail "not installed: $(cat install.log)"
kill "$server"; wait "$server" 2>/dev/null
start_server
make_request joined /CN=joined
[ "$(enroll joined "$(enrol_token)")" = 200 ] || fail "no enrolment below the company's authority"
openssl verify -CAfile company.pem -untrusted our.pem joined.pem >/dev/null || fail "it does not chain to the company"
make_request late3 /
[ "$(renew late3 late2)" = 200 ] || fail "what was issued before is no longer good: $(cat answer.body)"

# ---- who could be listened to ----
chmod 644 data/authority/device-authority.key
kill "$server"; wait "$server" 2>/dev/null
"$sallyport" serve --config sallyport.toml >refused.log 2>&1 && fail "serves with a key that all may read"
grep -q 'chmod 600' refused.log || fail "it is not said what to do: $(cat refused.log)"
finish "EST, renewal, revocation and the doors"
