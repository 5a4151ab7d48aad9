#!/usr/bin/env bash
# Installs the pinned packages, compiles, lints, tests and packages the extension; prints the package's size.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
if grep -q '"resolved"' package-lock.json; then
  echo "package-lock.json names a registry: run npm install --omit-lockfile-registry-resolved" >&2
  exit 1
fi
npm ci --ignore-scripts --no-audit --no-fund
npm run compile
npm run lint
npm test
npm run package
echo "semantic-ls.vsix: $(wc -c <semantic-ls.vsix) bytes"
