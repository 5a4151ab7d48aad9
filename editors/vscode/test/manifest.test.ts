// package.json repeats what the sources say; here the two are held together.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import manifest from "../package.json";
import { keys } from "../src/keys";

const properties: Record<string, { scope: string; default: unknown }> = manifest.contributes.configuration.properties;
const names = Object.keys(properties);

test("every setting of the server is declared, and beside them two of the extension's own", () => {
  assert.deepEqual(new Set(names), new Set(["server.path", "trace.server", ...keys].map((key) => `semantic-ls.${key}`)));
});

test("a workspace can't choose a program, a provider or a path", () => {
  for (const key of ["server.path", "embedding.provider", "embedding.modelFile", "embedding.baseURL", "embedding.model", "cache.directory", "log.file"]) {
    assert.equal(properties[`semantic-ls.${key}`]?.scope, "machine", key);
  }
});

test("a workspace that isn't trusted sets nothing", () => {
  const { untrustedWorkspaces } = manifest.capabilities;
  assert.equal(untrustedWorkspaces.supported, "limited");
  assert.deepEqual(new Set(untrustedWorkspaces.restrictedConfigurations), new Set(names));
});

test("the user's own file is checked as it is written", () => {
  const [validation] = manifest.contributes.jsonValidation;
  assert.equal(validation?.fileMatch, "semantic-ls/settings.json");
  const shipped = readFileSync(".vscodeignore", "utf8").split("\n");
  assert.ok(shipped.includes(validation.url.replace("./", "!")), validation.url);
  assert.ok(readFileSync("esbuild.mjs", "utf8").includes(validation.url.replace("./dist/", "")));
});

test("no setting holds a secret", () => {
  assert.deepEqual(names.filter((name) => /key|secret|token|password/i.test(name)), []);
});

test("commands have the names that the sources register", () => {
  const source = readFileSync("src/extension.ts", "utf8");
  const registered = /Object\.entries\(\{(.*?)\}\)\.map/s.exec(source)?.[1] ?? "";
  assert.deepEqual(
    manifest.contributes.commands.map(({ command }) => command).sort(),
    [...registered.matchAll(/^ {6}(\w+)[:,]/gm)].map(([, name]) => `semantic-ls.${name ?? ""}`).sort(),
  );
});

test("menus and keys are of commands that there are", () => {
  const { commands, menus, keybindings } = manifest.contributes;
  const known = new Set(commands.map(({ command }) => command));
  const used = [...Object.values(menus).flat(), ...keybindings].map(({ command }) => command);
  assert.deepEqual(used.filter((command) => !known.has(command)), []);
});
