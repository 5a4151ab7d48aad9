package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/clones"
)

// judge prints how many of the copies were found, and how many of what stands in groups with copies belongs there.
func (b *bench) judge(groups []clones.Group) {
	byPlant := map[int]*plant{}
	for i := range b.plants {
		byPlant[b.plants[i].to] = &b.plants[i]
	}
	found, planted := map[*plant]bool{}, map[string]int{}
	for i := range b.plants {
		planted[b.plants[i].kind]++
	}
	right, all, holding := 0, 0, 0
	seen := map[[2]clones.Copy]bool{}
	for _, g := range groups {
		holds := false
		for _, c := range g.Copies {
			p := byPlant[c.File]
			if p == nil {
				continue
			}
			holds = true
			at := b.documents[c.File].at(c.Number)
			for n, other := range g.Copies {
				if other.File == c.File {
					continue
				}
				span := b.documents[other.File].at(other.Number)
				if other.File == p.from && span.Start < p.span.End && p.span.Start < span.End {
					found[p] = true
				}
				if n >= 20 || seen[[2]clones.Copy{c, other}] { // of a large group the first tell
					continue
				}
				seen[[2]clones.Copy{c, other}] = true
				all++
				if common(b.documents[c.File].text[at.Start:at.End], b.documents[other.File].text[span.Start:span.End]) >= similarity {
					right++
				}
			}
		}
		if holds {
			holding++
		}
	}
	recalled := map[string]int{}
	for p := range found {
		recalled[p.kind]++
	}
	fmt.Printf("%d groups, %d of them with a copy\n", len(groups), holding)
	for _, kind := range [...]string{"renamed", "literals", "statement"} {
		fmt.Printf("recall, %-10s %.3f of %d\n", kind, float64(recalled[kind])/float64(max(1, planted[kind])), planted[kind])
	}
	fmt.Printf("recall             %.3f of %d\n", float64(len(found))/float64(max(1, len(b.plants))), len(b.plants))
	fmt.Printf("precision          %.3f of %d pairs\n", float64(right)/float64(max(1, all)), all)
}

// pieces of code: comments, strings, numbers, words, and one sign each.
var pieces = regexp.MustCompile(`(?s)//[^\n]*|/\*.*?\*/|(?m:(?:^|[ \t])#[^\n]*)|"""(?s:.*?)"""|` +
	`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[0-9][0-9a-zA-Z_.]*|[A-Za-z_$][A-Za-z0-9_$]*|[^\sA-Za-z0-9_]`)

func symbols(text string) (list []string) {
	for _, part := range pieces.FindAllString(text, -1) {
		switch c := part[0]; {
		case len(part) > 1 && (c == '/' || strings.HasPrefix(strings.TrimLeft(part, " \t"), "#")):
		case kept[part]:
			list = append(list, part)
		case c == '"' || c == '\'' && len(part) > 1 || c >= '0' && c <= '9':
			list = append(list, "0")
		case c == '_' || c == '$' || c|0x20 >= 'a' && c|0x20 <= 'z':
			list = append(list, "a")
		default:
			list = append(list, part)
		}
	}
	return list
}

// common is the measure that members of groups are judged by.
func common(a, b string) float64 {
	s, t := symbols(a), symbols(b)
	if len(s)+len(t) == 0 {
		return 0
	}
	row := make([]int, len(t)+1)
	for _, x := range s {
		diagonal := 0
		for j, y := range t {
			above := row[j+1]
			if x == y {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return 2 * float64(row[len(t)]) / float64(len(s)+len(t))
}
