#!/bin/bash
# Microsoft's own libraries, unmodified, against a real `sallyport serve` over TLS: the Graph client,
# MSAL for the token, the type definitions over recorded answers, and the answers against the OpenAPI
# document.
#
#   clients.sh SALLYPORT FOLDER      FOLDER keeps the installed packages
set -u
sallyport=$1
packages=$2
here=$(cd "$(dirname "$0")" && pwd)
for program in node npm openssl; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$here/../end_to_end/support.sh"

mkdir -p "$packages"
if ! cmp -s "$here/package-lock.json" "$packages/installed"; then
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$packages/"
  (cd "$packages" && npm ci --no-progress >"$work/npm.log" 2>&1) || {
    echo "skipped: the packages could not be installed: $(tail -n 3 "$work/npm.log")"
    exit 77
  }
  cp "$here/package-lock.json" "$packages/installed"
fi

certificate() {  # NAME ARGUMENTS...: a key and a certificate of the test's authority
  local name=$1
  shift
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout "$work/$name.key" -out "$work/$name.pem" \
    -subj "/CN=$name" "$@" 2>/dev/null
}
certificate localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1'
certificate client

export TENANT=70000000-0000-4000-8000-000000000001
port=$(free_port)
url=https://localhost:$port
cat >"$work/sallyport.toml" <<END
store = "data/sallyport.db"
[listen]
port = $port
threads = 2
tls_certificate = "localhost.pem"
tls_key = "localhost.key"
[api]
public_url = "$url"
tenant_id = "$TENANT"
requests_per_second = 40
burst = 60
END
"$sallyport" import --data "$work/data" "$here/../../examples/tenant" >"$work/import.log" 2>&1 ||
  give_up "the example tenant could not be imported"
start_server
ask_client() { "$sallyport" token create --data "$work/data" "$@" 2>/dev/null; }
export SALLYPORT_URL=$url NODE_EXTRA_CA_CERTS=$work/localhost.pem ANSWERS=$work/answers
export CLIENT_KEY=$work/client.key CLIENT_CERTIFICATE=$work/client.pem
eval "$(ask_client secret --client --permission administrator | sed 's/^/export SECRET_/')"
eval "$(ask_client signed --client --certificate "$work/client.pem" --permission reader |
  sed 's/^/export SIGNED_/')"
export PERSON_TOKEN=$(ask_client Ada --permission administrator --user 10000000-0000-4000-8000-000000000001)
mkdir "$ANSWERS"

for script in graph answers; do
  cp "$here/$script.mjs" "$packages/"
  (cd "$packages" && node "$script.mjs") || fail "$script.mjs"
done

# The recorded answers are what the type definitions say.
cp "$here/types.ts" "$here/tsconfig.json" "$packages/"
rm -rf "$packages/answers"
cp -r "$ANSWERS" "$packages/answers"
(cd "$packages" && node node_modules/typescript/bin/tsc -p tsconfig.json) || fail "the types do not fit"

finish "Microsoft's clients"
