#!/bin/bash
# The five lines of docs/api.md, pasted as they are: from a token to a created policy.
#
#   api_docs.sh SALLYPORT
set -u
sallyport=$(realpath "$1")
command -v curl >/dev/null || { echo "skipped: curl is not installed"; exit 77; }
document=$(cd "$(dirname "$0")/../.." && pwd)/docs/api.md
source "$(dirname "$0")/support.sh"

write_config data/sallyport.db
start_server
mkdir "$work/bin" && ln -s "$sallyport" "$work/bin/sallyport"
awk '/^```sh/ { shell = 1; next } /^```/ && shell { exit } shell' "$document" |
  sed "s|http://127.0.0.1:8080|$url|" >"$work/lines"
[ "$(grep -c . "$work/lines")" = 5 ] || fail "these are not five lines: $(cat "$work/lines")"
printed=$(cd "$work" && PATH=$work/bin:$PATH bash "$work/lines" 2>/dev/null)
case $printed in
  *'$metadata#identity/conditionalAccess/policies/$entity'*'"displayName":"MFA for all"'*) ;;
  *) fail "no policy was created: $printed" ;;
esac
case $printed in
  *'policies(displayName,state)"'*'"state":"enabledForReportingButNotEnforced"'*) ;;
  *) fail "the policy is not listed: $printed" ;;
esac
finish "the five lines of docs/api.md"
