#!/usr/bin/env bash
# Prints the path of an Emacs to test with. In order of preference:
#
#   1. $EMACS, if set
#   2. the copy an earlier run unpacked into the cache folder
#   3. an installed emacs of version 29 or newer, which has eglot (not if a suite was asked for)
#   4. Debian's emacs-nox of the suite $EMACS_SUITE (default trixie), unpacked into the cache folder: see unpack.sh
set -euo pipefail

if [[ -n "${EMACS:-}" ]]; then
  command -v "$EMACS"
  exit
fi

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
suite=${EMACS_SUITE:-trixie}
unpacked=${XDG_CACHE_HOME:-$HOME/.cache}/semantic-ls-ci/debian/$suite-emacs-nox
if [[ ! -x "$unpacked/emacs" && -z "${EMACS_SUITE:-}" ]] && installed=$(command -v emacs) &&
  "$installed" -Q --batch --eval '(kill-emacs (if (< emacs-major-version 29) 1 0))' >/dev/null 2>&1; then
  echo "$installed"
  exit
fi

folder=$("$here/unpack.sh" "$suite" emacs-nox) || {
  echo "no Emacs 29 or newer here: set EMACS to one" >&2
  exit 1
}
# Emacs has the folders below /usr compiled in, and takes others from the environment.
root=$folder/root/usr
dump=$(echo "$root"/libexec/emacs/*/*/emacs-*.pdmp)
share=$(echo "$root"/share/emacs/[0-9]*)
[[ -f "$dump" && -d "$share/lisp" ]] || {
  echo "$folder has not the files of one Emacs: remove it" >&2
  exit 1
}
cat >"$folder/emacs" <<RUN
#!/bin/sh
export EMACSLOADPATH="$share/lisp" EMACSDATA="$share/etc" EMACSDOC="$share/etc" EMACSPATH="$(dirname "$dump")"
exec "$folder/run" /usr/bin/emacs-nox --dump-file="$dump" "\$@"
RUN
chmod +x "$folder/emacs"
"$folder/emacs" -Q --batch --eval '(require (quote eglot))' >/dev/null 2>&1
echo "$folder/emacs"
