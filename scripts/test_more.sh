#!/usr/bin/env bash
# Everything `make test-more` runs: the tests marked `more`, which are whole and long. The gate runs both.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
export PYTHONPATH=src VENV=$venv
. scripts/test_steps.sh

failed=0
step "pytest: the long ones, beside them the other journeys in Chromium"
begin_beside journeys "$venv/bin/python" -m pytest -q "${once_more[@]}" -m more --durations=5 tests/e2e
"$venv/bin/python" -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m more --durations=10 tests --ignore=tests/e2e || failed=$?
step "pytest: the other journeys in Chromium"
end_beside journeys || failed=$?
step "make test-more took ${SECONDS} s without its set-up"
exit "$failed"
