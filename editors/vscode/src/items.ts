// A hit as a line of the list. Pure, so that it can be tested without an editor.

import type { Answer, Coverage, Hit } from "./protocol";

export interface Item {
  label: string;
  description: string;
  detail: string;
  hit: Hit;
}

// LSP's SymbolKind, from 1, as the names of VS Code's symbol icons.
const icons = [
  "file", "module", "namespace", "package", "class", "method", "property", "field", "constructor", "enum", "interface",
  "function", "variable", "constant", "string", "number", "boolean", "array", "object", "key", "null", "enum-member",
  "struct", "event", "operator", "type-parameter",
];

/** Relative names a path as the reader knows it, given a URI. */
export type Relative = (uri: string) => string;

/** The list's lines, in the server's order. */
export function items(answer: Answer, relative: Relative): Item[] {
  return answer.hits.map((hit) => item(hit, relative));
}

function item(hit: Hit, relative: Relative): Item {
  const path = relative(hit.uri);
  const name = hit.symbol === "" ? baseName(path) : qualified(hit);
  const place = `${path}:${hit.selectionRange.start.line + 1}`;
  return {
    label: `$(symbol-${icons[hit.kind - 1] ?? "file"}) ${literal(name)}`,
    description: literal(hit.reason ? `${hit.reason} · ${place}` : place),
    detail: literal(oneLine(hit.snippet)),
    hit,
  };
}

function qualified(hit: Hit): string {
  return hit.container === "" ? hit.symbol : `${hit.container}.${hit.symbol}`;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Keeps VS Code from drawing `$(name)`, a shell's substitution say, as an icon. */
function literal(text: string): string {
  return text.replace(/\$\([A-Za-z0-9-]+(~[A-Za-z]+)?\)/g, "\\$&");
}

/** What a title should say about an index that isn't complete; empty if it is. */
export function incomplete(coverage: Coverage): string {
  if (coverage.filesTotal === 0) {
    return "no file indexed";
  }
  return coverage.percent < 100 ? `${Math.floor(coverage.percent)}% indexed` : "";
}

/** One line about how much is searched. */
export function describe(coverage: Coverage): string {
  const parts = [`${Math.floor(coverage.percent)}% of ${coverage.filesTotal} files`, `${coverage.chunks} chunks`];
  if (coverage.filesWaiting > 0) {
    parts.push(`${coverage.filesWaiting} waiting`);
  }
  if (coverage.dirtyDocuments > 0) {
    parts.push(`${coverage.dirtyDocuments} unsaved`);
  }
  return parts.join(", ");
}
