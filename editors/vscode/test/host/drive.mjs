// Opens a folder in code-server, in a Chromium without a window, with the extension and suite.ts in its extension host.
//
//   node drive.mjs ENTRY CHROMIUM EXTENSION SUITE SERVER FOLDER WORK
//
// ENTRY is code-server's program, SERVER semantic-ls, WORK an empty folder. Prints what the suite found and exits with 1 if a
// test failed.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";

// Far beyond what it takes, some twenty seconds.
const patience = 120_000;

const [entry, browserPath, extension, suite, semantic, folder, work] = process.argv.slice(2);
const result = join(work, "result.txt");

mkdirSync(join(work, "data", "Machine"), { recursive: true });
writeFileSync(join(work, "data", "Machine", "settings.json"), JSON.stringify({ "semantic-ls.server.path": semantic }));

// A port of its own: a server that an earlier run left behind would be asked otherwise.
const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
const server = spawn(
  process.execPath,
  [
    entry, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check",
    "--disable-workspace-trust", "--user-data-dir", join(work, "data"), "--extensions-dir", join(work, "extensions"),
  ],
  // A group of its own, so that its children end with it. No gallery: nothing is asked of the network.
  {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, EXTENSIONS_GALLERY: "{}", SEMANTIC_LS_HOST_RESULT: result },
  },
);
let browser;
let said = "";
const end = async (code) => {
  await browser?.close().catch(() => undefined);
  try {
    process.kill(-server.pid);
  } catch {
    // It has ended already.
  }
  process.exit(code);
};
setTimeout(() => {
  console.error(`no result within ${patience / 1000} s. What code-server and the page said ends:\n${said.slice(-8000)}`);
  void end(1);
}, patience);

await new Promise((resolve) => {
  const listen = (data) => {
    said += data;
    if (said.includes("HTTP server listening")) {
      resolve();
    }
  };
  server.stdout.on("data", listen);
  server.stderr.on("data", listen);
});

browser = await chromium.launch({
  executablePath: browserPath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage();
page.on("console", (message) => {
  said += `${message.text()}\n`;
});
// What `code --extensionDevelopmentPath --extensionTestsPath` says on a desktop, the page says in the settings that it
// comes with.
const remote = (path) => ({ $mid: 1, scheme: "vscode-remote", authority: `127.0.0.1:${port}`, path });
await page.addInitScript(
  (options) => {
    const { getAttribute } = Element.prototype;
    Element.prototype.getAttribute = function (name) {
      const value = getAttribute.call(this, name);
      if (this.id !== "vscode-workbench-web-configuration" || name !== "data-settings") {
        return value;
      }
      return JSON.stringify({ ...JSON.parse(value), developmentOptions: options });
    };
  },
  { extensions: [remote(extension)], extensionTestsPath: remote(suite) },
);
await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`);
if (!existsSync(result)) {
  await new Promise((resolve) => {
    const watching = watch(work, () => {
      if (existsSync(result)) {
        watching.close();
        resolve();
      }
    });
  });
}
const text = readFileSync(result, "utf8");
process.stdout.write(text);
await end(text.includes("FAILED") || text === "" ? 1 : 0);
