import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import {
  CodeActionRequest,
  CodeActionTriggerKind,
  CodeLensRequest,
  CodeLensResolveRequest,
  DocumentDiagnosticRequest,
  DocumentSymbolRequest,
  ExecuteCommandRequest,
  SymbolKind,
} from "vscode-languageserver-protocol/node";
import { able, at, fileOf, folder, Session, unsaved, uri } from "../session.mjs";

const textDocument = {
  documentSymbol: { hierarchicalDocumentSymbolSupport: true },
  codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [""] } } },
  codeLens: {},
  diagnostic: { relatedDocumentSupport: true, relatedInformation: true },
};
const all = { documentSymbols: true, codeLens: true, codeActions: true, duplicateDiagnostics: true };

async function shop(t, more) {
  const s = await Session.start(t, { dir: await folder(t), capabilities: { ...able, textDocument }, ...more });
  await s.ready();
  return s;
}

test("an action finds related code; what is chosen of it is shown, after the answer", async (t) => {
  const s = await shop(t);
  assert.ok(s.abilities.capabilities.codeActionProvider);
  const file = path.join(s.dir, "net", "retry.go");
  const start = at(await s.open(file), "func Retry");
  const [related] = await s.connection.sendRequest(CodeActionRequest.type, {
    textDocument: { uri: uri(file) },
    range: { start, end: start },
    context: { diagnostics: [], triggerKind: CodeActionTriggerKind.Invoked },
  });
  assert.equal(related.title, "Find related code");
  s.choose = (actions) => actions.find(({ title }) => title.includes("TestRetry")) ?? null;
  const { command, arguments: given } = related.command;
  const { hits } = await s.connection.sendRequest(ExecuteCommandRequest.type, { command, arguments: given });
  assert.equal(hits.find((h) => h.symbol === "TestRetry").reason, "test");
  const shown = await s.heard("window/showDocument");
  assert.equal(fileOf(shown.uri), path.join(s.dir, "net", "retry_test.go"));
  await s.end();
});

test("methods are commands, too", async (t) => {
  const s = await shop(t);
  const run = (command, ...given) => s.connection.sendRequest(ExecuteCommandRequest.type, { command, arguments: given });
  assert.ok(s.abilities.capabilities.executeCommandProvider.commands.includes("semantic/search"));
  const { hits } = await run("semantic/search", { query: "check the password of a user at login" });
  assert.equal(hits[0].symbol, "VerifyPassword");
  assert.equal((await run("semantic/status")).folders.length, 1);
  assert.equal((await run("semantic/nothing").catch((e) => e)).code, -32602);
  await s.end();
});

test("symbols, lenses and diagnostics are off until they are asked for", async (t) => {
  const s = await shop(t);
  for (const provider of ["documentSymbolProvider", "codeLensProvider", "diagnosticProvider"]) {
    assert.equal(s.abilities.capabilities[provider], undefined, provider);
  }
  await s.end();
});

test("symbols, lenses and diagnostics of a document as the editor has it", async (t) => {
  const s = await shop(t, { settings: { features: all }, options: { features: all } });
  for (const provider of ["documentSymbolProvider", "codeLensProvider", "diagnosticProvider"]) {
    assert.ok(s.abilities.capabilities[provider], provider);
  }
  const file = path.join(s.dir, "net", "retry.go");
  await s.open(file);
  const text = await s.edit(file, unsaved.was, unsaved.now);
  const asked = { textDocument: { uri: uri(file) } };
  const symbols = await s.connection.sendRequest(DocumentSymbolRequest.type, asked);
  assert.deepEqual(symbols.map((x) => x.name), ["Backoff", "CompressThumbnail", "Retry"]);
  assert.equal(symbols[1].kind, SymbolKind.Function);
  assert.equal(symbols[1].selectionRange.start.line, at(text, unsaved.line).line);

  const lenses = await s.connection.sendRequest(CodeLensRequest.type, asked);
  assert.ok(lenses.every((lens) => !lens.command), "resolved before it is shown");
  const ofRetry = lenses.find((lens) => lens.range.start.line === at(text, "func Retry").line);
  assert.match((await s.connection.sendRequest(CodeLensResolveRequest.type, ofRetry)).command.title, /related/);

  const receipt = { textDocument: { uri: uri(s.dir, "billing", "receipt.go") } };
  await s.open(fileOf(receipt.textDocument.uri));
  const { items } = await s.connection.sendRequest(DocumentDiagnosticRequest.type, receipt);
  assert.equal(items.length, 1);
  assert.match(items[0].message, /RenderInvoice/);
  assert.equal(fileOf(items[0].relatedInformation[0].location.uri), path.join(s.dir, "billing", "invoice.go"));
  await s.end();
});
