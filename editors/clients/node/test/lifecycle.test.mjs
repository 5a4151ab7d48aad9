import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { binary, environment, folder, refused, Session } from "../session.mjs";

test("a client with abilities is told the server's", async (t) => {
  const s = await Session.start(t, { dir: await folder(t) });
  assert.equal(s.abilities.serverInfo.name, "semantic-ls");
  assert.equal(s.abilities.capabilities.positionEncoding, "utf-16");
  assert.deepEqual(s.abilities.capabilities.textDocumentSync, { openClose: true, change: 2, save: {} });
  assert.ok(s.abilities.capabilities.workspaceSymbolProvider);
  assert.equal(s.abilities.capabilities.hoverProvider, undefined);
  await s.ready();
  await s.end();
});

test("a client without abilities is served, and asked for nothing", async (t) => {
  const s = await Session.start(t, { dir: await folder(t), capabilities: {} });
  const status = await s.ready();
  assert.equal(status.coverage.percent, 100);
  const { hits } = await s.search("check the password of a user at login");
  assert.equal(hits[0].symbol, "VerifyPassword");
  await s.end();
  assert.deepEqual(s.told.filter(({ method }) => !/^(semantic\/statusChanged|close)$/.test(method)), []);
});

test("a client of old names one root", async (t) => {
  const dir = await folder(t);
  const s = await Session.start(t, { capabilities: {}, params: { rootPath: dir } });
  assert.equal((await s.ready()).folders.length, 1);
  await s.end();
});

test("requests before initialize, of unknown methods and after shutdown are refused", async (t) => {
  const s = await Session.start(t, { initialize: false });
  assert.equal(await refused(s.search("too early")), -32002);
  await s.initialize({});
  assert.equal(await refused(s.request("textDocument/hover", {})), -32601);
  assert.equal(await refused(s.request("semantic/search", { query: 1 })), -32602);
  assert.equal(await refused(s.initialize({})), -32600);
  await s.request("shutdown");
  assert.equal(await refused(s.search("too late")), -32600);
  await s.notify("exit");
  assert.equal(await s.exit, 0);
});

test("exit without shutdown exits with 1", async (t) => {
  const s = await Session.start(t, { dir: await folder(t) });
  await s.notify("exit");
  assert.equal(await s.exit, 1);
});

test("a client that closes the stream ends the server", async (t) => {
  const s = await Session.start(t, { dir: await folder(t) });
  s.child.stdin.end();
  assert.equal(await s.exit, 1);
});

// The client here is another process, which starts the server and is killed. The server has the client's standard error,
// and so has nobody else: that it ends says that both are gone.
for (const [name, stream] of [
  ["its stream ends with it", "closes"],
  ["somebody else holds its stream open", "stays"],
]) {
  test(`a client killed with -9 leaves no server behind, where ${name}`, { skip: process.platform === "win32" }, async (t) => {
    const dir = await folder(t);
    const client = spawn(
      process.execPath,
      ["-e", `require("node:child_process").spawn(process.argv[1], ["serve"],
        {stdio: process.argv[2] === "stays" ? [3, 4, 2] : ["pipe", "pipe", 2]})
        .on("spawn", function () { process.stdout.write(String(this.pid)) })`, binary, stream],
      { stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"], env: environment(await folder(t, null)) },
    );
    const gone = new Promise((resolve) => client.stderr.resume().on("end", resolve));
    const server = Number(await new Promise((resolve) => client.stdout.once("data", resolve)));
    t.after(() => {
      try {
        process.kill(server, "SIGKILL");
      } catch (error) {
        assert.equal(error.code, "ESRCH");
      }
    });
    if (stream === "stays") {
      const s = new Session(client.stdio[4], client.stdio[3]);
      await s.initialize({ folders: [dir], processId: client.pid });
      await s.ready();
    }
    process.kill(server, 0); // it runs
    client.kill("SIGKILL");
    await gone;
  });
}
