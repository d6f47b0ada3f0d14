#!/usr/bin/env bash
# Everything `make test` runs, in the order that fails soonest; scripts/test_more.sh has the long ones.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
export PYTHONPATH=src VENV=$venv
. scripts/test_steps.sh

failed=0
pytest=("$venv/bin/python" -m pytest -q)
browser=("${pytest[@]}" "${once_more[@]}" --durations=5)
# Streams, processes, kills: they wait for each other and for the clock. All else only computes, and has the lowest
# priority from first to last: it fills what the others leave of the two cores, and never makes them late.
timed=(tests/media tests/app tests/bench tests/fault)

step "ruff"
"$venv/bin/ruff" check .
"$venv/bin/ruff" format --check .
step "import-linter"
"$venv/bin/lint-imports" | tail -n 12
# the UI's checks beside Python's: each has one core
if [ -e ui/package.json ]; then
  [ -d ui/node_modules ] || scripts/npm.sh ci --no-audit --no-fund --loglevel=error
  begin_beside ui ui_checks
fi
step "mypy"
"$venv/bin/mypy"
begin_beside computing "${filling[@]}" -m "not more" tests --ignore=tests/e2e "${timed[@]/#/--ignore=}"
if [ -e ui/package.json ]; then
  step "UI: types, ESLint and unit tests"
  end_beside ui
fi
step "pytest: what runs against the clock; beside it the desks in Chromium"
begin_beside desks "${browser[@]}" -m "not live and not more" tests/e2e
"${pytest[@]}" -n 2 --dist loadfile --no-loadscope-reorder -m "not more" --durations=10 \
  "${timed[@]}" --ignore=tests/app/test_system.py || failed=$?
step "pytest: the desks in Chromium"
end_beside desks || failed=$?
# one process for all that shows live video: tests/e2e/conftest.py says which; beside it the system test
step "pytest: the screens with live video in Chromium"
begin_beside system "${pytest[@]}" -m "not more" --durations=5 tests/app/test_system.py
"${browser[@]}" -m "live and not more" tests/e2e || failed=$?
step "pytest: the whole system"
end_beside system || failed=$?
step "pytest: what only computes"
end_beside computing || failed=$?
step "make test took ${SECONDS} s without its set-up"
exit "$failed"
