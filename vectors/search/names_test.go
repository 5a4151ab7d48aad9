package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// What of a query is looked up as a name: with how much weight, and how like one it may be.
func TestNamesOfAQuery(t *testing.T) {
	for _, test := range []struct{ query, want string }{
		{"retup", "retup 1 loosely"},
		{"`retryUpload`,", "retryUpload 1 loosely"},
		{"retryUpload()", "retryUpload 1 loosely"},
		{"validate?", "validate? 1 loosely"},
		{"$scope", "$scope 1 loosely"},
		{"Client.send", "Client.send 1 loosely, Client 0.2 exactly, send 0.2 exactly"},
		{"http::Client", "http::Client 1 loosely, http 0.2 exactly, Client 0.2 exactly"},
		{"Client#send", "Client#send 1 loosely, Client 0.2 exactly, send 0.2 exactly"},
		{"p->next", "p->next 1 loosely, next 0.2 exactly"},
		{"größe", "größe 1 loosely"},
		{"x", "x 1 exactly"},
		{"server.go", "server 0.2 exactly"},
		{"https://example.org/retryUpload", "https 0.2 exactly, example 0.2 exactly, org 0.2 exactly, retryUpload 0.5 roughly"},
		{"a+b=c", ""},
		{"{}", ""},
		{"retry upload", "retry 0.2 exactly, upload 0.2 exactly"},
		{"where is retryUpload called with nil", "where 0.2 exactly, retryUpload 0.5 roughly, called 0.2 exactly, nil 0.2 exactly"},
		{"who calls Client.send, and when?", "Client.send 0.5 roughly, calls 0.2 exactly, Client 0.2 exactly, send 0.2 exactly"},
		{"what std::sort needs", "std::sort 0.5 roughly, std 0.2 exactly, sort 0.2 exactly, needs 0.2 exactly"},
		{"look at server.go again", "look 0.2 exactly, server 0.2 exactly, again 0.2 exactly"},
		{"under lsp/handlers", "lsp 0.2 exactly, handlers 0.2 exactly"},
		{"error: file not found", "error 0.2 exactly, file 0.2 exactly, found 0.2 exactly"},
		{strings.Repeat("a", longestName+1), strings.Repeat("a", longestName+1) + " 1 exactly"},
	} {
		var got []string
		p := parse(test.query)
		for _, n := range p.names {
			got = append(got, fmt.Sprintf("%s %v %s", n.text, n.weight, []string{"exactly", "roughly", "loosely"}[n.like]))
		}
		if list := strings.Join(got, ", "); list != test.want {
			t.Errorf("%q has the names %s, want %s", test.query, list, test.want)
		}
		if alone := strings.Contains(test.want, "loosely"); p.named != alone {
			t.Errorf("%q is nothing but a name: %v", test.query, p.named)
		}
	}
}

// What is like the name comes before what talks about it, however much it does.
func TestNamesComeBeforeWhatTalksAboutThem(t *testing.T) {
	files := map[string]string{}
	for i := range 8 {
		talk := fmt.Sprintf("upload/talk%d.go", i)
		files[talk] = "func f() {\n" + strings.Repeat("\t// upload, the upload of uploads\n\tupload(upload)\n", 5) + "}\n"
	}
	files["a/z.go"] = "func retryUpload() {\n\tprepare()\n}\n"
	files["b/z.go"] = "func upload() {\n\tgo()\n}\n"
	files["c/z_test.go"] = "func uploadTwice() {\n\tgo()\n}\n"
	s := corpus(t, files)
	r, err := Rank(t.Context(), s, s.Everywhere(), Query{Text: "upload", Limit: 20, Weights: DefaultWeights()})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, hit := range r.Ranked[:3] {
		name, _, ok := r.Definition(hit)
		if !ok || hit.Score <= 0 || hit.Score > 1 {
			t.Errorf("%+v is found for %q", hit, name)
		}
		got = append(got, name)
	}
	if !slices.Equal(got, []string{"upload", "retryUpload", "uploadTwice"}) {
		t.Errorf("found %q", got)
	}
	if _, _, ok := r.Definition(r.Ranked[3]); ok {
		t.Error("what talks about it has its name")
	}
}
