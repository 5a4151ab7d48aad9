package indexing

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// read turns a file into a document without vectors. A file that cannot be read
// becomes one without chunks that says why; only a vanished one is an error.
func (e *Engine) read(f *folder, entry workspace.Entry) (index.Document, error) {
	before := time.Now()
	text, seen, skip, err := workspace.Read(f.root, entry.Path, e.cfg.MaxFileSize)
	if errors.Is(err, fs.ErrNotExist) {
		return index.Document{}, err
	}
	file := index.File{Path: entry.Path, Size: seen.Size, ModTime: seen.ModTime, Inode: seen.Inode}
	window := raceWindow
	if seen.ModTime%int64(time.Second) == 0 {
		window = coarseRaceWindow
	}
	if age := before.Sub(time.Unix(0, seen.ModTime)); age < window && age >= -aheadWindow {
		file.ModTime = 0
	}
	switch {
	case err != nil:
		// Its time is not kept, so that the next refresh tries again; its size is, so that it does not count as a file
		// that waits.
		file.Size, file.ModTime = entry.Size, 0
		file.Skip = index.Skip{Rule: "unreadable: " + plain(err), Source: "file system"}
		return index.Document{File: file}, nil
	case skip.Skipped():
		file.Skip = index.Skip(skip)
		return index.Document{File: file}, nil
	}
	return e.cut(file, text), nil
}

// plain is what went wrong, without the path that the skip names anyway.
func plain(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return err.Error()
}

// cut fills in what text tells.
func (e *Engine) cut(file index.File, text string) index.Document {
	return documentOf(file, text, chunk.Cut(file.Path, text), func() *zap.Logger { return e.cfg.Log })
}

// documentOf fills in what text and its outline tell.
func documentOf(file index.File, text string, outline chunk.File, log func() *zap.Logger) index.Document {
	if outline.Fault != "" {
		log().Error("no outline", zap.String("path", file.Path), zap.String("fault", outline.Fault))
	}
	file.Language = outline.Language
	file.Hash = index.HashText(text)
	file.Foreign = workspace.Foreign(file.Path) || workspace.Generated(text)
	return index.Document{File: file, Text: text, Chunks: outline.Chunks, Symbols: outline.Symbols}
}

// embed gives every chunk of the documents its row: the one that the index has
// for the same text at the same path, else the one that the cache of vectors has for
// what would be sent, else a new one; of a former edition only the built-in model makes
// new ones.
// The built-in model makes its rows when the documents are built into a segment.
func (e *Engine) embed(ctx context.Context, f *folder, ed edition, documents []index.Document, p tasks.Priority) error {
	if ed.builtin() != nil {
		return nil
	}
	snapshot := ed.index.Snapshot()
	var texts []string
	var rows []*index.Row
	for i := range documents {
		err := e.lend(ctx, p, func(context.Context) error {
			t, r := e.missing(snapshot, f, &documents[i])
			texts, rows = append(texts, t...), append(rows, r...)
			return nil
		})
		if err != nil {
			return err
		}
	}
	switch {
	case len(texts) == 0, ed.former != nil && (ed.embedder == nil || !ed.local()):
		return nil
	case !ed.local():
		return e.embedRemote(ctx, texts, rows, p)
	}
	for len(texts) > 0 {
		n := min(unitTexts, len(texts))
		err := e.lend(ctx, p, func(ctx context.Context) error { return ask(ctx, ed.embedder, texts[:n], rows[:n]) })
		if err != nil {
			return err
		}
		texts, rows = texts[n:], rows[n:]
	}
	return nil
}

func ask(ctx context.Context, model Embedder, texts []string, rows []*index.Row) error {
	vectors, err := model.Embed(ctx, texts)
	if err != nil {
		return err
	}
	for i, v := range vectors {
		*rows[i] = index.Quantise(v)
	}
	return nil
}

// missing gives the chunks of a document the rows that the snapshot has, and returns
// the texts that need one and where it belongs.
func (e *Engine) missing(snapshot *index.Snapshot, f *folder, d *index.Document) (texts []string, rows []*index.Row) {
	d.Rows = make([]index.Row, len(d.Chunks))
	known := snapshot.Rows(f.root, d.File.Path)
	for j, c := range d.Chunks {
		if c.Skip {
			continue
		}
		text := d.Text[c.Start:c.End]
		if row, ok := known(index.HashChunk(text), c.Symbol, c.Container); ok {
			row.Data = slices.Clone(row.Data) // it may stand in a file that is unmapped with the snapshot
			d.Rows[j] = row
			continue
		}
		texts = append(texts, embedText(d.File.Path, c, text))
		rows = append(rows, &d.Rows[j])
	}
	return texts, rows
}

// unitTexts is how many texts the built-in model embeds at a time: half a
// millisecond of a core.
const unitTexts = 16

// local reports whether embedding takes this machine's cores. A remote model
// holds none of them while it is waited for.
func (e *Engine) local() bool { return e.model().Provider == builtinProvider }

const builtinProvider = "builtin"

// builtin returns the built-in model where it is the edition's, else nil.
func (ed edition) builtin() *static.Model {
	m, _ := ed.embedder.(*static.Model)
	return m
}

// embedText is what stands for a chunk before a model: what index.Context says of it,
// and on a line of its own its text.
func embedText(file string, c chunk.Chunk, text string) string {
	var b strings.Builder
	index.Context(file, c, func(words string) {
		b.WriteString(words)
		b.WriteByte(' ')
	})
	b.WriteByte('\n')
	b.WriteString(text)
	return b.String()
}
