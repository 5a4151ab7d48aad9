// Package embed turns texts into vectors whose cosine says how near they are in
// meaning. The built-in model is in embed/static and needs nothing; OpenAI, here,
// speaks to any server with OpenAI's embeddings API: ollama, llama.cpp, vLLM,
// LM Studio, text-embeddings-inference, and the hosted ones.
//
// Both have the same methods; an interface for them stands where they are used:
//
//	Model() Model
//	Embed(ctx context.Context, texts []string) ([][]float32, error)
//	EmbedQuery(ctx context.Context, text string) ([]float32, error)
//
// A row is of unit length and has Model().Dimensions numbers, or is all zero for
// a text that says nothing or that the provider refuses. It never holds NaN or an infinity.
//
// Nothing leaves this machine through this package except from OpenAI, and what
// OpenAI sends has gone through redact: secrets that stand in source text are
// masked before a request exists.
package embed

import (
	"errors"
	"strings"
)

// Model identifies what made a vector. Vectors of two models cannot be compared,
// so an index belongs to exactly one Model; it is comparable with ==.
type Model struct {
	Name       string // "builtin-4", "text-embedding-3-small"
	Provider   string // "builtin", or "openai" for whatever speaks its API
	Dimensions int    // numbers in a row; 0: not known yet, see OpenAI.Probe
	Server     string // the address of one that is not the provider's own: two may have models of one name
}

// Identity is all that tells a model from others, but for its dimensions, on one line:
// "builtin:builtin-1", "openai:nomic-embed-text at http://localhost:11434/v1".
func (m Model) Identity() string {
	if m.Server == "" {
		return m.Provider + ":" + m.Name
	}
	return m.Provider + ":" + m.Name + at + m.Server
}

// at stands before a server. Addresses have no spaces in them.
const at = " at "

// ParseIdentity is the model that has this Identity.
func ParseIdentity(s string, dimensions int) Model {
	m := Model{Dimensions: dimensions}
	m.Provider, m.Name, _ = strings.Cut(s, ":")
	if i := strings.LastIndex(m.Name, at); i >= 0 {
		m.Name, m.Server = m.Name[:i], m.Name[i+len(at):]
	}
	return m
}

var (
	// ErrConfig is returned when a Config cannot work: no model, no usable URL.
	ErrConfig = errors.New("embedding configuration")
	// ErrUnavailable is returned when the provider cannot be reached or keeps
	// answering that it is too busy: trying later may help.
	ErrUnavailable = errors.New("embedding provider unavailable")
	// ErrRefused is returned when the provider answers that the request is wrong
	// (a status of 400..499 but 408 and 429): trying again will not help. For Embed
	// it takes a refusal that is not about single texts.
	ErrRefused = errors.New("embedding provider refused the request")
	// ErrAnswer is returned when the provider's answer makes no sense: no JSON,
	// too large, or not one row of finite numbers for each text.
	ErrAnswer = errors.New("embedding provider's answer is not usable")
	// ErrDimensions is returned when a row has another number of numbers than
	// Config.Dimensions says or than earlier rows had.
	ErrDimensions = errors.New("embedding dimensions differ")
)
