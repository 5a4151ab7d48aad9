package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

// reading is what comes of one file.
type reading struct {
	text string
	e    Entry
	skip ignore.Skip
	err  string
	gone bool
}

func readingOf(read byteReader, root, rel string, maxSize int64) reading {
	text, e, skip, err := readWith(read, root, rel, maxSize)
	r := reading{text: text, e: e, skip: skip, gone: errors.Is(err, fs.ErrNotExist)}
	if err != nil {
		r.err = err.Error()
	}
	return r
}

func (r reading) String() string {
	return fmt.Sprintf("%d bytes %.20q, %+v, skip %q, err %q, gone %v", len(r.text), r.text, r.e, r.skip.Rule, r.err, r.gone)
}

// TestReadBeneathIsReadByName: every fast path equals the plain one. It holds too that the fast one is taken where there
// is a text, and only there.
func TestReadBeneathIsReadByName(t *testing.T) {
	top := build(t, `
		a.go package a
		empty
		dir/b.go package b
		dir/deeper/c.go package c
		full 0123456789
		more 0123456789+
	`)
	in := func(rel string) string { return filepath.Join(top, rel) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(top)
	outside := filepath.Join(filepath.Dir(top), "outside")
	write(t, filepath.Join(outside, "a.go"), "outside")
	for _, size := range []int{1, 511, 512, 513, 4095, 4096, 4097, 65536, 1<<20 + 1} {
		write(t, in(fmt.Sprint("of", size)), strings.Repeat("0123456\n", size/8+1)[:size])
	}
	write(t, in("mark"), "\xef\xbb\xbfé")
	write(t, in("onlymark"), "\xef\xbb\xbf")
	write(t, in("utf16"), "\xff\xfea\x00")
	write(t, in("nul"), "a\x00b")
	write(t, in("app.js"), strings.Repeat("x", 20_000))
	write(t, in("caf\xe9 \n\\"), "Latin-1 name")
	write(t, in("huge"), "")
	must(os.Truncate(in("huge"), 1<<42))
	must(unix.Mkfifo(in("fifo"), 0o600))
	must(unix.Mkfifo(in("dir/fifo"), 0o600))
	listener, err := net.Listen("unix", "socket") // relative: an address has 108 bytes
	must(err)
	t.Cleanup(func() { listener.Close() })
	symlink(t, "a.go", in("link"))
	symlink(t, "../a.go", in("dir/link"))
	symlink(t, "dir", in("linkdir"))
	symlink(t, ".", in("self"))
	symlink(t, outside, in("out"))
	symlink(t, filepath.Join(outside, "a.go"), in("out.go"))
	symlink(t, "nowhere", in("broken"))
	symlink(t, "loop", in("loop"))
	symlink(t, "fifo", in("tofifo"))
	symlink(t, top, filepath.Join(filepath.Dir(top), "rootlink"))
	rootlink := filepath.Join(filepath.Dir(top), "rootlink")
	long := deep(t, top)

	type file struct {
		root, rel string
		max       int64
		fast      bool
	}
	files := []file{
		{top, "full", 10, true},
		{top, "full", 9, false},
		{top, "more", 10, false},
		{top, "empty", 1, true},
		{top, "huge", 0, false},
		{rootlink, "a.go", 0, true}, // the folder itself may be a link
		{rootlink, "dir/link", 0, false},
		{filepath.Dir(top), "rootlink/a.go", 0, false},
		{filepath.Dir(top), "top/dir/b.go", 0, true},
		{".", "dir/b.go", 0, true},
		{"dir", "deeper/c.go", 0, true},
		{"/", strings.TrimPrefix(in("a.go"), "/"), 0, true},
		{"", "a.go", 0, false},
		{top + "/", "a.go", 0, false}, // what is not clean is looked at the long way
		{top + "//dir/..", "a.go", 0, false},
		{top + "/self/..", "a.go", 0, false},
		{in("missing"), "a.go", 0, false},
		{in("a.go"), "a.go", 0, false},
		{in("fifo"), "a.go", 0, false},
		{in("loop"), "a.go", 0, false},
		{top + "\x00", "a.go", 0, false},
		{"/dev", "null", 0, false},
		{"/dev", "zero", 0, false},
		{"/", "dev/zero", 0, false},
		{"/proc", "version", 0, true}, // says it is empty
		{"/proc", "version", 10, false},
		{"/", "proc/version", 0, true}, // of another file system
		{"/proc/self", "exe", 0, false},
		{"/proc/self", "fd/0", 0, false},
		{"/proc/self", "cwd/a.go", 0, false},
		{"/proc/self", "root/proc/version", 0, false},
		{"/proc/self/cwd", "a.go", 0, true},
	}
	for rel, fast := range map[string]bool{
		"a.go": true, "empty": true, "dir/b.go": true, "dir/deeper/c.go": true,
		"of1": true, "of511": true, "of512": true, "of513": true, "of4095": true, "of4096": true, "of4097": true,
		"of65536": true, "of1048577": true,
		"mark": true, "onlymark": true, "utf16": true, "nul": true, "app.js": true, // bytes that Read then judges
		"caf\xe9 \n\\": true,
		"link":         false, "dir/link": false, "linkdir/b.go": false, "self/a.go": false, "self/self/a.go": false, "self": false,
		"out/a.go": false, "out.go": false, "out": false, "broken": false, "broken/a.go": false, "loop": false, "loop/a.go": false,
		"fifo": false, "dir/fifo": false, "tofifo": false, "socket": false, "linkdir/fifo": false,
		"dir": false, "dir/": false, "a.go/b.go": false, "fifo/a.go": false, "a.go/": false, "missing": false,
		"missing/a.go": false, "dir/missing": false,
		"": false, ".": false, "..": false, "./a.go": false, "dir//b.go": false, "dir/../a.go": false, "linkdir/../a.go": false,
		"self/..": false, "../outside/a.go": false, "dir/../../outside/a.go": false, "/a.go": false, in("a.go"): false,
		strings.Repeat("x", 255): false, strings.Repeat("x", 256): false, "dir/" + strings.Repeat("x", 256): false,
		strings.Repeat("x/", 3000) + "x": false, "a\x00.go": false, "a.go\x00": false, long: false,
	} {
		files = append(files, file{top, rel, 0, fast})
	}
	for _, f := range files {
		fast, plain := readingOf(readBytes, f.root, f.rel, f.max), readingOf(readByName, f.root, f.rel, f.max)
		if fast != plain {
			t.Errorf("%.80q below %.80q:\nfast  %s\nplain %s", f.rel, f.root, fast, plain)
		}
		if b, e, ok := readBeneath(f.root, f.rel, limit(f.max)); ok != (f.fast && openat2Works()) {
			t.Errorf("%.80q below %.80q: the fast way gave %d bytes, %+v, %v", f.rel, f.root, len(b), e, ok)
		}
		if f.fast && (plain.err != "" || plain.e == Entry{}) {
			t.Errorf("%.80q below %.80q cannot be read: %s", f.rel, f.root, plain)
		}
	}
}

// deep makes a file whose path below top a system call takes, and whose whole path none does, and returns the former.
func deep(t *testing.T, top string) string {
	t.Helper()
	dir, err := unix.Open(top, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	rel := ""
	for len(rel) < unix.PathMax-300 && err == nil {
		name := strings.Repeat("d", 250)
		rel += name + "/"
		if err = unix.Mkdirat(dir, name, 0o755); err != nil {
			break
		}
		var next int
		next, err = unix.Openat(dir, name, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		unix.Close(dir)
		dir = next
	}
	if err != nil {
		t.Fatal(err)
	}
	name := strings.Repeat("f", unix.PathMax-1-len(rel))
	fd, err := unix.Openat(dir, name, unix.O_CREAT|unix.O_WRONLY|unix.O_CLOEXEC, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(fd)
	unix.Close(dir)
	return rel + name
}

// TestOnlyFilesAreOpened has the system tell of all that is opened.
func TestOnlyFilesAreOpened(t *testing.T) {
	top := build(t, `
		a.go x
		dir/
	`)
	if err := unix.Mkfifo(filepath.Join(top, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	symlink(t, "a.go", filepath.Join(top, "link"))
	told, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(told)
	if _, err := unix.InotifyAddWatch(told, top, unix.IN_OPEN); err != nil {
		t.Fatal(err)
	}
	opened := func() bool {
		n, err := unix.Read(told, make([]byte, 4096))
		if err != nil && err != unix.EAGAIN {
			t.Fatal(err)
		}
		return n > 0
	}
	for _, read := range []byteReader{readBytes, readByName} {
		for _, rel := range []string{"fifo", "link", "dir", "missing"} {
			if _, _, _, err := read(top, rel, 9); err != nil && rel != "missing" || opened() {
				t.Errorf("%s was opened, or %v", rel, err)
			}
		}
		if b, _, _, err := read(top, "a.go", 9); string(b) != "x" || err != nil || !opened() {
			t.Errorf("got %q, %v, and nothing was opened", b, err)
		}
	}
}

// TestReplacedAfterTheFastLook goes past the look, as a path does that is replaced between it and the opening.
func TestReplacedAfterTheFastLook(t *testing.T) {
	top := build(t, `
		a.go x
		dir/b.go x
	`)
	if err := unix.Mkfifo(filepath.Join(top, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(filepath.Dir(top), "outside"), "x")
	symlink(t, "a.go", filepath.Join(top, "link"))
	symlink(t, "dir", filepath.Join(top, "linkdir"))
	symlink(t, "../outside", filepath.Join(top, "out"))
	dir, err := unix.Open(top, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(dir)
	for _, rel := range []string{"fifo", "link", "linkdir/b.go", "out", "../outside", "dir", "missing", filepath.Join(top, "a.go")} {
		if b, e, ok := readLooked(dir, rel, 9); b != nil || e != (Entry{}) || ok {
			t.Errorf("%s: %q, %+v, %v", rel, b, e, ok)
		}
	}
	if b, e, ok := readLooked(dir, "dir/b.go", 9); openat2Works() && (string(b) != "x" || e.Path != "dir/b.go" || !ok) {
		t.Errorf("got %q, %+v, %v", b, e, ok)
	}
}

// TestReadDenied drops what makes permissions void for root.
func TestReadDenied(t *testing.T) {
	top := build(t, `
		denied x
		closed/a.go x
		listed/a.go x
		passed/a.go x
	`)
	modes := map[string]os.FileMode{"denied": 0, "closed": 0, "listed": 0o444, "passed": 0o111}
	for name, mode := range modes {
		if err := os.Chmod(filepath.Join(top, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { // so that it can be removed
		for name := range modes {
			if err := os.Chmod(filepath.Join(top, name), 0o755); err != nil {
				t.Error(err)
			}
		}
	})
	aloneOnThread(t, func() {
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var capabilities [2]unix.CapUserData
		if err := unix.Capset(&header, &capabilities[0]); err != nil {
			t.Error(err)
		}
		for _, rel := range []string{"denied", "closed/a.go", "listed/a.go"} {
			fast, plain := readingOf(readBytes, top, rel, 0), readingOf(readByName, top, rel, 0)
			if fast != plain || !strings.Contains(fast.err, "permission denied") {
				t.Errorf("%s:\nfast  %s\nplain %s", rel, fast, plain)
			}
		}
		// The difference: a directory that may be entered and not listed.
		for _, at := range [][2]string{{top, "passed/a.go"}, {filepath.Join(top, "passed"), "a.go"}} {
			plain := readingOf(readByName, at[0], at[1], 0)
			if !strings.Contains(plain.err, "permission denied") {
				t.Errorf("%v: %s", at, plain)
			}
			if b, _, ok := readBeneath(at[0], at[1], 9); ok != openat2Works() || ok && string(b) != "x" {
				t.Errorf("%v: %q, %v", at, b, ok)
			}
		}
	})
}

// TestReadAll is told sizes that are those of a file before it grew, after it was cut, and of /proc.
func TestReadAll(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789"), 1000)
	path := filepath.Join(t.TempDir(), "a")
	write(t, path, string(want))
	for _, size := range []int64{0, 1, 511, 512, 513, 5000, 9998, 9999, 10_001, 20_000} {
		for _, most := range []int64{10_000, 10_001, 1 << 20, max(size, 9_999)} {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := readAll(int(f.Fd()), size, most)
			if ok != (most >= 10_000) || ok && !bytes.Equal(got, want) {
				t.Errorf("size %d, at most %d: %d bytes, %v", size, most, len(got), ok)
			}
			f.Close()
		}
	}
	if b, ok := readAll(-1, 1, 1); b != nil || ok {
		t.Errorf("no file: %q, %v", b, ok)
	}
}

// TestWithoutOpenat2 has the system answer openat2 as an old kernel and as sandboxes do.
func TestWithoutOpenat2(t *testing.T) {
	top := build(t, "dir/a.go x")
	has := openat2Works()
	for errno, works := range map[unix.Errno]bool{
		unix.ENOSYS: false, unix.EPERM: false, unix.E2BIG: false, unix.EINVAL: false,
		unix.EACCES: has, // says that somebody looked
	} {
		aloneOnThread(t, func() {
			if err := refuse(unix.SYS_OPENAT2, errno); err != nil {
				t.Error(err)
			}
			if got := probeOpenat2(); got != works {
				t.Errorf("%v: %v", errno, got)
			}
			if b, _, ok := readBeneath(top, "dir/a.go", 9); ok {
				t.Errorf("%v: read %q", errno, b)
			}
			if b, e, skip, err := readBytes(top, "dir/a.go", 9); string(b) != "x" || e.Size != 1 || skip.Skipped() || err != nil {
				t.Errorf("%v: %q, %+v, %v, %v", errno, b, e, skip, err)
			}
		})
	}
}

// refuse has a system call fail on this thread from now on.
func refuse(call uint32, errno unix.Errno) error {
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // its number
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: call, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	_, _, failed := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program)))
	if failed != 0 {
		return failed
	}
	return nil
}

// aloneOnThread runs fn on a thread that ends with it.
func aloneOnThread(t *testing.T, fn func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocks it
		fn()
	}()
	<-done
}
