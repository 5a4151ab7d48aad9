// Semantic: Search. Answers while one types.

import * as vscode from "vscode";
import { incomplete } from "./items";
import { Latest, realClock } from "./latest";
import { HitList } from "./list";
import { NotFound } from "./locate";
import { code, method, type Answer, type SearchParams } from "./protocol";
import { report, type Server } from "./server";

// Shorter than the gaps of fast typing (about 100 ms) would ask at every key; much longer would be felt.
const delay = 60;
// What fits on a screen or two.
const limit = 30;

export function search(server: Server, log: vscode.LogOutputChannel): void {
  const list = new HitList("Semantic Search", false);
  const { pick } = list;
  // A list of its own supersedes only itself.
  const session = `vscode-${process.pid}-${Date.now()}`;

  let unsettled: string | undefined;
  let told = false;

  const latest = new Latest<string, Answer>({
    delay,
    clock: realClock,
    async ask(query, signal) {
      const source = new vscode.CancellationTokenSource();
      signal.addEventListener("abort", () => {
        source.cancel();
      });
      try {
        const params: SearchParams = { query, limit, session };
        return await server.request<Answer>(method.search, params, source.token);
      } finally {
        source.dispose();
      }
    },
    answered(answer, query) {
      pick.busy = false;
      list.show(answer);
      unsettled = answer.hits.length === 0 && incomplete(answer.coverage) !== "" ? query : undefined;
    },
    failed(error) {
      pick.busy = false;
      if (error instanceof NotFound) {
        // The list stays: what is being typed must not end up in the file behind it.
        list.message("The server is not installed");
        if (!told) {
          told = true;
          void report(error, log);
        }
        return;
      }
      const { code: number } = error as { code?: number };
      if (number !== code.cancelled && number !== code.superseded) {
        const why = error instanceof Error ? error.message : String(error);
        log.error(why);
        list.message(why);
      }
    },
  });

  // Asked while the index had nothing to say yet: asked again as it grows. A list with hits is left in peace.
  const growing = server.onStatus(() => {
    if (unsettled !== undefined) {
      latest.put(unsettled);
    }
  });

  pick.placeholder = "What does the code do? Plain words or code";
  pick.onDidChangeValue((value) => {
    const query = value.trim();
    unsettled = undefined;
    if (query === "") {
      latest.stop();
      pick.busy = false;
      list.clear();
      return;
    }
    pick.busy = true;
    latest.put(query);
  });
  pick.onDidHide(() => {
    growing.dispose();
    latest.stop();
  });

  const selected = selectedText();
  if (selected !== "") {
    pick.value = selected;
    pick.busy = true;
    latest.put(selected);
  }
  pick.show();
}

/** The selection, if it is part of one line: a first question. */
function selectedText(): string {
  const editor = vscode.window.activeTextEditor;
  if (!editor?.selection.isSingleLine) {
    return "";
  }
  return editor.document.getText(editor.selection).trim();
}
