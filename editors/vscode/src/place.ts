// The place that a command is about.

import * as vscode from "vscode";
import type { Position, Range } from "vscode-languageclient/node";

export interface Place {
  uri: vscode.Uri;
  start: Position;
  /** The end of a selection; undefined: there is only a cursor. */
  end?: Position;
  /** For titles: file and line. */
  name: string;
}

/** The cursor or selection of the active editor; undefined if that holds no file. */
export function place(): Place | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme !== "file") {
    return undefined;
  }
  const { document, selection } = editor;
  return {
    ...placed(document.uri, plain(selection.start)),
    ...(selection.isEmpty ? {} : { end: plain(selection.end) }),
  };
}

/** The place that a command of the server's names by a URI and a position; undefined if it names none. */
export function named(args: unknown[]): Place | undefined {
  const [uri, position] = args as [unknown, Partial<Position> | null | undefined];
  const { line, character } = position ?? {};
  if (typeof uri !== "string" || typeof line !== "number" || typeof character !== "number") {
    return undefined;
  }
  return placed(vscode.Uri.parse(uri, true), { line, character });
}

/** How requests name a place in its document. */
export function positionOrRange({ start, end }: Place): { position: Position } | { range: Range } {
  return end === undefined ? { position: start } : { range: { start, end } };
}

function placed(uri: vscode.Uri, start: Position): Place {
  return { uri, start, name: `${vscode.workspace.asRelativePath(uri)}:${start.line + 1}` };
}

function plain(position: vscode.Position): Position {
  return { line: position.line, character: position.character };
}
