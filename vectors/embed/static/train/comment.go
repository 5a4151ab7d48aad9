package main

import "strings"

// marks are how the languages of a family begin what is only for people.
type marks struct {
	line  []string
	block [2]string // "" where there is none
}

func marksOf(language string) marks {
	switch language {
	case "python", "ruby", "bash", "perl", "r", "julia", "elixir", "nim", "crystal", "terraform", "nix", "tcl", "powershell", "fish":
		return marks{line: []string{"#"}}
	case "lua":
		return marks{line: []string{"--"}, block: [2]string{"--[[", "]]"}}
	case "haskell", "elm", "purescript":
		return marks{line: []string{"--"}, block: [2]string{"{-", "-}"}}
	case "sql":
		return marks{line: []string{"--"}, block: [2]string{"/*", "*/"}}
	case "ocaml":
		return marks{block: [2]string{"(*", "*)"}}
	case "fsharp":
		return marks{line: []string{"//"}, block: [2]string{"(*", "*)"}}
	case "clojure", "racket", "scheme", "lisp", "elisp":
		return marks{line: []string{";"}}
	case "erlang":
		return marks{line: []string{"%"}}
	case "php":
		return marks{line: []string{"//", "#"}, block: [2]string{"/*", "*/"}}
	}
	return marks{line: []string{"//"}, block: [2]string{"/*", "*/"}}
}

// begin reports whether a line is a comment, and neither an interpreter's line nor an attribute of Rust.
func (m marks) begin(line string) bool {
	for _, mark := range m.line {
		if strings.HasPrefix(line, mark) && !strings.HasPrefix(line, "#!") && !strings.HasPrefix(line, "#[") {
			return true
		}
	}
	return false
}

// remark is a comment that stands on lines of its own.
type remark struct {
	start, end int // of its lines
	text       string
}

// remarks finds the comments of a text that stand on lines of their own, neighbours joined.
func remarks(text string, m marks) (list []remark) {
	for at := 0; at < len(text); {
		end := lineEnd(text, at)
		line := strings.TrimSpace(text[at:end])
		switch {
		case m.block[0] != "" && strings.HasPrefix(line, m.block[0]):
			stop := strings.Index(text[at:], m.block[1])
			if stop < 0 {
				return list
			}
			body := text[at : at+stop]
			end = lineEnd(text, at+stop)
			list = append(list, remark{at, end, plain(body)})
		case m.begin(line):
			start := at
			var body []string
			for m.begin(line) {
				body = append(body, line)
				if at = end + 1; at >= len(text) {
					break
				}
				end = lineEnd(text, at)
				line = strings.TrimSpace(text[at:end])
			}
			list = append(list, remark{start, min(at, len(text)), plain(strings.Join(body, "\n"))})
			continue
		}
		at = end + 1
	}
	return list
}

// lineEnd is where the line ends that an offset stands in.
func lineEnd(text string, at int) int {
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(text)
}

// plain takes the marks off a comment: its lines without what begins and ends them.
func plain(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		line = strings.TrimLeft(line, "/*#-;%!{(|\"'=~<>@ \t")
		line = strings.TrimRight(line, "*/#-=~)}\"' \t")
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}
