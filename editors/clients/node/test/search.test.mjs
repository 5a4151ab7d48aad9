import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { PositionEncodingKind, SymbolKind } from "vscode-languageserver-protocol/node";
import { able, at, fileOf, folder, place, refused, Session, unsaved } from "../session.mjs";
import { model } from "../model.mjs";

async function shop(t, more = {}) {
  const dir = await folder(t);
  const s = await Session.start(t, { dir, ...more });
  await s.ready();
  return s;
}

test("an unsaved edit is found where it stands, by both requests, and the file is not touched", async (t) => {
  const s = await shop(t);
  const file = path.join(s.dir, "net", "retry.go");
  const before = await s.open(file);
  const text = await s.edit(file, unsaved.was, unsaved.now);
  const wanted = `retry.go:${at(text, unsaved.line).line}`;

  const [symbol] = await s.symbols(unsaved.query);
  assert.equal(place(symbol), wanted);
  assert.equal(symbol.name, "CompressThumbnail");
  assert.equal(symbol.kind, SymbolKind.Function);

  const { hits, coverage } = await s.search(unsaved.query);
  assert.equal(place(hits[0]), wanted);
  assert.equal(fileOf(hits[0].uri), file);
  assert.equal(coverage.dirtyDocuments, 1);
  assert.equal(coverage.percent, 100);
  assert.equal(await readFile(file, "utf8"), before);

  // A name is found as it is typed; what stands below the edit has moved.
  const [named] = await s.symbols("Retry");
  assert.equal(place(named), `retry.go:${at(text, "func Retry").line}`);
  await s.end();
});

test("edits and queries in one write: each query sees what stood before it", async (t) => {
  const s = await shop(t);
  const file = path.join(s.dir, "net", "retry.go");
  await s.open(file);
  const asked = [];
  const names = ["Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot"];
  let was = "func Retry(";
  for (const name of names) {
    const now = `func Purring${name}(`;
    void s.edit(file, was, now);
    asked.push(s.symbols(`Purring${name}`), s.symbols(`Purring${names[(names.indexOf(name) + 1) % names.length]}`));
    was = now;
  }
  for (const [i, name] of names.entries()) {
    assert.equal((await asked[2 * i])[0].name, `Purring${name}`);
    assert.ok(!(await asked[2 * i + 1]).some((found) => found.name === `Purring${names[i + 1]}`));
  }
  await s.end();
});

test("a document closed without saving falls back to the file", async (t) => {
  const s = await shop(t);
  const file = path.join(s.dir, "net", "retry.go");
  await s.open(file);
  await s.edit(file, unsaved.was, unsaved.now);
  assert.equal((await s.symbols("CompressThumbnail"))[0].name, "CompressThumbnail");
  await s.close(file);
  const { hits, coverage } = await s.search("CompressThumbnail");
  assert.ok(!hits.some((h) => h.symbol === "CompressThumbnail"));
  assert.equal(coverage.dirtyDocuments, 0);
  await s.end();
});

test("columns count in the units that client and server agreed on", async (t) => {
  const line = "func /* 𝒢ß */ Thumbnail() {}";
  for (const [offered, agreed, column] of [
    [undefined, "utf-16", 15],
    [[PositionEncodingKind.UTF16, PositionEncodingKind.UTF8], "utf-8", 18],
    [[PositionEncodingKind.UTF32], "utf-32", 14],
  ]) {
    const s = await shop(t, { capabilities: { ...able, general: { positionEncodings: offered } } });
    assert.equal(s.abilities.capabilities.positionEncoding, agreed);
    const file = path.join(s.dir, "picture.go");
    await s.open(file, `package shop\n\n${line}\n`);
    const [found] = await s.symbols("Thumbnail");
    assert.deepEqual(found.location.range.start, { line: 2, character: column }, agreed);
    await s.end();
  }
});

test("partial results bring the hits in order, and the answer none", async (t) => {
  const s = await shop(t);
  const whole = await s.search("an invoice for a customer");
  const parts = [];
  const answer = await s.inParts("semantic/search", { query: "an invoice for a customer" }, parts);
  assert.deepEqual(answer.hits, []);
  assert.deepEqual(parts.flatMap((part) => part.hits), whole.hits);
  assert.ok(whole.hits.length > 0);
  assert.equal(answer.coverage.percent, 100);
  await s.end();
});

test("a query has filters, and a bad one is refused in words", async (t) => {
  const s = await shop(t);
  const { hits } = await s.search("retry path:net/ -path:_test");
  assert.ok(hits.length > 0 && hits.every((h) => fileOf(h.uri) === path.join(s.dir, "net", "retry.go")));
  const error = await s.search("re:/(/ retry").catch((e) => e);
  assert.equal(error.code, -32602);
  assert.match(error.message, /pattern \/\(\/ cannot be used/);
  await s.end();
});

test("a request that is cancelled is answered with -32800, and its work ends", async (t) => {
  const m = await model(t);
  const s = await shop(t, { options: m.settings });
  m.hold((text) => text.includes("elephant"));
  const asked = m.until(() => m.waiting.length > 0);
  assert.equal(await refused(s.cancelled("semantic/search", { query: "where is the elephant" }, asked)), -32800);
  await m.until(() => m.hung.flat().some((text) => text.includes("elephant"))); // the model is not waited for either

  // Request and cancellation in one write: one answer, whichever came first.
  m.hold(() => false);
  const one = await s.cancelled("workspace/symbol", { query: "Retry" }).then((found) => found[0].name, (e) => e.code);
  assert.ok(one === -32800 || one === "Retry", String(one));
  assert.equal((await s.symbols("Backoff"))[0].name, "Backoff");
  await s.end();
});

test("a newer search of a session ends the older with -32801", async (t) => {
  const m = await model(t);
  const s = await shop(t, { options: m.settings });
  m.hold((text) => text.includes("elephant"));
  const older = s.search("where is the elephant", { session: "box" });
  const other = s.search("where is the other elephant", { session: "another box" });
  await m.until(() => m.waiting.length === 2);
  const newer = s.search("wait longer after a failed attempt", { session: "box" });
  assert.equal(await refused(older), -32801);
  assert.equal(place((await newer).hits[0]), "retry.go:5");
  m.hold(() => false);
  assert.equal((await other).warning, undefined);
  await s.end();
});

test("a model that is down costs an answer its meaning, and the answer says so", async (t) => {
  const m = await model(t);
  const s = await shop(t, { options: m.settings });
  m.breaks = true;
  const { hits, warning } = await s.search("invoice for a customer");
  assert.match(warning, /searched by words only/);
  assert.ok(hits.length > 0);
  await s.end();
});
