#!/usr/bin/env bash
# Runs the commands that the documentation shows, with the program just built, and compares what it
# prints with the block that follows. `...` in a block stands for the rest.
#
#   commands.sh SALLYPORT SALLYPORT-AGENT
set -uo pipefail
sallyport=$1 agent=$2
cd "$(dirname "$0")/../.."
failed=0 ran=0

# Each shell block as `command<TAB>expected output, its line ends as \x01`.
blocks() {
  awk '
    function flush() { if (command != "") print command "\t" output; command = output = "" }
    /^```sh/ { flush(); shell = 1; next }
    /^```$/ && shell { shell = 0; next }
    /^```$/ && command != "" && !text { text = 1; next }
    /^```/ && text { text = 0; flush(); next }
    /^```/ { flush(); next }
    shell && /^sallyport-agent facts/ { flush(); command = $0; next }
    shell && /sallyport (attack|comply|diff|explain|fmt|gaps|lint|lockout|minimize|replay|snippet|test|version|whatif)/ { flush(); command = $0; next }
    text { output = output $0 "\001"; next }
    END { flush() }' "$1"
}

for document in README.md docs/*.md docs/formats/*.md docs/analysis/*.md; do
  while IFS=$'\t' read -r command expected; do
    [ -n "$command" ] || continue
    ran=$((ran + 1))
    program=$sallyport
    [ "${command#sallyport-agent }" = "$command" ] || program=$agent
    words=${command#sallyport-agent }
    words=${words#*sallyport/sallyport }
    words=${words#sallyport }
    words=${words%%#*}
    # shellcheck disable=SC2086
    printed=$(NO_COLOR=1 COLUMNS=100 $program $words 2>&1)
    status=$?
    if [ "$status" -gt 1 ]; then
      echo "FAILED: $document: $command"; echo "$printed"; failed=1; continue
    fi
    wanted=$(tr '\001' '\n' <<<"$expected" | sed '/^\.\.\.$/,$d')
    count=$(grep -c '' <<<"$wanted")
    if [ -n "$wanted" ] && [ "$(head -n "$count" <<<"$printed")" != "$wanted" ]; then
      echo "FAILED: $document: $command prints something else:"
      diff <(echo "$wanted") <(head -n "$count" <<<"$printed"); failed=1
    fi
  done < <(blocks "$document")
done
[ "$ran" -gt 0 ] || { echo "FAILED: no command was found"; failed=1; }
echo "$ran commands of the documentation ran"
exit "$failed"
