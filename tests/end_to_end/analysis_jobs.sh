#!/bin/bash
# Analyses of a real `sallyport serve`'s own policies, asked for over its REST interface: each kind
# says what the command of that name says of an export, a change never waits for one, and who may
# not, cannot.
#
#   analysis_jobs.sh SALLYPORT
set -u
sallyport=$1
for program in curl python3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"
example=$(cd "$(dirname "$0")/../../examples/tenant" && pwd)

write_config data/sallyport.db
"$sallyport" import --data "$work/data" "$example" >"$work/import.log" 2>&1 ||
  give_up "the example could not be imported"
start_server
until_it 20 ready || give_up "the server is not ready"
token() { "$sallyport" token create --data "$work/data" "$@" 2>>"$work/token.log"; }
admin=$(token Ada --permission administrator) || give_up "no token could be made"
reader=$(token Ria --permission reader)
ca=$url/beta/identity/conditionalAccess
jobs=$ca/analysisJobs
json='Content-Type: application/json'
as() { local bearer=$1; shift; curl -s --max-time 20 -H "Authorization: Bearer $bearer" "$@"; }
api() { local name=$1 status=$2 text=$3 bearer=$4; shift 4
  ask "$name" "$status" "$text" -H "Authorization: Bearer $bearer" "$@"; }
member() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1" 2>/dev/null; }

# ---- mistakes ----
api "who may only read" 403 Analysis.ReadWrite.All "$reader" -H "$json" -d '{"kind":"gaps"}' "$jobs"
api "who may not look" 403 Analysis.ReadWrite.All "$reader" "$jobs"
api "no kind" 400 'gaps, diff, lockout' "$admin" -H "$json" -d '{}' "$jobs"
api "no such kind" 400 'gaps, diff, lockout' "$admin" -H "$json" -d '{"kind":"all"}' "$jobs"
api "a member nobody knows" 400 'is none of' "$admin" -H "$json" -d '{"kind":"gaps","x":1}' "$jobs"
api "a word that is none" 400 'report-only' "$admin" -H "$json" \
  -d '{"kind":"gaps","enforce":"some"}' "$jobs"
api "an option in a list" 400 'without commas' "$admin" -H "$json" \
  -d '{"kind":"gaps","only":["COV-01,COV-02"]}' "$jobs"
api "diff without documents" 400 'needs `documents`' "$admin" -H "$json" -d '{"kind":"diff"}' "$jobs"
api "documents without diff" 400 'is for `diff`' "$admin" -H "$json" \
  -d '{"kind":"gaps","documents":[{}]}' "$jobs"
api "no such job" 404 ResourceNotFound "$admin" "$jobs/$(guid cccccccc 1)"
api "cancelling none" 404 ResourceNotFound "$admin" -X POST "$jobs/$(guid cccccccc 1)/cancel"

# ---- each kind, against the command ----
# run NAME BODY: prints the finished job.
run() {
  local headers=$work/headers answer location
  answer=$(as "$admin" -D "$headers" -H "$json" -d "$2" "$jobs")
  grep -q '^HTTP/[0-9.]* 202' "$headers" || { fail "$1: not accepted: $answer"; return; }
  location=$(sed -n 's/^[Ll]ocation: *\([^\r]*\).*/\1/p' "$headers")
  finished() { as "$admin" "$location" >"$work/job.json"; grep -q '"finishedDateTime":"' "$work/job.json"; }
  until_it 60 finished || fail "$1: does not end: $(cat "$work/job.json")"
  cat "$work/job.json"
}
"$sallyport" export --data "$work/data" "$work/exported" >"$work/export.log" 2>&1
same() {  # NAME BODY COMMAND...
  local name=$1 body=$2
  shift 2
  run "$name" "$body" >"$work/by_rest.json"
  "$sallyport" "$@" --format json >"$work/by_command.json" 2>/dev/null
  python3 - "$work" "$name" <<'END' || failures=$((failures + 1))
import json, sys
work, name = sys.argv[1:]
job = json.load(open(work + "/by_rest.json"))
expected = json.load(open(work + "/by_command.json"))
def plain(one):  # where a file is named, it is another one
    if isinstance(one, dict):
        return {k: plain(v) for k, v in one.items() if k not in ("file", "line", "column", "files")}
    return [plain(v) for v in one] if isinstance(one, list) else one
if job["status"] != "succeeded" or job["percentComplete"] != 100 or job["createdBy"] != "Ada":
    sys.exit(f"FAILED: {name}: {job}")
if not expected or plain(job["result"]) != plain(expected):
    sys.exit(f"FAILED: {name}: over REST {str(job['result'])[:600]}\nby command {str(expected)[:600]}")
END
}
same gaps '{"kind":"gaps"}' gaps "$work/exported"
same "gaps, some" '{"kind":"gaps","only":["COV-01"],"enforce":"all","emergency":["none"]}' \
  gaps "$work/exported" --only COV-01 --enforce all --emergency none
same lockout '{"kind":"lockout"}' lockout "$work/exported"
same attack '{"kind":"attack"}' attack "$work/exported"
same minimize '{"kind":"minimize"}' minimize "$work/exported"
same lint '{"kind":"lint"}' lint "$work/exported"
draft=$(python3 -c 'import glob, json, sys
for name in sorted(glob.glob(sys.argv[1] + "/conditionalAccessPolicy/001*")):
    policy = json.load(open(name)); policy["state"] = "disabled"; print(json.dumps([policy]))' \
  "$work/exported")
mkdir "$work/draft" && cp -r "$work/exported/." "$work/draft" &&
  printf '%s' "$draft" >"$work/draft/conditionalAccessPolicy/$(basename "$work"/exported/conditionalAccessPolicy/001*)"
same diff "{\"kind\":\"diff\",\"documents\":$draft}" diff "$work/exported" "$work/draft"

# ---- what cannot be answered ----
failing=$(run "no such check" '{"kind":"gaps","only":["COV-99"]}')
[ "$(member status <<<"$failing")" = failed ] || fail "no such check: $failing"
case $failing in *COV-99*) ;; *) fail "it does not say why: $failing" ;; esac

# ---- several at once, one of them cancelled; and a change meanwhile ----
# So many that the last waits still when it is cancelled.
for _ in 1 2 3 4 5 6 7 8; do as "$admin" -H "$json" -d '{"kind":"gaps"}' "$jobs" >"$work/last.json"; done
last=$(member id <"$work/last.json")
api "cancelled" 204 "" "$admin" -X POST "$jobs/$last/cancel"
api "and so it stays" 200 '"status":"cancelled"' "$admin" "$jobs/$last"
api "a change is made meanwhile" 201 '"displayName":"Meanwhile"' "$admin" -H "$json" \
  -d "$(policy 9 Meanwhile "\"$(guid bbbbbbbb 9)\"" block)" "$ca/policies"
api "the list has no results" 200 '!"result"' "$admin" "$jobs"
none_runs() { as "$admin" "$jobs" >"$work/all.json"; ! grep -qE '"status":"(notStarted|running)"' "$work/all.json"; }
until_it 60 none_runs || fail "they do not end: $(cat "$work/all.json")"
as "$admin" -H "$json" -d '{"kind":"gaps"}' "$jobs" >/dev/null
kill "$server"; wait "$server" 2>/dev/null
[ -z "$(pgrep -P "$server")" ] || fail "an analysis outlives its server"
finish "analyses over the REST interface"
