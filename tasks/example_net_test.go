package tasks_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// closing closes c when ctx is done, which wakes whoever is in Accept, Read or Write. The result ends the
// watch and closes c as well.
func closing(ctx context.Context, c io.Closer) (stop func()) {
	unwatch := context.AfterFunc(ctx, func() { c.Close() })
	return func() {
		if unwatch() {
			c.Close()
		}
	}
}

// accept serves each connection of l in a task of its own until ctx is done.
func accept(ctx context.Context, l net.Listener, serve func(net.Conn) error) error {
	defer closing(ctx, l)()
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		for {
			conn, err := l.Accept()
			if err != nil {
				return ignoreClosed(err) // closed is how it ends
			}
			g.Go(func(ctx context.Context) error {
				defer closing(ctx, conn)()
				return ignoreClosed(serve(conn))
			})
		}
	})
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func echo(conn net.Conn) error {
	_, err := io.Copy(conn, conn)
	return err
}

// echoOver starts an echo server, asks it once, and ends it with the client still connected.
func echoOver(network, address string) error {
	return tasks.Run(context.Background(), func(ctx context.Context, g *tasks.Group) error {
		at, err := tasks.Start(ctx, g, func(ctx context.Context, ready func(net.Addr)) error {
			l, err := new(net.ListenConfig).Listen(ctx, network, address)
			if err != nil {
				return err
			}
			ready(l.Addr())
			return accept(ctx, l, echo)
		})
		if err != nil {
			return err
		}
		conn, err := new(net.Dialer).DialContext(ctx, at.Network(), at.String())
		if err != nil {
			return err
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "anybody there?\n"); err != nil {
			return err
		}
		line, err := bufio.NewReader(conn).ReadString('\n')
		fmt.Print(network, ": ", line)
		g.Cancel(err) // nil: enough
		return nil
	})
}

// A TCP echo: Start returns once it listens, and it ends with its group. (start, create_tcp_listener,
// connect_tcp)
func ExampleStart() {
	fmt.Println(echoOver("tcp", "127.0.0.1:0"))
	// Output:
	// tcp: anybody there?
	// <nil>
}

// The same over a UNIX socket. (create_unix_listener, connect_unix)
func ExampleStart_unix() {
	dir, err := os.MkdirTemp("", "tasks")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	fmt.Println(echoOver("unix", filepath.Join(dir, "echo")))
	// Output:
	// unix: anybody there?
	// <nil>
}

// A UDP echo. (create_udp_socket)
func ExampleStart_udp() {
	err := tasks.Run(context.Background(), func(ctx context.Context, g *tasks.Group) error {
		at, err := tasks.Start(ctx, g, func(ctx context.Context, ready func(net.Addr)) error {
			socket, err := new(net.ListenConfig).ListenPacket(ctx, "udp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			defer closing(ctx, socket)()
			ready(socket.LocalAddr())
			packet := make([]byte, 1500)
			for {
				n, from, err := socket.ReadFrom(packet)
				if err != nil {
					return ignoreClosed(err)
				}
				if _, err := socket.WriteTo(packet[:n], from); err != nil {
					return ignoreClosed(err)
				}
			}
		})
		if err != nil {
			return err
		}
		conn, err := new(net.Dialer).DialContext(ctx, "udp", at.String())
		if err != nil {
			return err
		}
		defer conn.Close()
		answer := make([]byte, 64)
		err = tasks.FailAfter(ctx, 10*time.Second, func(ctx context.Context, _ *tasks.Group) error {
			defer closing(ctx, conn)()
			for { // packets get lost
				if _, err := io.WriteString(conn, "anybody there?"); err != nil {
					return err
				}
				if err := conn.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
					return err
				}
				n, err := conn.Read(answer)
				if errors.Is(err, os.ErrDeadlineExceeded) {
					continue
				}
				answer = answer[:n]
				return err
			}
		})
		fmt.Printf("udp: %s\n", answer)
		g.Cancel(err)
		return nil
	})
	fmt.Println(err)
	// Output:
	// udp: anybody there?
	// <nil>
}
