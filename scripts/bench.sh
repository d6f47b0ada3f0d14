#!/usr/bin/env bash
# All figures, one JSON a benchmark in bench/results. About half an hour; give one name to run that one only.
#   bench.sh SEED [record|live|screen|playback|index|ledger|evidence|retention]
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv} seed=${1:-1} only=${2:-}
export PYTHONPATH=src:.
for name in index playback live screen record ledger evidence retention; do
  [ -z "$only" ] || [ "$only" = "$name" ] || continue
  printf '\n\033[1m== %s\033[0m\n' "$name"
  "$venv/bin/python" "bench/$name.py" --seed "$seed"
done
