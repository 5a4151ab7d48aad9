// A client of one server, made of Microsoft's own library as an editor's is: requests, notifications, progress and
// cancellation are that library's. What an editor adds is here: a workspace, what it answers to the server's requests,
// and what it was told. Nothing waits for time: whoever waits names what for, and looks again at each message.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  CancellationTokenSource,
  ConfigurationRequest,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  LogTraceNotification,
  ProgressType,
  RegistrationRequest,
  ShowDocumentRequest,
  ShowMessageNotification,
  ShowMessageRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  UnregistrationRequest,
  WorkDoneProgress,
  WorkDoneProgressCreateRequest,
  createProtocolConnection,
} from "vscode-languageserver-protocol/node";

const here = path.dirname(fileURLToPath(import.meta.url));
export const binary = process.env.SEMANTIC_LS_BIN;
assert.ok(binary, "SEMANTIC_LS_BIN is not set: see run.sh");

// What an editor of today can do, as far as this server asks for it.
export const able = {
  general: { positionEncodings: ["utf-16"] },
  window: { workDoneProgress: true, showMessage: {}, showDocument: { support: true } },
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
    symbol: { resolveSupport: { properties: ["location.range"] } },
  },
};

/** A copy of the shop, or an empty folder, that goes when the test does. */
export async function folder(t, of = path.join(here, "..", "testdata", "shop")) {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), "shop #1 ü+[x]& 100%-")));
  t.after(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  if (of) await cp(of, dir, { recursive: true });
  return dir;
}

/** The environment of a server: nothing of the user's is read or written. */
export function environment(state) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SEMANTIC_LS_|XDG_|OPENAI_)/.test(name));
  return { ...Object.fromEntries(kept), HOME: state, XDG_CONFIG_HOME: state, XDG_STATE_HOME: state, XDG_CACHE_HOME: state };
}

export const uri = (...parts) => pathToFileURL(path.join(...parts)).toString();

/** The file of a URI. There are several spellings of one, and the server's is VS Code's: URIs are not compared. */
export const fileOf = (uri) => fileURLToPath(uri);

export function offsetOf(text, wanted) {
  const offset = text.indexOf(wanted);
  assert.notEqual(offset, -1, `nothing says ${wanted}`);
  return offset;
}

/** Line and column of the first place that has the text. */
export function at(text, wanted) {
  const before = text.slice(0, offsetOf(text, wanted)).split("\n");
  return { line: before.length - 1, character: before.at(-1).length };
}

/** Where a hit or a symbol is, for a reader: the file's name and the line, from 0. */
export function place(found) {
  const { uri, range } = found.location ?? { uri: found.uri, range: found.selectionRange };
  return `${path.basename(fileURLToPath(uri))}:${range.start.line}`;
}

/** What a request is refused with. */
export async function refused(request) {
  const error = await request.then(
    (result) => assert.fail(`it was answered: ${JSON.stringify(result)}`),
    (error) => error,
  );
  return error.code;
}

export class Session {
  told = []; // every notification and request of the server: {method, params}
  status = undefined; // the last that the server told
  settings = null; // what workspace/configuration is answered
  choose = () => null; // what window/showMessageRequest is answered, of the actions that it offers
  #news = [];
  #versions = new Map();
  #texts = new Map();
  #complaints = [];
  #ended = false;
  #tokens = 0;

  /** Starts a server and, unless `initialize` is false, introduces itself. */
  static async start(t, { dir, settings = null, ...rest } = {}) {
    const state = rest.state ?? (await folder(t, null));
    const child = spawn(binary, ["serve"], { stdio: ["pipe", "pipe", "pipe"], env: environment(state) });
    const s = new Session(child.stdout, child.stdin);
    s.child = child;
    s.dir = dir;
    s.settings = settings;
    s.stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (s.stderr += text));
    s.exit = new Promise((resolve) => child.on("exit", (code, signal) => resolve(signal ?? code)));
    t.after(async () => {
      // Whoever said goodbye has an ended server; after a failure there may be one left.
      if (!s.#ended) child.kill("SIGKILL");
      await s.exit;
      s.connection.dispose();
    });
    if (rest.initialize !== false) await s.initialize(rest);
    return s;
  }

  constructor(from, to) {
    // The library complains here of what breaks the protocol, such as an answer that nobody waits for.
    const complain = (text) => this.#complaints.push(String(text));
    const logger = { error: complain, warn: complain, info() {}, log() {} };
    const c = createProtocolConnection(new StreamMessageReader(from), new StreamMessageWriter(to), logger);
    this.connection = c;
    c.onError(([error]) => complain(error));
    c.onNotification((method, params) => this.#tell(method, params));
    c.onNotification("semantic/statusChanged", (status) => {
      this.status = status;
      this.#tell("semantic/statusChanged", status);
    });
    for (const type of [ShowMessageNotification.type, LogTraceNotification.type]) {
      c.onNotification(type, (params) => this.#tell(type.method, params));
    }
    for (const type of [RegistrationRequest.type, UnregistrationRequest.type]) {
      c.onRequest(type, (params) => this.#tell(type.method, params));
    }
    c.onRequest(ConfigurationRequest.type, (params) => {
      this.#tell(ConfigurationRequest.type.method, params);
      return params.items.map(({ section }) => (section === "semantic-ls" ? this.settings : null));
    });
    c.onRequest(WorkDoneProgressCreateRequest.type, ({ token }) => {
      c.onProgress(WorkDoneProgress.type, token, (value) => this.#tell("$/progress", { token, value }));
      this.#tell(WorkDoneProgressCreateRequest.type.method, { token });
    });
    c.onRequest(ShowMessageRequest.type, (params) => {
      this.#tell(ShowMessageRequest.type.method, params);
      return this.choose(params.actions ?? []);
    });
    c.onRequest(ShowDocumentRequest.type, (params) => {
      this.#tell(ShowDocumentRequest.type.method, params);
      return { success: true };
    });
    c.onClose(() => this.#tell("close", undefined));
    c.listen();
  }

  async initialize({ capabilities = able, folders = this.dir ? [this.dir] : [], processId = process.pid, ...rest } = {}) {
    const params = { processId, rootUri: null, capabilities, ...rest.params };
    if (rest.options) params.initializationOptions = rest.options;
    params.workspaceFolders = folders.map((dir) => ({ uri: uri(dir), name: path.basename(dir) }));
    this.abilities = await this.connection.sendRequest(InitializeRequest.type, params);
    await this.connection.sendNotification(InitializedNotification.type, {});
    return this.abilities;
  }

  #tell(method, params) {
    this.told.push({ method, params });
    for (const wake of this.#news.splice(0)) wake();
  }

  /** Resolves with what `look` returns once that is truthy; `look` is called now and after each message. */
  async until(look) {
    for (;;) {
      const news = new Promise((resolve) => this.#news.push(resolve));
      const found = await look();
      if (found) return found;
      assert.ok(!this.told.some(({ method }) => method === "close"), `the server is gone; it said\n${this.stderr}`);
      await news;
    }
  }

  /** Resolves with the parameters of the first message of a method, from the mark on, that `is` lets pass. */
  heard(method, is = () => true, mark = 0) {
    return this.until(() => this.told.slice(mark).find((m) => m.method === method && is(m.params)))
      .then((m) => m.params);
  }

  get mark() {
    return this.told.length;
  }

  /** Resolves with the status once every folder is in a state. */
  async are(state) {
    this.status = await this.request("semantic/status", {});
    return this.until(() => this.status.folders.every((f) => f.state === state) && this.status);
  }

  ready() {
    return this.are("ready");
  }

  request(method, params, token) {
    // A token that is undefined would be taken for a second parameter.
    return this.connection.sendRequest(method, params, ...(token ? [token] : []));
  }

  /** Sends a request and cancels it at once, or once `when` resolves. */
  cancelled(method, params, when) {
    const source = new CancellationTokenSource();
    const answer = this.request(method, params, source.token);
    if (when) void when.then(() => source.cancel());
    else source.cancel();
    return answer;
  }

  notify(method, params) {
    return this.connection.sendNotification(method, params);
  }

  search(query, more = {}) {
    return this.request("semantic/search", { query, ...more });
  }

  symbols(query) {
    return this.request("workspace/symbol", { query });
  }

  /** Resolves once a search's first hit is this place, asked again whenever the server tells something. */
  finds(query, wanted) {
    return this.until(async () => {
      const { hits } = await this.search(query);
      return hits.length > 0 && place(hits[0]) === wanted && hits[0];
    });
  }

  /** Resolves once no hit of a search is in this file. */
  loses(query, file) {
    return this.until(async () => {
      const { hits } = await this.search(query);
      return !hits.some((h) => place(h).startsWith(file + ":"));
    });
  }

  /** Asks for partial results; `parts` gets what each carries, in the order in which they came. */
  async inParts(method, params, parts) {
    const token = `parts-${++this.#tokens}`;
    const progress = this.connection.onProgress(new ProgressType(), token, (value) => parts.push(value));
    try {
      return await this.request(method, { ...params, partialResultToken: token });
    } finally {
      progress.dispose();
    }
  }

  /** Opens a file as it is on disk, or with another text. */
  async open(file, text) {
    text ??= await readFile(file, "utf8");
    this.#versions.set(file, 1);
    this.#texts.set(file, text);
    const languageId = path.extname(file).slice(1);
    await this.notify(DidOpenTextDocumentNotification.type, {
      textDocument: { uri: uri(file), languageId, version: 1, text },
    });
    return text;
  }

  /** Replaces a place of an open document, given by what it says there, and returns the document's text. */
  async edit(file, was, now) {
    const text = this.#texts.get(file);
    const start = at(text, was);
    const lines = was.split("\n");
    const end = {
      line: start.line + lines.length - 1,
      character: (lines.length === 1 ? start.character : 0) + lines.at(-1).length,
    };
    const version = this.#versions.get(file) + 1;
    this.#versions.set(file, version);
    this.#texts.set(file, text.replace(was, () => now));
    await this.notify(DidChangeTextDocumentNotification.type, {
      textDocument: { uri: uri(file), version },
      contentChanges: [{ range: { start, end }, text: now }],
    });
    return this.#texts.get(file);
  }

  close(file) {
    return this.notify("textDocument/didClose", { textDocument: { uri: uri(file) } });
  }

  /** Writes the open document and tells so. */
  async save(file) {
    await writeFile(file, this.#texts.get(file));
    await this.notify("textDocument/didSave", { textDocument: { uri: uri(file) } });
  }

  /** Says goodbye and expects the exit code that the protocol promises. */
  async end() {
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    assert.equal(await this.exit, 0, this.stderr);
    assert.deepEqual(this.#complaints, []);
    this.#ended = true;
  }
}

/** The edit that tests make and do not save. */
export const unsaved = {
  was: "// Retry calls send",
  now: `// CompressThumbnail shrinks an uploaded photograph to a small picture.
func CompressThumbnail(photograph []byte) []byte {
	return photograph[:len(photograph)/2]
}

// Retry calls send`,
  query: "make a picture that was sent in smaller",
  line: "func CompressThumbnail",
};
