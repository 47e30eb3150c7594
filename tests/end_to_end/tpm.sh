#!/bin/bash
# A device whose key is in a TPM (swtpm) proves it along EST: tpm2-tools makes the keys, the TPM
# certifies one with the other, and `keyProtection` is `tpm`. What proves nothing is refused, and uses
# no token up.
#
#   tpm.sh SALLYPORT
set -uo pipefail
sallyport=$1
for program in curl openssl swtpm tpm2_createprimary tpm2_send python3 sqlite3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"
source "$(dirname "$0")/enrolment_support.sh"
source "$(dirname "$0")/tpm_support.sh"
evidence=$(dirname "$(realpath "$0")")/tpm_evidence.py

# ---- the machine ----
cd "$work" || exit 1
start_tpm tpm
tpm_tool tpm2_createprimary -C o -g sha256 -G ecc -c primary.ctx
key_in_tpm() {  # NAME HANDLE ATTRIBUTES ALGORITHM
  tpm_tool tpm2_create -C primary.ctx -G "$4" -a "$3" -u "$1.pub" -r "$1.priv"
  tpm_tool tpm2_load -C primary.ctx -u "$1.pub" -r "$1.priv" -c "$1.ctx"
  tpm_tool tpm2_evictcontrol -C o -c "$1.ctx" "$2"
  tpm_tool tpm2_readpublic -c "$2" -f pem -o "$1.public.pem"
  tpm_tool tpm2_readpublic -c "$2" -f tss -o "$1.tss"
}
inside='fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign'
key_in_tpm ak 0x81010001 "$inside|restricted" ecc256:ecdsa-sha256:null
key_in_tpm device 0x81010002 "$inside" ecc256
key_in_tpm rsa 0x81010003 "$inside" rsa2048
key_in_tpm loose 0x81010004 'sensitivedataorigin|userwithauth|sign' ecc256

# The company made the machine ready: it signed a certificate for its attestation key.
make_maker maker
make_maker other
sign_by maker ak.public.pem 2.23.133.8.3 ak-cert.der
sign_by maker ak.public.pem clientAuth ak-client.der
sign_by other ak.public.pem 2.23.133.8.3 ak-other.der

make_tls_server 'tpm_authorities = "maker.pem"' renewal_days=365
start_server

attested() {  # NAME TOKEN CURL-OPTION...: enrols with NAME.evidence
  base64 "$1.der" >"$1.b64"
  name=$1 post "$1.b64" simpleenroll -u "x:$2" -H "Sallyport-Key-Attestation: $(cat "$1.evidence")" "${@:3}"
}
protection_of() {
  sqlite3 data/sallyport.db "SELECT json_extract(json, '\$.keyProtection') FROM documents WHERE id = '$(serial_of "$1")'"
}
prove() { python3 "$evidence" "$@" >>tpm.log 2>&1 || give_up "no evidence: $*"; }

for key in device:0x81010002 rsa:0x81010003; do
  name=${key%:*}
  prove request "$name" "${key#*:}"
  prove certify "$name" "${key#*:}" 0x81010001 ak-cert.der
  [ "$(attested "$name" "$(enrol_token)")" = 200 ] || fail "a $name key in a TPM: $(cat answer.body)"
  [ "$(protection_of "$name")" = tpm ] || fail "$name: the key is recorded as $(protection_of "$name")"
done

# Wrong in one way each; the token is good until the end.
token=$(enrol_token)
refused() {  # WHY NAME
  [ "$(attested "$2" "$token")" = 400 ] || fail "$1 is taken"
  grep -q "$1" answer.body || fail "$1: $(cat answer.body)"
}
prove certify device 0x81010002 0x81010001 ak-cert.der wrong-magic && refused 'not signed by the attestation key' device
prove certify device 0x81010002 0x81010001 ak-cert.der wrong-extra && refused 'extra data' device
prove certify device 0x81010002 0x81010001 ak-client.der && refused 'not for an attestation key' device
prove certify device 0x81010002 0x81010001 ak-other.der && refused 'not trusted' device
prove certify device 0x81010003 0x81010001 ak-cert.der && refused 'another key was certified' device
prove certify device 0x81010002 0x81010001 ak-cert.der swap=rsa && refused 'another key was certified' device
prove request loose 0x81010004
prove certify loose 0x81010004 0x81010001 ak-cert.der && refused 'could leave the TPM' loose
make_request soft /CN=soft
prove certify soft 0x81010002 0x81010001 ak-cert.der key=device && refused 'not the key of the certificate request' soft
echo '{"attest":1}' >soft.evidence && refused 'must be JSON' soft
[ "$(enroll soft "$token")" = 200 ] || fail "without evidence: $(cat answer.body)"
[ "$(protection_of soft)" = software ] || fail "a key without evidence counts as a TPM's"
finish "keys in a TPM, and what proves nothing"
