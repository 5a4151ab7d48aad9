// Why a hit stands where it does, and why a file is no hit: a page in the place of the list.

import * as vscode from "vscode";
import { reasons, verdict } from "./explanation";
import { literal, oneLine } from "./items";
import { relative, type HitList } from "./list";
import { code, method, type Explanation, type ExplainParams } from "./protocol";
import type { Channel } from "./server";

export async function explain(
  server: Channel,
  list: HitList,
  params: ExplainParams,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const source = new vscode.CancellationTokenSource();
  const place = params.position === undefined ? "" : `:${params.position.line + 1}`;
  const title = `Why ${relative(params.uri)}${place} stands where it does`;
  const page = (lines: vscode.QuickPickItem[]) => {
    if (!source.token.isCancellationRequested) {
      list.page(title, lines, close);
    }
  };
  const close = () => {
    source.cancel();
  };
  page([{ label: "$(loading~spin) Asking", alwaysShow: true }]);
  try {
    page(lines(await server.request(method.explain, params, source.token)));
  } catch (error) {
    if ((error as { code?: number }).code !== code.cancelled) {
      const why = error instanceof Error ? error.message : String(error);
      log.error(why);
      page([{ label: literal(oneLine(why)), alwaysShow: true }]);
    }
  }
}

function lines(explanation: Explanation): vscode.QuickPickItem[] {
  return [
    { label: literal(verdict(explanation)), description: literal(explanation.warning ?? ""), alwaysShow: true },
    ...reasons(explanation).map(({ text, detail }) => ({ label: literal(text), description: literal(detail), alwaysShow: true })),
  ];
}
