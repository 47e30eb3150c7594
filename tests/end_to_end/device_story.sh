#!/bin/bash
# A laptop proves itself: it enrols with one command, is judged, and is let through nginx by its
# certificate; its disk encryption is switched off and the door shuts, saying what is wrong and how
# to mend it; it is mended, "check again" is pressed, and the door opens.
#
#   device_story.sh SALLYPORT SALLYPORT-AGENT
#
# The agent looks at a machine below a folder, so that its disk can be switched. Everything else is
# as in life: a TLS server, nginx with exactly the printed lines, certificates of the authority.
# Exit 77: skipped, a program is missing.
set -u

sallyport=$1
agent=$2
for program in nginx curl openssl python3; do
  if ! PATH=$PATH:/usr/sbin command -v "$program" >/dev/null; then
    echo "skipped: $program is not installed"
    exit 77
  fi
done
. "$(dirname "$0")/support.sh"

# --- the site's certificate -----------------------------------------------------------------------
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout "$work/ca.key" -subj "/CN=site-ca" \
  -out "$work/ca.pem" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout "$work/site.key" -subj "/CN=app.example.org" \
  -out "$work/site.csr" 2>/dev/null
printf 'subjectAltName=DNS:app.example.org,IP:127.0.0.1\n' >"$work/site.ext"
openssl x509 -req -in "$work/site.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -days 2 \
  -CAcreateserial -extfile "$work/site.ext" -out "$work/site.pem" 2>/dev/null

# --- the tenant: compliant devices only, and what that means on Linux -------------------------------
mkdir "$work/tenant"
alice=$(guid bbbbbbbb 1)
cat >"$work/tenant/alice.json" <<END
{"@odata.type": "#microsoft.graph.user", "id": "$alice", "userPrincipalName": "alice",
 "userType": "Member", "displayName": "Alice", "accountEnabled": true}
END
policy 1 "Compliant devices only" '"All"' compliantDevice >"$work/tenant/1.json"
cat >"$work/tenant/linux.json" <<END
{"@odata.type": "#microsoft.graph.deviceManagementCompliancePolicy", "id": "$(guid cccccccc 1)",
 "name": "Linux laptops", "platforms": "linux", "technologies": "linuxMdm",
 "settings": [{"settingInstance": {
   "@odata.type": "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
   "settingDefinitionId": "linux_deviceencryption_required",
   "choiceSettingValue": {"value": "linux_deviceencryption_required_true", "children": []}}}],
 "assignments": [{"target": {"@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"}}],
 "scheduledActionsForRule": [{"ruleName": null, "scheduledActionConfigurations": [
   {"actionType": "block", "gracePeriodHours": 0, "notificationTemplateId": ""}]}]}
END

# --- the server ------------------------------------------------------------------------------------
write_config data/sallyport.db
sed -i "s|^threads = .*|&\ntls_certificate = \"site.pem\"\ntls_key = \"site.key\"|" \
  "$work/sallyport.toml"
printf '[enrolment]\n' >>"$work/sallyport.toml"
url=https://127.0.0.1:$port
"$sallyport" lint config "$work/sallyport.toml" || give_up "the configuration has problems"
"$sallyport" import --data "$work/data" "$work/tenant" >"$work/import.log" 2>&1 ||
  give_up "the tenant could not be imported"
start_server

# --- the laptop ------------------------------------------------------------------------------------
machine=$work/machine
. "$(dirname "$0")/device_machine.sh"
make_machine "$machine"
encrypted "$machine"
enrol_token=$("$sallyport" enrol-token create --data "$work/data" --user alice 2>>"$work/enrol.log") ||
  give_up "no enrolment token"
"$agent" enrol --server "$url" --token "$enrol_token" --ca "$work/ca.pem" --state "$work/laptop" \
  --root "$machine" >>"$work/enrol.log" 2>&1 || give_up "the laptop could not enrol"
"$agent" run --state "$work/laptop" --root "$machine" >>"$work/agent.log" 2>&1 &
processes+=("$!")

# --- the door ----------------------------------------------------------------------------------------
tls_port=$(free_port)
page_port=$(free_port)
echo "alice:$(openssl passwd -apr1 secret)" >"$work/users"
{
  echo "server { listen 127.0.0.1:$page_port; location / { default_type text/plain;"
  echo '  return 200 "the page for <$http_remote_user>\n"; } }'
  "$sallyport" snippet nginx --host app.example.org --server "unix:$work/sallyport.sock" \
    --upstream "http://127.0.0.1:$page_port" --listen "127.0.0.1:$tls_port" \
    --user-file "$work/users" --certificate "$work/site.pem" --certificate-key "$work/site.key" \
    --device-ca "$work/data/authority/device-authority.pem"
} >"$work/front"
start_nginx "$work/front" "$tls_port"

# Key and certificate are one file, so that they are replaced in one step.
for part in key certificate; do
  python3 -c "import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])" \
    "$work/laptop/enrolment.json" $part >"$work/$part.pem" || give_up "no $part"
done
laptop=(--cacert "$work/ca.pem" --resolve "app.example.org:$tls_port:127.0.0.1" -u alice:secret
  -H 'Accept: text/html' --cert "$work/certificate.pem" --key "$work/key.pem")
at=https://app.example.org:$tls_port/
status_is() { [ "$(curl -s -o /dev/null --max-time 5 "${laptop[@]}" -w '%{http_code}' "$at")" = "$1" ]; }

# --- the story ---------------------------------------------------------------------------------------
until_it 20 status_is 200 || fail "a compliant laptop is not let in"
ask "let in" 200 "the page for <alice>" "${laptop[@]}" "$at"
"$agent" status --state "$work/laptop" >"$work/status.log" 2>&1 || fail "status of a compliant laptop"

decrypted "$machine"
until_it 30 status_is 403 || fail "the door stays open"
ask "what is wrong" 403 "Disk encryption" "${laptop[@]}" "$at"
ask "how to mend it" 403 "Switch on the encryption" "${laptop[@]}" "$at"
ask "a way to look again" 403 "Check again" "${laptop[@]}" "$at"
"$agent" status --state "$work/laptop" >"$work/status.log" 2>&1
[ $? = 1 ] || fail "status of a laptop that is not compliant"
grep -q "Disk encryption" "$work/status.log" || fail "status does not say what is wrong"

encrypted "$machine"
until_it 30 status_is 200 || fail "the door stays shut"
ask "let in again" 200 "the page for <alice>" "${laptop[@]}" "$at"

# Without its certificate it is no device; with one of somebody else's authority neither.
ask "no certificate" 403 "!the page" --cacert "$work/ca.pem" \
  --resolve "app.example.org:$tls_port:127.0.0.1" -u alice:secret "$at"

finish "a laptop proves itself"
