import assert from "node:assert/strict";
import { utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { WorkDoneProgressCancelNotification } from "vscode-languageserver-protocol/node";
import { able, folder, Session } from "../session.mjs";
import { model } from "../model.mjs";

const settings = (m, more) => ({ ...m.settings, embedding: { ...m.settings.embedding, batchSize: 1, concurrency: 1, ...more } });

test("indexing shows its progress, from the client's answer to the end", async (t) => {
  const s = await Session.start(t, { dir: await folder(t) });
  await s.ready();
  await s.heard("$/progress", ({ value }) => value.kind === "end");
  const of = s.told.filter(({ method }) => method === "$/progress" || method === "window/workDoneProgress/create");
  assert.equal(of[0].method, "window/workDoneProgress/create");
  const kinds = of.slice(1).map(({ params }) => params.value.kind);
  assert.equal(kinds[0], "begin");
  assert.equal(kinds.at(-1), "end");
  assert.ok(kinds.slice(1, -1).every((kind) => kind === "report"));
  const [, begin] = of;
  assert.equal(begin.params.value.title, `Indexing ${path.basename(s.dir)}`);
  assert.equal(begin.params.value.cancellable, true);
  assert.equal(begin.params.value.percentage, 0);
  assert.match(of.at(-1).params.value.message, /^\d+ files$/);
  await s.end();
});

test("cancelling the progress pauses the folder; resuming finishes it", async (t) => {
  const m = await model(t);
  m.hold(() => true);
  const s = await Session.start(t, { dir: await folder(t), options: settings(m) });
  const { token } = await s.heard("$/progress", ({ value }) => value.kind === "begin");
  await m.until(() => m.waiting.length > 0);
  await s.notify(WorkDoneProgressCancelNotification.method, { token });
  const { value } = await s.heard("$/progress", ({ value }) => value.kind === "end");
  assert.match(value.message, /^paused at \d+\/\d+ files$/);
  await m.until(() => m.hung.length > 0); // its calls are ended too
  const paused = await s.are("paused");
  assert.ok(paused.coverage.percent < 100);
  m.hold(() => false);
  assert.equal(await s.request("semantic/resume", {}), null);
  assert.equal((await s.ready()).coverage.percent, 100);
  await s.end();
});

test("search works while the folder is being indexed, and says how much it knows", async (t) => {
  const m = await model(t);
  m.hold((text) => text.includes("held back"));
  const dir = await folder(t);
  // What was changed today is read first, eight files of it before anything is searched.
  const longAgo = new Date(2020, 1, 1);
  for (let i = 0; i < 8; i++) {
    await writeFile(path.join(dir, `new${i}.txt`), "soon\n");
    const old = path.join(dir, `old${i}.txt`);
    await writeFile(old, "held back\n");
    await utimes(old, longAgo, longAgo);
  }
  const s = await Session.start(t, { dir, options: m.settings });
  const { coverage } = await s.until(async () => {
    const answer = await s.search("soon");
    return answer.hits.length > 0 && answer;
  });
  assert.ok(coverage.percent > 0 && coverage.percent < 100, JSON.stringify(coverage));
  assert.equal(coverage.filesWaiting, coverage.filesTotal - coverage.filesIndexed);
  assert.equal((await s.request("semantic/status", {})).folders[0].state, "indexing");
  m.hold(() => false);
  assert.equal((await s.ready()).coverage.percent, 100);
  await s.end();
});

test("semantic/pause, resume and reindex", async (t) => {
  const m = await model(t);
  const s = await Session.start(t, { dir: await folder(t), options: settings(m) });
  await s.ready();
  const { seen } = m;
  assert.equal(await s.request("semantic/pause", {}), null);
  await s.are("paused");
  assert.equal((await s.symbols("Backoff"))[0].name, "Backoff");
  assert.equal(await s.request("semantic/resume", {}), null);
  await s.ready();
  const { mark } = s;
  assert.equal(await s.request("semantic/reindex", {}), null);
  await s.heard("$/progress", ({ value }) => value.kind === "end", mark);
  await s.ready();
  assert.equal(m.seen, seen + 1, "only the query was embedded"); // nothing has changed in between
  await s.end();
});

test("the status is told as it changes", async (t) => {
  const m = await model(t);
  m.hold(() => true);
  const s = await Session.start(t, { dir: await folder(t), options: settings(m), capabilities: {} });
  const is = (state) => ({ folders }) => folders[0]?.state === state;
  const early = await s.heard("semantic/statusChanged", is("indexing"));
  assert.equal(early.model.provider, "openai");
  assert.equal(early.model.dimensions, 16);
  m.hold(() => false);
  const late = await s.heard("semantic/statusChanged", is("ready"));
  assert.equal(late.coverage.percent, 100);
  assert.equal(late.coverage.filesIndexed, late.coverage.filesTotal);
  await s.end();
});

test("a client that cannot make a progress bar is served without", async (t) => {
  const s = await Session.start(t, { dir: await folder(t), capabilities: { ...able, window: {} } });
  await s.ready();
  await s.end();
  assert.ok(!s.told.some(({ method }) => method === "window/workDoneProgress/create"));
});
