#!/usr/bin/env bash
# Drives the built server from Vim with ALE in a terminal, set up as docs/editors.md says. Not a part of .ci/run, as
# helix/run.sh is not.
#
#   VIM_SUITE        the Debian suite whose Vim and ALE are unpacked (default forky)
#   SEMANTIC_LS_BIN  the server to use (default: built from this repository)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$("$here/../../debian/unpack.sh" "${VIM_SUITE:-forky}" vim-ale vim-nox)
. "$here/../sandbox.sh"
. "$here/../terminal.sh"
VIMRUNTIME=$(echo "$folder"/root/usr/share/vim/vim9*)
export VIMRUNTIME ALE=$folder/root/usr/share/vim-ale
mv "$PROJECT" "$work/shop" # where ALE looks for go.mod, Vim takes [x] for a pattern
cd "$work/shop"

"$folder/run" /usr/bin/vim.nox --version | head -n 1
start "exec $folder/run /usr/bin/vim.nox -u $here/vimrc net/retry.go"
await 'the file is open' '^package net'
type 'ggOfunc CompressThumbnail(photograph []byte) []byte { return photograph } // shrinks an uploaded picture'
press Escape
type ':ALESymbolSearch make a picture that was sent in smaller'
press Enter
await 'the first hit is what was not saved' '/net/retry.go:1:6 CompressThumbnail'
screen | grep -m 1 '/net/retry.go:'
type ':qa!'
press Enter
