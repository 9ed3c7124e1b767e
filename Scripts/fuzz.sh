#!/usr/bin/env bash
# Builds and runs one of the fuzz targets in Fuzz/ with libFuzzer, for so many seconds.
#
#   Scripts/fuzz.sh TARGET [SECONDS]     without a target: lists them
#
# What it learns stays in .build/fuzz/TARGET; an input that traps, hangs for 10 s or needs 2 GB is
# written there as crash-…, timeout-… or oom-…, and the exit code is not 0.
set -euo pipefail
cd "$(dirname "$0")/.."

targets() { find Fuzz/Targets -mindepth 1 -maxdepth 1 -not -name CDriver -printf '%f\n' | sort; }

if [ $# -eq 0 ]; then
    targets
    exit 2
fi
target=$1
seconds=${2:-60}
[ -d "Fuzz/Targets/$target" ] || { echo "fuzz: no target $target; there are: $(targets | tr '\n' ' ')" >&2; exit 2; }

build=$PWD/.build/fuzz
${SWIFT:-swift} build --package-path Fuzz --scratch-path "$build/package" -c release --product "$target"
mkdir -p "$build/$target/corpus"
seeds=()
[ ! -d "Fuzz/Targets/$target/Seeds" ] || seeds=("Fuzz/Targets/$target/Seeds")
program=$(${SWIFT:-swift} build --package-path Fuzz --scratch-path "$build/package" -c release --show-bin-path)/$target
exec "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$build/$target/" "$build/$target/corpus" "${seeds[@]}"
