#!/usr/bin/env bash
# One-time check, run as root on a machine with the system packages: an ordinary user clones, types `make demo`, sees
# pictures, and nothing outside his clone is written but the package managers' caches.
#   check_unprivileged.sh [COMMIT]
# The user is made and removed again; port 8000 must be free. About four minutes with cold caches.
set -euo pipefail
cd "$(dirname "$0")/.."
commit=$(git rev-parse "${1:-HEAD}") source=$PWD user=mjcheck seconds=900
fail() { printf '\033[31m%s\033[0m\n' "$*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "run it as root: it makes a user without rights"
command -v runuser >/dev/null || fail "runuser is missing (util-linux)"
if ss -ltn 2>/dev/null | grep -q ':8000 '; then fail "port 8000 is in use"; fi

useradd --create-home --shell /bin/bash "$user"
home=$(getent passwd "$user" | cut -d: -f6)
clone=$home/mingjian told=$home/told
demo=
cleanup() {
  if [ -n "$demo" ]; then kill -TERM -- "-$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true; fi
  for _ in $(seq 30); do pgrep -u "$user" >/dev/null || break; sleep 1; done  # a user with processes stays
  userdel --remove "$user" 2>/dev/null || true
}
trap cleanup EXIT
# the clone is made from a copy that he may read, as from a server; a true copy, since it gets another owner
bare=$home/source.git
git clone -q --bare --no-hardlinks "$source" "$bare"
chown -R "$user": "$bare"
as_user() {
  runuser -u "$user" -- env -i HOME="$home" USER="$user" LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin \
    "${passed[@]}" "$@"
}
passed=()
for name in PIP_CERT PIP_FIND_LINKS PIP_INDEX_URL SSL_CERT_FILE NODE_EXTRA_CA_CERTS NPM_CONFIG_REGISTRY \
            http_proxy https_proxy HTTP_PROXY HTTPS_PROXY no_proxy NO_PROXY; do
  [ -z "${!name:-}" ] || passed+=("$name=${!name}")
done
as_user sh -c "sudo -n true 2>/dev/null" && fail "$user may become root here: that proves nothing"
stamp=$(mktemp)
as_user sh -c "git clone -q '$bare' '$clone' && cd '$clone' && git checkout -q '$commit'"

begun=$SECONDS
setsid runuser -u "$user" -- env -i HOME="$home" USER="$user" LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin \
  "${passed[@]}" make -C "$clone" demo >"$told" 2>&1 </dev/null &
demo=$!
recorded=
until [ -n "$recorded" ]; do
  [ $((SECONDS - begun)) -lt "$seconds" ] || { tail -20 "$told"; fail "no pictures within $seconds s"; }
  kill -0 "$demo" 2>/dev/null || { tail -20 "$told"; fail "make demo ended"; }
  sleep 2
  # a sealed or growing segment that ffprobe decodes a picture from
  file=$(find "$clone/demo-data/volumes" -name '*.mp4' -size +40k 2>/dev/null | head -n 1 || true)
  [ -z "$file" ] && continue
  curl -fsS -o /dev/null http://127.0.0.1:8000/readyz 2>/dev/null || continue
  pictures=$(ffprobe -v quiet -select_streams v -count_frames -show_entries stream=nb_read_frames -of csv=p=0 "$file" || true)
  [ "${pictures:-0}" -gt 0 ] 2>/dev/null && recorded=$pictures
done
echo "pictures after $((SECONDS - begun)) s ($recorded decoded from the first file)"

written=$(find / -xdev \( -path "$clone" -o -path "$home/.cache" -o -path "$home/.npm" -o -path "$bare" \) -prune -o \
  -user "$user" -newer "$stamp" -not -path "$home" -print 2>/dev/null | sort || true)
rm -f "$stamp"
[ -z "$written" ] || { echo "$written"; fail "written outside the clone"; }
echo "nothing outside the clone and the caches of pip and npm was written"
