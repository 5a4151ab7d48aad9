package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

const cartTest = `func TestAddItem(t *testing.T) {
	c := NewCart()
	if err := c.AddItem(Goods{Weight: 1}); err != nil {
		t.Fatal(err)
	}
}
`

// tree is a corpus, and what reads it.
func tree(t *testing.T, files map[string]string) (*index.Snapshot, Read) {
	t.Helper()
	return corpus(t, files), func(of index.Found) (string, bool) {
		text, ok := files[of.Of.Path]
		return text, ok
	}
}

func paths(s *index.Snapshot, r Result) (list []string) {
	for _, c := range r.Ranked {
		list = append(list, s.Chunk(c.ID).Of.Path)
	}
	return list
}

func TestWhatATestTestsComesFirst(t *testing.T) {
	files := map[string]string{
		"shop/cart.go":      "package shop\n\nfunc (c *Cart) AddItem(goods Goods) error {\n\tif goods.Weight > limit {\n\t\treturn errHeavy\n\t}\n\treturn nil\n}\n",
		"shop/sell_test.go": strings.ReplaceAll("package shop\n\n"+cartTest, "AddItem", "SellItem"),
		"shop/mail.go":      "package shop\n\nfunc Send(letter string) error {\n\treturn post(letter)\n}\n",
		"docs/cart.md":      "# Carts\n\nA test calls AddItem of NewCart with Goods of Weight 1, and fails on err.\n",
	}
	s, read := tree(t, files)
	for name, asked := range map[string]Place{
		"a path":                     {Path: "shop/cart_test.go", Text: cartTest, Language: "go"},
		"a text":                     {Text: cartTest},
		"a line, and what is around": {Text: "c.AddItem(Goods{})", Around: cartTest, Language: "go"},
	} {
		r, err := Compare(asked).Rank(t.Context(), s, s.Everywhere(), Query{Limit: 10, Weights: DefaultWeights()}, read)
		if got := paths(s, r); err != nil || len(got) < 2 || got[0] != "shop/cart.go" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		for i, c := range r.Ranked {
			if c.Score < 0 || c.Score > 1 || i > 0 && c.Score > r.Ranked[i-1].Score {
				t.Errorf("%s: score %d is %f", name, i, c.Score)
			}
		}
	}
	// What cannot be read any more is ranked by what the index has of it.
	gone := func(index.Found) (string, bool) { return "", false }
	q := Query{Limit: 1 << 30, Weights: DefaultWeights()}
	r, err := Compare(Place{Text: cartTest}).Rank(t.Context(), s, s.Everywhere(), q, gone)
	if err != nil || len(r.Ranked) < 2 {
		t.Errorf("%v, %v", paths(s, r), err)
	}
	for _, c := range r.Ranked {
		if c.Score < 0 || c.Score > 1 {
			t.Errorf("score %f", c.Score)
		}
	}
}

// A cancellation is heard wherever it comes, and files are read up to a bound.
func TestLookingForWhatATestTestsIsBounded(t *testing.T) {
	files := map[string]string{}
	for i := range 3 * testedLooked {
		files[fmt.Sprintf("f%d.go", i)] = fmt.Sprintf("func item%d() { AddItem(cart, Goods{Weight: %d}) }", i, i)
		files[fmt.Sprintf("f%d_test.go", i)] = cartTest
	}
	s, read := tree(t, files)
	reads := 0
	counted := func(of index.Found) (string, bool) {
		reads++
		return read(of)
	}
	like, q := Compare(Place{Text: cartTest}), Query{Limit: 10, Weights: DefaultWeights()}
	if _, err := like.Rank(t.Context(), s, s.Everywhere(), q, counted); err != nil || reads > testedLooked+testedTests+1 {
		t.Errorf("%d files are read, %v", reads, err)
	}
	for looks := 0; ; looks++ {
		ctx := &counting{t.Context(), looks}
		_, err := like.Rank(ctx, s, s.Everywhere(), q, read)
		if err == nil {
			if looks < 2*testedLooked {
				t.Errorf("it looks at its context %d times", looks)
			}
			break
		}
		if !errors.Is(err, context.Canceled) || ctx.left < -3 {
			t.Fatalf("cancelled at look %d, it looks %d times more: %v", looks, -ctx.left, err)
		}
	}
}

func TestWithoutLicence(t *testing.T) {
	const code = "package a\n\n// Copyright is a right.\nfunc Copyright() {}\n"
	for name, c := range map[string]struct{ text, want string }{
		"lines":           {"// Copyright 2020 The Authors.\n// All rights reserved.\n\n" + code, code},
		"a block":         {"/*\n * Licensed under the Apache License\n */\n" + code, code},
		"hashes":          {"#!/usr/bin/env python\n# SPDX-License-Identifier: MIT\nimport os\n", "import os\n"},
		"PHP":             {"<?php\n\n/** @license MIT */\nnamespace A;\n", "namespace A;\n"},
		"other comments":  {"// Package a adds.\n" + code, "// Package a adds.\n" + code},
		"none":            {code, code},
		"nothing else":    {"// Copyright\n", "// Copyright\n"},
		"it does not end": {"/* licence", "/* licence"},
		"empty":           {"", ""},
	} {
		if got := withoutLicence(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Files with the same words keep their order: their words come out of a map, each time in another one.
func TestFilesThatAreAlikeKeepTheirOrder(t *testing.T) {
	var text strings.Builder
	text.WriteString("package shop\n\nfunc (c *Cart) AddItem(goods Goods) error {\n")
	for i := range 300 {
		fmt.Fprintf(&text, "\tweight%d := goods.Weight%d + limit\n", i, i%7)
	}
	files := map[string]string{"mail.go": "package mail\n\nfunc Send() {}\n"}
	for i := range 6 {
		files[fmt.Sprintf("shop/cart%d.go", i)] = text.String() + "}\n"
	}
	s, read := tree(t, files)
	var first []string
	for range 20 {
		r, err := Compare(Place{Text: cartTest}).Rank(t.Context(), s, s.Everywhere(), Query{Limit: 10, Weights: DefaultWeights()}, read)
		if err != nil {
			t.Fatal(err)
		}
		got := paths(s, r)
		if first == nil {
			first = got
		}
		if !slices.Equal(got, first) {
			t.Fatalf("%v, and then %v", first, got)
		}
	}
}
