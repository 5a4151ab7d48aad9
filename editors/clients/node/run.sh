#!/usr/bin/env bash
# Drives the built server with Microsoft's client library, on standard input and output, in node's own test runner.
#
#   SEMANTIC_LS_BIN  the server to use (default: built from this repository)
#   run.sh ARGUMENT...   go to node --test, such as --test-name-pattern=progress
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
if grep -q '"resolved"' package-lock.json; then
  echo "package-lock.json names a registry: run npm install --omit-lockfile-registry-resolved" >&2
  exit 1
fi
npm ci --ignore-scripts --no-audit --no-fund
. ../sandbox.sh
TMPDIR=$work node --test --test-timeout=120000 "$@" test/*.test.mjs
