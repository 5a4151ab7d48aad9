// Semantic: Find Related Code, for the definition at the cursor or the selection.

import * as vscode from "vscode";
import { HitList } from "./list";
import { code, method, type Answer, type RelatedParams } from "./protocol";
import { report, type Server } from "./server";

// As for a search.
const limit = 30;

export async function related(server: Server, log: vscode.LogOutputChannel): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme !== "file") {
    void vscode.window.showInformationMessage("Semantic Code Search: open a file of the workspace first.");
    return;
  }
  const { document, selection } = editor;
  const params: RelatedParams = { textDocument: { uri: document.uri.toString() }, limit };
  if (selection.isEmpty) {
    params.position = plain(selection.active);
  } else {
    params.range = { start: plain(selection.start), end: plain(selection.end) };
  }

  const line = selection.start.line + 1;
  const list = new HitList(`Related to ${vscode.workspace.asRelativePath(document.uri)}:${line}`, true);
  const source = new vscode.CancellationTokenSource();
  list.pick.placeholder = "Type to narrow the list";
  list.pick.busy = true;
  list.pick.onDidHide(() => {
    source.cancel();
  });
  list.pick.show();
  try {
    list.show(await server.request<Answer>(method.related, params, source.token));
    list.pick.busy = false;
  } catch (error) {
    if ((error as { code?: number }).code !== code.cancelled) {
      list.pick.hide();
      await report(error, log);
    }
  } finally {
    source.dispose();
  }
}

function plain(position: vscode.Position): { line: number; character: number } {
  return { line: position.line, character: position.character };
}
