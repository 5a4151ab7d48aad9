#!/usr/bin/env bash
# Drives the built server from Emacs in batch mode with eglot, set up as docs/editors.md says. Prints a line per check
# and closes with "N passed, N failed"; exits non-zero if one failed.
#
#   EMACS            the Emacs to use (default: see editors/debian/emacs.sh)
#   EMACS_SUITE      the Debian suite whose Emacs is unpacked (default trixie)
#   SEMANTIC_LS_BIN  the server to use (default: built from this repository)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
emacs=$("$here/../../debian/emacs.sh")
. "$here/../sandbox.sh"

echo "$("$emacs" --version 2>/dev/null | head -n 1), $SEMANTIC_LS_BIN"
"$emacs" -Q --batch --load "$here/plain.el"
