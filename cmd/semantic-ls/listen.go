package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/tasks"
)

// address is where serve --listen listens.
type address struct {
	network string // tcp or unix
	at      string // 127.0.0.1:4389, or an absolute path
}

// parseAddress reads tcp://127.0.0.1:PORT or unix:///path. Whoever connects can
// read the code of every folder, so an address that other machines reach is refused.
func parseAddress(text string) (address, error) {
	const hint = "tcp://127.0.0.1:PORT, port 0 for a free one, or unix:///path/to/socket"
	scheme, rest, ok := strings.Cut(text, "://")
	switch {
	case ok && scheme == "tcp":
		host, port, err := net.SplitHostPort(rest)
		if err != nil {
			return address{}, hinted(hint, "--listen %s: %w", text, err)
		}
		if !loopback(host) {
			return address{}, hinted(hint, "--listen %s: %q is not this machine alone, and whoever connects can read every folder", text, host)
		}
		return address{"tcp", net.JoinHostPort(host, port)}, nil
	case ok && scheme == "unix":
		if !filepath.IsAbs(rest) {
			return address{}, hinted(hint, "--listen %s: the path of the socket is not absolute", text)
		}
		return address{"unix", filepath.Clean(rest)}, nil
	}
	return address{}, hinted(hint, "--listen %s: this is no address to listen on", text)
}

// loopback reports whether the host, an IP address or localhost, is this machine.
// Another name is not looked up: what it stands for may change.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// listen starts listening. A socket file is the user's alone; one that a process
// left behind which has ended is replaced.
func (a address) listen(ctx context.Context) (net.Listener, error) {
	if a.network == "unix" {
		return a.listenAlone(ctx)
	}
	l, err := new(net.ListenConfig).Listen(ctx, a.network, a.at)
	if err != nil {
		return nil, err
	}
	if addr, ok := l.Addr().(*net.TCPAddr); !ok || !addr.IP.IsLoopback() { // localhost, on a machine that means something else by it
		return nil, errors.Join(fmt.Errorf("%s is not this machine alone", l.Addr()), l.Close())
	}
	return l, nil
}

// locked is a listener on a socket file and the lock that goes with it.
type locked struct {
	net.Listener
	lock *flock.Flock
}

func (l locked) Close() error { return errors.Join(l.Listener.Close(), l.lock.Unlock()) }

// listenAlone listens on a socket file under a lock, a file beside it that stays: of
// two servers that start at once, one would else remove the socket that the other
// has just made.
func (a address) listenAlone(ctx context.Context) (net.Listener, error) {
	lock := flock.New(a.at+".lock", flock.SetPermissions(0o600))
	switch ok, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("locking %s: %w", lock.Path(), err)
	case !ok:
		return nil, fmt.Errorf("%s: somebody listens on it already", a.at)
	}
	l, err := a.listenOnFile(ctx)
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	return locked{l, lock}, nil
}

func (a address) listenOnFile(ctx context.Context) (net.Listener, error) {
	if err := a.clear(ctx); err != nil {
		return nil, err
	}
	restore := privately()
	l, err := new(net.ListenConfig).Listen(ctx, a.network, a.at)
	restore()
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(a.at, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// clear removes a socket that nobody listens on.
func (a address) clear(ctx context.Context) error {
	info, err := os.Lstat(a.at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSocket == 0:
		return fmt.Errorf("%s exists and is no socket", a.at)
	}
	conn, err := new(net.Dialer).DialContext(ctx, a.network, a.at)
	switch {
	case err == nil:
		return errors.Join(fmt.Errorf("%s: somebody listens on it already", a.at), conn.Close())
	case !errors.Is(err, syscall.ECONNREFUSED): // of another kind, busy, or not ours to see
		return fmt.Errorf("%s is there, and may be in use: %w", a.at, err)
	}
	return os.Remove(a.at)
}

// acceptPause is how long after a failure the next connection is accepted: long
// enough for files to be closed, short enough for nobody to notice.
const acceptPause = 100 * time.Millisecond

// serveConnections serves every connection in a session of its own until ctx ends,
// which it awaits. One that fails costs no other.
func serveConnections(ctx context.Context, l net.Listener, srv *service, trace tracing) error {
	log := srv.log.Logger
	err := tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		defer context.AfterFunc(ctx, func() { l.Close() })()
		defer l.Close()
		for n := 1; ; n++ {
			conn, err := l.Accept()
			switch {
			case ctx.Err() != nil:
				if err == nil {
					conn.Close()
				}
				return ctx.Err()
			case errors.Is(err, net.ErrClosed):
				return err
			case err != nil: // too many files are open, or the client has left again
				log.Warn("a connection was not accepted", zap.Error(err))
				if err := tasks.Sleep(ctx, acceptPause); err != nil {
					return err
				}
				continue
			}
			config, release := srv.session(log.With(zap.Int("session", n)))
			traced, err := trace.start(&config)
			if err != nil {
				config.Log.Warn("the session is not traced", zap.Error(err))
			}
			g.Go(func(ctx context.Context) error {
				defer srv.engines.finish(ctx)
				defer release()
				defer traced()
				if err := tasks.Catch(func() error { return lsp.Serve(ctx, conn, config) }); err != nil && ctx.Err() == nil {
					config.Log.Info("the session has ended", zap.Error(err))
				}
				return nil
			})
		}
	})
	if ctx.Err() != nil {
		return nil // that is how it ends
	}
	return err
}
