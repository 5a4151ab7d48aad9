import assert from "node:assert/strict";
import { test } from "node:test";
import { explicit, settings, type Inspection } from "../src/settings";

test("set keys are nested, others are left out", () => {
  const set: Record<string, unknown> = {
    "embedding.provider": "openai",
    "embedding.dimensions": 256,
    "embedding.baseURL": "",
    "embedding.model": undefined,
    "embedding.batchSize": null,
    "log.level": "debug",
    "server.path": "/opt/semantic-ls",
  };
  assert.deepEqual(settings((key) => set[key]), {
    embedding: { provider: "openai", dimensions: 256 },
    log: { level: "debug" },
  });
});

test("nothing set is nothing sent", () => {
  assert.deepEqual(settings(() => undefined), {});
});

test("false and 0 are values", () => {
  assert.deepEqual(settings((key) => (key === "embedding.dimensions" ? 0 : undefined)), { embedding: { dimensions: 0 } });
});

test("the narrowest scope counts, and a default does not", () => {
  assert.equal(explicit({ globalValue: 1, workspaceValue: 2, workspaceFolderValue: 3 }), 3);
  assert.equal(explicit({ globalValue: 1, workspaceValue: 2 }), 2);
  assert.equal(explicit({ globalValue: 1 }), 1);
  const inspection: Inspection & { defaultValue: number } = { defaultValue: 5 };
  assert.equal(explicit(inspection), undefined);
  assert.equal(explicit(undefined), undefined);
});
