# What the tests of enrolment share: a server that speaks TLS, people, requests and certificates.
# Sourced after support.sh.

# make_tls_server KEY=VALUE...: of [enrolment]. Sets url and trust.
make_tls_server() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/tls.key" \
    -out "$work/tls.pem" -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    -days 10 2>/dev/null
  write_config data/sallyport.db
  url=https://localhost:$port
  trust=(--cacert "$work/tls.pem")
  sed -i '/^\[listen\]/a tls_certificate = "tls.pem"\ntls_key = "tls.key"' "$work/sallyport.toml"
  {
    printf '[enrolment]\npublic_url = "http://pki.example.org"\n'
    printf '%s\n' "$@"
  } >>"$work/sallyport.toml"
}

# One who must come with a compliant device.
write_people() {  # USER-ID
  mkdir "$work/tenant"
  printf '{"@odata.type":"#microsoft.graph.user","id":"%s","userType":"Member","userPrincipalName":"user2"}' \
    "$1" >"$work/tenant/user.json"
  policy 1 "Compliant devices" '"All"' compliantDevice >"$work/tenant/policy.json"
  "$sallyport" import --data "$work/data" "$work/tenant" >"$work/import.log" 2>&1 ||
    give_up "the people could not be imported"
}

enrol_token() { "$sallyport" enrol-token create --data "$work/data" "$@" 2>>"$work/token.log"; }

# make_request NAME SUBJECT [EXTENSION [KEY]]: NAME.key, NAME.csr, NAME.b64
make_request() {
  local kind=${4:-ec}
  openssl req -new -newkey "$kind" $([ "$kind" = ec ] && echo -pkeyopt ec_paramgen_curve:P-256) -nodes \
    -keyout "$1.key" -out "$1.csr" -subj "$2" ${3:+-addext "$3"} 2>/dev/null
  openssl req -in "$1.csr" -outform DER -out "$1.der"
  base64 "$1.der" >"$1.b64"
}

status_of() {  # METHOD OPERATION
  curl -s -o answer.body -w '%{http_code}' "${trust[@]}" -X "$1" "$url/.well-known/est/$2"
}

post() {  # FILE OPERATION CURL-OPTION...; NAME.pem is made of an answer when NAME is set
  local file=$1 operation=$2 status
  shift 2
  status=$(curl -s -o answer.body -w '%{http_code}' "${trust[@]}" -H 'Content-Type: application/pkcs10' \
    --data-binary "@$file" "$@" "$url/.well-known/est/$operation")
  if [ "$status" = 200 ] && [ -n "${name:-}" ]; then
    base64 -d answer.body | openssl pkcs7 -inform DER -print_certs -out "$name.pem"
  fi
  echo "$status"
}
enroll_file() { post "$1" simpleenroll -u "device:$2"; }
enroll() {  # NAME TOKEN [line|pem|der]
  local name=$1 file=$1.b64 header=(-H 'Content-Transfer-Encoding: base64')
  case ${3:-} in
    line) base64 -w0 "$name.der" >"$name.line"; file=$name.line; header=() ;;
    pem) file=$name.csr; header=() ;;
    der) file=$name.der; header=() ;;
  esac
  name=$name post "$file" simpleenroll -u "device:$2" "${header[@]}"
}
renew() {  # NAME [CERTIFICATE]
  name=$1 post "$1.b64" simplereenroll ${2:+--cert "$2.pem" --key "$2.key"}
}

serial_of() { openssl x509 -in "$1.pem" -noout -serial | cut -d= -f2 | tr A-F a-f; }
device_of() {
  openssl x509 -in "$1.pem" -noout -ext subjectAltName | grep -o 'urn:uuid:[0-9a-f-]*' | cut -d: -f3
}
escaped() {  # as nginx $ssl_client_escaped_cert
  od -An -v -tx1 "$1.pem" | tr -d '\n' | tr ' ' '%'
}

# A certificate of another authority that claims this device.
make_foreign() {  # NAME DEVICE
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout foreign-ca.key \
    -out foreign-ca.pem -subj "/CN=Foreign" -days 10 2>/dev/null
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" \
    -subj "/CN=$2" 2>/dev/null
  printf 'subjectAltName=URI:urn:uuid:%s\nextendedKeyUsage=clientAuth\n' "$2" >foreign.ext
  openssl x509 -req -in "$1.csr" -CA foreign-ca.pem -CAkey foreign-ca.key -days 10 -extfile foreign.ext \
    -out "$1.pem" 2>/dev/null
}

# What a check-in would say.
compliant() {  # DEVICE
  sqlite3 "$work/data/sallyport.db" "SELECT json FROM documents WHERE kind = 'device' AND id = '$1'" |
    sed 's/"isCompliant":false/"isCompliant":true/; s/"isManaged":false/"isManaged":true/;
         s/{/{"@odata.type":"#microsoft.graph.device",/' >"$work/tenant/device.json"
  "$sallyport" import --data "$work/data" "$work/tenant/device.json" >>"$work/import.log" 2>&1 ||
    fail "the device could not be imported: $(cat "$work/import.log")"
}
let_compliant() { [ "$(let_in "$1")" = 200 ]; }
shut_for() { [ "$(let_in "$1")" = 403 ]; }
reason() { grep -i '^x-sallyport-answer' answer.head | sed 's/%20/ /g'; }

check_ocsp() {  # CERTIFICATE good|revoked; by POST with a nonce, which must come back, and by GET
  openssl ocsp -issuer ca.pem -cert "$1.pem" -reqout ocsp.req >/dev/null 2>&1
  curl -sf "${trust[@]}" -H 'Content-Type: application/ocsp-request' --data-binary @ocsp.req \
    "$url/pki/ocsp" >ocsp.answer || fail "no OCSP answer"
  openssl ocsp -issuer ca.pem -cert "$1.pem" -CAfile ca.pem -reqin ocsp.req -respin ocsp.answer -no_nonce >ocsp.log 2>&1
  grep -q "$1.pem: $2" ocsp.log && grep -q 'verify OK' ocsp.log && ! grep -q nonce ocsp.log ||
    fail "OCSP says of $1: $(cat ocsp.log)"
  openssl ocsp -issuer ca.pem -cert "$1.pem" -reqout ocsp.req -no_nonce >/dev/null 2>&1
  curl -sf "${trust[@]}" "$url/pki/ocsp/$(base64 -w0 ocsp.req | sed 's|+|%2B|g; s|/|%2F|g; s|=|%3D|g')" >ocsp.answer ||
    fail "no OCSP answer by GET"
  openssl ocsp -issuer ca.pem -cert "$1.pem" -CAfile ca.pem -respin ocsp.answer -no_nonce >ocsp.log 2>&1
  grep -q "$1.pem: $2" ocsp.log || fail "OCSP by GET says of $1: $(cat ocsp.log)"
}
