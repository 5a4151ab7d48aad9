// Runs inside VS Code's extension host, beside the real extension and the real server, see run.sh. What a list shows can't
// be read from here; what its lines lead to can.

import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";

const result = process.env["SEMANTIC_LS_HOST_RESULT"] ?? "";

/** Called by VS Code. */
export async function run(): Promise<void> {
  const lines: string[] = [];
  let failed = 0;
  for (const [name, body] of tests) {
    try {
      await body();
      lines.push(`ok      ${name}`);
    } catch (error) {
      failed++;
      lines.push(`FAILED  ${name}`, `        ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    await execute("workbench.action.closeQuickOpen");
  }
  // Renamed, so that who waits for it never sees half of it.
  writeFileSync(`${result}.part`, [...lines, "", `${tests.length - failed} passed, ${failed} failed`, ""].join("\n"));
  renameSync(`${result}.part`, result);
}

const [folder] = vscode.workspace.workspaceFolders ?? [];
const execute = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(command, ...args);
const file = (name: string) => vscode.Uri.joinPath(folder?.uri ?? vscode.Uri.file("/"), name);

/** Waits for a state that events announce. */
async function awaited<T>(what: string, state: () => T | undefined): Promise<T> {
  const found = state();
  if (found !== undefined) {
    return found;
  }
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = state();
      if (found !== undefined) {
        end();
        resolve(found);
      }
    };
    const events = [
      vscode.window.onDidChangeActiveTextEditor(look),
      vscode.window.onDidChangeTextEditorSelection(look),
      vscode.window.tabGroups.onDidChangeTabs(look),
    ];
    const timer = setTimeout(() => {
      end();
      reject(new Error(`waited in vain for ${what}`));
    }, 20_000);
    const end = () => {
      clearTimeout(timer);
      for (const event of events) {
        event.dispose();
      }
    };
  });
}

function at(name: string, text: string) {
  const editor = vscode.window.activeTextEditor;
  return editor?.document.uri.toString() === file(name).toString() &&
    editor.document.lineAt(editor.selection.active.line).text.includes(text)
    ? editor
    : undefined;
}

async function open(name: string, text: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(file(name));
  const start = document.positionAt(document.getText().indexOf(text));
  const editor = await vscode.window.showTextDocument(document);
  editor.selection = new vscode.Selection(start, start);
  return editor;
}

/** The two sides of the differences that are shown. */
async function compared(): Promise<[string, string]> {
  const { original, modified } = await awaited("the differences", () => {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    return input instanceof vscode.TabInputTextDiff ? input : undefined;
  });
  const text = async (uri: vscode.Uri) => (await vscode.workspace.openTextDocument(uri)).getText();
  return [await text(original), await text(modified)];
}

const tests: [string, () => Promise<void>][] = [
  [
    "the extension is active and its commands are there",
    async () => {
      const extension = vscode.extensions.getExtension("semantic-ls.semantic-ls");
      assert.ok(extension);
      await extension.activate();
      const known = new Set(await vscode.commands.getCommands(true));
      for (const name of ["search", "related", "duplicates", "duplicatesHere", "results", "pause", "resume", "reindex"]) {
        assert.ok(known.has(`semantic-ls.${name}`), name);
      }
      // Until the server has read the file.
      for (let found: unknown[] | undefined = []; found?.length === 0; ) {
        found = await vscode.commands.executeCommand("vscode.executeWorkspaceSymbolProvider", "DrawCircle");
      }
    },
  ],
  [
    "duplicates of the cursor's place are compared piece by piece, an unsaved edit included",
    async () => {
      const editor = await open("shape/ring.go", "func traceRing");
      await editor.edit((edit) => {
        edit.insert(new vscode.Position(0, 0), "// not saved\n");
      });
      await execute("semantic-ls.duplicatesHere");
      await awaited("the preview of its copy", () => at("shape/circle.go", "DrawCircle"));
      await execute("semantic-ls.action");
      const [left, right] = await compared();
      assert.match(left, /^func traceRing\(/);
      assert.match(right, /func DrawCircle\(/);
      assert.match(right, /\n}$/);
      await execute("workbench.action.closeActiveEditor");
    },
  ],
  [
    "the list comes back, and a hit is opened from it",
    async () => {
      await execute("semantic-ls.results");
      await awaited("the preview", () => at("shape/circle.go", "DrawCircle"));
      await execute("workbench.action.acceptSelectedQuickOpenItem");
      await awaited("the hit", () => at("shape/circle.go", "DrawCircle"));
    },
  ],
  [
    "groups of the workspace are listed, and the key compares",
    async () => {
      await open("net/retry.go", "func Retry");
      await execute("semantic-ls.duplicates");
      await awaited("the preview of the first", () => at("shape/circle.go", "DrawCircle"));
      await execute("workbench.action.quickOpenSelectNext");
      await awaited("the preview of the second", () => at("shape/ring.go", "traceRing"));
      await execute("semantic-ls.action");
      const [left, right] = await compared();
      assert.match(left + right, /DrawCircle/);
      assert.match(left + right, /traceRing/);
    },
  ],
  [
    "closing a list puts back the differences that were shown before",
    async () => {
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      assert.ok(activeTab?.input instanceof vscode.TabInputTextDiff);
      const { label } = activeTab;
      await execute("semantic-ls.results");
      await awaited("the preview of the second", () => at("shape/ring.go", "traceRing"));
      await execute("workbench.action.closeQuickOpen");
      await awaited("the differences", () => {
        const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
        return tab?.input instanceof vscode.TabInputTextDiff && tab.label === label ? tab : undefined;
      });
      await execute("workbench.action.closeActiveEditor");
    },
  ],
  [
    "a list that is closed at once cancels its request and leaves the editor as it was",
    async () => {
      await open("net/retry.go", "func Retry");
      const listed = execute("semantic-ls.duplicates");
      await execute("workbench.action.closeQuickOpen");
      await listed;
      assert.ok(at("net/retry.go", "func Retry"));
    },
  ],
  [
    "related code is listed, and the first hit opened",
    async () => {
      await open("shape/circle.go", "func DrawCircle");
      await execute("semantic-ls.related");
      await awaited("the preview", () => at("shape/ring.go", "traceRing"));
      await execute("workbench.action.acceptSelectedQuickOpenItem");
      await awaited("the hit", () => at("shape/ring.go", "traceRing"));
    },
  ],
  [
    "a search asks for the selection, previews its hit, explains it and opens it",
    async () => {
      const editor = await open("net/question.txt", "wait longer");
      const line = editor.document.lineAt(0);
      editor.selection = new vscode.Selection(line.range.start, line.range.end);
      await execute("semantic-ls.search");
      await awaited("the preview", () => at("net/retry.go", "Backoff"));
      await execute("semantic-ls.action");
      // Back from the page, whether the explanation has come or not.
      await execute("workbench.action.acceptSelectedQuickOpenItem");
      await execute("workbench.action.acceptSelectedQuickOpenItem");
      await awaited("the hit", () => at("net/retry.go", "Backoff"));
    },
  ],
  [
    "the server's code actions open the extension's lists",
    async () => {
      for (const title of ["Find duplicates of this", "Find related code"]) {
        const editor = await open("shape/circle.go", "func DrawCircle");
        const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
          "vscode.executeCodeActionProvider",
          editor.document.uri,
          editor.selection,
        );
        const command = actions.find((action) => action.title === title)?.command;
        assert.ok(command, `no action ${title} among ${actions.map((action) => action.title).join(", ")}`);
        await execute(command.command, ...((command.arguments ?? []) as unknown[]));
        await awaited("the preview", () => at("shape/ring.go", "traceRing"));
        await execute("workbench.action.closeQuickOpen");
        await awaited("the editor of before", () => at("shape/circle.go", "DrawCircle"));
      }
    },
  ],
  [
    "indexing is paused and resumed",
    async () => {
      await execute("semantic-ls.pause");
      await execute("semantic-ls.resume");
      await execute("semantic-ls.reindex");
    },
  ],
];
