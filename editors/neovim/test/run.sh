#!/usr/bin/env bash
# Drives the plugin in a headless Neovim against the real server. Prints a line per check and closes with
# "N passed, N failed"; exits non-zero if one failed.
#
#   NVIM             the Neovim to use (default: see editors/debian/nvim.sh)
#   NVIM_SUITE       the Debian suite whose Neovim is unpacked (default trixie)
#   SEMANTIC_LS_BIN  the server to use (default: built from this repository)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
nvim=$("$here/../../debian/nvim.sh")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
server=${SEMANTIC_LS_BIN:-}
if [[ -z "$server" ]]; then
  server=$work/semantic-ls
  (cd "$here/../../.." && go build -o "$server" ./cmd/semantic-ls)
fi
[[ -x "$server" ]] || {
  echo "SEMANTIC_LS_BIN names $server, which is no program" >&2
  exit 1
}

# Nothing of the user's is read or written: configuration, data, state and caches all lie in the temporary folder.
mkdir -p "$work"/{home,config,data,state,cache}
echo "$("$nvim" --version | head -n 1), $server"
HOME=$work/home XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_STATE_HOME=$work/state \
  XDG_CACHE_HOME=$work/cache SEMANTIC_LS_BIN=$server TEST_DIR=$work/project \
  "$nvim" --clean --headless -l "$here/editor.lua"
