// A hit as a line of the list. Pure, so that it can be tested without an editor.

import type { Position } from "vscode-languageclient/node";
import type { Answer, Coverage, Group, Hit, Status } from "./protocol";

export interface Item {
  label: string;
  description: string;
  detail: string;
  hit: Hit;
  /** What it is nearly a copy of. */
  original?: Hit;
}

/** Lines that belong together, below a heading. */
export interface Section {
  heading: string;
  items: Item[];
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

/** A section for each group. The first of a group is compared with the second, all others with the first. */
export function sections(groups: Group[], relative: Relative): Section[] {
  return groups.map(({ similarity, hits }, index) => ({
    heading: `${index + 1} of ${groups.length} · ${alike(similarity)} · ${hits.length} places`,
    items: hits.map((hit, number) => withOriginal(item(hit, relative), number === 0 ? hits[1] : hits[0])),
  }));
}

/** The copies of what stands at a place, which is not among them; a section for each group that holds the place. */
export function copies(groups: Group[], uri: string, position: Position, relative: Relative): Section[] {
  return groups.flatMap(({ similarity, hits }) => {
    const original = hits.find((hit) => holds(hit, uri, position));
    if (original === undefined) {
      return [];
    }
    const others = hits.filter((hit) => hit !== original);
    const heading = `${alike(similarity)} · ${others.length === 1 ? "1 copy" : `${others.length} copies`}`;
    return [{ heading, items: others.map((hit) => withOriginal(item(hit, relative), original)) }];
  });
}

function holds(hit: Hit, uri: string, { line }: Position): boolean {
  return hit.uri === uri && hit.range.start.line <= line && line <= hit.range.end.line;
}

function withOriginal(item: Item, original: Hit | undefined): Item {
  return original === undefined ? item : { ...item, original };
}

function alike(similarity: number): string {
  return similarity >= 1 ? "the same but for names and values" : `${Math.floor(100 * similarity)}% alike`;
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

export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Keeps VS Code from drawing `$(name)`, a shell's substitution say, as an icon. */
export function literal(text: string): string {
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

/** What the status bar says, and does when it is clicked; undefined while there is nothing to say. */
export interface Notice {
  text: string;
  tooltip: string;
  command: "semantic-ls.resume" | "semantic-ls.status";
}

export function notice(status: Status | undefined): Notice | undefined {
  const { folders, coverage } = status ?? { folders: [], coverage: undefined };
  // What waits for somebody stands before what goes on by itself.
  const folder = (["failed", "paused", "indexing"] as const).flatMap((state) => folders.filter((f) => f.state === state))[0];
  if (folder === undefined || coverage === undefined) {
    return undefined;
  }
  const icon = { indexing: "sync~spin", paused: "debug-pause", failed: "warning", ready: "check" }[folder.state];
  const paused = folder.state === "paused";
  return {
    text: `$(${icon}) Semantic ${paused ? "paused" : `${Math.floor(coverage.percent)}%`}`,
    tooltip: `${folder.name}: ${folder.state}, ${describe(folder.coverage)}. Click to ${paused ? "resume" : "see more"}.`,
    command: paused ? "semantic-ls.resume" : "semantic-ls.status",
  };
}
