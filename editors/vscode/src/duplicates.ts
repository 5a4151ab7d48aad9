// Semantic: Find Duplicates, of the workspace or of what stands at a place.

import * as vscode from "vscode";
import { beside, compare } from "./compare";
import { copies, sections } from "./items";
import { HitList, openWith, relative, type Action } from "./list";
import { place, positionOrRange, type Place } from "./place";
import { method, type DuplicatesParams, type Hit, type RelatedParams } from "./protocol";
import type { Channel } from "./server";

type PlaceParams = Pick<RelatedParams, "textDocument" | "position" | "range">;

// More is not walked through in one go.
const limit = 200;

const actions = [
  action("diff", "Compare With Its Copy", compare),
  action("split-horizontal", "Open Both Side by Side", beside),
];

function action(icon: string, tooltip: string, show: (original: Hit, hit: Hit) => Promise<void>): Action {
  return {
    icon,
    tooltip,
    async run(item, list) {
      if (item.original) {
        list.leave(item);
        await show(item.original, item.hit);
      }
    },
  };
}

/** Every group of near-copies in the workspace. */
export async function duplicates(server: Channel, log: vscode.LogOutputChannel): Promise<void> {
  const params: DuplicatesParams = { limit };
  const list = new HitList({ title: "Duplicates", filtered: true, actions });
  await openWith(
    list,
    (token) => server.request(method.duplicates, params, token),
    (answer) => {
      list.showSections(sections(answer.groups, relative), answer);
    },
    log,
  );
}

/** The near-copies of what stands at a place: none, at the cursor. */
export async function duplicatesOf(
  server: Channel,
  log: vscode.LogOutputChannel,
  at: Place | undefined = place(),
): Promise<void> {
  if (at === undefined) {
    void vscode.window.showInformationMessage("Semantic Code Search: open a file of the workspace first.");
    return;
  }
  const uri = at.uri.toString();
  const params: DuplicatesParams & PlaceParams = { textDocument: { uri }, ...positionOrRange(at) };
  const list = new HitList({ title: `Duplicates of ${at.name}`, filtered: true, actions });
  await openWith(
    list,
    (token) => server.request(method.duplicates, params, token),
    (answer) => {
      // A server may name the file in other letters than VS Code: as %3A, say.
      const groups = answer.groups.map((group) => ({
        ...group,
        hits: group.hits.map((hit) => ({ ...hit, uri: vscode.Uri.parse(hit.uri, true).toString() })),
      }));
      list.showSections(copies(groups, uri, at.start, relative), answer);
    },
    log,
  );
}
