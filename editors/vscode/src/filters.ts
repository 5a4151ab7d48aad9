// Filters while they are typed, such as `lang:` and `kind:`. Pure, so that it can be tested without an editor.

/** Values that are the same everywhere; those of `lang:` the server lists. */
const values: Readonly<Record<string, readonly string[]>> = {
  content: ["code", "docs", "config"],
  kind: [
    "function", "method", "class", "struct", "interface", "enum", "enummember", "constructor", "field", "property",
    "variable", "constant", "module", "namespace", "package", "typeparameter", "object", "key", "event", "operator",
    "string", "number", "boolean", "array", "null", "file", "text",
  ],
};

/** A query with a filter at its end that was finished, and the filter. */
export interface Completion {
  filter: string;
  query: string;
}

/**
 * How the filter at the end of a query may go on; none if there is none, or if it is a good one as it stands. Filters
 * may be turned round by a `-` and have several values, `-lang:go,py`.
 */
export function completions(query: string, languages: readonly string[]): Completion[] {
  const found = /(?:^|\s)(-?(lang|language|kind|content):(?:[^\s",]*,)*)([^\s",]*)$/.exec(query);
  // What stands in an open quote is no filter.
  if (found === null || (query.match(/"/g)?.length ?? 0) % 2 === 1) {
    return [];
  }
  const [, before = "", key = "", typed = ""] = found;
  const known = key.startsWith("lang") ? languages : (values[key] ?? []);
  const small = typed.toLowerCase();
  if (known.includes(small)) {
    return [];
  }
  const start = query.slice(0, query.length - before.length - typed.length);
  return known
    .filter((value) => value.startsWith(small))
    .map((value) => ({ filter: before + value, query: `${start}${before}${value} ` }));
}

/** The languages in what `semantic-ls search --type-list` prints: a line each, `go: *.go`. */
export function languagesOf(list: string): string[] {
  return list.split(/\r?\n/).flatMap((line) => /^([^\s:]+):/.exec(line)?.[1] ?? []);
}
