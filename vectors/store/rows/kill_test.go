package rows

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// asWriter, set in the environment to a directory, makes the test's executable write
// rows there until it is killed.
const asWriter = "SEMANTIC_LS_TEST_ROWS_WRITER"

const (
	killLimit = 4 << 20 // some 70,000 rows
	killBatch = 7
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(asWriter); dir != "" {
		from, err := strconv.Atoi(os.Args[len(os.Args)-1])
		if err == nil {
			err = writeForEver(dir, from)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(m.Run())
}

// writeForEver says after each batch up to where everything is written.
func writeForEver(dir string, from int) error {
	c := Open(dir, killLimit)
	for n := from; ; n += killBatch {
		if err := c.Put(small, keysFor(n, n+killBatch), rowsFor(small, n, n+killBatch)); err != nil {
			return err
		}
		if err := settle(c); err != nil {
			return err
		}
		if _, err := fmt.Println(n + killBatch); err != nil {
			return err
		}
	}
}

// settle writes what waits, while others write as well.
func settle(c *Cache) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.waiting) > 0 {
		if err := c.write(nil); err != nil {
			return err
		}
	}
	return nil
}

// Two processes write at a time and are killed, time after time. What one said that
// was written is there, no row is ever wrong, and the next one goes on.
func TestKilledWriters(t *testing.T) {
	const rounds = 20
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	kept := 0
	for round := range rounds {
		var writers []*writer
		for range 2 {
			writers = append(writers, startWriter(t, dir, 1_000_000*(2*round+len(writers))))
		}
		for _, w := range writers {
			w.read(t, 1+r.IntN(200))
		}
		for _, w := range writers {
			if err := w.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		for _, w := range writers {
			w.end(t)
		}
		c := Open(dir, killLimit)
		for _, w := range writers {
			// What it wrote long ago may have made room for others.
			from := max(w.from, w.written-1000)
			if n := has(t, c, small, from, w.written); n != w.written-from {
				t.Errorf("round %d: %d of the %d latest rows that were written", round, n, w.written-from)
			}
			kept += w.written - w.from
			has(t, c, small, w.written, w.written+1000)
		}
		c.Close()
	}
	if u := usage(t, dir); u.Bytes > killLimit {
		t.Errorf("%+v", u)
	}
	t.Logf("%d writers killed after %d rows", 2*rounds, kept)
}

type writer struct {
	cmd           *exec.Cmd
	lines         *bufio.Scanner
	from, written int
}

func startWriter(t *testing.T, dir string, from int) *writer {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{cmd: exec.CommandContext(t.Context(), self, strconv.Itoa(from)), from: from, written: from}
	w.cmd.Env = append(os.Environ(), asWriter+"="+dir)
	w.cmd.Stderr = os.Stderr
	out, err := w.cmd.StdoutPipe()
	if err == nil {
		err = w.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	w.lines = bufio.NewScanner(out)
	return w
}

// read waits for so many lines.
func (w *writer) read(t *testing.T, lines int) {
	t.Helper()
	for range lines {
		if !w.lines.Scan() {
			t.Fatalf("a writer ended: %v", w.lines.Err())
		}
		w.note(t)
	}
}

func (w *writer) note(t *testing.T) {
	t.Helper()
	n, err := strconv.Atoi(w.lines.Text())
	if err != nil {
		t.Fatal(err)
	}
	w.written = n
}

// end waits for its end, and reads what it said before.
func (w *writer) end(t *testing.T) {
	t.Helper()
	for w.lines.Scan() {
		if _, err := strconv.Atoi(w.lines.Text()); err == nil {
			w.note(t)
		}
	}
	_ = w.cmd.Wait() // it was killed
}
