// Two places that are nearly the same: their differences, or both side by side.

import * as vscode from "vscode";
import type { Range } from "vscode-languageclient/node";
import { relative } from "./list";
import type { Hit } from "./protocol";

// Documents that hold a piece of a file, read only: differences of whole files would say nothing of the two pieces, and
// both may lie in one file.
const scheme = "semantic-ls-piece";

/** Provides the documents that compare shows. */
export function pieces(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent: piece });
}

async function piece(uri: vscode.Uri): Promise<string> {
  const { of, range } = JSON.parse(uri.query) as { of: string; range: Range };
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(of, true));
  // From the line's beginning, so that the first line is indented as the others are.
  return document.getText(new vscode.Range(range.start.line, 0, range.end.line, range.end.character));
}

// A document that is still open keeps its text, so that one of before an edit must not be found again.
let times = 0;

/** The piece's document. Its path is the file's, so that it is coloured as that is. */
function pieceOf({ uri, range }: Hit): vscode.Uri {
  const file = vscode.Uri.parse(uri, true);
  return file.with({ scheme, query: JSON.stringify({ of: uri, range, time: times++ }) });
}

/** Shows how two pieces differ. */
export async function compare(left: Hit, right: Hit): Promise<void> {
  const title = `${place(left)} ↔ ${place(right)}`;
  await vscode.commands.executeCommand("vscode.diff", pieceOf(left), pieceOf(right), title);
}

/** Opens both places, each at its name, beside each other. */
export async function beside(left: Hit, right: Hit): Promise<void> {
  await open(left, vscode.ViewColumn.One);
  await open(right, vscode.ViewColumn.Two);
}

async function open({ uri, selectionRange }: Hit, viewColumn: vscode.ViewColumn): Promise<void> {
  const { line, character } = selectionRange.start;
  const at = new vscode.Range(line, character, line, character);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
  const editor = await vscode.window.showTextDocument(document, { viewColumn, preview: false, selection: at });
  editor.revealRange(at, vscode.TextEditorRevealType.InCenter);
}

function place(hit: Hit): string {
  return `${relative(hit.uri)}:${hit.selectionRange.start.line + 1}`;
}
