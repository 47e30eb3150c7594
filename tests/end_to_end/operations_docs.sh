#!/bin/bash
# docs/operations.md, as it is written: backup and restore, the metrics it names, reading what
# report-only policies would have done, and the configuration of Caddy before a sign-in service.
#
#   operations_docs.sh SALLYPORT
set -u
sallyport=$(realpath "$1")
for tool in curl sqlite3 python3; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
root=$(cd "$(dirname "$0")/../.." && pwd)
document=$root/docs/operations.md
source "$(dirname "$0")/support.sh"
mkdir "$work/bin" "$work/backups" && ln -s "$sallyport" "$work/bin/sallyport"

# Lines of the page between two texts, on this machine: its folders, no systemd, no other user.
lines() {  # FROM TO
  awk -v from="$1" -v to="$2" 'index($0, from) { on = 1 } on && /^ *```sh/ { shell = 1; next }
    /^ *```/ { shell = 0 } on && shell; on && index($0, to) { exit }' "$document" |
    sed -e "s|/var/lib/sallyport|$work/data|g; s|/var/backups|$work/backups|g" \
        -e 's|sudo -u sallyport ||; s|-o sallyport -g sallyport||; /systemctl/d' \
        -e "s|http://127.0.0.1:8080|$url|g"
}
paste() {
  lines "$@" >"$work/lines"
  [ -s "$work/lines" ] || fail "no lines from '$1' on"
  (cd "$work" && PATH=$work/bin:$PATH bash -e "$work/lines")
}

make_company
policy 3 "Looked at" "\"$(guid bbbbbbbb 2)\"" block | sed 's/"enabled"/"enabledForReportingButNotEnforced"/' \
  >"$work/tenant/looked-at.json"
write_config data/sallyport.db
echo '[enrolment]' >>"$work/sallyport.toml"
"$sallyport" import --data "$work/data" "$work/tenant" >"$work/import.log" 2>&1 ||
  give_up "the company could not be imported"
start_server
decide "before the backup" 200 '{"decision":true}' 2

looked=$(paste "3. Run with the policies" "4. Put the log" 2>>"$work/paste.log")
case $looked in *'"userPrincipalName":"user2"'*) ;; *) fail "report-only: $looked" ;; esac

# --- every metric is on the page, and every name on the page is a metric ---------------------------
names=$(curl -s "$url/metrics" | awk '/^# TYPE/ { print $3 }')
for name in $names; do
  grep -q "\`$name[\`{]" "$document" && continue
  found=
  for suffix in $(grep -o '…_[a-z_]*' "$document" | sort -u); do
    [ "${name%"${suffix#…}"}" = "$name" ] || found=1
  done
  [ -n "$found" ] || fail "$name is not on the page"
done
for name in $(grep -o '`sallyport_[a-z_]*[`{]' "$document" | tr -d '`{' | sort -u); do
  grep -qx "$name" <<<"$names" || fail "$name is on the page and no metric"
done

# --- back up, break, restore ------------------------------------------------------------------------
paste "## Back up" "sallyport-authority" 2>>"$work/paste.log" || fail "the backup: $(cat "$work/paste.log")"
[ -s "$work/backups/sallyport-authority/device-authority.key" ] || fail "no key in the backup"
policy 2 "User 2 is gone" "\"$(guid bbbbbbbb 2)\"" block >"$work/second.json"
"$sallyport" import --data "$work/data" "$work/second.json" >"$work/import.log" 2>&1
until_it 5 eval 'curl -s "${authzen[@]}" -d "$(question 2)" "$url/access/v1/evaluation" | grep -q false' ||
  fail "the change after the backup had no effect"
kill -TERM "$server"; wait "$server"
paste "To go back" "What happened after" 2>>"$work/paste.log" || fail "the restore: $(cat "$work/paste.log")"
start_server
decide "after the restore" 200 '{"decision":true}' 2

# --- Caddy before a sign-in service ------------------------------------------------------------------
if command -v caddy >/dev/null; then
  cat >"$work/behind.py" <<'END'
import http.server, sys

class Behind(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/oauth2/auth":
            known = "session=2" in self.headers.get("Cookie", "")
            self.send_response(202 if known else 401)
            if known:
                self.send_header("X-Auth-Request-Email", "user2")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(("I see " + str(self.headers.get("Remote-User"))).encode())

    def log_message(self, *words):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Behind).serve_forever()
END
  behind=$(free_port)
  python3 "$work/behind.py" "$behind" &
  processes+=("$!")
  wait_for_port "$behind" "the service behind Caddy"
  door=$(free_port)
  {
    printf '{\n\tadmin off\n\tauto_https off\n}\n'
    awk '/^wiki.example.org {/ { on = 1 } /^```/ { on = 0 } on' "$document" |
      sed -e "s|^wiki.example.org {|http://app.example.org:$door {|" \
          -e "s/127.0.0.1:\(4180\|3000\)/127.0.0.1:$behind/; s/127.0.0.1:8080/127.0.0.1:$port/"
  } >"$work/Caddyfile"
  HOME=$work caddy run --config "$work/Caddyfile" --adapter caddyfile >"$work/caddy.log" 2>&1 &
  processes+=("$!")
  wait_for_port "$door" Caddy
  here=(--resolve "app.example.org:$door:127.0.0.1" "http://app.example.org:$door/page")
  ask "nobody is signed in" 302 '/oauth2/sign_in?rd=' "${here[@]}"
  ask "who signed in" 200 'I see user2' -b session=2 "${here[@]}"
  ask "who says to be somebody else" 200 'I see user2' -b session=2 -H 'Remote-User: user3' "${here[@]}"
  ask "who only says so" 302 '/oauth2/sign_in?rd=' -H 'Remote-User: user3' "${here[@]}"
else
  echo "caddy is not installed: its configuration was not tried"
fi
finish "docs/operations.md"
