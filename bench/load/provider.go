package main

import (
	"encoding/json"
	"hash/maphash"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
)

// provider is an embedding server that counts. A nil one counts nothing.
type provider struct {
	*httptest.Server
	seed maphash.Seed

	mu   sync.Mutex
	seen map[uint64]bool // guarded by mu: hashes of the texts that it was sent
	sent sent            // guarded by mu
}

// sent counts texts, and those of them that it was sent before.
type sent struct{ texts, again int }

func newProvider() *provider {
	p := &provider{seed: maphash.MakeSeed(), seen: map[uint64]bool{}}
	p.Server = httptest.NewServer(http.HandlerFunc(p.answer))
	return p
}

// asked is a server whose model it is.
func (p *provider) asked(cmd *exec.Cmd) *exec.Cmd {
	cmd.Env = append(cmd.Env, "SEMANTIC_LS_EMBEDDING_PROVIDER=openai", "SEMANTIC_LS_EMBEDDING_MODEL=counting",
		"SEMANTIC_LS_EMBEDDING_BASE_URL="+p.URL+"/v1")
	return cmd
}

func (p *provider) count() sent {
	if p == nil {
		return sent{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent
}

// answer gives each text a row that its hash chooses: what it means does not matter here.
func (p *provider) answer(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Input []string `json:"input"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	type row struct {
		Index     int     `json:"index"`
		Embedding [32]int `json:"embedding"`
	}
	rows := make([]row, len(asked.Input))
	p.mu.Lock()
	for i, text := range asked.Input {
		hash := maphash.String(p.seed, text)
		if strings.Contains(text, "\n") { // else it is a query: of a chunk its context stands on a line before it
			p.sent.texts++
			p.sent.again += bit(p.seen[hash])
			p.seen[hash] = true
		}
		rows[i].Index = i
		rows[i].Embedding[hash%32] = 1
	}
	p.mu.Unlock()
	_ = json.NewEncoder(w).Encode(map[string]any{"data": rows})
}
