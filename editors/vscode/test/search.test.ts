import assert from "node:assert/strict";
import { test } from "node:test";
import { act, reopen } from "../src/list";
import type { Explanation } from "../src/protocol";
import { search } from "../src/search";
import { FakeClock } from "./fake/clock";
import { coverage, hit, log, Server, settle } from "./fake/server";
import { edit, pick, window } from "./fake/vscode";

const explanation: Explanation = {
  verdict: "hit",
  rank: 2,
  of: 40,
  score: 0.5,
  signals: [
    { name: "chunk", value: 0.5, weight: 0.5, share: 0.25 },
    { name: "dense", value: 0.75, weight: 1, share: 0.75 },
    { name: "name", value: 0, weight: 0.9, share: 0 },
  ],
  factors: [{ name: "test", value: 0.8 }],
  coverage,
};

/** Searches, and answers with hits a and b. */
async function answered(query = "retry it") {
  const { server, clock } = open();
  pick().type(query);
  clock.pass(60);
  await server.last.answer({ hits: [hit("a.go", 3, 9, "A"), hit("b.go", 5, 9, "B")], coverage });
  assert.deepEqual(pick().labels, ["$(symbol-function) A", "$(symbol-function) B"]);
  return { server, clock };
}

function open() {
  const server = new Server();
  const clock = new FakeClock();
  search(server, log, clock);
  return { server, clock };
}

test("a hit says why it is there, in the place of the list, and Enter leads back", async () => {
  const { server } = await answered();
  pick().move("$(symbol-function) B");
  act();
  assert.equal(server.last.name, "semantic/explain");
  assert.deepEqual(server.last.params, {
    query: "retry it",
    limit: 30,
    uri: "file:///w/b.go",
    position: { line: 5, character: 5 },
  });
  await server.last.answer(explanation);
  assert.equal(pick().title, "Why b.go:6 stands where it does");
  assert.deepEqual(
    pick().items.map(({ label, description }) => [label, description]),
    [
      ["Number 2 of 40, score 0.500", ""],
      ["75%  means what the query means", "dense 0.750 × 1"],
      ["25%  says the words of the query", "chunk 0.500 × 0.5"],
      ["× 0.8  a test", "test"],
    ],
  );
  pick().enter();
  assert.equal(pick().visible, true);
  assert.equal(pick().title, "Semantic Search");
  assert.deepEqual(pick().labels, ["$(symbol-function) A", "$(symbol-function) B"]);
  assert.deepEqual(pick().activeItems.map(({ label }) => label), ["$(symbol-function) B"]);
  assert.deepEqual(pick().buttons.map(({ tooltip }) => tooltip), []);
});

test("the button that leads back, and a new question, end the page and cancel what it waits for", async () => {
  const { server, clock } = await answered();
  pick().press("Why Is This Here?", "$(symbol-function) A");
  const { token, answer } = server.last;
  pick().press("Back");
  assert.equal(token.isCancellationRequested, true);
  await answer(explanation);
  assert.deepEqual(pick().labels, ["$(symbol-function) A", "$(symbol-function) B"]);

  pick().press("Why Is This Here?", "$(symbol-function) A");
  const second = server.last;
  pick().type("something else");
  clock.pass(60);
  await server.last.answer({ hits: [hit("c.go", 0, 1, "C")], coverage });
  assert.equal(second.token.isCancellationRequested, true);
  await second.answer(explanation);
  assert.deepEqual(pick().labels, ["$(symbol-function) C"]);
  assert.deepEqual(pick().buttons, []);
});

test("closing the list cancels the explanation", async () => {
  const { server } = await answered();
  pick().press("Why Is This Here?", "$(symbol-function) A");
  pick().hide();
  assert.equal(server.last.token.isCancellationRequested, true);
});

test("an explanation that fails says why, and leads back too", async () => {
  const { server } = await answered();
  act();
  await server.last.fail({ code: -32803, message: "a.go is\nnot there" });
  assert.deepEqual(pick().labels, ["a.go is not there"]);
  pick().press("Back");
  assert.deepEqual(pick().labels, ["$(symbol-function) A", "$(symbol-function) B"]);
});

test("the file that was open says where it stands", async () => {
  edit("file:///w/mine.go", 0, 0);
  const { server } = await answered();
  pick().press("Where Does mine.go Stand, and Why?");
  assert.deepEqual(server.last.params, { query: "retry it", limit: 30, uri: "file:///w/mine.go" });
  const skipped = { rule: "made/", source: ".gitignore:1" };
  await server.last.answer({ ...explanation, verdict: "skipped", rank: null, signals: [], factors: [], skipped });
  assert.deepEqual(pick().labels, ["Never read: made/ (.gitignore:1)"]);
  window.activeTextEditor = undefined;
});

test("hits of a list that is shown again are still explained by their question", async () => {
  const { server } = await answered("first question");
  pick().move("$(symbol-function) B");
  pick().enter();
  await settle();
  reopen();
  assert.equal(pick().value, "");
  assert.equal(pick().matchOnDescription, true, "typing narrows it now");
  assert.deepEqual(pick().items.map(({ alwaysShow }) => alwaysShow), [false, false]);
  act();
  assert.equal((server.last.params as { query: string }).query, "first question");
  await server.last.answer(explanation);
  assert.equal(pick().labels.length, 4);
});

test("a filter that is typed is completed, and only then asked", async () => {
  const { server, clock } = open();
  pick().type("parse -kind:str");
  assert.deepEqual(pick().labels, ["-kind:struct", "-kind:string"]);
  clock.pass(60);
  assert.equal(server.asked.length, 0);
  pick().enter();
  assert.equal(pick().visible, true);
  assert.equal(pick().value, "parse -kind:struct ");
  clock.pass(60);
  assert.deepEqual(server.asked.map(({ params }) => (params as { query: string }).query), ["parse -kind:struct"]);
  await settle();
});

test("languages are the server's, asked for when the first is typed", async () => {
  const { server, clock } = open();
  pick().type("parse");
  assert.equal(server.languagesAsked, 0);
  pick().type("parse lang:cp");
  await settle();
  assert.deepEqual(pick().labels, ["lang:cpp"]);
  pick().type("parse lang:cpp");
  assert.deepEqual(pick().labels, ["lang:cpp"], "until the answer comes");
  clock.pass(60);
  assert.deepEqual(server.asked.map(({ params }) => (params as { query: string }).query), ["parse lang:cpp"]);
  assert.equal(server.languagesAsked, 1);
});

test("a mistake in a filter is said as the server says it", async () => {
  const { server, clock } = open();
  pick().type("kind:strukt");
  clock.pass(60);
  await server.last.fail({ code: -32602, message: 'kind: "strukt" is no kind of definition; there is struct' });
  assert.deepEqual(pick().labels, ['kind: "strukt" is no kind of definition; there is struct']);
});
