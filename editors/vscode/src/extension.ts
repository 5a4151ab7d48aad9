import * as vscode from "vscode";
import { command } from "./commands";
import { pieces } from "./compare";
import { duplicates, duplicatesOf } from "./duplicates";
import { act, reopen } from "./list";
import { NotFound } from "./locate";
import { named } from "./place";
import { related } from "./related";
import { report } from "./report";
import { search } from "./search";
import { Server } from "./server";
import { control, showStatus, statusBar } from "./status";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Semantic Code Search", { log: true });
  const current: Server = new Server(
    context.extensionPath,
    new Map([
      [command.showRelated, (args: unknown[]) => related(current, log, named(args))],
      [command.showDuplicates, (args: unknown[]) => duplicatesOf(current, log, named(args))],
    ]),
    log,
  );
  server = current;

  const restart = async () => {
    try {
      await current.restart();
    } catch (error) {
      await report(error, log);
    }
  };
  context.subscriptions.push(
    log,
    current,
    statusBar(current),
    pieces(),
    ...Object.entries({
      search: () => {
        search(current, log);
      },
      related: () => related(current, log),
      duplicates: () => duplicates(current, log),
      duplicatesHere: () => duplicatesOf(current, log),
      results: reopen,
      action: act,
      status: () => showStatus(current, log),
      pause: () => control(current, log, "pause"),
      resume: () => control(current, log, "resume"),
      reindex: () => control(current, log, "reindex"),
      restart,
    }).map(([name, run]) => vscode.commands.registerCommand(`semantic-ls.${name}`, run)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      // The server asks for its other settings when they change.
      if (event.affectsConfiguration("semantic-ls.server") && hasFolder()) {
        void restart();
      }
    }),
  );

  // Early, so that the index is ready when the first question comes. A server that isn't installed is no reason to
  // interrupt someone who hasn't asked for anything: the first command tells.
  if (hasFolder()) {
    current.start().catch((error: unknown) => {
      log.warn(error instanceof NotFound ? `not started: ${error.message}` : `could not be started: ${String(error)}`);
    });
  }
}

function hasFolder(): boolean {
  return vscode.workspace.workspaceFolders?.some(({ uri }) => uri.scheme === "file") ?? false;
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
