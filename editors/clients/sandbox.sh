# Read by run.sh of each client. Makes a temporary folder with a copy of the shop ($PROJECT) and the server on the PATH
# ($SEMANTIC_LS_BIN), and sets the environment so that nothing of the user's is read or written.
work=$(cd "$(mktemp -d)" && pwd -P)
trap 'rm -rf "$work"' EXIT
clients=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$work"/{bin,home,config,data,state,cache}
if [[ -n "${SEMANTIC_LS_BIN:-}" ]]; then
  [[ -x "$SEMANTIC_LS_BIN" ]] || {
    echo "SEMANTIC_LS_BIN names $SEMANTIC_LS_BIN, which is no program" >&2
    exit 1
  }
  ln -s "$(realpath "$SEMANTIC_LS_BIN")" "$work/bin/semantic-ls"
else
  (cd "$clients/../.." && go build -o "$work/bin/semantic-ls" ./cmd/semantic-ls)
fi
# A name that clients write in URIs in as many ways as there are clients.
project=$work/'shop #1 ü+[x]& 100%'
cp -R "$clients/testdata/shop" "$project"
export SEMANTIC_LS_BIN=$work/bin/semantic-ls PROJECT=$project PATH=$work/bin:$PATH HOME=$work/home
export XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
