// Crash kills semantic-ls while it indexes, and looks at what it leaves:
//
//	go run ./bench/crash [-n N] [-seed N] [-files N]
//	go run ./bench/crash -writers 60s [-files N]
//
// The first form writes a tree, and N times changes some of it, starts `semantic-ls index --json` as a process of its
// own, sometimes with --rebuild, and kills it (SIGKILL) at a random moment: mostly after a random line that says what
// is flushed and before the last one, a few before the first and after the last. Then the index has to open; every file
// named by a line that was printed has to be in it as it is on disk; no file may be in it as it never was; and nothing
// of it may be damaged but a record at the end that was cut short. Every tenth time, `semantic-ls search` has to find a
// file that was named. In the end, a whole run has to leave an index of all files.
//
// The second form lets two processes with one index change files of the same tree, each its own half, and save every
// change to the index, for that long. Then every file has to be in the index as it is on disk, without another look,
// and either process has to have seen so too.
//
// It prints what it counted, and fails at the first thing that is not so.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
)

func main() {
	n := flag.Int("n", 200, "how often a process is killed")
	seed := flag.Uint64("seed", 1, "of what is random")
	files := flag.Int("files", 2500, "how large the tree is")
	duration := flag.Duration("writers", 0, "let two processes write for that long instead")
	half := flag.Int("half", -1, "be one of them: its half of the tree at DIR, with the cache CACHE")
	flag.Parse()
	ctx := context.Background()
	var err error
	switch {
	case *half >= 0 && flag.NArg() == 2:
		err = writer(ctx, flag.Arg(0), flag.Arg(1), *half, *files, *duration)
	case flag.NArg() > 0 || *n < 0 || *files < 100:
		fmt.Fprintln(os.Stderr, "usage: go run ./bench/crash [-n N] [-seed N] [-files N]\n"+
			"       go run ./bench/crash -writers 60s [-files N]")
		os.Exit(2)
	default:
		err = inScratch(func(dir string) error {
			if *duration > 0 {
				return writers(ctx, dir, min(*files, 1000), *duration)
			}
			return kills(ctx, dir, *n, *files, *seed)
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		os.Exit(1)
	}
}

func inScratch(body func(dir string) error) error {
	dir, err := os.MkdirTemp("", "crash-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return err
	}
	return body(dir)
}

// tree is a folder of small files, and all that ever stood in them.
type tree struct {
	root    string
	rng     *rand.Rand
	version int
	now     map[string][16]byte          // hashes by path
	ever    map[string]map[[16]byte]bool // and those of before
}

func plant(root string, files int, rng *rand.Rand) (*tree, error) {
	t := &tree{root: root, rng: rng, now: map[string][16]byte{}, ever: map[string]map[[16]byte]bool{}}
	for i := range files {
		if err := t.write(name(i)); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func name(i int) string { return fmt.Sprintf("d%02d/f%04d.go", i%40, i) }

// symbol is what the file at path defines in a version of it.
func symbol(path string, version int) string {
	return fmt.Sprintf("Number%sVersion%d", filepath.Base(path)[1:5], version)
}

func text(path string, version int) string {
	s := symbol(path, version)
	return fmt.Sprintf("package d\n\n// %s is the only one of its name.\nfunc %s(n int) int {\n\treturn n + %d\n}\n", s, s, version)
}

// write writes the next version of a file.
func (t *tree) write(path string) error {
	t.version++
	full := filepath.Join(t.root, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	content := text(path, t.version)
	hash := index.HashText(content)
	t.now[path] = hash
	if t.ever[path] == nil {
		t.ever[path] = map[[16]byte]bool{}
	}
	t.ever[path][hash] = true
	return os.WriteFile(full, []byte(content), 0o644)
}

// change writes n files anew, removes a few and brings back others.
func (t *tree) change(n, files int) error {
	for range n {
		path := name(t.rng.IntN(files))
		if t.rng.IntN(20) == 0 {
			delete(t.now, path)
			if err := os.RemoveAll(filepath.Join(t.root, filepath.FromSlash(path))); err != nil {
				return err
			}
			continue
		}
		if err := t.write(path); err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) paths() []string {
	var paths []string
	for path := range t.now {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// identity is that of the index that the program makes of root.
func identity(root string) store.Identity {
	m := static.New().Model()
	return store.Identity{Root: root, Model: m.Provider + ":" + m.Name, Dimensions: m.Dimensions}
}

// stored returns the hashes of what is stored, by path, and the health of that.
func stored(ctx context.Context, cache, root string) (hashes map[string][16]byte, health string, err error) {
	s := store.OpenReadOnly(cache, identity(root))
	defer s.Close()
	news, err := s.Load(ctx)
	if err != nil {
		return nil, "", err
	}
	x := index.New(root)
	news.Apply(x)
	hashes = map[string][16]byte{}
	x.Snapshot().Files(root, func(f index.File) bool {
		hashes[f.Path] = f.Hash
		return true
	})
	return hashes, s.Health(), nil
}

// build makes a binary of a package of this module.
func build(dir, pkg string) (string, error) {
	path := filepath.Join(dir, filepath.Base(pkg)+".exe")
	cmd := exec.Command("go", "build", "-o", path, pkg)
	cmd.Stderr = os.Stderr
	return path, cmd.Run()
}

// since is for people.
func since(start time.Time) time.Duration { return time.Since(start).Round(time.Second) }
