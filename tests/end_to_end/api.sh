#!/bin/bash
# The REST interface of a real `sallyport serve`, asked with curl: who may, what is created, changed
# and deleted, how errors look, that a policy counts for the next decision, and that all of it is
# audited.
#
#   api.sh SALLYPORT
set -u
sallyport=$1
for program in curl python3 sqlite3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
source "$(dirname "$0")/support.sh"

make_company
write_config data/sallyport.db
"$sallyport" import --data "$work/data" "$work/tenant/users.json" >"$work/import.log" 2>&1 ||
  give_up "the company could not be imported"
start_server
until_it 10 ready || give_up "the server is not ready"

token() { "$sallyport" token create --data "$work/data" "$@" 2>>"$work/token.log"; }
admin=$(token Ada --permission administrator) || give_up "no token could be made"
reader=$(token Ria --permission reader --expires 1d)
ca=$url/v1.0/identity/conditionalAccess
json='Content-Type: application/json'
as() { local bearer=$1; shift; curl -s --max-time 20 -H "Authorization: Bearer $bearer" "$@"; }
# api NAME STATUS TEXT TOKEN curl-arguments...
api() { local name=$1 status=$2 text=$3 bearer=$4; shift 4
  ask "$name" "$status" "$text" -H "Authorization: Bearer $bearer" "$@"; }
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n1; }
first_member() { grep -o "\"$1\":\"[^\"]*\"" | head -n1 | cut -d'"' -f4; }

# ---- who may ----
ask "no token" 401 InvalidAuthenticationToken "$ca/policies"
ask "how to authenticate is said" 401 "WWW-Authenticate: Bearer" "$ca/policies"
api "a wrong token" 401 InvalidAuthenticationToken "sallyport_wrong" "$ca/policies"
api "a reader reads" 200 '"value":[]' "$reader" "$ca/policies"
api "a reader does not write" 403 AccessDenied "$reader" -H "$json" -d '{}' "$ca/policies"
ask "two Authorization headers" 400 'came twice' -H "Authorization: Bearer $reader" \
  -H "Authorization: Bearer $admin" "$ca/policies"

# ---- create ----
body=$(policy 1 "User 1 is gone" "\"$(guid bbbbbbbb 1)\"" block)
decide "nobody is blocked yet" 200 '"decision":true' 1
created=$(as "$admin" -H "$json" -d "$body" "$ca/policies")
id=$(first_member id <<<"$created")
[ -n "$id" ] || fail "no id in: $created"
[ "$id" != "$(guid dddddddd 1)" ] || fail "the id of the body was taken"
decide "the policy counts for the next decision" 200 '"decision":false' 1
api "and is there" 200 "$id" "$reader" "$ca/policies/$id"
api "with its ETag" 200 'ETag: W/"' "$reader" "$ca/policies/$id"
api "with its context" 200 \
  "\"@odata.context\":\"$url/v1.0/\$metadata#identity/conditionalAccess/policies/\$entity\"" \
  "$reader" "$ca/policies/$id"
api "in the list" 200 "$id" "$reader" "$ca/policies"
api "by its key in parentheses" 200 "$id" "$reader" "$ca/policies('$id')"
api "below beta" 200 "$url/beta/\$metadata" "$reader" "$url/beta/identity/conditionalAccess/policies/$id"
api "in any letter case of the path" 200 "$id" "$reader" \
  "$url/v1.0/identity/ConditionalAccess/policies/$id"

# ---- what there is ----
cat >"$work/csdl.py" <<'END'
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.stdin).getroot()
edm = "{http://docs.oasis-open.org/odata/ns/edm}"
types = {"microsoft.graph." + one.get("Name") for one in root.iter(edm + "EntityType")}
used = set()
for name in ("Property", "NavigationProperty", "Singleton"):
    used |= {one.get("Type") for one in root.iter(edm + name)}
used |= {one.get("EntityType") for one in root.iter(edm + "EntitySet")}
used = {one[11:-1] if one.startswith("Collection(") else one for one in used}
unknown = {one for one in used if not one.startswith("Edm.")} - types
sets = {one.get("Name") for one in root.iter(edm + "EntitySet")}
assert not unknown, unknown
assert {"users", "groups", "devices", "subscriptions"} <= sets, sets
assert "microsoft.graph.conditionalAccessPolicy" in types, types
print("good")
END
[ "$(as "$reader" "$url/v1.0/\$metadata" | python3 "$work/csdl.py" 2>&1)" = good ] ||
  fail "\$metadata: $(as "$reader" "$url/v1.0/\$metadata" | python3 "$work/csdl.py" 2>&1 | tail -n 1)"

# ---- change ----
as "$admin" -o "$work/patch.out" -D "$work/patch.head" -X PATCH -H "$json" \
  -d '{"state":"disabled"}' "$ca/policies/$id"
grep -q '204 No Content' "$work/patch.head" || fail "PATCH: $(cat "$work/patch.head")"
[ ! -s "$work/patch.out" ] || fail "PATCH has a body: $(cat "$work/patch.out")"
api "what was not sent is kept" 200 '"state":"disabled"' "$reader" "$ca/policies/$id"
api "the name is kept" 200 'User 1 is gone' "$reader" "$ca/policies/$id"
decide "a disabled policy blocks nobody" 200 '"decision":true' 1
etag=$(as "$admin" -D - -o /dev/null "$ca/policies/$id" | sed -n 's/^ETag: \(.*\)\r$/\1/p')
api "the first administrator" 204 "" "$admin" -X PATCH -H "$json" -H "If-Match: $etag" \
  -d '{"state":"enabled"}' "$ca/policies/$id"
api "the second has seen an old version" 412 PreconditionFailed "$admin" -X PATCH -H "$json" \
  -H "If-Match: $etag" -d '{"displayName":"Other"}' "$ca/policies/$id"
api "deleting what was changed" 412 PreconditionFailed "$admin" -X DELETE -H "If-Match: $etag" \
  "$ca/policies/$id"

# ---- what is refused ----
api "an unknown member" 400 '1007' "$admin" -X PATCH -H "$json" -d '{"colour":"red"}' \
  "$ca/policies/$id"
api "a broken rule" 400 '1032: InvalidControls' "$admin" -X PATCH -H "$json" \
  -d '{"grantControls":{"operator":"OR","builtInControls":["block","mfa"]}}' "$ca/policies/$id"
api "an unknown location" 400 '1032: InvalidReferences' "$admin" -X PATCH -H "$json" \
  -d "{\"conditions\":{\"locations\":{\"includeLocations\":[\"$(guid cccccccc 9)\"]}}}" "$ca/policies/$id"
api "no such policy" 404 ResourceNotFound "$admin" "$ca/policies/$(guid dddddddd 77)"
api "nothing there" 404 ResourceNotFound "$admin" "$ca/nothing"
api "another method" 405 'Allow: GET, POST' "$admin" -X DELETE "$ca/policies"
api "another media type" 415 UnsupportedMediaType "$admin" -H 'Content-Type: text/xml' -d '<a/>' "$ca/policies"
api "no JSON" 400 '1007' "$admin" -H "$json" -d '{"a":' "$ca/policies"
api "no body" 400 '1007' "$admin" -X POST "$ca/policies"
head -c 2000000 /dev/zero | tr '\0' ' ' >"$work/large"
api "a large body" 413 '"innerError":{"date":"' "$admin" -H "$json" -H 'Expect:' --data-binary "@$work/large" "$ca/policies"
ask "what is no request" 400 '"innerError":{"date":"' -H 'Transfer-Encoding: chunked' \
  -H 'Content-Length: 3' --data-binary 'abc' "$ca/policies"
api "an encoded slash makes no segment" 400 '"error"' "$admin" --path-as-is "$ca%2fpolicies"
api "dots lead nowhere" 400 '"error"' "$admin" --path-as-is "$ca/../conditionalAccess/policies"
api "the envelope names the request" 404 '"innerError":{"date":"' "$admin" "$ca/nothing"
api "the client's id is echoed" 404 '"client-request-id":"abc-1"' "$admin" \
  -H 'client-request-id: abc-1' "$ca/nothing"

# ---- a named location in use ----
location=$(as "$admin" -H "$json" -d '{"@odata.type":"#microsoft.graph.ipNamedLocation",
  "displayName":"Office","isTrusted":true,"ipRanges":[{"@odata.type":"#microsoft.graph.iPv4CidrRange",
  "cidrAddress":"203.0.113.0/24"}]}' "$ca/namedLocations" | first_member id)
[ -n "$location" ] || fail "no location was made"
api "a location without a type" 400 '1007' "$admin" -H "$json" \
  -d '{"displayName":"Office","ipRanges":[]}' "$ca/namedLocations"
api "a trusted location is not deleted" 400 'trusted' "$admin" -X DELETE "$ca/namedLocations/$location"
api "use it" 204 "" "$admin" -X PATCH -H "$json" \
  -d "{\"conditions\":{\"locations\":{\"includeLocations\":[\"All\"],\"excludeLocations\":[\"$location\"]}}}" \
  "$ca/policies/$id"
api "not trusted any more" 204 "" "$admin" -X PATCH -H "$json" \
  -d '{"@odata.type":"#microsoft.graph.ipNamedLocation","isTrusted":false}' "$ca/namedLocations/$location"
api "a location in use is not deleted" 400 'uses this location' "$admin" -X DELETE \
  "$ca/namedLocations/$location"

# ---- delete ----
api "delete" 204 "" "$admin" -X DELETE "$ca/policies/$id"
api "gone" 404 ResourceNotFound "$admin" "$ca/policies/$id"
api "delete again" 404 ResourceNotFound "$admin" -X DELETE "$ca/policies/$id"
decide "a deleted policy blocks nobody" 200 '"decision":true' 1
api "now the location may go" 204 "" "$admin" -X DELETE "$ca/namedLocations/$location"

# ---- what is the server's own business is not exported ----
"$sallyport" export "$work/exported" --data "$work/data" >/dev/null 2>&1
[ -d "$work/exported/user" ] || fail "the users are not exported"
ls "$work/exported" | grep -q '^sallyport\.' && fail "exported: $(ls "$work/exported")"
grep -rq "User 1 is gone" "$work/exported" && fail "a deleted policy is exported"

# ---- audit ----
database=$work/data/sallyport.db
of_policy="SELECT json FROM audits WHERE target = '$id' AND json LIKE"
audits=$(sqlite3 "$database" "$of_policy '%\"result\":\"success\"%' ORDER BY sequence")
sqlite3 "$database" "$of_policy '%\"result\":\"failure\"%'" | grep -q '1032: InvalidControls' ||
  fail "a refused change is not audited"
for text in 'Add conditional access policy' 'Update conditional access policy' \
  'Delete conditional access policy' '"displayName":"Ada"' '"oldValue":"\"enabled\""'; do
  case $audits in *"$text"*) ;; *) fail "the audit log has no $text in: ${audits:0:3000}" ;; esac
done
[ "$(grep -c . <<<"$audits")" = 5 ] || fail "five changes, these audits: $audits"

# ---- tokens ----
for secret in "$admin" "$reader"; do
  grep -q -- "${secret#sallyport_}" "$database" "$database"-wal 2>/dev/null &&
    fail "a token can be read in the store"
done
"$sallyport" token list --data "$work/data" --format csv >"$work/tokens"
grep -q '^Ada,' "$work/tokens" || fail "the token is not listed: $(cat "$work/tokens")"
revoked=$("$sallyport" token list --data "$work/data" --format json | tr -d '\n ' |
  grep -o '"displayName":"Ria","kind":"token","id":"[^"]*"' | cut -d'"' -f12)
"$sallyport" token revoke --data "$work/data" "$revoked" >/dev/null || fail "no token was revoked"
api "a revoked token" 401 InvalidAuthenticationToken "$reader" "$ca/policies"
api "the other still works" 200 '"value"' "$admin" "$ca/policies"

finish "the REST interface with curl"
