#!/usr/bin/env bash
# Drives the built server from Helix in a terminal, set up as docs/editors.md says. Not a part of .ci/run: what is on the
# screen differs between versions of Helix.
#
#   HELIX_SUITE      the Debian suite whose Helix is unpacked (default forky, the first that has one)
#   SEMANTIC_LS_BIN  the server to use (default: built from this repository)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$("$here/../../debian/unpack.sh" "${HELIX_SUITE:-forky}" hx)
. "$here/../sandbox.sh"
. "$here/../terminal.sh"
export HELIX_RUNTIME=$folder/root/usr/lib/hx/runtime
mkdir -p "$XDG_CONFIG_HOME/helix"
cp "$here/languages.toml" "$XDG_CONFIG_HOME/helix/"
cd "$PROJECT"

"$folder/run" /usr/bin/hx --version
"$folder/run" /usr/bin/hx --health go | grep -E 'semantic-ls: .*bin/semantic-ls'
start "exec $folder/run /usr/bin/hx net/retry.go"
await 'the file is open' 'NOR +net/retry.go'
type 'ggOfunc CompressThumbnail(photograph []byte) []byte { return photograph } // shrinks an uploaded picture'
press Enter Escape
await 'the edit is made' 'NOR +net/retry.go \[\+\]'
type ' S'
await 'the picker is open' 'kind +name'
type 'make a picture that was sent in smaller'
await 'the first hit is what was not saved' '> function CompressThumbnail +net/retry.go'
press Enter
await 'it is gone to' 'NOR +net/retry.go \[\+\].* 1:6'
type ':q!'
press Enter
