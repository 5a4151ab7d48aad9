import assert from "node:assert/strict";
import { test } from "node:test";
import { notice } from "../src/items";
import type { FolderStatus, Status } from "../src/protocol";
import { control, showStatus, statusBar } from "../src/status";
import { coverage, log, Server, settle } from "./fake/server";
import { seen } from "./fake/vscode";

function status(...states: FolderStatus["state"][]): Status {
  return {
    version: "1.2.3",
    coverage: { ...coverage, percent: 40.9 },
    model: { name: "builtin-4", provider: "builtin", dimensions: 256 },
    folders: states.map((state, i) => ({ uri: `file:///w/${i}`, name: `f${i}`, state, coverage })),
  };
}

test("the status bar is empty while all is well", () => {
  assert.equal(notice(undefined), undefined);
  assert.equal(notice(status()), undefined);
  assert.equal(notice(status("ready", "ready")), undefined);
});

test("a folder that is paused shows, and a click resumes", () => {
  assert.deepEqual(notice(status("ready", "paused")), {
    text: "$(debug-pause) Semantic paused",
    tooltip: "f1: paused, 100% of 12 files, 80 chunks. Click to resume.",
    command: "semantic-ls.resume",
  });
});

test("what waits for somebody stands before what goes on by itself", () => {
  assert.equal(notice(status("indexing"))?.text, "$(sync~spin) Semantic 40%");
  assert.equal(notice(status("indexing"))?.command, "semantic-ls.status");
  assert.equal(notice(status("indexing", "paused"))?.command, "semantic-ls.resume");
  assert.equal(notice(status("indexing", "paused", "failed"))?.text, "$(warning) Semantic 40%");
});

test("the item follows the server, and goes with it", () => {
  const server = new Server();
  statusBar(server);
  const bar = seen.bars.at(-1);
  assert.ok(bar);
  server.status.fire(status("paused"));
  assert.deepEqual([bar.visible, bar.text, bar.command], [true, "$(debug-pause) Semantic paused", "semantic-ls.resume"]);
  server.status.fire(status("indexing"));
  assert.deepEqual([bar.visible, bar.text, bar.command], [true, "$(sync~spin) Semantic 40%", "semantic-ls.status"]);
  server.status.fire(status("ready"));
  assert.equal(bar.visible, false);
  server.status.fire(status("paused"));
  server.status.fire(undefined);
  assert.equal(bar.visible, false);
});

test("pause, resume and reindex are the server's, and a failure is told", async () => {
  const server = new Server();
  for (const how of ["pause", "resume", "reindex"] as const) {
    const done = control(server, log, how);
    assert.equal(server.last.name, `semantic/${how}`);
    assert.deepEqual(server.last.params, {});
    await server.last.answer(null);
    await done;
  }
  const done = control(server, log, "pause");
  await server.last.fail({ message: "unknown" });
  await done;
  assert.match(seen.messages.at(-1) ?? "", /unknown/);
});

test("the status offers what can be done about it", async () => {
  for (const [state, choice, method] of [
    ["indexing", "Pause", "semantic/pause"],
    ["paused", "Resume", "semantic/resume"],
    ["failed", "Try Again", "semantic/reindex"],
  ] as const) {
    const server = new Server();
    seen.choice = choice;
    void showStatus(server, log);
    await server.last.answer(status("ready", state));
    assert.match(seen.messages.at(-1) ?? "", new RegExp(`f1: ${state}.*\n${choice}\nShow Log$`, "s"));
    await settle();
    assert.equal(server.last.name, method);
  }
  const server = new Server();
  seen.choice = undefined;
  void showStatus(server, log);
  await server.last.answer(status("ready"));
  assert.match(seen.messages.at(-1) ?? "", /f0: ready, 100% of 12 files, 80 chunks\nShow Log$/);
  assert.equal(server.asked.length, 1);
});
