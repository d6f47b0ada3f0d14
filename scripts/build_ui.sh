#!/usr/bin/env bash
# Build the UI into src/mingjian/web/ui_dist. Nothing is done when nothing under ui/ changed.
set -euo pipefail
cd "$(dirname "$0")/.."
out=src/mingjian/web/ui_dist
[ -e ui/package.json ] || exit 0
stamp=$(git ls-files -co --exclude-standard ui | LC_ALL=C sort | xargs -d '\n' sha256sum 2>/dev/null | sha256sum | cut -c1-32)
if [ -e "$out/index.html" ] && [ "$(cat "$out/.stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi
printf '\033[1mBuilding the UI\033[0m\n'
scripts/npm.sh ci --no-audit --no-fund --loglevel=error
scripts/npm.sh run --silent build
echo "$stamp" > "$out/.stamp"
