#!/usr/bin/env bash
# Measures the built programs against their limits and prints a table; exit 1 when one is passed. The
# screen is measured on the demo production, the probes on a local nginx.
#
#   Scripts/bench.sh [FOLDER] [SECONDS]     folder of the programs, how long to measure each thing
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-.build/release}
seconds=${2:-20}
work=$(mktemp -d)
stack=
trap 'stop_stack; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

stop_stack() {
    [ -n "$stack" ] && kill -TERM "$stack" 2>/dev/null && wait "$stack" 2>/dev/null
    stack=
}

# The demo production; its first line of output is the path of its configuration.
start_stack() {
    mkfifo "$work/out"
    "$bin/dogwatch-demo" --stack >"$work/out" 2>"$work/stack.log" &
    stack=$!
    exec 3<"$work/out"
    read -r -t 60 config <&3 || { cat "$work/stack.log" >&2; exit 1; }
}

failed=0
row() { # name, value, limit, unit
    local verdict=ok
    awk -v a="$2" -v b="$3" 'BEGIN { exit !(a + 0 > b + 0) }' && { verdict=OVER; failed=1; }
    printf '%-56s %10s %10s %-5s %s\n' "$1" "$2" "$3" "$4" "$verdict"
}

milliseconds() { # of a command; its own exit code does not matter
    local start end
    start=$(date +%s%N)
    "$@" >/dev/null 2>&1 || true
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
}

# The value of a line "name<tab>value" in the last benchmark's output.
value() { awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$work/figures"; }

screen() { "$bin/ScreenBenchmark" "$seconds" "$bin/dogwatch" --config "$config" --state "$work/state" >"$work/figures"; }

measure_screen() {
    screen
    row "start to first frame" "$(value "start to first frame, ms")" 30 ms
    row "start to first data" "$(value "start to first data, ms")" 1000 ms
    row "CPU, engine and dashboard at 120×40" "$(value "CPU of one core, %")" 1.5 "%"
    row "resident memory, engine and dashboard" "$(value "resident, MB")" 30 MB
    row "bytes to the terminal" "$(value "bytes to the terminal a second")" 2048 B/s
    row "key to screen, p95" "$(value "key to screen p95, ms")" 10 ms
    row "time to leave" "$(value "time to leave, ms")" 100 ms
    "$bin/dogwatch-demo" fault api-hang --seconds 600 >"$work/fault"
    seconds=2 screen
    row "key to screen, p95, while the API hangs" "$(value "key to screen p95, ms")" 10 ms
}

measure_probes() { # what hangs, "silent" or nothing
    "$bin/ProbeBenchmark" 1000 100 "$seconds" ${2:+"$2"} >"$work/figures"
    row "1000 endpoints a second, 100 $1: CPU" "$(value "CPU of one core, %")" 20 "%"
    row "1000 endpoints a second, 100 $1: lag p99" "$(value "lag p99, ms")" 100 ms
}

start_stack
printf '%-56s %10s %10s\n' "what" "measured" "limit"
row "dogwatch check" "$(milliseconds "$bin/dogwatch" check --config "$config")" 100 ms
row "dogwatch triage" "$(milliseconds "$bin/dogwatch" triage --config "$config" --state "$work/none")" 5000 ms
measure_screen
stop_stack
measure_probes "hanging"
measure_probes "with a deaf resolver" silent
exit "$failed"
