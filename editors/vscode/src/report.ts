// Failures, told once and with a way out.

import * as vscode from "vscode";
import { install, NotFound } from "./locate";

/** Tells why a command could not do its work, with what to do about it. */
export async function report(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  const why = error instanceof Error ? error.message : String(error);
  log.error(why);
  if (error instanceof NotFound) {
    const copy = "Copy Install Command";
    const open = "Open Setting";
    const choice = await vscode.window.showErrorMessage(`Semantic Code Search: ${why}.`, copy, open);
    if (choice === copy) {
      await vscode.env.clipboard.writeText(install);
    } else if (choice === open) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "semantic-ls.server.path");
    }
    return;
  }
  const show = "Show Log";
  if ((await vscode.window.showErrorMessage(`Semantic Code Search: ${why}`, show)) === show) {
    log.show();
  }
}
