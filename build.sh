#!/usr/bin/env bash
# Builds and tests. Arguments go to Cake: ./build.sh --target=Pack (the targets are listed in build.cake)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export MSBUILDDISABLENODEREUSE=1

summary=artifacts/test-results/summary.txt
rm -f "$summary"

dotnet tool restore
code=0
dotnet cake "$@" || code=$?

# The verdict of the tests is the last line, below Cake's table of durations.
if [[ -f $summary ]]; then cat "$summary"; fi
exit "$code"
