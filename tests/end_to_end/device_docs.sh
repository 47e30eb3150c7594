#!/bin/bash
# The commands of docs/agent.md and the flags of docs/osquery.md, as they stand there, against a real
# `sallyport serve`. Only what names the example's places is put in: server, user, folders.
#
#   device_docs.sh SALLYPORT SALLYPORT-AGENT
set -uo pipefail
sallyport=$1
agent=$2
docs=$(cd "$(dirname "$0")/../../docs" && pwd)
for program in curl openssl; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"
source "$(dirname "$0")/enrolment_support.sh"
source "$(dirname "$0")/device_machine.sh"
source "$(dirname "$0")/tpm_support.sh"

cd "$work" || exit 1
make_maker maker
make_tls_server osquery=true 'tpm_authorities = "maker.pem"'
user=$(guid bbbbbbbb 2)
write_people "$user"
start_server
make_machine "$work/machine"
encrypted "$work/machine"
has_tpm=
if command -v swtpm >/dev/null && command -v tpm2_getekcertificate >/dev/null; then
  has_tpm=1
  start_tpm tpm
  endorse maker
fi

ran=0
run_command() {
  local words=$1
  words=${words//https:\/\/sallyport.example.org/$url}
  words=${words//anna@example.org/user2}
  case $words in
    *" --tpm "* | tpm2_getekcertificate* | "openssl x509 -inform DER -in ek.der"*)
      [ -n "$has_tpm" ] || return 0 ;;&
    *" --tpm "*)  # another machine, and so another token
      enrol_token >token.txt
      words=${words/device:\/dev\/tpmrm0/$tcti}
      # shellcheck disable=SC2086
      "$agent" ${words#sallyport-agent } --ca tls.pem --state tpm-state --root machine >run.log 2>&1 ;;
    tpm2_getekcertificate*) $words >run.log 2>&1 ;;
    "openssl x509 -inform DER -in ek.der"*)
      $words >run.log 2>&1
      grep -q 'Issuer: CN = maker' run.log || fail "docs/agent.md: whose TPM is it? $(cat run.log)" ;;
    "sallyport enrol-token create"*)
      # shellcheck disable=SC2086
      "$sallyport" ${words#sallyport } --data "$work/data" >token.txt 2>run.log ;;
    "sallyport-agent enrol "*)
      # shellcheck disable=SC2086
      "$agent" ${words#sallyport-agent } --ca tls.pem --state state --root machine \
        >run.log 2>&1 ;;
    "sallyport-agent facts "*) return 0 ;;  # tests/docs compares what it prints
    "sallyport-agent status"*)
      # shellcheck disable=SC2086
      "$agent" ${words#sallyport-agent } --state state >run.log 2>&1 ;;
    "systemctl enable --now sallyport-agent") return 0 ;;  # no systemd in a test
    *) fail "docs/agent.md shows a command that nobody tries: $words"; return 0 ;;
  esac
  local status=$?
  ran=$((ran + 1))
  # A device that no policy is for is as compliant as the tenant's settings say: 0 or 1, not 2.
  [ "$status" -le 1 ] || fail "\`$1\` of docs/agent.md: exit status $status: $(cat run.log)"
}
while IFS= read -r command; do run_command "$command"; done < <(
  awk '/^```sh/ { shell = 1; next } /^```/ { shell = 0 } shell && NF' "$docs/agent.md")
[ "$ran" -ge 3 ] || fail "docs/agent.md: $ran commands were found"
if [ -n "$has_tpm" ]; then
  grep -q 'BEGIN TSS2 PRIVATE KEY' tpm-state/enrolment.json || fail "docs/agent.md: no key in the TPM"
fi
grep -q 'Last contact' run.log || fail "status says: $(cat run.log)"
[ -f state/enrolment.json ] || fail "the device is not enrolled"
"$agent" check-in --state state --root machine >run.log 2>&1
[ $? -le 1 ] || fail "a check-in: $(cat run.log)"

# ---- osquery: each endpoint that the flag file names is there, and tells strangers nothing ----
endpoints=$(sed -n 's/^--.*_endpoint=//p' "$docs/osquery.md")
[ "$(wc -l <<<"$endpoints")" = 5 ] || fail "docs/osquery.md names other endpoints: $endpoints"
for path in $endpoints; do
  wanted='{"node_invalid":true}'
  body='{"node_key":"guess"}'
  if [[ $path == *enroll ]]; then
    body='{"enroll_secret":"guess","host_identifier":"h","platform_type":"9"}'
  fi
  answer=$(curl -s "${trust[@]}" -d "$body" "$url$path")
  [ "$answer" = "$wanted" ] || fail "$path answers a stranger: $answer"
done
token=$("$sallyport" enrol-token create --data "$work/data" --user user2 2>/dev/null)
key=$(curl -s "${trust[@]}" -d '{"enroll_secret":"'"$token"'","host_identifier":"h","platform_type":"9"}' \
  "$url/api/osquery/enroll" | sed -n 's/.*"node_key":"\([^"]*\)".*/\1/p')
[ -n "$key" ] || fail "no osquery host enrols by a token"
ask "a host is configured" 200 sallyport_linux_disks "${trust[@]}" -d '{"node_key":"'"$key"'"}' \
  "$url/api/osquery/config"
ask "a host reports" 200 '{}' "${trust[@]}" -d '{"node_key":"'"$key"'","statuses":{"sallyport_linux_disks":0},
  "queries":{"sallyport_linux_disks":[{"storageEncrypted":"1"}]}}' "$url/api/osquery/distributed/write"

finish "the pages on the agent and osquery"
