import assert from "node:assert/strict";
import { test } from "node:test";
import { instead } from "../src/commands";
import { pieces } from "../src/compare";
import { duplicates, duplicatesOf } from "../src/duplicates";
import { act, reopen } from "../src/list";
import { named } from "../src/place";
import { coverage, hit, log, Server, settle } from "./fake/server";
import { edit, pick, seen, Uri } from "./fake/vscode";

const a = hit("net/a.go", 3, 9, "Retry");
const b = hit("net/b.go", 20, 26, "Persist");
const c = hit("net/c.go", 1, 7, "Insist");
const d = hit("net/a.go", 30, 36, "Again");
const groups = [
  { similarity: 0.999, hits: [a, b, c] },
  { similarity: 1, hits: [d, hit("x.go", 0, 6, "Once")] },
];

async function list(server = new Server()) {
  void duplicates(server, log);
  await server.last.answer({ groups, coverage });
  return server;
}

test("groups are headed by how alike they are, and 100% is for what is the same", async () => {
  const server = await list();
  assert.equal(server.last.name, "semantic/duplicates");
  assert.deepEqual(server.last.params, { limit: 200 });
  assert.deepEqual(pick().labels, [
    "- 1 of 2 · 99% alike · 3 places -",
    "$(symbol-function) Retry",
    "$(symbol-function) Persist",
    "$(symbol-function) Insist",
    "- 2 of 2 · the same but for names and values · 2 places -",
    "$(symbol-function) Again",
    "$(symbol-function) Once",
  ]);
  assert.equal(pick().busy, false);
});

test("closing the list cancels the request, and its answer is dropped", async () => {
  const server = new Server();
  void duplicates(server, log);
  const { token } = server.last;
  const open = pick();
  assert.equal(token.isCancellationRequested, false);
  open.hide();
  assert.equal(token.isCancellationRequested, true);
  await server.last.answer({ groups, coverage });
  assert.deepEqual(open.labels, []);
  const messages = seen.messages.length;
  void duplicates(server, log);
  pick().hide();
  await server.last.fail({ code: -32800, message: "cancelled" });
  assert.equal(seen.messages.length, messages, "a cancelled request is no failure");
});

test("a failure closes the list and is told", async () => {
  const server = new Server();
  void duplicates(server, log);
  await server.last.fail({ message: "disk on fire" });
  assert.equal(pick().visible, false);
  assert.match(seen.messages.at(-1) ?? "", /disk on fire/);
});

test("no group is said, an index that is incomplete too, and what the answer had to do without", async () => {
  const server = new Server();
  void duplicates(server, log);
  await server.last.answer({ groups: [], coverage });
  assert.deepEqual(pick().labels, ["Nothing found"]);
  void duplicates(server, log);
  await server.last.answer({ groups, coverage: { ...coverage, percent: 40 }, warning: "2 files could not be read" });
  assert.equal(pick().title, "Duplicates (40% indexed)");
  assert.equal(pick().labels[0], "- 2 files could not be read -");
});

test("Enter opens the hit for good", async () => {
  await list();
  pick().move("$(symbol-function) Insist");
  pick().enter();
  await settle();
  assert.equal(seen.opened.at(-1), "/w/net/c.go:2");
  assert.equal(pick().visible, false);
});

test("a copy is compared with the first of its group, the first with the second, piece by piece", async () => {
  pieces();
  seen.files["/w/net/a.go"] = "1\n2\n3\nfunc Retry() {\n\ta\n\tb\n\tc\n\td\n\te\n}\nfunc Other() {}\n";
  await list();
  pick().press("Compare With Its Copy", "$(symbol-function) Insist");
  await settle();
  const [name, left, right, title] = seen.executed.at(-1) ?? [];
  assert.equal(name, "vscode.diff");
  assert.equal(title, "net/a.go:4 ↔ net/c.go:2");
  assert.equal((right as Uri).path, "/w/net/c.go");
  const piece = await seen.providers[(left as Uri).scheme]?.(left as Uri);
  assert.equal(piece, "func Retry() {\n\ta\n\tb\n\tc\n\td\n\te\n}");

  await list();
  pick().press("Compare With Its Copy", "$(symbol-function) Retry");
  await settle();
  assert.equal(seen.executed.at(-1)?.[3], "net/b.go:21 ↔ net/a.go:4");
});

test("a piece that is compared again is read again", async () => {
  await list();
  pick().press("Compare With Its Copy", "$(symbol-function) Insist");
  await settle();
  const before = String(seen.executed.at(-1)?.[1]);
  await list();
  pick().press("Compare With Its Copy", "$(symbol-function) Insist");
  await settle();
  assert.notEqual(String(seen.executed.at(-1)?.[1]), before);
});

test("both are opened side by side", async () => {
  await list();
  pick().press("Open Both Side by Side", "$(symbol-function) Persist");
  await settle();
  assert.deepEqual(seen.opened.slice(-2), ["/w/net/a.go:4 in 1", "/w/net/b.go:21 in 2"]);
});

test("the list is walked through: it comes back at the line that was left, and the key compares", async () => {
  await list();
  const { length } = seen.picks;
  pick().move("$(symbol-function) Persist");
  act();
  await settle();
  assert.equal(seen.executed.at(-1)?.[3], "net/a.go:4 ↔ net/b.go:21");
  assert.equal(pick().visible, false);
  reopen();
  assert.equal(seen.picks.length, length + 1);
  assert.equal(pick().visible, true);
  assert.deepEqual(pick().activeItems.map(({ label }) => label), ["$(symbol-function) Persist"]);
  assert.equal(pick().labels.length, 7);
  pick().move("$(symbol-function) Insist");
  act();
  await settle();
  assert.equal(seen.executed.at(-1)?.[3], "net/a.go:4 ↔ net/c.go:2");
});

test("the key is there while a list with actions is open", async () => {
  const context = () => seen.executed.filter(([name, key]) => name === "setContext" && key === "semantic-ls.list").at(-1)?.[2];
  await list();
  assert.equal(context(), true);
  pick().hide();
  assert.equal(context(), false);
});

test("duplicates of the cursor's place: the server is asked for it, and the place itself is not shown", async () => {
  const server = new Server();
  edit("file:///w/net/b.go", 22, 4);
  void duplicatesOf(server, log);
  assert.deepEqual(server.last.params, {
    textDocument: { uri: "file:///w/net/b.go" },
    position: { line: 22, character: 4 },
  });
  assert.equal(pick().title, "Duplicates of net/b.go:23");
  await server.last.answer({ groups, coverage });
  assert.deepEqual(pick().labels, ["- 99% alike · 2 copies -", "$(symbol-function) Retry", "$(symbol-function) Insist"]);
  pick().press("Compare With Its Copy", "$(symbol-function) Insist");
  await settle();
  assert.equal(seen.executed.at(-1)?.[3], "net/b.go:21 ↔ net/c.go:2");
});

test("a place is found whatever letters the server escapes in its name", async () => {
  const server = new Server();
  edit("file:///w/a%20b.go", 0, 0);
  void duplicatesOf(server, log);
  const self = { ...hit("a b.go", 0, 6, "Here"), uri: "file:///w/%61%20b.go" };
  await server.last.answer({ groups: [{ similarity: 0.9, hits: [self, c] }], coverage });
  assert.deepEqual(pick().labels, ["- 90% alike · 1 copy -", "$(symbol-function) Insist"]);
});

test("the server's command is done here, for the place that it names, and others are the server's", async () => {
  const server = new Server();
  edit("file:///w/other.go", 0, 0);
  const passed: string[] = [];
  const middleware = instead(
    new Map([["semantic/showDuplicates", (args: unknown[]) => duplicatesOf(server, log, named(args))]]),
  );
  const next = (name: string) => passed.push(name);
  void middleware("semantic/showDuplicates", ["file:///w/net/a.go", { line: 4, character: 1 }], next);
  void middleware("toString", [], next);
  void middleware("semantic/status", [], next);
  assert.deepEqual(passed, ["toString", "semantic/status"]);
  assert.deepEqual(server.last.params, {
    textDocument: { uri: "file:///w/net/a.go" },
    position: { line: 4, character: 1 },
  });
  pick().hide();
  assert.equal(server.last.token.isCancellationRequested, true);
  await settle();
});

test("a command without a place is about the cursor's", () => {
  const uri = "file:///w/a.go";
  for (const args of [[], [uri], [3, { line: 1, character: 1 }], [uri, null], [uri, { line: "1", character: 1 }]]) {
    assert.equal(named(args), undefined);
  }
});
