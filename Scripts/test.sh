#!/usr/bin/env bash
# Builds and runs the tests. Prints each test as it ends and, last, one line "N passed, N failed".
# The whole output is in .build/test.log.
#
#   Scripts/test.sh [ARGUMENT…]     handed to swift test, such as --filter WatchTests;
#                                   such a run may take TEST_SECONDS (1200)
set -uo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
log=.build/test.log
mkdir -p .build

$swift build --build-tests || { echo "0 passed, 1 failed (the tests do not build)"; exit 1; }

# What talks to servers runs one test after the other: deadlines mean nothing on a machine that runs
# twenty servers at once. Each run is bounded, should a program hang.
io='ReactorTests|HTTPTests|CollectorsTests|ServiceTests|DeliveryTests|PrometheusTests'
io+='|IntegrationTests|EndToEndTests|PagerFaultTests'
run() { # seconds, arguments
    timeout --kill-after=10 "$1" $swift test --skip-build --disable-xctest "${@:2}" 2>&1 |
        tee -a "$log" | grep --line-buffered -aE '^(✔ Test|✘|➜|↳|⚠|error:|fatal|Fatal)'
    return "${PIPESTATUS[0]}"
}

: >"$log"
status=0
if [ $# -gt 0 ]; then
    run "${TEST_SECONDS:-1200}" --no-parallel "$@" || status=$?
else
    run 300 --skip "$io" || status=$?
    run 1200 --no-parallel --filter "$io" || status=$?
fi

# Every run ends in a line about itself. Single tests are counted only when they did not pass: what a
# test prints itself may stand before the line about it.
count() { grep -acE "$1" "$log" || true; }
total=$(sed -nE 's/.*Test run with ([0-9]+) tests? in .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
failed=$(($(count '✘ Test .* failed after') - $(count '✘ Test run with')))
skipped=$(count '^➜ Test .* skipped')
passed=$((total - failed - skipped))
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    echo "The run ended early (status $status). Its last lines:"
    tail -n 25 "$log"
    failed=1
fi
if [ "$failed" -gt 0 ]; then
    echo "What failed:"
    grep -aA4 -E '^✘ Test .* recorded an issue' "$log" | cut -c1-400 | head -n 120
fi
[ "$skipped" -gt 0 ] && echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$status" -eq 0 ] && [ "$failed" -eq 0 ]
