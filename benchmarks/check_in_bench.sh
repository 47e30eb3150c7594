#!/bin/bash
# How many devices can check in, over kept-alive TLS with their certificates, judged and on the disk
# before they are answered; and what they take from decisions.
set -u
sallyport=${SALLYPORT:-@CMAKE_BINARY_DIR@/apps/sallyport/sallyport}
agent=${SALLYPORT_AGENT:-@CMAKE_BINARY_DIR@/apps/sallyport-agent/sallyport-agent}
load=@CMAKE_CURRENT_BINARY_DIR@/check_in_load
source @CMAKE_CURRENT_BINARY_DIR@/server_support.sh
devices=${DEVICES:-64}
rounds=5
seconds=2
threads=2

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout "$work/site.key" -subj "/CN=127.0.0.1" \
  -addext 'subjectAltName=IP:127.0.0.1' -out "$work/site.pem" 2>/dev/null
make_company
policy 2 "User 6 needs a compliant device" "\"$(guid bbbbbbbb 6)\"" compliantDevice \
  >"$work/tenant/policy2.json"
for number in 1 2 3 4 5 6 7 8 9 10; do
  cat >"$work/tenant/compliance-$number.json" <<END
{"@odata.type": "#microsoft.graph.deviceManagementCompliancePolicy", "id": "$(guid cccccccc $number)",
 "name": "Linux $number", "platforms": "linux", "technologies": "linuxMdm",
 "settings": [{"settingInstance": {
   "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
   "settingDefinitionId": "linux_deviceencryption_required",
   "choiceSettingValue": {"value": "linux_deviceencryption_required_true", "children": []}}}],
 "assignments": [{"target": {"@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"}}],
 "scheduledActionsForRule": [{"scheduledActionConfigurations": [
   {"actionType": "block", "gracePeriodHours": 0}]}]}
END
done
write_config data/sallyport.db
sed -i 's|^threads = .*|&\ntls_certificate = "site.pem"\ntls_key = "site.key"|' "$work/sallyport.toml"
printf '[enrolment]\ndevices_per_user = 1000\ncheck_ins_per_minute = 0\n' >>"$work/sallyport.toml"
url=https://127.0.0.1:$port
"$sallyport" import --data "$work/data" "$work/tenant" >"$work/import.log" 2>&1 ||
  give_up "the tenant could not be imported"
start_server
enrolments=()
for i in $(seq "$devices"); do
  token_of_one=$("$sallyport" enrol-token create --data "$work/data" --user user5 2>/dev/null) ||
    give_up "no enrolment token"
  "$agent" enrol --server "$url" --token "$token_of_one" --ca "$work/site.pem" \
    --state "$work/device$i" --name "laptop$i" >>"$work/enrol.log" 2>&1 ||
    give_up "a device could not enrol"
  enrolments+=("$work/device$i/enrolment.json")
done

cat >"$work/decide.lua" <<END
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer $token"
wrk.body = '$(question 5)'
END
authzen+=(--cacert "$work/site.pem")
decide "a decision" 200 '"decision":true' 5
[ "$failures" = 0 ] || give_up "decisions are wrong"
# Over many connections: few fall to the two threads unevenly, differently each time.
decisions() {
  wrk -t1 -c64 -d"${seconds}s" -s "$work/decide.lua" "$url/access/v1/evaluation" |
    awk '/Requests\/sec/ { print $2 }'
}

# check_in RATE DEVICES SECONDS: how many were answered a second, and how many processors their
# client took meanwhile; RATE 0: without a pause.
check_in() {
  "$load" "$port" "$3" "$1" "$work/site.pem" "${enrolments[@]:0:$2}" |
    awk -v seconds="$3" '{ print $1 / seconds, $2 / seconds }'
}
# beside RATE DEVICES: sets share, of the decisions alone; met, the check-ins a second meanwhile; and
# ours, the share when the CPU time of the devices, who are elsewhere, is not taken for the server's.
beside() {
  local shares=() mets=() ourses=() before one
  for _ in $(seq "$rounds"); do
    before=$(decisions)
    check_in "$1" "$2" "$((seconds + 1))" >"$work/met" &
    sleep 0.5
    one=$(quotient "$(decisions)" "$before")
    wait "$!"
    shares+=("$one")
    mets+=("$(cut -d' ' -f1 "$work/met")")
    ourses+=("$(awk -v share="$one" -v processors="$(nproc)" \
      '{ print share / (1 - $2 / processors) }' "$work/met")")
  done
  share=$(median "${shares[@]}")
  met=$(median "${mets[@]}")
  ours=$(median "${ourses[@]}")
}

rates=()
for _ in $(seq "$rounds"); do rates+=("$(check_in 0 "$devices" "$seconds" | cut -d' ' -f1)"); done
# From a report that changes the verdict to the first decision that differs, both ways. The decision
# after the answer must already differ: nothing is asked twice.
python3 -c "import json,sys; d=json.load(open(sys.argv[1])); print(d['key']+d['certificate'])" \
  "${enrolments[0]}" >"$work/device.pem"
mine=$(grep -o '[0-9a-f-]\{36\}' "${enrolments[0]}" | head -1)
laptop_question=$(printf '{"subject":{"type":"user","id":"%s"},"action":{"name":"open"},"resource":{"type":"app","id":"%s"},"context":{"device_id":"%s","client_app":"browser"}}' \
  "$(guid bbbbbbbb 6)" "$app" "$mine")
sequence=$(($(date +%s) * 1000000 + 900000))
report_it() {  # true|false: sets seconds
  printf '{"report":{"source":"agent","reportedAt":"2026-11-26T03:00:00Z","sequence":%s,"facts":{"operatingSystem":"Linux","distribution":"debian","osVersion":"12","storageEncrypted":%s}}}' \
    "$sequence" "$1" >"$work/report.json"
  curl -s -o /dev/null -w '%{time_total}' --cacert "$work/site.pem" --cert "$work/device.pem" \
    -d @"$work/report.json" "$url/agent/v1/check-in"
}
decided() { curl -s --cacert "$work/site.pem" "${authzen[@]}" -d "$laptop_question" "$url/access/v1/evaluation"; }
times=()
for _ in $(seq 100); do
  for word in false true; do
    sequence=$((sequence + 1))
    times+=("$(report_it "$word")")
    case $(decided) in *"\"decision\":$word"*) ;; *) give_up "the door does not follow: $(decided)" ;; esac
  done
done
slowest=$(printf '%s\n' "${times[@]}" | sort -n | sed -n '198p')
answer "a report that changes the verdict to a door that follows, p99" "$slowest" s 1 less
answer "check-ins a second, judged and on the disk, 64 devices over TLS" "$(median "${rates[@]}")" \
  "1/s" 5000 more
beside 0 4
answer "decisions while 4 devices check in without a pause" "$share" "of those alone" 0.8 more
figure "- check-ins a second meanwhile" "$met" "1/s"
# 14 million devices that check in every eight hours.
beside 500 "$devices"
answer "decisions while devices check in 500 times a second" "$share" "of those alone" 0.8 more
figure "- check-ins a second meanwhile" "$met" "1/s"
beside 5000 "$devices"
figure "decisions while devices offer 5000 check-ins a second" "$share" "of those alone"
answer "- of those that the devices' own work leaves processors for" "$ours" "of those alone" 0.8 more
figure "- check-ins a second meanwhile" "$met" "1/s"
