import assert from "node:assert/strict";
import { test } from "node:test";
import { Preview } from "../src/preview";
import { FakeClock } from "./fake/clock";
import { hit, settle } from "./fake/server";
import { edit, seen, TabInputTextDiff, Uri, window } from "./fake/vscode";

const a = hit("a.go", 3, 9, "A");
const b = hit("b.go", 5, 9, "B");

function setup() {
  const clock = new FakeClock();
  const before = seen.opened.length;
  return { clock, preview: new Preview(clock), opened: () => seen.opened.slice(before) };
}

test("of hits passed over quickly only the last is shown", async () => {
  const { clock, preview, opened } = setup();
  preview.show(a);
  clock.pass(79);
  preview.show(b);
  clock.pass(80);
  await settle();
  assert.deepEqual(opened(), ["/w/b.go:6"]);
});

test("what was to be shown is not once another was chosen", async () => {
  const { clock, preview, opened } = setup();
  preview.show(a);
  preview.stop();
  clock.pass(80);
  preview.show(b);
  clock.pass(80);
  await settle();
  assert.deepEqual(opened(), []);
  await preview.accept(b);
  assert.deepEqual(opened(), ["/w/b.go:6"]);
});

test("closing the list puts back the editor of before, if a hit was shown", async () => {
  edit("file:///w/mine.go", 7, 0);
  const { preview, opened } = setup();
  await preview.restore();
  assert.deepEqual(opened(), []);
  const other = setup();
  other.preview.show(a);
  other.clock.pass(80);
  await settle();
  await other.preview.restore();
  assert.deepEqual(other.opened(), ["/w/a.go:4", "/w/mine.go:8"]);
});

test("closing the list puts back differences as such", async () => {
  edit("file:///w/mine.go", 7, 0);
  const [left, right] = [Uri.parse("file:///w/l.go"), Uri.parse("file:///w/r.go")];
  window.tabGroups.activeTabGroup.activeTab = { label: "l ↔ r", input: new TabInputTextDiff(left, right) };
  const { clock, preview, opened } = setup();
  preview.show(a);
  clock.pass(80);
  await settle();
  await preview.restore();
  assert.deepEqual(opened(), ["/w/a.go:4"]);
  assert.deepEqual(seen.executed.at(-1), ["vscode.diff", left, right, "l ↔ r"]);
  window.tabGroups.activeTabGroup.activeTab = undefined;
});
