#!/bin/bash
# The agent keeps its key in a TPM (swtpm): it proves that to the server, checks in by it, and says what
# is wrong when the TPM is gone, or is another one; nothing is lost meanwhile. What cannot be proven is
# recorded as a key in software.
#
#   agent_tpm.sh SALLYPORT SALLYPORT-AGENT
set -uo pipefail
sallyport=$1
agent=$2
for program in curl openssl swtpm tpm2_createek sqlite3 python3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"
source "$(dirname "$0")/enrolment_support.sh"
source "$(dirname "$0")/device_machine.sh"
source "$(dirname "$0")/tpm_support.sh"

cd "$work" || exit 1
make_machine machine
encrypted machine
make_maker maker
make_maker stranger
start_tpm first
endorse maker
make_tls_server 'tpm_authorities = "maker.pem"'
start_server

enrols() {  # STATE AGENT-OPTION...; what it says is in said.log
  local state=$1
  shift
  "$agent" enrol --server "$url" --token "$(enrol_token)" --ca tls.pem --state "$state" --root machine "$@" >said.log 2>&1
}
checks_in() { "$agent" check-in --state "$1" --root machine >said.log 2>&1; }
member() { python3 -c "import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])" "$1/enrolment.json" "$2"; }
protection_of() {  # STATE: as it is on record
  member "$1" certificate >record.pem
  sqlite3 data/sallyport.db "SELECT json_extract(json, '\$.keyProtection') FROM documents WHERE id = '$(serial_of record)'"
}
said() { grep -q "$1" said.log || fail "it does not say '$1': $(cat said.log)"; }
waiting() { find "$1/spool" -name '*.json' | wc -l; }

# ---- proven ----
enrols laptop --tpm "$tcti" || [ $? = 1 ] || give_up "no enrolment with a TPM: $(cat said.log)"
said 'Its key is in the TPM, as the server has checked'
[ "$(protection_of laptop)" = tpm ] || fail "the key is recorded as $(protection_of laptop)"
"$sallyport" device certificates --data data | grep -q tpm || fail "the list does not show where the key is"
[ "$(waiting laptop)" = 0 ] || fail "no check-in by a key in a TPM: $(cat said.log)"
grep -rq 'BEGIN.* PRIVATE KEY' laptop && ! grep -rq 'BEGIN \(EC \|\)PRIVATE KEY' laptop || fail "a private key is on the disk"
# Outside its TPM the text is of no use to OpenSSL.
member laptop key | openssl pkey -noout 2>/dev/null && fail "the key can be read without its TPM"
# A TPM that is asked thrice has room for a fourth time.
for _ in 1 2 3 4; do checks_in laptop; [ "$(waiting laptop)" = 0 ] || fail "check-in: $(cat said.log)"; done

# ---- through nginx, which ends TLS 1.2, and which hears of the certificate what the handshake proved ----
if command -v nginx >/dev/null; then
  restart_server() { kill "$server"; wait "$server"; start_server; }
  sed -i 's/^\[enrolment\]/&\ncertificate_header = "X-Client-Cert"/' sallyport.toml
  restart_server
  front_port=$(free_port)
  {
    echo "server { listen 127.0.0.1:$front_port ssl; ssl_protocols TLSv1.2;"
    echo "ssl_certificate $work/tls.pem; ssl_certificate_key $work/tls.key;"
    echo "ssl_client_certificate $work/data/authority/device-authority.pem; ssl_verify_client on;"
    echo "location / { proxy_pass $url; proxy_set_header X-Client-Cert \$ssl_client_escaped_cert; } }"
  } >front
  start_nginx "$work/front" "$front_port"
  cp -r laptop behind
  sed -i "s|localhost:$port|localhost:$front_port|" behind/enrolment.json
  checks_in behind
  [ "$(waiting behind)" = 0 ] || fail "no check-in through nginx: $(cat said.log)"
  rm -r laptop && mv behind laptop
  sed -i "s|localhost:$front_port|localhost:$port|" laptop/enrolment.json
  sed -i '/^certificate_header/d' sallyport.toml
  restart_server
fi

# ---- the TPM is gone, is another one, is back ----
stop_tpm
checks_in laptop && fail "a check-in without a TPM"
said "the TPM (swtpm:host=127.0.0.1,port=$tpm_port) cannot be reached"
"$agent" status --state laptop >said.log 2>&1
said 'Problem .*cannot be reached'
start_tpm second
endorse maker
checks_in laptop && fail "a check-in by the key of another TPM"
said 'another TPM made the key, or this one was cleared since; run `sallyport-agent leave`, and enrol again'
[ "$(waiting laptop)" = 2 ] || fail "$(waiting laptop) reports are kept of 2"
stop_tpm
start_tpm first
checks_in laptop
[ "$(waiting laptop)" = 0 ] || fail "reports are left behind: $(cat said.log)"

# ---- not proven: on record as software, and it is said why ----
unproven() {  # STATE WHY
  enrols "$1" --tpm "$tcti" || [ $? = 1 ] || fail "$1: no enrolment: $(cat said.log)"
  said "the server records it as software: .*$2"
  [ "$(protection_of "$1")" = software ] || fail "$1 counts as $(protection_of "$1")"
  [ "$(waiting "$1")" = 0 ] || fail "$1 cannot check in: $(cat said.log)"
}
endorse stranger
unproven foreign "the endorsement key's certificate is not trusted"
endorse maker clientAuth
unproven misused 'the certificate is not for an endorsement key'
tpm_tool tpm2_nvundefine -C o 0x1c00002
unproven bare 'holds no certificate of its maker'

# ---- where there is none ----
enrols plain || [ $? = 1 ] || fail "no enrolment without a TPM: $(cat said.log)"
grep -q 'Its key' said.log && fail "words about a key that nobody asked for: $(cat said.log)"
[ "$(protection_of plain)" = software ] || fail "a key in a file counts as $(protection_of plain)"
mkdir -p machine/dev && : >machine/dev/tpmrm0  # something, but no TPM
enrols broken || [ $? = 1 ] || fail "a TPM that is broken prevents an enrolment: $(cat said.log)"
said 'Its key is in a file: the TPM (device:machine/dev/tpmrm0) cannot be reached'
stop_tpm
enrols wanted --tpm "$tcti" && fail "enrolled without the TPM that was asked for"
said 'cannot be reached'
[ ! -f wanted/enrolment.json ] || fail "half an enrolment is left"
finish "an agent with its key in a TPM"
