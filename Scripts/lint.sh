#!/usr/bin/env bash
# Formatting, and rules of the house that a compiler cannot check. Reports everything it finds.
set -uo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
failed=0
fault() { printf 'lint: %s\n' "$*"; failed=1; }

# Lists every place where a pattern stands in files of the project, with what is wrong about it.
forbid() {
    local why=$1 pattern=$2
    shift 2
    local places
    places=$(git grep -nIE "$pattern" -- "$@") || return 0
    fault "$why"
    printf '%s\n' "$places"
}

$swift format lint --strict -r Package.swift Sources Tests Benchmarks Fuzz || fault "run: swift format -i -r Package.swift Sources Tests Benchmarks Fuzz"

mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
for script in "${scripts[@]}"; do bash -n "$script" || fault "$script is no shell script"; done
if command -v shellcheck >/dev/null; then
    shellcheck "${scripts[@]}" || fault "shellcheck found faults"
fi

forbid "Foundation costs 10 MB: FoundationEssentials, and only for JSON" \
    '^(@[a-z]+ )?import Foundation$' Sources
forbid "say what the code does now, or do it" '\b(TOD[O]|FIXM[E]|XX[X])\b' Sources Tests Scripts Makefile
forbid "a merge is not finished" '^(<<<<<<<|>>>>>>>) ' .
forbid "spaces at the end of a line" '[ 	]+$' '*.sh' '*.toml' Makefile packages.txt

[ "$failed" -eq 0 ] && echo "lint: nothing found"
exit "$failed"
