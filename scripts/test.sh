#!/usr/bin/env bash
# Everything `make test` runs, in the order that fails soonest; scripts/test_more.sh has the long ones.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
export PYTHONPATH=src VENV=$venv
. scripts/test_steps.sh

# the UI's checks beside Python's: each has one core
if [ -e ui/package.json ]; then
  [ -d ui/node_modules ] || scripts/npm.sh ci --no-audit --no-fund --loglevel=error
  begin_beside ui_checks
fi
step "ruff"
"$venv/bin/ruff" check .
"$venv/bin/ruff" format --check .
step "import-linter"
"$venv/bin/lint-imports" | tail -n 12
step "mypy"
"$venv/bin/mypy"
if [ -e ui/package.json ]; then
  step "UI: types, ESLint and unit tests"
  end_beside
fi
failed=0
step "pytest, beside it the desks in Chromium: they wait as much as they compute"
begin_beside "$venv/bin/python" -m pytest -q -m "not live and not more" --durations=5 tests/e2e
"$venv/bin/python" -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not more" --durations=10 \
  tests --ignore=tests/app/test_system.py --ignore=tests/e2e || failed=$?
step "pytest: the desks in Chromium"
end_beside
# one process for all that shows live video: tests/e2e/conftest.py says which; beside it only the system test
step "pytest: the screens with live video in Chromium"
begin_beside "$venv/bin/python" -m pytest -q -m "not more" --durations=5 tests/app/test_system.py
"$venv/bin/python" -m pytest -q -m "live and not more" --durations=5 tests/e2e || failed=$?
step "pytest: the whole system"
end_beside
step "make test took ${SECONDS} s without its set-up"
exit "$failed"
