package search

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// Asked is a query taken apart: what is asked, and where the answer is to be looked for.
type Asked struct {
	Question string   // what is left without the filters; phrases are in it, since their words are also asked for
	Filters  []Filter // in order
	Likely   []Filter // of the Question: words that would be filters but for a slip in their key, which is mended here
	Texts    *Texts   // phrases and patterns; nil where there are none
}

// Filter is a `key:value` of a query.
type Filter struct {
	Key, Value string
	Not        bool   // there is a - before it
	Typed      string // as it stands in the query
}

// AskedError is returned for a query of which nothing can be made.
type AskedError struct{ Text, Hint string }

// Error gives both, for a reader who sees nothing else.
func (e *AskedError) Error() string { return e.Text + ": " + e.Hint }

// Keys of filters. What their values may be is known to who knows the files.
const (
	KeyLanguage = "lang"
	KeyPath     = "path"
	KeyKind     = "kind"
	KeyContent  = "content"
)

var keys = map[string]string{
	KeyLanguage: KeyLanguage, "language": KeyLanguage, KeyPath: KeyPath, KeyKind: KeyKind, KeyContent: KeyContent,
}

// mostFilters bounds what each file and each text is held against: ten times what anyone types.
const mostFilters = 64

// Ask takes a query apart. At the start of a word
//
//	key:value, key:"a value"   is a filter, with one of the keys, or language, which is lang
//	"a phrase"                 must stand in the text of a hit; \" is a quote in it
//	re:/pattern/               must match it; white space, or nothing, follows the slash that ends it
//
// and a - before any of them means that it must not. All else is the question: also a key without a value (`error: x`) or
// one that is not known (`http://host`, `std::vector`), and everything from a quote on that is not closed. A text of
// several lines or of more than MaxText bytes was pasted, and is all question. The error is an *AskedError.
func Ask(text string) (Asked, error) {
	text = strings.TrimSpace(text)
	if len(text) > MaxText || strings.ContainsAny(text, "\r\n") {
		return Asked{Question: text}, nil
	}
	var a asking
	for rest := text; rest != ""; rest = strings.TrimLeftFunc(rest, unicode.IsSpace) {
		n, err := a.filter(rest)
		if err != nil {
			return Asked{}, err
		}
		if n == 0 {
			n = wordEnd(rest)
			a.words = append(a.words, rest[:n])
		}
		rest = rest[n:]
		if len(a.Filters)+len(a.texts) > mostFilters {
			return Asked{}, &AskedError{"too many filters", fmt.Sprintf("%d are the most", mostFilters)}
		}
	}
	if len(a.Filters)+len(a.texts) == 0 {
		return Asked{Question: text, Likely: a.Likely}, nil
	}
	a.Question = strings.Join(a.words, " ")
	a.Texts = newTexts(a.texts)
	if a.Texts != nil && a.Texts.size > mostInstructions {
		return Asked{}, tooLarge("the patterns together", a.Texts.size)
	}
	return a.Asked, nil
}

// HasWords reports whether there is a word in a query to look for.
func HasWords(text string) (has bool) {
	words.Each(text[:min(len(text), MaxText)], func([]byte) { has = true })
	return has
}

// asking is a query under way.
type asking struct {
	Asked
	words []string
	texts []exact
}

// filter reads the filter that rest, which is not empty, begins with, and returns how long it is; 0 where there is none.
// What begins with a quote that is not closed is read as words, all of it.
func (a *asking) filter(rest string) (n int, err error) {
	body, not := strings.CutPrefix(rest, "-")
	typed := func(left string) string { return rest[:len(rest)-len(left)] }
	unclosed := func() (int, error) {
		a.words = append(a.words, rest)
		return len(rest), nil
	}
	if body != "" && body[0] == '"' {
		phrase, left, ok := quoted(body)
		if !ok {
			return unclosed()
		}
		if strings.TrimSpace(phrase) != "" {
			a.texts = append(a.texts, newPhrase(phrase, not, typed(left)))
			if !not {
				a.words = append(a.words, phrase)
			}
		}
		return len(typed(left)), nil
	}
	key, value, ok := strings.Cut(body[:wordEnd(body)], ":")
	switch {
	case !ok || value == "":
		return 0, nil
	case key == "re" && value[0] == '/':
		pattern, left, ok := slashed(body[len("re:"):])
		if !ok {
			return 0, &AskedError{fmt.Sprintf("%.60q has no slash that ends it", rest), `re:/pattern/, and then a space or nothing`}
		}
		x, err := newPattern(pattern, not, typed(left))
		a.texts = append(a.texts, x)
		return len(typed(left)), err
	case keys[key] == "":
		if meant := meantKey(key); meant != "" {
			a.Likely = append(a.Likely, Filter{meant, value, not, typed(body[wordEnd(body):])})
		}
		return 0, nil
	}
	left := body[wordEnd(body):]
	if value[0] == '"' {
		if value, left, ok = quoted(body[len(key)+1:]); !ok {
			return unclosed()
		}
		if strings.TrimSpace(value) == "" {
			return 0, nil
		}
	}
	a.Filters = append(a.Filters, Filter{keys[key], value, not, typed(left)})
	return len(typed(left)), nil
}

func wordEnd(text string) int {
	if n := strings.IndexFunc(text, unicode.IsSpace); n >= 0 {
		return n
	}
	return len(text)
}

// quoted reads what stands between the quote that text begins with and the next.
func quoted(text string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), text[i+1:], true
		case c == '\\' && i+1 < len(text) && text[i+1] == '"':
			i++
			b.WriteByte('"')
		default:
			b.WriteByte(c)
		}
	}
	return "", text, false
}

// slashed reads what stands between the slash that text begins with and the first that ends a word and has no \ before it.
func slashed(text string) (pattern, rest string, ok bool) {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '/':
			r, _ := utf8.DecodeRuneInString(text[i+1:])
			if i+1 == len(text) || unicode.IsSpace(r) {
				return text[1:i], text[i+1:], true
			}
		}
	}
	return "", text, false
}

// meantKey is the key that was meant by one that is none: in capitals, in the plural, or with two letters that changed
// places. Other slips are words of their own (find, lane).
func meantKey(key string) string {
	if len(key) > 2*len("language") {
		return ""
	}
	lower := strings.ToLower(key)
	if meant := keys[strings.TrimSuffix(lower, "s")]; meant != "" {
		return meant
	}
	swapped := []byte(lower)
	for i := range len(swapped) - 1 {
		swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
		if meant := keys[string(swapped)]; meant != "" {
			return meant
		}
		swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
	}
	return ""
}
