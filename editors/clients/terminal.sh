# Read by run.sh of clients that need a terminal: functions that drive a program in a tmux of its own.
command -v tmux >/dev/null || {
  echo "this needs tmux: apt-get install tmux" >&2
  exit 1
}
socket=$work/tmux

screen() { tmux -S "$socket" capture-pane -p; }

# start COMMAND runs a shell command in a terminal of 160 by 40.
start() {
  trap 'tmux -S "$socket" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
  TERM=xterm-256color tmux -S "$socket" -f /dev/null new-session -d -x 160 -y 40 "$1"
}

# type TEXT, press KEY... send what is typed, and keys by tmux's names.
type() { tmux -S "$socket" send-keys -l -- "$1"; }
press() { tmux -S "$socket" send-keys "$@"; }

# await WHAT PATTERN waits until a line of the screen matches, a minute at most.
await() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    if screen | grep -qE -- "$2"; then
      echo "ok      $1"
      return
    fi
    sleep 0.1
  done
  printf 'FAILED  %s: no line matches %s\n' "$1" "$2"
  screen
  exit 1
}
