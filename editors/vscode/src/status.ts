// Semantic: Show Status, and the status bar's item while there is something to say.

import * as vscode from "vscode";
import { describe } from "./items";
import { method, type Status } from "./protocol";
import { report, type Server } from "./server";

export async function showStatus(server: Server, log: vscode.LogOutputChannel): Promise<void> {
  let status: Status;
  try {
    status = await server.request<Status>(method.status, {});
  } catch (error) {
    await report(error, log);
    return;
  }
  const { model } = status;
  const lines = [
    `semantic-ls ${status.version}, model ${model.name} (${model.provider}, ${model.dimensions} dimensions)`,
    ...status.folders.map((folder) => {
      const line = `${folder.name}: ${folder.state}, ${describe(folder.coverage)}`;
      return folder.message ? `${line}: ${folder.message}` : line;
    }),
  ];
  const show = "Show Log";
  const choice = await vscode.window.showInformationMessage(
    `Semantic Code Search: ${describe(status.coverage)}`,
    { modal: true, detail: lines.join("\n") },
    show,
  );
  if (choice === show) {
    log.show();
  }
}

/** An item that is seen while a folder is being indexed, is paused or has failed. */
export function statusBar(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("semantic-ls.status", vscode.StatusBarAlignment.Right);
  item.name = "Semantic Code Search";
  item.command = "semantic-ls.status";
  const listening = server.onStatus((status) => {
    const folder =
      status?.folders.find(({ state }) => state === "failed") ?? status?.folders.find(({ state }) => state !== "ready");
    if (status === undefined || folder === undefined) {
      item.hide();
      return;
    }
    const icon = { indexing: "sync~spin", paused: "debug-pause", failed: "warning", ready: "check" }[folder.state];
    item.text = `$(${icon}) Semantic ${Math.floor(status.coverage.percent)}%`;
    item.tooltip = `${folder.name}: ${folder.state}, ${describe(folder.coverage)}`;
    item.show();
  });
  return vscode.Disposable.from(item, listening);
}
