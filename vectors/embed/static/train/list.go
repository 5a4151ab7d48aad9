package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// list writes the corpus list of all clones in a folder that have a permissive licence and are not left out, and notes
// why others are not in it.
func list(ctx context.Context, clones string, left without, w io.Writer, p *progress) error {
	dirs, err := os.ReadDir(clones)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "repository\trevision\tlicence\tlanguage")
	for _, d := range dirs {
		name := strings.Replace(strings.TrimSuffix(d.Name(), ".git"), "+", "/", 1)
		dir := cloneOf(clones, name)
		if dir == "" || !isName(name) || left.has(name) {
			continue
		}
		s, err := describe(ctx, dir, name)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			p.note("left out: %v", err)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.name, s.revision, s.licence, s.language)
	}
	return nil
}

// describe makes the row of a clone, at its HEAD.
func describe(ctx context.Context, dir, name string) (source, error) {
	none := func(why string) (source, error) { return source{}, fmt.Errorf("%s: %s", name, why) }
	head, err := git(ctx, dir, "rev-parse", "HEAD")
	if err != nil {
		return source{}, err
	}
	s := source{name: name, revision: string(bytes.TrimSpace(head))}
	files, err := tree(ctx, dir, s.revision)
	if err != nil {
		return source{}, err
	}
	if s.language = mostOf(files); s.language == "" {
		return none("no code")
	}
	var found []string
	err = contents(ctx, dir, slices.DeleteFunc(files, func(b blob) bool { return !isLicenceFile(b.path) }), func(_ blob,
		text string,
	) {
		if id := licenceOf(text); id != "" {
			found = append(found, id)
		}
	})
	switch {
	case err != nil:
		return source{}, err
	case slices.Contains(found, notPermissive):
		return none("a licence that is not permissive")
	case len(found) == 0:
		return none("no licence that is known")
	}
	s.licence = slices.Min(found) // of several, each may be chosen, or all are permissive
	return s, nil
}

// mostOf is the language that most files with code are in; of several the one that was there first.
func mostOf(files []blob) (language string) {
	count, most := map[string]int{}, 0
	for _, b := range files {
		if l := chunk.Language(b.path, ""); isCode(l) {
			if count[l]++; count[l] > most {
				language, most = l, count[l]
			}
		}
	}
	return language
}

// isLicenceFile reports whether a path is one where projects state their licence.
func isLicenceFile(file string) bool {
	dir, base := path.Split(file)
	if dir != "" && !strings.EqualFold(dir, "licenses/") && !strings.EqualFold(dir, "licences/") {
		return false
	}
	upper := strings.ToUpper(base)
	stem := strings.TrimSuffix(upper, path.Ext(upper))
	return slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "UNLICENSE"}, func(mark string) bool {
		return strings.HasPrefix(upper, mark) || strings.HasSuffix(stem, mark)
	})
}

// notPermissive stands for every licence that asks for more than to be named.
const notPermissive = "other"

// licences tells licences by their sentences, in small letters: the first row with all of its phrases in the text.
func licences() []struct {
	id      string
	phrases []string
} {
	return []struct {
		id      string
		phrases []string
	}{
		{notPermissive, []string{"gnu general public license"}},
		{notPermissive, []string{"gnu lesser general public"}},
		{notPermissive, []string{"gnu affero"}},
		{notPermissive, []string{"mozilla public license"}},
		{notPermissive, []string{"eclipse public license"}},
		{notPermissive, []string{"european union public licence"}},
		{notPermissive, []string{"creative commons"}},
		{notPermissive, []string{"server side public license"}},
		{notPermissive, []string{"business source license"}},
		{notPermissive, []string{"elastic license"}},
		{notPermissive, []string{"common development and distribution"}},
		{notPermissive, []string{"artistic license"}},
		{"Apache-2.0", []string{"apache license", "version 2.0"}},
		{"MIT", []string{"permission is hereby granted, free of charge"}},
		{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "neither the name"}},
		{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "may not be used to endorse"}},
		{"BSD-2-Clause", []string{"redistribution and use in source and binary forms"}},
		{"ISC", []string{"permission to use, copy, modify, and/or distribute"}},
		{"ISC", []string{"permission to use, copy, modify, and distribute"}},
		{"Unlicense", []string{"this is free and unencumbered software"}},
		{"Zlib", []string{"this software is provided 'as-is'", "altered source versions"}},
		{"BSL-1.0", []string{"boost software license"}},
	}
}

// licenceOf tells a licence by its text: its SPDX name, notPermissive, or "" for a text that is no licence.
func licenceOf(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, l := range licences() {
		if !slices.ContainsFunc(l.phrases, func(phrase string) bool { return !strings.Contains(text, phrase) }) {
			return l.id
		}
	}
	return ""
}
