// Semantic: Find Related Code, for the definition at the cursor or the selection.

import * as vscode from "vscode";
import { HitList, openWith } from "./list";
import { place, positionOrRange } from "./place";
import { method, type Answer, type RelatedParams } from "./protocol";
import type { Requests } from "./server";

// As for a search.
const limit = 30;

/** at: none, the cursor or selection. */
export async function related(server: Requests, log: vscode.LogOutputChannel, at = place()): Promise<void> {
  if (at === undefined) {
    void vscode.window.showInformationMessage("Semantic Code Search: open a file of the workspace first.");
    return;
  }
  const params: RelatedParams = { textDocument: { uri: at.uri.toString() }, limit, ...positionOrRange(at) };
  const list = new HitList({ title: `Related to ${at.name}`, filtered: true, actions: [] });
  await openWith(
    list,
    (token) => server.request<Answer>(method.related, params, token),
    (answer) => {
      list.show(answer);
    },
    log,
  );
}
