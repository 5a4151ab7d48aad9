package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
)

// reply is an answer to a request, and what came before it as partial results.
type reply struct {
	Result json.RawMessage `json:"result,omitempty"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error,omitempty"`
	Partial []json.RawMessage `json:"partial,omitempty"`
}

// passing are fields that differ between two runs of the same: how far indexing is, and of which build.
func passing(field string) bool { return field == "coverage" || field == "state" || field == "version" }

// differ says in what two answers differ, "" if they are the same. Of errors their codes count. Where the contents of
// then were not kept, only the shape of the answers does: the types, and the fields of the outermost objects.
func differ(then, now reply, contents bool) string {
	switch {
	case then.Error != nil && now.Error != nil:
		if then.Error.Code != now.Error.Code {
			return fmt.Sprintf("error %d then, error %d now: %.120s", then.Error.Code, now.Error.Code, now.Error.Message)
		}
		return ""
	case then.Error != nil:
		return fmt.Sprintf("error %d then, an answer now", then.Error.Code)
	case now.Error != nil:
		return fmt.Sprintf("an answer then, error %d now: %.120s", now.Error.Code, now.Error.Message)
	}
	was, is := decoded(then.Result), decoded(now.Result)
	if !contents {
		return unlike(was, is)
	}
	if why := unequal("result", was, is); why != "" {
		return why
	}
	list := func(raw []json.RawMessage) []any {
		all := []any{}
		for _, r := range raw {
			all = append(all, decoded(r))
		}
		return all
	}
	return unequal("partial results", list(then.Partial), list(now.Partial))
}

func decoded(raw json.RawMessage) any {
	var v any
	_ = json.Unmarshal(raw, &v) // nothing is nil
	return v
}

// unequal says where two values of JSON differ first.
func unequal(at string, then, now any) string {
	switch then := then.(type) {
	case map[string]any:
		now, ok := now.(map[string]any)
		if !ok {
			break
		}
		fields := map[string]bool{}
		for field := range then {
			fields[field] = true
		}
		for field := range now {
			fields[field] = true
		}
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			if passing(field) {
				continue
			}
			if why := unequal(at+"."+field, then[field], now[field]); why != "" {
				return why
			}
		}
		return ""
	case []any:
		now, ok := now.([]any)
		if !ok {
			break
		}
		if len(then) != len(now) {
			return fmt.Sprintf("%s: %d then, %d now", at, len(then), len(now))
		}
		for i := range then {
			if why := unequal(fmt.Sprintf("%s[%d]", at, i), then[i], now[i]); why != "" {
				return why
			}
		}
		return ""
	case float64:
		// Sums of floats depend on their order, which cores share out.
		const close = 1e-6
		if now, ok := now.(float64); ok && math.Abs(then-now) <= close*max(math.Abs(then), math.Abs(now)) {
			return ""
		}
	case string, bool, nil:
		if then == now {
			return ""
		}
	}
	return fmt.Sprintf("%s: %s then, %s now", at, shown(then), shown(now))
}

// unlike says in what the shapes of two values of JSON differ.
func unlike(then, now any) string {
	was, ok := then.(map[string]any)
	is, too := now.(map[string]any)
	if ok && too {
		for _, field := range slices.Sorted(maps.Keys(was)) {
			if _, there := is[field]; !there && field != "warning" {
				return "no " + shown(field) + " in the answer now"
			}
		}
		for _, field := range slices.Sorted(maps.Keys(is)) {
			if _, there := was[field]; !there && field != "warning" {
				return shown(field) + " in the answer now"
			}
		}
		return ""
	}
	if a, b := fmt.Sprintf("%T", then), fmt.Sprintf("%T", now); a != b {
		return fmt.Sprintf("%s then, %s now", shown(then), shown(now))
	}
	return ""
}

// shown is a value in a line of text.
func shown(v any) string {
	const most = 60
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return "?"
	}
	s := []rune(string(bytes.TrimSpace(out.Bytes())))
	if len(s) > most {
		return string(s[:most]) + "…"
	}
	return string(s)
}
