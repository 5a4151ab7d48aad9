// Semantic: Find Related Code, for the definition at the cursor or the selection.

import * as vscode from "vscode";
import { HitList, openWith } from "./list";
import { place, positionOrRange } from "./place";
import { method, type RelatedParams } from "./protocol";
import type { Channel } from "./server";

// As for a search.
const limit = 30;

/** at: none, the cursor or selection. */
export async function related(server: Channel, log: vscode.LogOutputChannel, at = place()): Promise<void> {
  if (at === undefined) {
    void vscode.window.showInformationMessage("Semantic Code Search: open a file of the workspace first.");
    return;
  }
  const params: RelatedParams = { textDocument: { uri: at.uri.toString() }, limit, ...positionOrRange(at) };
  const list = new HitList({ title: `Related to ${at.name}`, filtered: true, actions: [] });
  await openWith(
    list,
    (token) => server.request(method.related, params, token),
    (answer) => {
      list.show(answer);
    },
    log,
  );
}
