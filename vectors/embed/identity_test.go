package embed

import "testing"

// Two servers may have models of one name; one server may be spelt in several ways.
func TestIdentity(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.openai.com/v1":             "openai:m",
		"https://API.openai.com:443/v1/":        "openai:m",
		"https://api.openai.com/v1/embeddings":  "openai:m",
		"http://api.openai.com/v1":              "openai:m at http://api.openai.com/v1",
		"HTTP://LocalHost:11434/v1":             "openai:m at http://localhost:11434/v1",
		"http://localhost:11434/v1/":            "openai:m at http://localhost:11434/v1",
		"http://localhost:80":                   "openai:m at http://localhost",
		"https://localhost:80/V1":               "openai:m at https://localhost:80/V1",
		"http://[::1]:8080/a b/v1":              "openai:m at http://[::1]:8080/a%20b/v1",
		"https://eu.example.com/openai/deploys": "openai:m at https://eu.example.com/openai/deploys",
	} {
		o, err := NewOpenAI(Config{BaseURL: base, Model: "m", Dimensions: 3, Key: "secret"})
		if err != nil {
			t.Errorf("%s: %v", base, err)
			continue
		}
		m := o.Model()
		if got := m.Identity(); got != want {
			t.Errorf("%s: %q, want %q", base, got, want)
		}
		if back := ParseIdentity(want, 3); back != m {
			t.Errorf("%q is %+v, want %+v", want, back, m)
		}
	}
	for _, m := range []Model{
		{Name: "builtin-1", Provider: "builtin", Dimensions: 256},
		{Name: "nomic:v1.5 at home", Provider: "openai", Dimensions: 2, Server: "http://localhost"},
	} {
		if back := ParseIdentity(m.Identity(), m.Dimensions); back != m {
			t.Errorf("%q is %+v, want %+v", m.Identity(), back, m)
		}
	}
}
