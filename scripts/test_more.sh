#!/usr/bin/env bash
# Everything `make test-more` runs: the tests marked `more`, which are whole and long. The gate runs both.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
export PYTHONPATH=src VENV=$venv
. scripts/test_steps.sh

failed=0
pytest=("$venv/bin/python" -m pytest -q -m "more and not long")
timed=(tests/app tests/bench)  # as in test.sh: what only computes fills what these and the browsers leave
step "pytest: what runs against the clock; beside it the other journeys in Chromium"
begin_beside journeys "${pytest[@]}" "${once_more[@]}" --durations=5 tests/e2e
begin_beside computing "${filling[@]}" -m "more and not long" tests --ignore=tests/e2e "${timed[@]/#/--ignore=}"
"${pytest[@]}" --durations=5 "${timed[@]}" || failed=$?
step "pytest: the other journeys in Chromium"
end_beside journeys || failed=$?
step "pytest: what only computes"
end_beside computing || failed=$?
step "make test-more took ${SECONDS} s without its set-up"
exit "$failed"
