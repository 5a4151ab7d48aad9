import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { SetTraceNotification, TraceValue } from "vscode-languageserver-protocol/node";
import { at, folder, offsetOf, refused, Session, unsaved, uri } from "../session.mjs";

async function shop(t, more) {
  const s = await Session.start(t, { dir: await folder(t), ...more });
  await s.ready();
  return s;
}

test("related code says why it is, and is never the place itself", async (t) => {
  const s = await shop(t);
  const related = async (file, says, more = {}) => {
    const text = await readFile(path.join(s.dir, file), "utf8");
    const asked = { textDocument: { uri: uri(s.dir, file) }, position: at(text, says), ...more };
    const { hits } = await s.request("semantic/related", asked);
    return Object.fromEntries(hits.map((h) => [h.symbol, h.reason]));
  };
  const ofRetry = await related("net/retry.go", "func Retry");
  assert.equal(ofRetry.TestRetry, "test");
  assert.equal(ofRetry.Retry, undefined);
  assert.equal((await related("net/retry_test.go", "func TestRetry")).Retry, "test");
  assert.equal((await related("billing/receipt.go", "func PrintReceipt")).RenderInvoice, "duplicate");
  assert.equal(Object.keys(await related("billing/receipt.go", "func PrintReceipt", { limit: 1 })).length, 1);

  const copied = (await readFile(path.join(s.dir, "billing/receipt.go"), "utf8")).split("\n").slice(5).join("\n");
  const { hits } = await s.request("semantic/related", { text: copied.replaceAll("entry", "row"), languageId: "go" });
  assert.equal(hits[0].reason, "duplicate");
  assert.equal(await refused(s.request("semantic/related", {})), -32602);
  await s.end();
});

test("duplicates come in groups, unsaved edits included", async (t) => {
  const s = await shop(t);
  const { groups, coverage } = await s.request("semantic/duplicates", {});
  assert.deepEqual(groups.map((g) => g.hits.map((h) => h.symbol).sort()), [["PrintReceipt", "RenderInvoice"]]);
  assert.equal(coverage.percent, 100);
  const parts = [];
  const last = await s.inParts("semantic/duplicates", { folders: [uri(s.dir)] }, parts);
  assert.deepEqual(last.groups, []);
  assert.deepEqual(parts.flatMap((part) => part.groups), groups);
  const file = path.join(s.dir, "billing", "receipt.go");
  await s.open(file);
  const text = await readFile(file, "utf8");
  await s.edit(file, text.slice(offsetOf(text, "\tfor"), offsetOf(text, "\treturn")), "\tclose(nil)\n");
  assert.deepEqual((await s.request("semantic/duplicates", {})).groups, []);
  assert.equal(await refused(s.request("semantic/duplicates", { similarity: 7 })), -32602);
  await s.end();
});

test("an explanation says where a place stands, and why", async (t) => {
  const s = await shop(t);
  const query = "check the password of a user at login";
  const text = await readFile(path.join(s.dir, "auth", "password.go"), "utf8");
  const why = await s.request("semantic/explain", {
    query, uri: uri(s.dir, "auth", "password.go"), position: at(text, "func VerifyPassword"),
  });
  assert.equal(why.verdict, "hit");
  assert.equal(why.rank, 1);
  assert.ok(why.signals.some((signal) => signal.share > 0));
  assert.equal(await refused(s.request("semantic/explain", { query, uri: "untitled:one" })), -32602);
  await s.end();
});

test("documents that are no files are opened, edited and closed without harm", async (t) => {
  const s = await shop(t);
  for (const named of ["untitled:Untitled-1", "vscode-remote://ssh/x/y.go", "git:/a.go?ref", "nonsense"]) {
    const document = { uri: named, languageId: "go", version: 1, text: "package a\n" };
    await s.notify("textDocument/didOpen", { textDocument: document });
    const contentChanges = [{ text: unsaved.now }];
    await s.notify("textDocument/didChange", { textDocument: { uri: named, version: 2 }, contentChanges });
    await s.notify("textDocument/didClose", { textDocument: { uri: named } });
  }
  assert.equal((await s.symbols("Backoff"))[0].name, "Backoff");
  await s.end();
});

test("what a request took is told to whom it asks", async (t) => {
  const s = await shop(t);
  const trace = async (value) => {
    const { mark } = s;
    await s.notify(SetTraceNotification.type, { value });
    await s.symbols("Backoff");
    return s.told.slice(mark).filter(({ method }) => method === "$/logTrace").map(({ params }) => params);
  };
  for (const value of [TraceValue.Messages, TraceValue.Compact, TraceValue.Verbose]) {
    const told = await trace(value);
    assert.equal(told.length, 1, value);
    assert.match(told[0].message, /^workspace\/symbol \(id \d+\) took /);
    if (value === TraceValue.Verbose) assert.match(told[0].verbose, /retrieval/);
    else assert.equal(told[0].verbose, undefined);
  }
  assert.deepEqual(await trace(TraceValue.Off), []);
  await s.end();
});
