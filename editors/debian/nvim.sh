#!/usr/bin/env bash
# Prints the path of a Neovim to test with. In order of preference:
#
#   1. $NVIM, if set
#   2. the copy an earlier run unpacked into the cache folder
#   3. an installed nvim of version 0.10 or newer (not if a suite was asked for)
#   4. Debian's package of the suite $NVIM_SUITE (default trixie), unpacked into the cache folder: see unpack.sh
set -euo pipefail

if [[ -n "${NVIM:-}" ]]; then
  # Inside a Neovim terminal $NVIM is that editor's socket, not a program.
  if [[ ! -S "$NVIM" ]]; then
    command -v "$NVIM"
    exit
  fi
fi

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
suite=${NVIM_SUITE:-trixie}
unpacked=${XDG_CACHE_HOME:-$HOME/.cache}/semantic-ls-ci/debian/$suite-neovim
if [[ ! -x "$unpacked/nvim" && -z "${NVIM_SUITE:-}" ]] && installed=$(command -v nvim) &&
  "$installed" --clean --headless -c 'if has("nvim-0.10") | qa! | else | cq! | endif' >/dev/null 2>&1; then
  echo "$installed"
  exit
fi

folder=$("$here/unpack.sh" "$suite" neovim) || {
  echo "no Neovim 0.10 or newer here: set NVIM to one" >&2
  exit 1
}
cat >"$folder/nvim" <<RUN
#!/bin/sh
export VIMRUNTIME="$folder/root/usr/share/nvim/runtime"
exec "$folder/run" /usr/bin/nvim "\$@"
RUN
chmod +x "$folder/nvim"
"$folder/nvim" --version >/dev/null
echo "$folder/nvim"
