#!/usr/bin/env bash
# Measures the built programs against their limits, on the demo production: what a screen of 120×40
# costs, how soon it is there, how long a triage takes. Prints a table; exit 1 when a limit is passed.
#
#   Scripts/bench.sh [FOLDER] [SECONDS]     folder of the programs, how long to measure the screen
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
    printf '%-44s %10s %10s %-5s %s\n' "$1" "$2" "$3" "$4" "$verdict"
}

milliseconds() { # of a command; its own exit code does not matter
    local start end
    start=$(date +%s%N)
    "$@" >/dev/null 2>&1 || true
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
}

jiffies() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }

# The dashboard in a pseudo-terminal for a while: bytes it wrote, time to its first, CPU and memory.
measure_screen() {
    local run="stty cols 120 rows 40; echo \$\$ >$work/pid; exec $bin/dogwatch --config $config --state $work/state"
    # Nobody types: a pipe that stays open and empty.
    mkfifo "$work/keys"
    exec 4<>"$work/keys"
    TERM=xterm-256color script -qfec "$run" -T "$work/timing" -O "$work/screen" <"$work/keys" >/dev/null &
    local recorder=$!
    sleep 5
    local pid first before after
    pid=$(cat "$work/pid")
    first=$(stat -c %s "$work/screen")
    before=$(jiffies "$pid")
    sleep "$seconds"
    after=$(jiffies "$pid")
    bytes=$((($(stat -c %s "$work/screen") - first) / seconds))
    cpu=$(awk -v j=$((after - before)) -v s="$seconds" -v hz="$(getconf CLK_TCK)" \
        'BEGIN { printf "%.2f", 100 * j / hz / s }')
    memory=$(awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$pid/status")
    kill -TERM "$pid" && wait "$recorder" || true
    start_ms=$(awk 'NR == 1 { printf "%.1f", 1000 * ($1 ~ /^[0-9.]+$/ ? $1 : $2) }' "$work/timing")
}

start_stack
printf '%-44s %10s %10s\n' "what" "measured" "limit"
row "dogwatch check" "$(milliseconds "$bin/dogwatch" check --config "$config")" 100 ms
row "dogwatch triage" "$(milliseconds "$bin/dogwatch" triage --config "$config" --state "$work/none")" 5000 ms
measure_screen
row "start to first byte on the screen" "$start_ms" 30 ms
row "CPU, engine and dashboard at 120×40" "$cpu" 1.5 "%"
row "resident memory, engine and dashboard" "$memory" 30 MB
row "bytes to the terminal" "$bytes" 2048 B/s
exit "$failed"
