#!/usr/bin/env bash
# Set up everything below this clone: .venv with locked packages, the built UI, the prepared empty database.
#   setup.sh run     what running needs
#   setup.sh test    and what the tests need (real peers: a browser, ffmpeg, GStreamer, PostgreSQL)
# System packages are installed when you may (root or password-less sudo); otherwise the line to type is printed.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-run}
venv=${VENV:-.venv}

say() { printf '\033[1m%s\033[0m\n' "$*"; }
fail() { printf '\033[31m%s\033[0m\n' "$*" >&2; exit 1; }

as_root=()
may_install() {
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" = 0 ]; then return 0; fi
  if sudo -n true 2>/dev/null; then as_root=(sudo -n); return 0; fi
  return 1
}

apt_install() {
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# print the packages whose probe is absent; an entry is "package:probe", a probe is a command or a file pattern
missing_packages() {
  local item package probe
  for item in "$@"; do
    package=${item%%:*} probe=${item#*:}
    case $probe in
      /*) compgen -G "$probe" >/dev/null || echo "$package" ;;
      *) command -v "$probe" >/dev/null || echo "$package" ;;
    esac
  done
}

run_packages=('fonts-noto-cjk:/usr/share/fonts/opentype/noto/NotoSansCJK*')
test_packages=(
  ffmpeg:ffmpeg 'chromium:/usr/bin/chromium*' openssl:openssl
  'libvlc5:/usr/lib/*/libvlc.so.5' 'vlc-plugin-base:/usr/lib/*/vlc/plugins/codec/libavcodec_plugin.so'
  strace:strace tshark:tshark iproute2:ip poppler-utils:pdftotext qpdf:qpdf zbar-tools:zbarimg softhsm2:softhsm2-util
  python3-gi:/usr/lib/python3/dist-packages/gi
  'gir1.2-gst-rtsp-server-1.0:/usr/lib/*/girepository-1.0/GstRtspServer-1.0.typelib'
  gstreamer1.0-tools:gst-launch-1.0 'gstreamer1.0-rtsp:/usr/lib/*/gstreamer-1.0/libgstrtspclientsink.so'
  'gstreamer1.0-plugins-good:/usr/lib/*/gstreamer-1.0/libgstrtp.so'
  'gstreamer1.0-plugins-bad:/usr/lib/*/gstreamer-1.0/libgstvideoparsersbad.so'
  'gstreamer1.0-plugins-ugly:/usr/lib/*/gstreamer-1.0/libgstx264.so'
  'gstreamer1.0-libav:/usr/lib/*/gstreamer-1.0/libgstlibav.so'
)

install_system() {
  local names
  mapfile -t names < <(missing_packages "$@")
  [ ${#names[@]} -gt 0 ] || return 0
  if may_install; then
    say "Installing system packages: ${names[*]}"
    apt_install "${names[@]}"
    return 0
  fi
  echo "These system packages are missing: ${names[*]}"
  echo "Type:   sudo apt-get install ${names[*]}"
  if [ "$mode" = test ]; then fail "The tests need them: an absent peer fails, it never skips."; fi
  echo "Without it, Chinese names are missing from snapshots and from the demo's pictures."
}

find_python() {
  local candidate
  for candidate in python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null &&
       "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return 0
    fi
  done
  fail "Python 3.11 or newer is needed. Type:   sudo apt-get install python3"
}

make_venv() {
  local python package
  if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c '' 2>/dev/null; then return 0; fi
  python=$(find_python)
  say "Making $venv with $("$python" --version)"
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    may_install || fail "Python lacks its venv module. Type:   sudo apt-get install $package"
    apt_install "$package"
  fi
  rm -rf "$venv"
  "$python" -m venv "$venv"
}

# uv takes a tenth of pip's time. It reads no pip.conf, so it is told whose index and certificates pip would use.
install_by_uv() {
  local index=${PIP_INDEX_URL:-} cert=${PIP_CERT:-}
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock || return 1
  [ -n "$index" ] || index=$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)
  [ -n "$cert" ] || cert=$("$venv/bin/python" -m pip config get global.cert 2>/dev/null || true)
  [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
  [ -z "$cert" ] || export SSL_CERT_FILE="$cert"
  mkdir -p "$venv/tmp"  # uv leaves locks in the folder of temporary files, and we write nothing outside the clone
  TMPDIR="$(cd "$venv/tmp" && pwd)" VIRTUAL_ENV="$(cd "$venv" && pwd)" UV_LINK_MODE=copy \
    "$venv/bin/uv" pip install --quiet --compile-bytecode --require-hashes -r "$1" || return 1
  rm -rf "$venv/tmp"
}

# a stamp per lock file: nothing is installed twice
install_python() {
  local lock=$1 stamp
  stamp="$venv/.installed-$(basename "$lock" .lock)-$(sha256sum "$lock" | cut -c1-16)"
  [ -e "$stamp" ] && return 0
  say "Installing locked Python packages ($lock)"
  if ! (install_by_uv "$lock"); then
    say "uv could not: pip does it, which takes a minute or two"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  fi
  "$venv/bin/python" - <<'PY'
import pathlib, sysconfig
pathlib.Path(sysconfig.get_path("purelib"), "mingjian-src.pth").write_text(str(pathlib.Path("src").resolve()) + "\n")
PY
  printf '#!/bin/sh\nexec "%s/bin/python" -m mingjian.app.cli "$@"\n' "$(cd "$venv" && pwd)" > "$venv/bin/mingjian"
  chmod +x "$venv/bin/mingjian"
  touch "$stamp"
}

begin_ui() {
  set -m  # a process group of its own: when the rest fails, or at Ctrl+C, npm ends too
  VENV=$venv scripts/build_ui.sh </dev/null &
  ui=$!
  set +m
  trap 'kill -- "-$ui" 2>/dev/null || true' EXIT
}

make_venv
if [ "$mode" = test ]; then
  install_system "${run_packages[@]}" "${test_packages[@]}"
  lock=requirements-dev.lock
else
  install_system "${run_packages[@]}"
  lock=requirements.lock
  ! compgen -G "$venv/.installed-requirements-dev-*" >/dev/null || lock=
fi
# the UI beside Python's packages where the system has Node, else beside the database, once Node came with them
ui=
if scripts/system_node.sh; then begin_ui; fi
[ -z "$lock" ] || install_python "$lock"
[ -n "$ui" ] || begin_ui
PYTHONPATH=src "$venv/bin/python" scripts/empty_database.py
wait "$ui"
