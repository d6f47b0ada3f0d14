#!/usr/bin/env bash
# The browser journeys ROUNDS times over, each with its own seed; counts as JSON in bench/results/e2e-long.json.
#   e2e_long.sh SEED [ROUNDS]
set -uo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv} seed=${1:-1} rounds=${2:-5}
export PYTHONPATH=src
passed=0 failed=0
for ((round = 0; round < rounds; round++)); do
  if MINGJIAN_SEED=$((seed + round)) "$venv/bin/python" -m pytest -q tests/e2e tests/app/test_system.py tests/media/sources/test_mediamtx.py; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
mkdir -p bench/results
printf '{"seed": %d, "rounds": %d, "passed": %d, "failed": %d}\n' "$seed" "$rounds" "$passed" "$failed" |
  tee bench/results/e2e-long.json
[ "$failed" = 0 ]
