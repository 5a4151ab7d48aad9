import assert from "node:assert/strict";
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { FileChangeType } from "vscode-languageserver-protocol/node";
import { able, at, fileOf, folder, place, Session, unsaved, uri } from "../session.mjs";

const picture = `package shop

// CompressThumbnail shrinks an uploaded photograph to a small picture.
func CompressThumbnail(photograph []byte) []byte { return photograph[:len(photograph)/2] }
`;

const watches = ({ registrations: [first] }) => first.method === "workspace/didChangeWatchedFiles";

test("what changes on disk is told by the client, which watches", async (t) => {
  const s = await Session.start(t, { dir: await folder(t) });
  const { registrations } = await s.heard("client/registerCapability", watches);
  const patterns = registrations[0].registerOptions.watchers.map(({ globPattern }) => globPattern);
  assert.deepEqual(patterns.map(({ baseUri, pattern }) => [fileOf(baseUri), pattern]), [[s.dir, "**/*"]]);
  await s.ready();
  const tell = (...changes) =>
    s.notify("workspace/didChangeWatchedFiles", { changes: changes.map(([type, file]) => ({ type, uri: uri(file) })) });
  const file = path.join(s.dir, "picture.go");
  await writeFile(file, picture);
  await tell([FileChangeType.Created, file]);
  await s.finds(unsaved.query, "picture.go:3");

  await writeFile(file, picture.replace("\n//", "\n\n//"));
  await tell([FileChangeType.Changed, file]);
  await s.finds(unsaved.query, "picture.go:4");

  const moved = path.join(s.dir, "billing", "image.go");
  await rename(file, moved);
  await tell([FileChangeType.Deleted, file], [FileChangeType.Created, moved]);
  await s.finds(unsaved.query, "image.go:4");
  await s.loses(unsaved.query, "picture.go");

  await rm(moved);
  await tell([FileChangeType.Deleted, moved]);
  await s.loses(unsaved.query, "image.go");
  await s.end();
});

test("a client that has no relative patterns is asked for all", async (t) => {
  const workspace = { ...able.workspace, didChangeWatchedFiles: { dynamicRegistration: true } };
  const s = await Session.start(t, { dir: await folder(t), capabilities: { ...able, workspace } });
  const { registrations } = await s.heard("client/registerCapability", watches);
  assert.deepEqual(registrations[0].registerOptions.watchers.map(({ globPattern }) => globPattern), ["**/*"]);
  await s.ready();
  await s.end();
});

test("where the client does not watch, the server does", async (t) => {
  const s = await Session.start(t, { dir: await folder(t), capabilities: { ...able, workspace: {} } });
  await s.ready();
  const file = path.join(s.dir, "picture.go");
  await writeFile(file, picture);
  await s.finds(unsaved.query, "picture.go:3");
  await rm(file);
  await s.loses(unsaved.query, "picture.go");
  await s.end();
});

test("a file that is saved and closed is found as it was saved", async (t) => {
  const s = await Session.start(t, { dir: await folder(t) });
  await s.ready();
  const file = path.join(s.dir, "net", "retry.go");
  await s.open(file);
  const text = await s.edit(file, unsaved.was, unsaved.now);
  await s.save(file);
  assert.equal(place((await s.symbols(unsaved.query))[0]), `retry.go:${at(text, unsaved.line).line}`);
  await s.close(file);
  const { hits, coverage } = await s.search(unsaved.query);
  assert.equal(place(hits[0]), `retry.go:${at(text, unsaved.line).line}`);
  assert.equal(coverage.dirtyDocuments, 0);
  await s.end();
});

test("a question right behind initialized is answered from what is stored, and open", async (t) => {
  const state = await folder(t, null);
  const first = await Session.start(t, { dir: await folder(t), state });
  await first.ready();
  await first.end();
  for (const [query, symbol] of [
    ["check the password of a user at login", "VerifyPassword"],
    ["CompressThumbnail", "CompressThumbnail"],
  ]) {
    const s = await Session.start(t, { dir: first.dir, state });
    await s.open(path.join(s.dir, "picture.go"), picture);
    assert.equal((await s.symbols(query))[0]?.name, symbol);
    await s.end();
  }
});

test("a document that is renamed while it has unsaved edits is found under its new name", async (t) => {
  const s = await Session.start(t, { dir: await folder(t) });
  await s.ready();
  const [file, moved] = [path.join(s.dir, "net", "retry.go"), path.join(s.dir, "net", "again.go")];
  await s.open(file);
  const text = await s.edit(file, unsaved.was, unsaved.now);
  // As VS Code does it: the file is renamed, the document of the old name closed, and one of the new name opened.
  await rename(file, moved);
  await s.close(file);
  await s.open(moved, text);
  await s.notify("workspace/didChangeWatchedFiles", {
    changes: [{ type: FileChangeType.Deleted, uri: uri(file) }, { type: FileChangeType.Created, uri: uri(moved) }],
  });
  assert.equal(place((await s.symbols(unsaved.query))[0]), `again.go:${at(text, unsaved.line).line}`);
  await s.loses("Backoff", "retry.go");
  await s.finds("Backoff", `again.go:${at(text, "func Backoff").line}`);
  await s.end();
});

test("folders are added and removed live", async (t) => {
  const [one, two] = [await folder(t), await folder(t, null)];
  await writeFile(path.join(two, "picture.go"), picture);
  const s = await Session.start(t, { dir: one });
  await s.ready();
  await s.loses(unsaved.query, "picture.go");
  const change = (added, removed) => {
    const named = (dirs) => dirs.map((dir) => ({ uri: uri(dir), name: path.basename(dir) }));
    return s.notify("workspace/didChangeWorkspaceFolders", { event: { added: named(added), removed: named(removed) } });
  };
  await change([two], []);
  assert.equal((await s.ready()).folders.length, 2);
  await s.finds(unsaved.query, "picture.go:3");
  const { hits } = await s.search(unsaved.query, { folders: [uri(one)] });
  assert.ok(hits.length > 0 && hits.every((h) => fileOf(h.uri).startsWith(one)));
  await change([], [one]);
  assert.deepEqual((await s.ready()).folders.map((f) => fileOf(f.uri)), [two]);
  await s.loses("Backoff", "retry.go");
  await s.end();
});
