#!/usr/bin/env bash
# MediaMTX, a peer of the tests of make e2e-long, built from its module with Go into .cache/peers/mediamtx (two minutes).
# Its module lacks two files that its own build downloads or writes: the version, and a player that no test asks for.
set -euo pipefail
cd "$(dirname "$0")/.."
version=v1.12.3
target=$PWD/.cache/peers/mediamtx
[ -x "$target" ] && exit 0
command -v go >/dev/null || { echo "MediaMTX is built with Go: install Go 1.24 or newer (https://go.dev/dl), then try again" >&2; exit 1; }
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export GOPATH=$work/go GOFLAGS=-modcacherw
( cd "$work" && go mod download "github.com/bluenviron/mediamtx@$version" )
cp -r "$GOPATH/pkg/mod/github.com/bluenviron/mediamtx@$version" "$work/source"
chmod -R u+w "$work/source"
cd "$work/source"
echo "$version" > internal/core/VERSION
: > internal/servers/hls/hls.min.js
mkdir -p "${target%/*}"
go build -o "$target" .
