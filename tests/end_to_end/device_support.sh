# What the tests of devices share: a company in which a laptop's disk must be encrypted, a laptop
# with the agent, the door, and what can go wrong (tests/support/faults.cc). Sourced after
# support.sh, enrolment_support.sh and device_machine.sh; the caller has set `agent` and `faults`.

export ASAN_OPTIONS=verify_asan_link_order=0  # sanitizers want to be loaded first
user=$(guid bbbbbbbb 2)
machine=$work/machine
database=$work/data/sallyport.db
mkdir "$work/faults"

write_linux_policy() {  # GRACE-HOURS
  cat >"$work/tenant/linux.json" <<END
{"@odata.type": "#microsoft.graph.deviceManagementCompliancePolicy", "id": "$(guid cccccccc 1)",
 "name": "Linux laptops", "platforms": "linux", "technologies": "linuxMdm",
 "settings": [{"settingInstance": {
   "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
   "settingDefinitionId": "linux_deviceencryption_required",
   "choiceSettingValue": {"value": "linux_deviceencryption_required_true", "children": []}}}],
 "assignments": [{"target": {"@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"}}],
 "scheduledActionsForRule": [{"ruleName": null, "scheduledActionConfigurations": [
   {"actionType": "block", "gracePeriodHours": $1, "notificationTemplateId": ""}]}]}
END
  "$sallyport" import --data "$work/data" "$work/tenant/linux.json" >>"$work/import.log" 2>&1 ||
    give_up "the compliance policy could not be imported"
}

make_device_company() {  # [GRACE-HOURS]
  make_tls_server certificate_days=365 renewal_days=365 devices_per_user=1000
  write_people "$user"
  write_linux_policy "${1:-0}"
  make_machine "$machine"
  encrypted "$machine"
}

# As start_server, but it follows $work/faults.
start_faulty_server() { LD_PRELOAD=$faults FAULTS=$work/faults start_server; }

# at_step N COMMAND...: killed before its N-th step. Its status: 137 when it came so far.
at_step() {
  local n=$1
  shift
  (LD_PRELOAD=$faults KILL_AT=$n exec "$@") >>"$work/agent.log" 2>&1
}

enrol_agent() {  # STATE TOKEN
  "$agent" enrol --server "$url" --token "$2" --ca "$work/tls.pem" --state "$1" --root "$machine" \
    >>"$work/agent.log" 2>&1
}
# 0 compliant, 1 not compliant, 2 could not.
check_in() { "$agent" check-in --state "$1" --root "$machine" >"$work/check-in.log" 2>&1; }  # STATE

# NAME.pem and NAME.key of the agent that keeps its state there.
take_certificate() {  # STATE NAME
  python3 - "$1/enrolment.json" "$2" <<'END'
import json, sys
kept = json.load(open(sys.argv[1]))
open(sys.argv[2] + ".pem", "w").write(kept["certificate"])
open(sys.argv[2] + ".key", "w").write(kept["key"])
END
}

# report NAME SEQUENCE ENCRYPTED CURL-OPTION...: sent by who holds NAME.pem; prints the status, the
# answer is in answer.body.
report() {
  local name=$1 sequence=$2 disk=$3
  shift 3
  curl -s -o answer.body -w '%{http_code}' --max-time 20 "${trust[@]}" ${name:+--cert "$name.pem" --key "$name.key"} \
    -H 'Content-Type: application/json' "$@" "$url/agent/v1/check-in" -d "{\"report\":{\"source\":\"agent\",
    \"reportedAt\":\"2026-01-01T00:00:00Z\",\"sequence\":$sequence,\"facts\":{\"operatingSystem\":\"Linux\",
    \"distribution\":\"debian\",\"osVersion\":\"12\",\"storageEncrypted\":$disk}}}"
}
member() {  # PATH: of the answer, as a.b
  python3 -c 'import functools,json,sys
print(functools.reduce(lambda v, k: v[k], sys.argv[1].split("."), json.load(open("answer.body"))))' "$1"
}

let_in() {  # NAME [CURL-OPTION...]: at the door, as nginx asks
  curl -s -o answer.body -D answer.head --max-time 20 "${trust[@]}" -H 'X-Original-URL: https://app.example.org/' \
    -H 'X-Original-Method: GET' -H 'X-Forwarded-For: 10.0.0.1' -H 'Remote-User: user2' \
    ${1:+-H "X-Client-Cert: $(escaped "$1")"} "${@:2}" "$url/forward-auth/nginx" -w '%{http_code}'
}
door_is() { [ "$(let_in "$1")" = "$2" ]; }  # NAME STATUS

# What the directory says of the device, which is what decisions read: 1 or 0.
is_compliant() {  # DEVICE
  sqlite3 "$database" "SELECT json_extract(json, '\$.isCompliant') FROM documents
    WHERE kind = 'device' AND json_extract(json, '\$.deviceId') = '$1'"
}
count_of() { sqlite3 "$database" "SELECT count(*) FROM documents WHERE kind = '$1'"; }

# What the judge says of the report that the agent would make now, without any server.
judged() {  # STATE
  rm -rf copy
  cp -r "$1" copy
  OFFLINE=1 LD_PRELOAD=$faults "$agent" check-in --state copy --root "$machine" >/dev/null 2>&1
  "$sallyport" comply "$work/tenant/linux.json" --format json \
    --device "$(ls copy/spool/*.json | tail -n 1)" >judged.json 2>judged.log
  python3 -c 'import json; print(json.load(open("judged.json"))[0]["verdict"]["complianceState"])'
}

acknowledged_to() {  # STATE: the last report that the agent was told is taken
  python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["sequence"])' "$1/contact.json"
}

# After whatever happened: the agent has sent all it had, the server has what was acknowledged, and
# its verdict is the judge's on that; the door does as the verdict says.
settled() {  # STATE NAME WHAT [VERDICT]: what the judge says, where that is known
  local expected=${4:-$(judged "$1")} acknowledged status
  [ -z "$(ls "$1/spool" 2>/dev/null)" ] || fail "$3: reports are left: $(ls "$1/spool")"
  acknowledged=$(acknowledged_to "$1")
  status=$(report "$2" 1 true)  # a replay, which says what is there and changes nothing
  [ "$status" = 200 ] || { fail "$3: a replay is answered $status: $(cat answer.body)"; return; }
  [ "$(member acceptedSequence)" = "$acknowledged" ] ||
    fail "$3: $acknowledged was acknowledged, the server has $(member acceptedSequence)"
  [ "$(member verdict.complianceState)" = "$expected" ] ||
    fail "$3: the verdict is $(member verdict.complianceState), the judge says $expected"
  if [ "$expected" = compliant ]; then status=200; else status=403; fi
  door_is "$2" "$status" || fail "$3: a device that is $expected is answered $(let_in "$2")"
}
