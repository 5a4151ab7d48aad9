#!/usr/bin/env bash
# Unpacks packages of a Debian suite, with all that they depend on, into the cache folder, and prints where: a folder
# with `root`, what the packages hold, and `run`, which starts a program of them:
#
#   folder=$(unpack.sh trixie emacs-nox) && "$folder/run" /usr/bin/emacs-nox --version
#
# It needs apt and dpkg-deb but no root, and installs nothing: the packages (their own libc too) are downloaded
# through a private apt state, and programs are started by the dynamic loader among them. A program that looks for
# its files below /usr has to be told where they are.
set -euo pipefail

usage='usage: unpack.sh SUITE PACKAGE...'
suite=${1:?$usage} name=${2:?$usage}
shift
cache=${XDG_CACHE_HOME:-$HOME/.cache}/semantic-ls-ci/debian/$suite-$name
if [[ -x "$cache/run" ]]; then
  echo "$cache"
  exit
fi

for tool in apt-get dpkg dpkg-deb; do
  command -v "$tool" >/dev/null || {
    echo "no $tool to unpack Debian's $name with" >&2
    exit 1
  }
done
case $(dpkg --print-architecture) in
  amd64) libraries=x86_64-linux-gnu loader=lib64/ld-linux-x86-64.so.2 ;;
  arm64) libraries=aarch64-linux-gnu loader=lib/ld-linux-aarch64.so.1 ;;
  *)
    echo "no loader is known for $(dpkg --print-architecture)" >&2
    exit 1
    ;;
esac

# The mirror this machine already uses: whatever its own apt calls Debian's main archive.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/$' | sort -u | head -n 1)
[[ -n "$mirror" ]] || {
  echo "apt has no Debian archive configured" >&2
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
echo "unpacking $* of Debian $suite into $cache" >&2
export APT_CONFIG=$build/apt/apt.conf
apt-get -qq update >&2
apt-get -qq install -y --no-install-recommends --download-only "$@" >&2

for folder in bin sbin lib lib64; do
  mkdir -p "$build/root/usr/$folder"
  ln -s "usr/$folder" "$build/root/$folder"
done
for package in "$build"/apt/archives/*.deb; do
  dpkg-deb -x "$package" "$build/root"
done
rm -rf "$build/apt"

cat >"$build/run" <<RUN
#!/bin/sh
program=\$1
shift
exec "$cache/root/$loader" --library-path "$cache/root/usr/lib/$libraries" \\
  --argv0 "$cache/root\$program" "$cache/root\$program" "\$@"
RUN
chmod +x "$build/run"
rm -rf "$cache"
mv "$build" "$cache"
trap - EXIT
echo "$cache"
