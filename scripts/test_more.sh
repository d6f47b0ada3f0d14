#!/usr/bin/env bash
# Everything `make test-more` runs: the tests marked `more`, which are whole and long. The gate runs both.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
export PYTHONPATH=src VENV=$venv
. scripts/test_steps.sh

step "pytest: the long ones"
"$venv/bin/python" -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m more --durations=10 tests --ignore=tests/e2e
step "pytest: the long journeys in Chromium"
"$venv/bin/python" -m pytest -q -m more --durations=5 tests/e2e
step "make test-more took ${SECONDS} s without its set-up"
