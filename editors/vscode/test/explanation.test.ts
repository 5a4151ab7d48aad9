import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { factors, reasons, signals, verdict } from "../src/explanation";
import type { Explanation } from "../src/protocol";
import { coverage } from "./fake/server";

const none: Explanation = { verdict: "hit", rank: null, of: 0, score: 0, signals: [], factors: [], coverage };

test("every verdict is a sentence", () => {
  const says = (part: Partial<Explanation>) => verdict({ ...none, ...part });
  assert.equal(says({ rank: 3, of: 70, score: 0.1234 }), "Number 3 of 70, score 0.123");
  const below = says({ verdict: "below", rank: 60, of: 70, score: 0.1 });
  assert.equal(below, "Number 60 of 70, score 0.100: the list ends before it");
  assert.equal(says({ verdict: "unlike" }), "No word and no meaning in common with the query");
  assert.equal(says({ verdict: "unlike", of: 9 }), "No word and no meaning in common with the query, which 9 places have");
  const filtered = says({ verdict: "filtered", filtered: { by: "-path", given: ["test", "x/"] } });
  assert.equal(filtered, "Left out by -path:test, -path:x/");
  assert.equal(says({ verdict: "filtered", filtered: { by: "query", given: ['"a b"'] } }), 'Left out by "a b"');
  assert.equal(says({ verdict: "empty" }), "There is no text to find there");
  assert.equal(says({ verdict: "waiting" }), "Not indexed yet: 100% of 12 files, 80 chunks");
  assert.equal(says({ verdict: "skipped", skipped: { rule: "*.pb", source: "built-in" } }), "Never read: *.pb (built-in)");
});

test("a word of a newer server is shown as it is", () => {
  assert.equal(verdict({ ...none, verdict: "moved" as Explanation["verdict"] }), "moved");
  const newer = { ...none, signals: [{ name: "luck", value: 1, weight: 2, share: 1 }], factors: [{ name: "age", value: 0.5 }] };
  assert.deepEqual(reasons(newer), [
    { text: "100%  luck", detail: "luck 1.000 × 2" },
    { text: "× 0.5  age", detail: "age" },
  ]);
});

test("every signal and factor of the server has words, and no other", () => {
  const names = (file: string) =>
    [...readFileSync(`../../vectors/search/${file}`, "utf8").matchAll(/^\t\tName: "(\w+)",/gm)].map(([, name]) => name);
  assert.deepEqual(Object.keys(signals).sort(), names("signals.go").sort());
  assert.deepEqual(Object.keys(factors).sort(), names("class.go").sort());
});
