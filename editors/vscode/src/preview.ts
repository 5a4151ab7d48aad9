// Shows a hit in the editor while its line in the list is active, and puts back what was there before.

import * as vscode from "vscode";
import { realClock, type Clock } from "./latest";
import type { Hit } from "./protocol";

// Holding down an arrow key should not open every file on the way; a key repeats every 30 ms or so.
const pause = 80;

export class Preview {
  private readonly before = vscode.window.activeTextEditor;
  private readonly selection = this.before?.selection;
  private readonly visible = this.before?.visibleRanges[0];
  private readonly tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  private readonly tabsBefore = new Set(tabs().map(([uri]) => uri));
  private readonly clock: Clock;
  private cancelWait: (() => void) | undefined;
  private shown: vscode.Uri | undefined;
  private over = false;

  constructor(clock = realClock) {
    this.clock = clock;
  }

  /** Shows the hit after a pause, unless another one or an end comes first. */
  show(hit: Hit): void {
    this.cancelWait?.();
    if (this.over) {
      return;
    }
    this.cancelWait = this.clock.after(pause, () => {
      void this.open(hit, { preview: true, preserveFocus: true });
    });
  }

  /** Opens the hit for good. */
  async accept(hit: Hit): Promise<void> {
    this.stop();
    await this.open(hit, { preview: false, preserveFocus: false });
  }

  /** Puts back the editor, selection and scroll position of before. */
  async restore(): Promise<void> {
    this.stop();
    if (this.shown === undefined) {
      return;
    }
    if (this.tab?.input instanceof vscode.TabInputTextDiff) {
      // Its editor would be put back as one of its two sides.
      const { original, modified } = this.tab.input;
      await vscode.commands.executeCommand("vscode.diff", original, modified, this.tab.label);
    } else if (this.before !== undefined && this.selection !== undefined) {
      const editor = await vscode.window.showTextDocument(this.before.document, {
        ...(this.before.viewColumn === undefined ? {} : { viewColumn: this.before.viewColumn }),
        selection: this.selection,
      });
      if (this.visible !== undefined) {
        editor.revealRange(this.visible, vscode.TextEditorRevealType.AtTop);
      }
    }
    const left = tabs().filter(([uri, tab]) => tab.isPreview && uri === String(this.shown) && !this.tabsBefore.has(uri));
    await vscode.window.tabGroups.close(left.map(([, tab]) => tab));
  }

  /** Shows nothing more by itself. */
  stop(): void {
    this.over = true;
    this.cancelWait?.();
  }

  private async open(hit: Hit, options: { preview: boolean; preserveFocus: boolean }): Promise<void> {
    const uri = vscode.Uri.parse(hit.uri, true);
    const { start, end } = hit.selectionRange;
    const range = new vscode.Range(start.line, start.character, end.line, end.character);
    try {
      const document = await vscode.workspace.openTextDocument(uri);
      if (this.over && options.preview) {
        return;
      }
      this.shown = uri;
      // A selected name would be lost to the first key typed.
      const selection = options.preview ? range : new vscode.Range(range.start, range.start);
      const editor = await vscode.window.showTextDocument(document, { ...options, selection });
      editor.revealRange(range, vscode.TextEditorRevealType.InCenter);
    } catch (error) {
      // A file deleted since it was indexed: worth a word when it was chosen, not while passing over it.
      if (!options.preview) {
        const why = error instanceof Error ? error.message : String(error);
        void vscode.window.showErrorMessage(`Semantic Code Search: ${why}`);
      }
    }
  }
}

/** The open tabs that hold a file, with its URI. */
function tabs(): [string, vscode.Tab][] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap((tab) => (tab.input instanceof vscode.TabInputText ? [[tab.input.uri.toString(), tab]] : []));
}
