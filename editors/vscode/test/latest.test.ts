import assert from "node:assert/strict";
import { test } from "node:test";
import { Latest } from "../src/latest";
import { FakeClock } from "./fake/clock";
import { settle } from "./fake/server";

interface Request {
  question: string;
  signal: AbortSignal;
  answer(text: string): void;
  fail(error: Error): void;
}

function setup() {
  const clock = new FakeClock();
  const requests: Request[] = [];
  const heard: string[] = [];
  const latest = new Latest<string, string>({
    delay: 60,
    clock,
    ask: (question, signal) =>
      new Promise((answer, fail) => {
        requests.push({ question, signal, answer, fail });
      }),
    answered: (answer, question) => heard.push(`${question}: ${answer}`),
    failed: (error, question) => heard.push(`${question}! ${(error as Error).message}`),
  });
  const request = (index: number): Request => {
    const found = requests[index];
    assert.ok(found, `there is no request ${index}`);
    return found;
  };
  return { clock, requests, request, heard, latest };
}

test("nothing is asked before the delay is over", () => {
  const { clock, requests, latest } = setup();
  latest.put("a");
  clock.pass(59);
  assert.equal(requests.length, 0);
  clock.pass(1);
  assert.equal(requests.length, 1);
});

test("of keys typed fast only the last is asked", () => {
  const { clock, requests, request, latest } = setup();
  for (const query of ["r", "re", "ret"]) {
    latest.put(query);
    clock.pass(40);
  }
  clock.pass(20);
  assert.equal(requests.length, 1);
  assert.equal(request(0).question, "ret");
});

test("a newer question cancels the older at once, before it is asked itself", () => {
  const { clock, request, latest } = setup();
  latest.put("a");
  clock.pass(60);
  assert.equal(request(0).signal.aborted, false);
  latest.put("b");
  assert.equal(request(0).signal.aborted, true);
});

test("the older answer is dropped, whichever comes first", async () => {
  const { clock, request, heard, latest } = setup();
  latest.put("a");
  clock.pass(60);
  latest.put("b");
  clock.pass(60);
  request(1).answer("new");
  await settle();
  request(0).answer("old");
  await settle();
  assert.deepEqual(heard, ["b: new"]);
});

test("an answer that comes while the newer question still waits is dropped", async () => {
  const { clock, request, heard, latest } = setup();
  latest.put("a");
  clock.pass(60);
  latest.put("b");
  request(0).answer("old");
  await settle();
  assert.deepEqual(heard, []);
});

test("the error of a superseded question is dropped, the newest one's is told", async () => {
  const { clock, request, heard, latest } = setup();
  latest.put("a");
  clock.pass(60);
  latest.put("b");
  clock.pass(60);
  request(0).fail(new Error("superseded"));
  request(1).fail(new Error("broken"));
  await settle();
  assert.deepEqual(heard, ["b! broken"]);
});

test("stop cancels what runs and what waits", async () => {
  const { clock, requests, request, heard, latest } = setup();
  latest.put("a");
  clock.pass(60);
  latest.stop();
  assert.equal(request(0).signal.aborted, true);
  request(0).answer("late");
  latest.put("b");
  latest.stop();
  clock.pass(1000);
  await settle();
  assert.equal(requests.length, 1);
  assert.deepEqual(heard, []);
});

test("it can be asked again after an answer", async () => {
  const { clock, request, heard, latest } = setup();
  for (const [index, query] of ["a", "b"].entries()) {
    latest.put(query);
    clock.pass(60);
    request(index).answer("x");
    await settle();
  }
  assert.deepEqual(heard, ["a: x", "b: x"]);
});
