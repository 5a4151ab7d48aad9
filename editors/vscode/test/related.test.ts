import assert from "node:assert/strict";
import { test } from "node:test";
import { related } from "../src/related";
import { coverage, hit, log, Server } from "./fake/server";
import { edit, pick, seen, window } from "./fake/vscode";

test("each hit says in what way it is related, and typing finds that", async () => {
  const server = new Server();
  edit("file:///w/net/a.go", 4, 2);
  void related(server, log);
  assert.equal(server.last.name, "semantic/related");
  assert.deepEqual(server.last.params, {
    textDocument: { uri: "file:///w/net/a.go" },
    limit: 30,
    position: { line: 4, character: 2 },
  });
  const reasons = ["duplicate", "parallel", "test", "similar"] as const;
  const hits = reasons.map((reason, i) => hit(`${i}.go`, i, i + 3, "F", { reason }));
  await server.last.answer({ hits, coverage, warning: "the model is down" });
  assert.deepEqual(pick().items.map(({ description }) => description), [
    undefined, "duplicate · 0.go:1", "parallel · 1.go:2", "test · 2.go:3", "similar · 3.go:4",
  ]);
  assert.equal(pick().labels[0], "- the model is down -");
  assert.equal(pick().matchOnDescription, true);
});

test("closing the list cancels the request", () => {
  const server = new Server();
  edit("file:///w/net/a.go", 4, 2);
  void related(server, log);
  pick().hide();
  assert.equal(server.last.token.isCancellationRequested, true);
});

test("without a file there is a word, and no request", async () => {
  const server = new Server();
  window.activeTextEditor = undefined;
  await related(server, log);
  assert.equal(server.asked.length, 0);
  assert.match(seen.messages.at(-1) ?? "", /open a file/);
});
