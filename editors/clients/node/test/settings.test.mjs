import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { MessageType } from "vscode-languageserver-protocol/node";
import { able, folder, Session } from "../session.mjs";
import { model } from "../model.mjs";

/** A shop with a file that the default limit keeps out. */
async function withLarge(t) {
  const dir = await folder(t);
  await writeFile(path.join(dir, "large.txt"), "the gardener waters the roses at dawn\n".repeat(40_000));
  return dir;
}

test("settings are pulled, and pulled again when the client says so", async (t) => {
  const s = await Session.start(t, { dir: await withLarge(t) });
  await s.heard("client/registerCapability", (p) => p.registrations[0].method === "workspace/didChangeConfiguration");
  const { items } = await s.heard("workspace/configuration");
  assert.deepEqual(items, [{ section: "semantic-ls" }]);
  await s.ready();
  await s.loses("gardener", "large.txt");
  s.settings = { index: { maxFileSize: 4 << 20 } };
  await s.notify("workspace/didChangeConfiguration", { settings: null });
  await s.finds("gardener", "large.txt:0");
  await s.end();
});

test("settings are taken from a client that cannot be asked", async (t) => {
  const capabilities = { ...able, workspace: { ...able.workspace, configuration: false, didChangeConfiguration: {} } };
  const s = await Session.start(t, { dir: await withLarge(t), capabilities });
  await s.ready();
  await s.loses("gardener", "large.txt");
  await s.notify("workspace/didChangeConfiguration", { settings: { "semantic-ls": { index: { maxFileSize: 4 << 20 } } } });
  await s.finds("gardener", "large.txt:0");
  await s.end();
  assert.ok(!s.told.some(({ method }) => method === "workspace/configuration"));
});

test("a mistake in the settings is shown once and changes nothing", async (t) => {
  const s = await Session.start(t, { dir: await folder(t) });
  await s.ready();
  s.settings = { index: { maxFileSize: "many" } };
  await s.notify("workspace/didChangeConfiguration", { settings: null });
  const { type, message } = await s.heard("window/showMessage");
  assert.equal(type, MessageType.Error);
  assert.match(message, /maxFileSize/);
  assert.equal((await s.symbols("Backoff"))[0].name, "Backoff");
  await s.end();
});

test("settings that make no sense fail initialize in words", async (t) => {
  const s = await Session.start(t, { initialize: false });
  const error = await s.initialize({ options: { embedding: { provider: "oracle" } } }).catch((e) => e);
  assert.equal(error.code, -32803);
  assert.match(error.message, /embedding\.provider/);
  await s.notify("exit");
  assert.equal(await s.exit, 1);
});

test("while another model indexes, the one before answers", async (t) => {
  const m = await model(t);
  const s = await Session.start(t, { dir: await folder(t) });
  const before = (await s.ready()).coverage.model;
  m.hold(() => true);
  s.settings = m.settings;
  await s.notify("workspace/didChangeConfiguration", { settings: null });
  await m.until(() => m.waiting.length > 0);
  const { hits, coverage } = await s.search("check the password of a user at login");
  assert.equal(hits[0].symbol, "VerifyPassword");
  assert.equal(coverage.model, before);
  m.hold(() => false);
  const after = await s.until(() => {
    const { folders, coverage } = s.status;
    return folders[0].state === "ready" && coverage.percent === 100 && coverage.model !== before && s.status;
  });
  assert.equal(after.model.provider, "openai");
  await s.end();
});
