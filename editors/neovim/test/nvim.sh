#!/usr/bin/env bash
# Prints the path of a Neovim to test with. In order of preference:
#
#   1. $NVIM, if set
#   2. the copy an earlier run unpacked into the cache folder
#   3. an installed nvim of version 0.10 or newer (not if a suite was asked for)
#   4. Debian's package of the suite $NVIM_SUITE (default trixie), unpacked into the cache folder
#
# 4 needs apt and dpkg-deb but no root, and installs nothing: the package and the libraries below it (its own
# libc too) are downloaded through a private apt state and started by their own dynamic loader.
set -euo pipefail

if [[ -n "${NVIM:-}" ]]; then
  # Inside a Neovim terminal $NVIM is that editor's socket, not a program.
  if [[ ! -S "$NVIM" ]]; then
    command -v "$NVIM"
    exit
  fi
fi

suite=${NVIM_SUITE:-trixie}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/semantic-ls-ci/nvim/$suite
if [[ -x "$cache/nvim" ]] && "$cache/nvim" --version >/dev/null 2>&1; then
  echo "$cache/nvim"
  exit
fi

if [[ -z "${NVIM_SUITE:-}" ]] && installed=$(command -v nvim) &&
  "$installed" --clean --headless -c 'if has("nvim-0.10") | qa! | else | cq! | endif' >/dev/null 2>&1; then
  echo "$installed"
  exit
fi

for tool in apt-get dpkg dpkg-deb; do
  command -v "$tool" >/dev/null || {
    echo "no Neovim 0.10 or newer here, and no $tool to unpack Debian's: set NVIM to one" >&2
    exit 1
  }
done
case $(dpkg --print-architecture) in
  amd64) libraries=x86_64-linux-gnu loader=lib64/ld-linux-x86-64.so.2 ;;
  arm64) libraries=aarch64-linux-gnu loader=lib/ld-linux-aarch64.so.1 ;;
  *)
    echo "no loader is known for $(dpkg --print-architecture): set NVIM to a Neovim 0.10 or newer" >&2
    exit 1
    ;;
esac

# The mirror this machine already uses: whatever its own apt calls Debian's main archive.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/$' | sort -u | head -n 1)
[[ -n "$mirror" ]] || {
  echo "apt has no Debian archive configured: set NVIM to a Neovim 0.10 or newer" >&2
  exit 1
}

mkdir -p "$(dirname "$cache")"
# Unpacked beside its place and renamed, so that a run cut short leaves nothing that looks complete.
build=$(mktemp -d "$cache.XXXXXX")
trap 'rm -rf "$build"' EXIT
mkdir -p "$build"/apt/{lists,archives}/partial "$build/root/usr"
: >"$build/apt/status"
echo "deb $mirror $suite main" >"$build/apt/sources.list"
cat >"$build/apt/apt.conf" <<CONF
Dir::State "$build/apt";
Dir::State::lists "$build/apt/lists";
Dir::State::status "$build/apt/status";
Dir::Cache "$build/apt";
Dir::Cache::archives "$build/apt/archives";
Dir::Etc::sourcelist "$build/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Debug::NoLocking "true";
CONF
if [[ $(id -u) == 0 ]]; then
  echo 'APT::Sandbox::User "root";' >>"$build/apt/apt.conf"
fi
echo "unpacking Neovim of Debian $suite into $cache" >&2
export APT_CONFIG=$build/apt/apt.conf
apt-get -qq update >&2
apt-get -qq install -y --no-install-recommends --download-only neovim >&2

for folder in bin sbin lib lib64; do
  mkdir -p "$build/root/usr/$folder"
  ln -s "usr/$folder" "$build/root/$folder"
done
for package in "$build"/apt/archives/*.deb; do
  dpkg-deb -x "$package" "$build/root"
done
rm -rf "$build/apt"

cat >"$build/nvim" <<RUN
#!/bin/sh
export VIMRUNTIME="$cache/root/usr/share/nvim/runtime"
exec "$cache/root/$loader" --library-path "$cache/root/usr/lib/$libraries" --argv0 nvim "$cache/root/usr/bin/nvim" "\$@"
RUN
chmod +x "$build/nvim"
rm -rf "$cache"
mv "$build" "$cache"
trap - EXIT
"$cache/nvim" --version >/dev/null
echo "$cache/nvim"
