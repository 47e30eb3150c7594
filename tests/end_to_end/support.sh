# What the tests and benchmarks of the running server share: a folder, a small company, a server
# before it, nginx, and checks. Sourced; the caller has set `sallyport`.
#
# Everything listens on 127.0.0.1, lives in a temporary folder and is ended by its process id.

PATH=$PATH:/usr/sbin
work=$(mktemp -d)
processes=()
failures=0

end_all() {
  for pid in "${processes[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${processes[@]}"; do wait "$pid" 2>/dev/null; done
  rm -rf "$work"
}
trap end_all EXIT

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

give_up() {
  {
    echo "FAILED: $*"
    tail -n 20 "$work"/*.log
  } >&2
  exit 1
}

finish() {
  if [ "$failures" != 0 ]; then
    tail -n 20 "$work"/*.log
    exit 1
  fi
  echo "passed: $*"
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))  # below those that the kernel gives to clients
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

wait_for_port() {  # PORT NAME
  for _ in $(seq 300); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
    sleep 0.05
  done
  give_up "nothing listens on port $1 ($2)"
}

app=aaaaaaaa-0000-4000-8000-000000000001
guid() { printf '%s-0000-4000-8000-%012d' "$1" "$2"; }

# Ten thousand users; number 1 is blocked.
make_company() {
  mkdir "$work/tenant"
  awk 'BEGIN {
    printf "["
    for (i = 1; i <= 10000; ++i)
      printf "%s{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"bbbbbbbb-0000-4000-8000-%012d\"," \
        "\"userType\":\"Member\",\"userPrincipalName\":\"user%d\"}\n", (i > 1 ? "," : ""), i, i
    printf "]\n" }' >"$work/tenant/users.json"
  policy 1 "User 1 is gone" "\"$(guid bbbbbbbb 1)\"" block >"$work/tenant/policy.json"
}

policy() {  # NUMBER NAME USERS CONTROL [APPLICATION]
  cat <<END
{"@odata.type": "#microsoft.graph.conditionalAccessPolicy", "id": "$(guid dddddddd "$1")",
 "displayName": "$2", "state": "enabled", "conditions": {"users": {"includeUsers": [$3]},
 "applications": {"includeApplications": ["${5:-$app}"]}, "clientAppTypes": ["all"]},
 "grantControls": {"operator": "OR", "builtInControls": ["$4"]}}
END
}

token=a-token-of-the-test
threads=2
# write_config STORE LINE...: sets port and url; the lines go to [limits]. The server also listens at
# $work/sallyport.sock.
write_config() {
  port=$(free_port)
  url=http://127.0.0.1:$port
  {
    echo "store = \"$1\""
    shift
    printf '[listen]\nport = %s\nsocket = "sallyport.sock"\nthreads = %s\n' "$port" "$threads"
    printf '[limits]\n'
    printf '%s\n' "$@"
    printf '[authzen]\ntoken_hashes = ["%s"]\n' "$(printf %s "$token" | sha256sum | cut -d' ' -f1)"
    printf '[forward_auth]\ntrusted_proxies = ["127.0.0.1"]\n[[application]]\n'
    printf 'host = "app.example.org"\nid = "%s"\n' "$app"
  } >"$work/sallyport.toml"
}

# Sets server; returns when it listens.
start_server() {
  "$sallyport" serve --config "$work/sallyport.toml" >>"$work/serve.log" 2>&1 &
  server=$!
  processes+=("$server")
  for _ in $(seq 300); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return 0
    kill -0 "$server" 2>/dev/null || give_up "the server ended"
    sleep 0.05
  done
  give_up "the server does not listen"
}

# start_nginx FILE PORT: FILE holds servers, of which one listens there. Sets nginx.
start_nginx() {
  {
    # The workers read files in this folder, whose way may be closed to other users.
    [ "$(id -u)" = 0 ] && echo "user root;"
    echo "daemon off; worker_processes 1; pid $1.pid; error_log $1.log;"
    echo "events {}"
    echo "http { access_log off; keepalive_requests 100000000; client_body_temp_path $1.body;"
    echo "proxy_temp_path $1.proxy; fastcgi_temp_path $1.f; uwsgi_temp_path $1.u;"
    echo "scgi_temp_path $1.s;"
    cat "$1"
    echo "}"
  } >"$1.conf"
  nginx -p "$work" -c "$1.conf" >"$1.start.log" 2>&1 &
  nginx=$!
  processes+=("$nginx")
  wait_for_port "$2" nginx
}

authzen=(-H "Authorization: Bearer $token" -H 'Content-Type: application/json')
question() {  # user number
  printf '{"subject":{"type":"user","id":"%s"},"action":{"name":"open"},' "$(guid bbbbbbbb "$1")"
  printf '"resource":{"type":"app","id":"%s"}}' "$app"
}

# ask NAME STATUS TEXT curl-arguments...: the status, and a text the answer (with headers) must hold;
# `!text` must not be there.
ask() {
  local name=$1 status=$2 text=$3 answer got
  shift 3
  answer=$(curl -s -i --max-time 20 "$@" -w '\nSTATUS %{http_code}')
  got=${answer##*STATUS }
  [ "$got" = "$status" ] || fail "$name: status $got instead of $status: ${answer:0:2000}"
  if [ "${text#!}" != "$text" ]; then
    case $answer in *"${text#!}"*) fail "$name: '${text#!}' is in: ${answer:0:2000}" ;; esac
  else
    case $answer in *"$text"*) ;; *) fail "$name: no '$text' in: ${answer:0:2000}" ;; esac
  fi
}
# decide NAME STATUS TEXT USER-NUMBER
decide() { ask "$1" "$2" "$3" "${authzen[@]}" -d "$(question "$4")" "$url/access/v1/evaluation"; }
alive() {
  kill -0 "$server" 2>/dev/null || give_up "the server died of: $1"
  ask "after $1" 200 alive "$url/healthz"
}

# until_it SECONDS COMMAND...: tried until it succeeds.
until_it() {
  local tries=$(($1 * 20))
  shift
  for _ in $(seq "$tries"); do
    "$@" && return 0
    sleep 0.05
  done
  return 1
}
ready() { [ "$(curl -s -o /dev/null --max-time 10 -w '%{http_code}' "$url/readyz")" = 200 ]; }
healthy() { curl -sf -o /dev/null --max-time 10 "$url/healthz"; }  # with an empty store, too
