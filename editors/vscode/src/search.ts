// Semantic: Search. Answers while one types.

import * as vscode from "vscode";
import type { Position } from "vscode-languageclient/node";
import { explain } from "./explain";
import { completions } from "./filters";
import { incomplete } from "./items";
import { Latest, realClock } from "./latest";
import { HitList } from "./list";
import { NotFound } from "./locate";
import { code, method, type Answer, type SearchParams } from "./protocol";
import { report } from "./report";
import type { Server } from "./server";

// Shorter than the gaps of fast typing (about 100 ms) would ask at every key; much longer would be felt.
const delay = 60;
// What fits on a screen or two.
const limit = 30;

// Those that `lang:` knows; asked for when it is typed for the first time.
let languages: readonly string[] | undefined;

export function search(
  server: Pick<Server, "request" | "languages" | "onStatus">,
  log: vscode.LogOutputChannel,
  clock = realClock,
): void {
  // The question whose answer is shown.
  let answered = "";
  const why = (hit: { uri: string; position?: Position }, list: HitList) =>
    explain(server, list, { query: answered, limit, ...hit }, log);
  const list = new HitList({
    title: "Semantic Search",
    filtered: false,
    actions: [
      {
        icon: "question",
        tooltip: "Why Is This Here?",
        run: ({ hit }, on) => why({ uri: hit.uri, position: hit.selectionRange.start }, on),
      },
    ],
  });
  const { pick } = list;
  // A list of its own supersedes only itself.
  const session = `vscode-${process.pid}-${Date.now()}`;

  let unsettled: string | undefined;
  let told = false;

  const latest = new Latest<string, Answer>({
    delay,
    clock,
    async ask(query, signal) {
      const source = new vscode.CancellationTokenSource();
      signal.addEventListener("abort", () => {
        source.cancel();
      });
      try {
        const params: SearchParams = { query, limit, session };
        return await server.request(method.search, params, source.token);
      } finally {
        source.dispose();
      }
    },
    answered(answer, query) {
      pick.busy = false;
      answered = query;
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

  const changed = (value: string) => {
    const query = value.trim();
    unsettled = undefined;
    const offered = completions(value, languages ?? []);
    if (query === "" || offered.length > 0) {
      latest.stop();
      pick.busy = false;
      list.clear();
      list.lines(
        offered.map(({ filter, query }) => ({
          label: filter,
          alwaysShow: true,
          choose() {
            pick.value = query;
            changed(query);
          },
        })),
      );
      return;
    }
    pick.busy = true;
    latest.put(query);
    if (languages === undefined && /\blang(uage)?:/.test(query)) {
      languages = [];
      server.languages().then(
        (known) => {
          languages = known;
          changed(pick.value);
        },
        (error: unknown) => {
          log.warn(`no languages to offer: ${String(error)}`);
        },
      );
    }
  };

  pick.placeholder = "What does the code do? Plain words or code; lang:go path:lsp/ -path:test kind:function";
  pick.onDidChangeValue(changed);
  const file = vscode.window.activeTextEditor?.document.uri;
  if (file?.scheme === "file") {
    const button = {
      iconPath: new vscode.ThemeIcon("search-stop"),
      tooltip: `Where Does ${vscode.workspace.asRelativePath(file)} Stand, and Why?`,
    };
    pick.buttons = [button];
    pick.onDidTriggerButton((pressed) => {
      if (pressed === button && answered !== "") {
        void why({ uri: file.toString() }, list);
      }
    });
  }
  pick.onDidHide(() => {
    growing.dispose();
    latest.stop();
  });

  const selected = selectedText();
  if (selected !== "") {
    pick.value = selected;
    changed(selected);
  }
  list.open();
}

/** The selection, if it is part of one line: a first question. */
function selectedText(): string {
  const editor = vscode.window.activeTextEditor;
  if (!editor?.selection.isSingleLine) {
    return "";
  }
  return editor.document.getText(editor.selection).trim();
}
