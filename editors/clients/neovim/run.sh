#!/usr/bin/env bash
# Drives the built server from a headless Neovim that has no plugin: its own client, set up as docs/editors.md says.
# Prints a line per check and closes with "N passed, N failed"; exits non-zero if one failed.
#
#   NVIM             the Neovim to use (default: see editors/debian/nvim.sh)
#   NVIM_SUITE       the Debian suite whose Neovim is unpacked (default trixie)
#   SEMANTIC_LS_BIN  the server to use (default: built from this repository)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
nvim=$("$here/../../debian/nvim.sh")
. "$here/../sandbox.sh"

echo "$("$nvim" --version | head -n 1), $SEMANTIC_LS_BIN"
cd "$PROJECT" # since 0.11 a server may start with the empty buffer, for the folder Neovim is started in
"$nvim" --clean --headless -l "$here/plain.lua"
