// The list of hits, for both commands: a QuickPick in the server's order, with a preview of the active line.

import * as vscode from "vscode";
import { incomplete, items, type Item } from "./items";
import { Preview } from "./preview";
import type { Answer } from "./protocol";

interface Line extends vscode.QuickPickItem {
  /** undefined: a message, not a hit. */
  item?: Item;
}

export class HitList {
  readonly pick = vscode.window.createQuickPick<Line>();
  private readonly title: string;
  private readonly filtered: boolean;
  private readonly preview = new Preview();

  /** filtered: typing narrows the list, instead of being a new question. */
  constructor(title: string, filtered: boolean) {
    this.title = title;
    this.filtered = filtered;
    this.pick.title = title;
    this.pick.matchOnDescription = filtered;
    this.pick.matchOnDetail = filtered;
    keepOrder(this.pick);
    let accepted = false;
    let hidden = false;
    this.pick.onDidChangeActive(([line]) => {
      if (line?.item) {
        this.preview.show(line.item.hit);
      }
    });
    this.pick.onDidAccept(() => {
      const item = this.pick.activeItems[0]?.item;
      if (item) {
        accepted = true;
        this.pick.hide();
        void this.preview.accept(item.hit);
      }
    });
    this.pick.onDidHide(() => {
      // Disposing of it hides it once more.
      if (hidden) {
        return;
      }
      hidden = true;
      this.pick.dispose();
      if (!accepted) {
        void this.preview.restore();
      }
    });
  }

  show(answer: Answer): void {
    const partly = incomplete(answer.coverage);
    this.pick.title = partly === "" ? this.title : `${this.title} (${partly})`;
    if (answer.hits.length === 0) {
      this.message(partly === "" ? "Nothing found" : "Nothing found yet");
      return;
    }
    this.pick.items = items(answer, relative).map((item) => ({
      label: item.label,
      description: item.description,
      detail: item.detail,
      alwaysShow: !this.filtered,
      item,
    }));
  }

  /** One line instead of hits. */
  message(text: string): void {
    this.pick.items = [{ label: text, alwaysShow: true }];
  }

  clear(): void {
    this.pick.title = this.title;
    this.pick.items = [];
  }
}

/** VS Code moves lines whose label matches the input to the top, unless told by a property that its API doesn't name. */
function keepOrder(pick: vscode.QuickPick<Line>): void {
  try {
    (pick as vscode.QuickPick<Line> & { sortByLabel: boolean }).sortByLabel = false;
  } catch {
    // A version that refuses it sorts; everything else works.
  }
}

function relative(uri: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(uri, true));
}
