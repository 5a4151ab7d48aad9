import * as vscode from "vscode";
import { NotFound } from "./locate";
import { related } from "./related";
import { search } from "./search";
import { report, Server } from "./server";
import { showStatus, statusBar } from "./status";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Semantic Code Search", { log: true });
  const current = new Server(context.extensionPath, log);
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
    vscode.commands.registerCommand("semantic-ls.search", () => {
      search(current, log);
    }),
    vscode.commands.registerCommand("semantic-ls.related", () => related(current, log)),
    vscode.commands.registerCommand("semantic-ls.status", () => showStatus(current, log)),
    vscode.commands.registerCommand("semantic-ls.restart", restart),
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
