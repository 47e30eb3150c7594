# What the benchmarks of the running server share: a company of some size, load from wrk, and the CPU
# time of processes. Sourced; the caller has set `sallyport`.
#
# A question's answer is one line of JSON (question.h). CPU time and not the clock is compared,
# because other work on the machine is not the question. A wrong answer is not worth timing: give_up.

source @CMAKE_SOURCE_DIR@/tests/end_to_end/support.sh
for program in wrk nginx curl; do
  command -v "$program" >/dev/null || give_up "$program is not installed"
done
chmod 755 "$work"
threads=1
app=30000000-0000-4000-8000-000000000050  # the canteen, behind the proxy

# 200 policies, 5,000 users in 60 groups of which some are nested, 400 devices, 40 applications. Who
# has proved it twice is granted; who has not is asked for it by several policies, except at the
# canteen.
make_large_company() {
  mkdir "$work/tenant"
  awk -v folder="$work/tenant" '
    function user(i) { return sprintf("10000000-0000-4000-8000-%012d", i) }
    function group(i) { return sprintf("20000000-0000-4000-8000-%012d", i) }
    function app(i) { return sprintf("30000000-0000-4000-8000-%012d", i) }
    function policy(i, name, users, apps, more, grant) {
      printf "%s{\"@odata.type\":\"#microsoft.graph.conditionalAccessPolicy\"," \
        "\"id\":\"60000000-0000-4000-8000-%012d\",\"displayName\":\"%s\",\"state\":\"%s\"," \
        "\"conditions\":{\"users\":{%s},\"applications\":{\"includeApplications\":[%s]%s}%s," \
        "\"clientAppTypes\":[\"all\"]},\"grantControls\":{%s}}", comma, i, name, \
        (i % 10 == 9 ? "enabledForReportingButNotEnforced" : "enabled"), users, apps,
        (grant ~ /mfa/ && apps ~ /All/ ? ",\"excludeApplications\":[\"" app(50) "\"]" : ""),
        more, grant > policies
      comma = ",\n"
    }
    BEGIN {
      people = folder "/people.json"; policies = folder "/policies.json"
      printf "[" > people; printf "[" > policies
      for (i = 0; i < 5000; ++i)
        printf "{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"%s\",\"userType\":\"Member\"," \
          "\"userPrincipalName\":\"user%d@example.org\",\"displayName\":\"User %d\"},\n",
          user(i), i, i > people
      for (g = 0; g < 60; ++g) {
        printf "%s{\"@odata.type\":\"#microsoft.graph.group\",\"id\":\"%s\"," \
          "\"displayName\":\"Department %d\",\"members\":[", (g ? ",\n" : ""), group(g), g > people
        first = 1
        for (i = g; g < 59 && i < 5000; i += 60) {
          printf "%s{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"%s\"}", first ? "" : ",",
            user(i) > people
          first = 0
        }
        if (g % 10 == 0)
          printf ",{\"@odata.type\":\"#microsoft.graph.group\",\"id\":\"%s\"}", group(g + 1) > people
        printf "]}" > people
      }
      for (d = 0; d < 400; ++d)
        printf ",\n{\"@odata.type\":\"#microsoft.graph.device\"," \
          "\"id\":\"40000000-0000-4000-8000-%012d\",\"deviceId\":\"41000000-0000-4000-8000-%012d\"," \
          "\"displayName\":\"laptop %d\",\"operatingSystem\":\"Windows\",\"isCompliant\":true," \
          "\"isManaged\":true,\"trustType\":\"AzureAd\"}", d, d, d > people
      printf "]\n" > people

      mfa = "\"operator\":\"OR\",\"builtInControls\":[\"mfa\"]"
      block = "\"operator\":\"OR\",\"builtInControls\":[\"block\"]"
      everyone = "\"includeUsers\":[\"All\"],\"excludeGroups\":[\"" group(59) "\"]"
      policy(1, "Everyone proves it twice", everyone, "\"All\"", "", mfa)
      policy(2, "Office applications want a second factor", everyone,
             "\"" app(0) "\",\"" app(1) "\"", "", mfa)
      policy(3, "Windows and macOS want a second factor", everyone, "\"All\"",
             ",\"platforms\":{\"includePlatforms\":[\"windows\",\"macOS\"]}", mfa)
      left = ""
      for (i = 4900; i < 5000; ++i) left = left (i > 4900 ? "," : "") "\"" user(i) "\""
      policy(4, "Whoever left", "\"includeUsers\":[" left "]", "\"All\"", "", block)
      for (i = 5; i <= 200; ++i) {
        users = "\"includeGroups\":[\"" group(i % 59) "\",\"" group((i * 7) % 59) "\"]," \
          "\"excludeUsers\":[\"" user(i) "\"]"
        apps = "\"" app(i % 40) "\",\"" app((i * 3) % 40) "\""
        if (i % 4 == 0)
          policy(i, "Department policy " i, users, apps,
                 ",\"platforms\":{\"includePlatforms\":[\"android\",\"iOS\"]}",
                 "\"operator\":\"OR\",\"builtInControls\":[\"compliantDevice\"]")
        else if (i % 4 == 1)
          policy(i, "No other clients " i, users, apps,
                 ",\"platforms\":{\"includePlatforms\":[\"linux\"]}", block)
        else
          policy(i, "Second factor or managed device " i, users, apps, "",
                 "\"operator\":\"OR\",\"builtInControls\":[\"mfa\",\"compliantDevice\"]")
      }
      printf "]\n" > policies
    }'
  "$sallyport" import --data "$work/data" "$work/tenant" >"$work/import.log" 2>&1 ||
    give_up "the company could not be imported"
}

# start_nginx, and sets nginx_worker.
start_one_nginx() {
  start_nginx "$@"
  # The master listens before it has a worker.
  until_it 10 grep -q . "/proc/$nginx/task/$nginx/children" || give_up "nginx has no worker"
  read -r nginx_worker _ <"/proc/$nginx/task/$nginx/children"
}

# Nanoseconds of CPU that a process has used, by the scheduler's count of each of its threads.
cpu_of() {
  local total=0 pid ran _
  for pid in "$@"; do
    for thread in "/proc/$pid/task"/*; do
      read -r ran _ <"$thread/schedstat"
      total=$((total + ran))
    done
  done
  echo "$total"
}

# load SECONDS URL PROCESS... -- WRK-ARGUMENT...: sets requests, and the nanoseconds of CPU that the
# processes took for them.
load() {
  local seconds=$1 url=$2 before after report of=()
  shift 2
  while [ "$1" != -- ]; do of+=("$1"); shift; done
  shift
  before=$(cpu_of "${of[@]}")
  report=$(wrk -t1 -c32 -d"${seconds}s" -s "$work/wrk.lua" "$url" -- "$@" 2>&1)
  after=$(cpu_of "${of[@]}")
  case $report in *Non-2xx* | *"Socket errors"*) give_up "$url: $report" ;; esac
  requests=$(awk '/ requests in /{print $1}' <<<"$report")
  [ "${requests:-0}" -gt 100 ] || give_up "$url: $report"
  nanoseconds=$((after - before))
}

# decided OUTCOME GATE: how many decisions the server has counted.
decided() {
  curl -s "$url/metrics" |
    awk -v name="sallyport_decisions_total{gate=\"$2\",outcome=\"$1\"}" '$1 == name {print $2}'
}

# answer NAME VALUE UNIT TARGET less|more
answer() {
  awk -v name="$1" -v value="$2" -v unit="$3" -v target="$4" -v better="$5" 'BEGIN {
    holds = better == "less" ? value <= target : value >= target
    printf "{\"name\":\"%s\",\"value\":%.4g,\"unit\":\"%s\",\"target\":\"%s %.6g\",\"holds\":%s}\n",
      name, value, unit, better == "less" ? "<=" : ">=", target, holds ? "true" : "false"
  }'
}

# figure NAME VALUE UNIT: without a target.
figure() {
  awk -v name="$1" -v value="$2" -v unit="$3" 'BEGIN {
    printf "{\"name\":\"%s\",\"value\":%.4g,\"unit\":\"%s\",\"target\":null,\"holds\":null}\n",
      name, value, unit }'
}

median() { printf '%s\n' "$@" | sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
quotient() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.6g", a / b}'; }
