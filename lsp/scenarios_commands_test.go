package lsp_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

type does = func(rest string) error

// before are the commands for how the editor starts. They stand before `start FOLDER...`, which starts it.
func (s *scenario) before() map[string]does {
	return map[string]does{
		// settings JSON: what is sent as initializationOptions.
		"settings": func(rest string) (err error) {
			s.hello.Settings, err = s.json(rest)
			return err
		},
		// encodings NAME...: what is offered.
		"encodings": func(rest string) (err error) {
			s.hello.Encodings, err = words(rest, 1)
			return err
		},
		// capability NAME JSON
		"capability": func(rest string) (err error) {
			name, value, _ := strings.Cut(rest, " ")
			s.hello.Capabilities[name], err = s.json(value)
			return err
		},
		// hold METHOD: requests of the server are answered by `answer`, and not with null at once.
		"hold": func(rest string) error {
			s.held = append(s.held, rest)
			return nil
		},
		// stall: searches, related code and duplicates take until `go`, or until they are cancelled.
		"stall": func(string) error {
			s.stall = make(chan struct{})
			return nil
		},
	}
}

// commands are what a scenario is made of. Lines count from 1, as in an editor's margin.
func (s *scenario) commands() map[string]does {
	return map[string]does{
		// ready: waits until every folder is indexed.
		"ready": func(string) error {
			s.e.AwaitReady()
			return nil
		},
		// folders +DIR... -DIR...: they come and go.
		"folders": s.changeFolders,
		// stop: shutdown and exit, after which the server returns without an error.
		"stop": func(string) error {
			err := s.e.Shutdown()
			s.e.Exit()
			return errors.Join(err, s.e.Wait())
		},

		// open FILE: with its text.
		"open": func(rest string) error {
			raw, err := os.ReadFile(s.path(rest))
			return s.open(rest, string(raw), err)
		},
		// new FILE: opened with the text of then/FILE.
		"new": func(rest string) error {
			text, err := s.later(rest)
			return s.open(rest, text, err)
		},
		// edit FILE OLD NEW: the only OLD of the buffer becomes NEW.
		"edit": s.edit,
		// become FILE: the whole buffer becomes then/FILE.
		"become": func(rest string) error {
			text, err := s.later(rest)
			if err == nil {
				s.buffers[rest] = text
				s.e.Edit(s.path(rest), lsptest.Edit{Text: text})
			}
			return err
		},
		// save FILE: the buffer is written, and that is told.
		"save": func(rest string) error {
			text, open := s.buffers[rest]
			if !open {
				return fmt.Errorf("%s is not open", rest)
			}
			put(s.t, s.path(rest), text)
			s.e.Save(s.path(rest))
			return nil
		},
		// close FILE
		"close": func(rest string) error {
			delete(s.buffers, rest)
			s.e.Close(s.path(rest))
			return nil
		},

		// write FILE: on disk it becomes then/FILE.
		"write": func(rest string) error {
			text, err := s.later(rest)
			if err == nil {
				put(s.t, s.path(rest), text)
			}
			return err
		},
		// remove FILE: from the disk.
		"remove": func(rest string) error { return os.RemoveAll(s.path(rest)) },
		// move FILE FILE: on disk.
		"move": func(rest string) error {
			names, err := words(rest, 2)
			if err != nil {
				return err
			}
			return os.Rename(s.path(names[0]), s.path(names[1]))
		},
		// watched FILE...: the editor tells that something has become of them.
		"watched": func(rest string) error {
			names, err := words(rest, 1)
			if err == nil {
				s.e.Watched(s.paths(names)...)
			}
			return err
		},

		// search QUESTION
		"search": func(rest string) error { return s.ask("semantic/search", lsptest.Query{Query: rest}) },
		// symbols QUESTION
		"symbols": func(rest string) error { return s.ask("workspace/symbol", map[string]any{"query": rest}) },
		// related FILE LINE
		"related": s.related,
		// duplicates
		"duplicates": func(string) error { return s.ask("semantic/duplicates", lsptest.Copies{}) },
		// call METHOD JSON
		"call": func(rest string) error {
			method, params, err := s.message(rest)
			if err != nil {
				return err
			}
			return s.ask(method, params)
		},
		// fails CODE METHOD JSON
		"fails": func(rest string) error {
			code, rest, _ := strings.Cut(rest, " ")
			method, params, err := s.message(rest)
			if err != nil {
				return err
			}
			return s.code(code, s.e.Call(method, params, &s.result))
		},
		// notify METHOD JSON
		"notify": func(rest string) error {
			method, params, err := s.message(rest)
			if err == nil {
				s.e.Notify(method, params)
			}
			return err
		},
		// begin NAME METHOD JSON: a request that is not awaited.
		"begin": func(rest string) error {
			name, rest, _ := strings.Cut(rest, " ")
			method, params, err := s.message(rest)
			if err == nil {
				s.begun[name] = s.e.Start(method, params)
			}
			return err
		},
		// cancel NAME
		"cancel": func(rest string) error {
			request, ok := s.begun[rest]
			if !ok {
				return fmt.Errorf("%q was not begun", rest)
			}
			request.Cancel()
			return nil
		},
		// go: what was stalled goes on.
		"go": func(string) error {
			close(s.stall)
			return nil
		},
		// ends NAME CODE: 0 for a result, which then is the last one.
		"ends": func(rest string) error {
			name, code, _ := strings.Cut(rest, " ")
			request, ok := s.begun[name]
			if !ok {
				return fmt.Errorf("%q was not begun", name)
			}
			return s.code(code, request.Wait(&s.result))
		},

		// hit N FILE LINE [SYMBOL [REASON]]: the Nth hit is at this line.
		"hit": s.hit,
		// found FILE LINE [SYMBOL [REASON]]: one of the hits is.
		"found": s.found,
		// count N: so many hits there are.
		"count": func(rest string) error {
			if got := len(s.hits()); strconv.Itoa(got) != rest {
				return fmt.Errorf("%d hits, want %s", got, rest)
			}
			return nil
		},
		// none SYMBOL: it is no hit.
		"none": func(rest string) error {
			for _, h := range s.hits() {
				if h.Symbol == rest {
					return fmt.Errorf("%s is found in %s", rest, h.URI)
				}
			}
			return nil
		},
		// has PATH JSON: what stands at a path such as coverage.percent or 0.name of the result; . is all of it.
		"has": s.has,
		// until COMMAND...: one of those five. The question is asked again after each change until it holds.
		"until": s.until,

		// heard METHOD [TEXT]: waits for a message with the text in it since the last question.
		"heard": func(rest string) error {
			method, part, _ := strings.Cut(rest, " ")
			part = s.uris(part)
			s.e.Await(rest, s.mark, func(m lsptest.Message) bool {
				return m.Method == method && strings.Contains(string(m.Params), part)
			})
			return nil
		},
		// unheard METHOD: no such message came between the last question and its answer.
		"unheard": func(rest string) error {
			if n := len(s.e.Heard(s.mark, func(m lsptest.Message) bool { return m.Method == rest })); n > 0 {
				return fmt.Errorf("%s was heard %d times", rest, n)
			}
			return nil
		},
		// answer METHOD JSON: the first one held that has no answer yet gets one.
		"answer": func(rest string) error {
			method, result, _ := strings.Cut(rest, " ")
			m := s.e.Await(method, 0, func(m lsptest.Message) bool { return m.Method == method && !s.answered[string(m.ID)] })
			s.answered[string(m.ID)] = true
			s.mark = s.e.Mark()
			s.e.Answer(m, result)
			return nil
		},
	}
}

func (s *scenario) open(name, text string, err error) error {
	if err == nil {
		s.buffers[name] = text
		s.e.Open(s.path(name), text)
	}
	return err
}

func (s *scenario) edit(rest string) error {
	w, err := words(rest, 3)
	if err != nil {
		return err
	}
	name, was, now := w[0], w[1], w[2]
	text := s.buffers[name]
	if n := strings.Count(text, was); n != 1 {
		return fmt.Errorf("%s has %q %d times", name, was, n)
	}
	start, end, _ := strings.Cut(text, was)
	at := func(before string) lsptest.Position {
		line := before[strings.LastIndexByte(before, '\n')+1:]
		return lsptest.Position{Line: strings.Count(before, "\n"), Character: len([]rune(line))} // no scenario edits behind an emoji
	}
	s.e.Edit(s.path(name), lsptest.Edit{Range: &lsptest.Range{Start: at(start), End: at(start + was)}, Text: now})
	s.buffers[name] = start + now + end
	return nil
}

func (s *scenario) changeFolders(rest string) error {
	list, err := words(rest, 1)
	var added, removed []string
	for _, f := range list {
		switch f[0] {
		case '+':
			added = append(added, s.path(f[1:]))
		case '-':
			removed = append(removed, s.path(f[1:]))
		default:
			err = fmt.Errorf("neither + nor - stands before %s", f)
		}
	}
	if err == nil {
		s.e.ChangeFolders(added, removed)
	}
	return err
}

func (s *scenario) related(rest string) error {
	w, err := words(rest, 2)
	if err != nil {
		return err
	}
	line, err := strconv.Atoi(w[1])
	if err != nil {
		return err
	}
	return s.ask("semantic/related", lsptest.Place{
		TextDocument: &lsptest.Document{URI: s.uri(w[0])}, Position: &lsptest.Position{Line: line - 1},
	})
}

// message splits METHOD JSON; without JSON there are no parameters.
func (s *scenario) message(rest string) (method string, params any, err error) {
	method, text, ok := strings.Cut(rest, " ")
	if ok {
		params, err = s.json(text)
	}
	return method, params, err
}

func (s *scenario) code(want string, err error) error {
	if lsptest.Code(err) == 0 && err != nil {
		return err
	}
	if got := strconv.Itoa(lsptest.Code(err)); got != want {
		return fmt.Errorf("code %s, want %s: %v", got, want, err)
	}
	return nil
}

// hits are those of the last answer, whichever shape it has.
func (s *scenario) hits() []lsptest.Hit {
	var answer struct {
		lsptest.Answer
		Groups []lsptest.Group
	}
	if json.Unmarshal(s.result, &answer) == nil {
		for _, g := range answer.Groups {
			answer.Hits = append(answer.Hits, g.Hits...)
		}
		return answer.Hits
	}
	var symbols []lsptest.Symbol
	if json.Unmarshal(s.result, &symbols) != nil {
		return nil
	}
	var hits []lsptest.Hit
	for _, x := range symbols {
		hits = append(hits, lsptest.Hit{
			URI: x.Location.URI, Symbol: x.Name, Kind: x.Kind, Container: x.ContainerName, SelectionRange: x.Location.Range,
		})
	}
	return hits
}

func (s *scenario) hit(rest string) error {
	n, rest, _ := strings.Cut(rest, " ")
	i, err := strconv.Atoi(n)
	if err != nil {
		return err
	}
	hits := s.hits()
	if i < 1 || i > len(hits) {
		return fmt.Errorf("there are %d hits", len(hits))
	}
	return s.isAt(hits[i-1], rest)
}

func (s *scenario) found(rest string) error {
	err := errors.New("nothing is found")
	for _, h := range s.hits() {
		if err = s.isAt(h, rest); err == nil {
			return nil
		}
	}
	return err
}

// isAt tells how h is not FILE LINE [SYMBOL [REASON]].
func (s *scenario) isAt(h lsptest.Hit, rest string) error {
	want, err := words(rest, 2)
	if err != nil {
		return err
	}
	got := []string{strings.TrimPrefix(h.URI, lsptest.URI(s.dir)+"/"), strconv.Itoa(h.SelectionRange.Start.Line + 1), h.Symbol, h.Reason}
	if got = got[:min(len(got), len(want))]; !reflect.DeepEqual(got, want) {
		return fmt.Errorf("the hit is %q, want %q", got, want)
	}
	return nil
}

func (s *scenario) has(rest string) error {
	path, text, _ := strings.Cut(rest, " ")
	want, err := s.json(text)
	if err != nil {
		return err
	}
	var at any
	if err := json.Unmarshal(s.result, &at); err != nil {
		return err
	}
	for _, name := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
		switch v := at.(type) {
		case map[string]any:
			at = v[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return fmt.Errorf("%s: there is no %q in a list of %d", path, name, len(v))
			}
			at = v[i]
		default:
			return fmt.Errorf("%s: there is no %q in %v", path, name, v)
		}
	}
	if !reflect.DeepEqual(at, want) {
		got, _ := json.Marshal(at)
		return fmt.Errorf("%s is %s, want %s", path, got, bytes.TrimSpace([]byte(text)))
	}
	return nil
}

func (s *scenario) until(rest string) error {
	name, rest := command(rest)
	for {
		mark := s.e.Mark()
		if err := s.ask(s.asked.method, s.asked.params); err != nil {
			return err
		}
		err := s.do(name, rest)
		if err == nil {
			return nil
		}
		s.t.Log(err)
		s.e.Await("a change after which "+name+" "+rest+" holds", mark, func(m lsptest.Message) bool {
			return m.Method == "semantic/statusChanged"
		})
	}
}
