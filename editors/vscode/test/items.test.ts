import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, incomplete, items } from "../src/items";
import type { Coverage, Hit } from "../src/protocol";

const coverage: Coverage = {
  percent: 100,
  filesTotal: 12,
  filesIndexed: 12,
  filesWaiting: 0,
  dirtyDocuments: 0,
  chunks: 80,
  model: "static",
};

function hit(part: Partial<Hit>): Hit {
  const range = { start: { line: 8, character: 5 }, end: { line: 8, character: 12 } };
  return {
    uri: "file:///w/net/retry.go",
    range,
    selectionRange: range,
    symbol: "Backoff",
    container: "",
    kind: 12,
    language: "go",
    score: 0.5,
    snippet: "func Backoff(attempt int) time.Duration {",
    ...part,
  };
}

function only(part: Partial<Hit>) {
  const [item] = items({ hits: [hit(part)], coverage }, (uri) => uri.replace("file:///w/", ""));
  assert.ok(item);
  return item;
}

test("a symbol is named with its icon, its place counts lines from 1", () => {
  const { label, description, detail } = only({});
  assert.equal(label, "$(symbol-function) Backoff");
  assert.equal(description, "net/retry.go:9");
  assert.equal(detail, "func Backoff(attempt int) time.Duration {");
});

test("every kind of symbol has the icon of its name", () => {
  const icon = (kind: number) => only({ kind: kind as Hit["kind"] }).label.split(" ")[0];
  assert.equal(icon(1), "$(symbol-file)");
  assert.equal(icon(5), "$(symbol-class)");
  assert.equal(icon(6), "$(symbol-method)");
  assert.equal(icon(22), "$(symbol-enum-member)");
  assert.equal(icon(26), "$(symbol-type-parameter)");
  assert.equal(icon(99), "$(symbol-file)");
});

test("a member is named with its container", () => {
  assert.equal(only({ symbol: "Do", container: "Client", kind: 6 }).label, "$(symbol-method) Client.Do");
});

test("text without a symbol is named for its file", () => {
  assert.equal(only({ symbol: "", kind: 1, uri: "file:///w/docs/README.md" }).label, "$(symbol-file) README.md");
});

test("a reason stands before the place", () => {
  assert.equal(only({ reason: "test" }).description, "test · net/retry.go:9");
});

test("a snippet is one line", () => {
  assert.equal(only({ snippet: "\n\tif a {\r\n\t\tb()\n" }).detail, "if a { b()");
});

test("what looks like an icon in code stays text", () => {
  assert.equal(only({ snippet: "x=$(date) y=$(sync~spin) z=$(a b)" }).detail, "x=\\$(date) y=\\$(sync~spin) z=$(a b)");
});

test("hits keep the server's order", () => {
  const hits = ["b", "a", "c"].map((symbol) => hit({ symbol }));
  const labels = items({ hits, coverage }, (uri) => uri).map(({ label }) => label.split(" ")[1]);
  assert.deepEqual(labels, ["b", "a", "c"]);
});

test("a title speaks of the index only while it is incomplete, and never rounds up to all", () => {
  assert.equal(incomplete(coverage), "");
  assert.equal(incomplete({ ...coverage, percent: 99.9 }), "99% indexed");
});

test("an index without a file, one not begun say, is not called complete", () => {
  assert.equal(incomplete({ ...coverage, filesTotal: 0 }), "no file indexed");
});

test("coverage names what waits and what is unsaved", () => {
  assert.equal(describe(coverage), "100% of 12 files, 80 chunks");
  assert.equal(
    describe({ ...coverage, percent: 75, filesWaiting: 3, dirtyDocuments: 1 }),
    "75% of 12 files, 80 chunks, 3 waiting, 1 unsaved",
  );
});
