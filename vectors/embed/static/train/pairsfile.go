package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
)

// A file of pairs is a gob stream of pairsHead and then of []uint32, one for each repository: of each pair its
// repository, kind and the lengths of both sides, and then the counts of both.

// pairsHead is what stands first.
type pairsHead struct {
	Origin string // what it was mined from, see originOf
	Words  []string
}

// pairsVersion changes with what is mined, so that no training takes pairs for new ones that are not.
const pairsVersion = 2

// originOf tells by what the pairs are determined: the lists, the options of mining, and how it is done.
func originOf(o options, corpus []source, left without) string {
	h := sha256.New()
	fmt.Fprintln(h, pairsVersion, o.commits, o.copies)
	for _, list := range [][]source{corpus, left} {
		for _, s := range list {
			fmt.Fprintln(h, s.name, s.revision)
		}
		fmt.Fprintln(h)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// writePairs keeps pairs for the next training.
func writePairs(file, origin string, m mined) error {
	f, err := os.Create(file + ".part")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = encodePairs(gob.NewEncoder(w), origin, m)
	if err = errors.Join(err, w.Flush(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("pairs were not kept: %w", err), os.Remove(file+".part"))
	}
	return os.Rename(file+".part", file)
}

func encodePairs(e *gob.Encoder, origin string, m mined) error {
	if err := e.Encode(pairsHead{origin, m.words}); err != nil {
		return err
	}
	var numbers []uint32
	for i, p := range m.pairs {
		numbers = append(numbers, uint32(p.repo), uint32(p.kind), uint32(len(p.said)), uint32(len(p.code)))
		numbers = append(append(numbers, p.said...), p.code...)
		if i+1 == len(m.pairs) || m.pairs[i+1].repo != p.repo {
			if err := e.Encode(numbers); err != nil {
				return err
			}
			numbers = numbers[:0]
		}
	}
	return nil
}

// readPairs reads what writePairs wrote. The error is fs.ErrNotExist where there is nothing yet.
func readPairs(file, origin string) (mined, error) {
	f, err := os.Open(file)
	if err != nil {
		return mined{}, err
	}
	defer f.Close()
	m, err := decodePairs(gob.NewDecoder(bufio.NewReaderSize(f, 1<<20)), origin)
	if err != nil {
		return mined{}, fmt.Errorf("pairs in %s: %w: remove it, and it is made anew", file, err)
	}
	return m, nil
}

var (
	// errOrigin is returned for pairs that these options do not make.
	errOrigin = errors.New("mined from another corpus, with other options or by another version")
	// errPairs is returned for what writePairs did not write.
	errPairs = errors.New("damaged")
)

func decodePairs(d *gob.Decoder, origin string) (mined, error) {
	var head pairsHead
	if err := d.Decode(&head); err != nil {
		return mined{}, fmt.Errorf("%w: %w", errPairs, err)
	}
	if head.Origin != origin {
		return mined{}, errOrigin
	}
	m := mined{words: head.Words}
	for {
		var n []uint32
		switch err := d.Decode(&n); {
		case err == io.EOF:
			return m, nil
		case err != nil:
			return mined{}, fmt.Errorf("%w: %w", errPairs, err)
		}
		for len(n) > 0 {
			if len(n) < 4 || uint64(n[2])+uint64(n[3]) > uint64(len(n)-4) || n[1] >= uint32(kinds) {
				return mined{}, errPairs
			}
			said, code := n[4:4+n[2]], n[4+n[2]:4+n[2]+n[3]]
			for _, list := range [][]count{said, code} {
				for _, c := range list {
					if int(c>>8) >= len(m.words) {
						return mined{}, errPairs
					}
				}
			}
			m.pairs = append(m.pairs, pair{said[:len(said):len(said)], code[:len(code):len(code)], uint16(n[0]), kind(n[1])})
			n = n[4+len(said)+len(code):]
		}
	}
}
