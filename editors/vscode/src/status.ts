// Semantic: Show Status, Pause, Resume and Reindex, and the status bar's item while there is something to say.

import * as vscode from "vscode";
import { describe, notice } from "./items";
import { method, type Status } from "./protocol";
import { report } from "./report";
import type { Channel, Server } from "./server";

/** Pauses indexing in all folders, goes on, or looks at all files again. */
export async function control(
  server: Channel,
  log: vscode.LogOutputChannel,
  how: "pause" | "resume" | "reindex",
): Promise<void> {
  try {
    await server.request(method[how], {});
  } catch (error) {
    await report(error, log);
  }
}

export async function showStatus(server: Channel, log: vscode.LogOutputChannel): Promise<void> {
  let status: Status;
  try {
    status = await server.request(method.status, {});
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
  const states = new Set(status.folders.map(({ state }) => state));
  const choices = [
    ...(states.has("indexing") ? ["Pause"] : []),
    ...(states.has("paused") ? ["Resume"] : []),
    ...(states.has("failed") ? ["Try Again"] : []),
    show,
  ];
  const choice = await vscode.window.showInformationMessage(
    `Semantic Code Search: ${describe(status.coverage)}`,
    { modal: true, detail: lines.join("\n") },
    ...choices,
  );
  if (choice === show) {
    log.show();
  } else if (choice !== undefined) {
    await control(server, log, choice === "Pause" ? "pause" : choice === "Resume" ? "resume" : "reindex");
  }
}

/** An item that is seen while a folder is being indexed, is paused or has failed. */
export function statusBar(server: Pick<Server, "onStatus">): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("semantic-ls.status", vscode.StatusBarAlignment.Right);
  item.name = "Semantic Code Search";
  const listening = server.onStatus((status) => {
    const shown = notice(status);
    if (shown === undefined) {
      item.hide();
      return;
    }
    item.text = shown.text;
    item.tooltip = shown.tooltip;
    item.command = shown.command;
    item.show();
  });
  return vscode.Disposable.from(item, listening);
}
