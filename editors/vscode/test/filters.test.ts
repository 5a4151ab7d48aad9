import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { completions, languagesOf } from "../src/filters";

const languages = ["c", "c++", "cpp", "go", "python"];
const filters = (query: string) => completions(query, languages).map(({ filter }) => filter);

test("a filter at the end of a query is completed", () => {
  assert.deepEqual(filters("lang:"), languages.map((language) => `lang:${language}`));
  assert.deepEqual(filters("retry lang:p"), ["lang:python"]);
  assert.deepEqual(filters("language:P"), ["language:python"]);
  assert.deepEqual(filters("-content:d"), ["-content:docs"]);
  assert.deepEqual(filters("lang:go,p"), ["lang:go,python"]);
  assert.deepEqual(completions("retry  -lang:go,p", languages), [
    { filter: "-lang:go,python", query: "retry  -lang:go,python " },
  ]);
});

test("what is good as it stands, no filter, or not at the end, is left alone", () => {
  const good = [
    "", "lang", "lang:c", "lang:go ", "lang:go x", "slang:p", 'say "lang:p', 'say "a lang:p', "kind:strukt", "path:l", "http:",
    "(lang:p",
  ];
  assert.deepEqual(good.flatMap(filters), []);
});

test("the kinds are the server's", () => {
  const source = readFileSync("../../workspace/chunk/kind.go", "utf8");
  const names = new Set(["text", ...[...source.matchAll(/^\t\treturn "(\w+)"$/gm)].map(([, name]) => name)]);
  assert.ok(names.size > 20, "kind.go is read otherwise");
  assert.deepEqual(filters("kind:").sort(), [...names].map((name) => `kind:${name}`).sort());
});

test("languages are read from the server's list", () => {
  assert.deepEqual(languagesOf("c: *.c, *.h\r\nc++: *.cc\ncoq: \n\nobjective-c: *.m\n"), ["c", "c++", "coq", "objective-c"]);
});
