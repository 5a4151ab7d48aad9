// The list of hits, for all commands: a QuickPick in the server's order, with a preview of the active line. Another page
// can stand in its place for a while, and the list that was chosen from last can be shown again.

import * as vscode from "vscode";
import { incomplete, items, literal, oneLine, type Item, type Section } from "./items";
import { Preview } from "./preview";
import { code, type Answer, type Coverage } from "./protocol";
import { report } from "./report";

/** A button of every hit. The first of a list is also on a key, see package.json. */
export interface Action {
  icon: string;
  tooltip: string;
  run(item: Item, list: HitList): void | Promise<void>;
}

export interface Line extends vscode.QuickPickItem {
  /** undefined: no hit. */
  item?: Item;
  /** What choosing it does, if it is no hit. */
  choose?: () => void;
}

interface Options {
  title: string;
  /** Typing narrows the list, instead of being a new question. */
  filtered: boolean;
  actions: Action[];
}

/** What an answer says beside its hits. */
interface Said {
  coverage: Coverage;
  warning?: string;
}

// What was chosen from last.
let last: { options: Options; title: string; lines: readonly Line[]; active: Line } | undefined;
// The list that is open, for the key of the first action.
let shown: HitList | undefined;

/** Says which list is open, and to VS Code whether it has actions. */
function setShown(list: HitList | undefined, actions: boolean): void {
  shown = list;
  void vscode.commands.executeCommand("setContext", "semantic-ls.list", actions);
}

export class HitList {
  readonly pick = vscode.window.createQuickPick<Line>();
  private readonly options: Options;
  private readonly preview = new Preview();
  // Something was chosen: what was there before need not be put back.
  private left = false;
  // What a page hides.
  private under: { title: string | undefined; lines: readonly Line[]; active: readonly Line[] } | undefined;
  private closePage: (() => void) | undefined;

  constructor(options: Options) {
    this.options = options;
    this.pick.title = options.title;
    this.pick.matchOnDescription = options.filtered;
    this.pick.matchOnDetail = options.filtered;
    keepOrder(this.pick);
    let hidden = false;
    this.pick.onDidChangeActive(([line]) => {
      if (line?.item) {
        this.preview.show(line.item.hit);
      }
    });
    this.pick.onDidAccept(() => {
      const line = this.pick.activeItems[0];
      if (this.under !== undefined) {
        this.back();
      } else if (line?.item) {
        this.leave(line.item);
        void this.preview.accept(line.item.hit);
      } else {
        line?.choose?.();
      }
    });
    this.pick.onDidTriggerItemButton(({ item: line, button }) => {
      const index = (line.buttons ?? []).indexOf(button);
      if (line.item) {
        void this.options.actions[index]?.run(line.item, this);
      }
    });
    this.pick.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) {
        this.back();
      }
    });
    this.pick.onDidHide(() => {
      // Disposing of it hides it once more.
      if (hidden) {
        return;
      }
      hidden = true;
      this.closed(undefined);
      if (shown === this) {
        setShown(undefined, false);
      }
      this.pick.dispose();
      if (!this.left) {
        void this.preview.restore();
      }
    });
  }

  open(): void {
    setShown(this, this.options.actions.length > 0);
    this.pick.show();
  }

  show(answer: Answer): void {
    this.fill(items(answer, relative).map((item) => this.line(item)), answer);
  }

  showSections(sections: Section[], said: Said): void {
    const separator = vscode.QuickPickItemKind.Separator;
    this.fill(
      sections.flatMap(({ heading, items }) => [
        { label: heading, kind: separator },
        ...items.map((item) => this.line(item)),
      ]),
      said,
    );
  }

  /** One line instead of hits. */
  message(text: string): void {
    this.lines([{ label: literal(oneLine(text)), alwaysShow: true }]);
  }

  /** Lines that are no hits. */
  lines(lines: readonly Line[]): void {
    this.under = undefined;
    this.closed(undefined);
    this.pick.buttons = this.pick.buttons.filter((button) => button !== vscode.QuickInputButtons.Back);
    this.pick.items = lines;
  }

  clear(): void {
    this.pick.title = this.options.title;
    this.lines([]);
  }

  /**
   * Shows lines instead of the list, until Enter or the button that leads back to it; then, or when something else
   * takes the page's place, closed is called.
   */
  page(title: string, lines: readonly Line[], closed: () => void): void {
    this.closed(closed);
    const { title: above, items, activeItems } = this.pick;
    this.under ??= { title: above, lines: items, active: activeItems };
    this.pick.title = title;
    if (!this.pick.buttons.includes(vscode.QuickInputButtons.Back)) {
      this.pick.buttons = [vscode.QuickInputButtons.Back, ...this.pick.buttons];
    }
    this.pick.items = lines;
  }

  /** Runs the first action of the active line. */
  act(): void {
    const item = this.pick.activeItems[0]?.item;
    if (item) {
      void this.options.actions[0]?.run(item, this);
    }
  }

  /** Lines again, one of them active. */
  again(title: string, lines: readonly Line[], active: Line): void {
    this.pick.title = title;
    this.pick.items = lines;
    this.pick.activeItems = [active];
    // VS Code tells only what it makes active itself.
    if (active.item) {
      this.preview.show(active.item.hit);
    }
  }

  /** Closes the list for good, because of one of its hits: it can be shown again. */
  leave(item: Item): void {
    this.left = true;
    this.preview.stop();
    const active = this.pick.items.find((line) => line.item === item);
    if (active !== undefined) {
      last = { options: this.options, title: this.pick.title ?? this.options.title, lines: this.pick.items, active };
    }
    this.pick.hide();
  }

  private closed(next: (() => void) | undefined): void {
    const before = this.closePage;
    this.closePage = next;
    if (before !== next) {
      before?.();
    }
  }

  private back(): void {
    const { under } = this;
    if (under !== undefined) {
      this.pick.title = under.title;
      this.lines(under.lines);
      this.pick.activeItems = under.active;
    }
  }

  private fill(lines: Line[], { coverage, warning }: Said): void {
    const partly = incomplete(coverage);
    this.pick.title = partly === "" ? this.options.title : `${this.options.title} (${partly})`;
    if (lines.length === 0) {
      this.message(warning ?? (partly === "" ? "Nothing found" : "Nothing found yet"));
      return;
    }
    const first = warning === undefined ? [] : [{ label: literal(warning), kind: vscode.QuickPickItemKind.Separator }];
    this.lines([...first, ...lines]);
  }

  private line(item: Item): Line {
    return {
      label: item.label,
      description: item.description,
      detail: item.detail,
      alwaysShow: !this.options.filtered,
      buttons: this.options.actions.map(({ icon, tooltip }) => ({ iconPath: new vscode.ThemeIcon(icon), tooltip })),
      item,
    };
  }
}

/**
 * Opens a list and fills it with an answer; hiding it cancels the request. A failure closes it and is told.
 */
export async function openWith<Answer>(
  list: HitList,
  ask: (token: vscode.CancellationToken) => Promise<Answer>,
  show: (answer: Answer) => void,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const source = new vscode.CancellationTokenSource();
  const { token } = source;
  list.pick.placeholder = "Type to narrow the list";
  list.pick.busy = true;
  list.pick.onDidHide(() => {
    source.cancel();
  });
  list.open();
  try {
    const answer = await ask(token);
    if (!token.isCancellationRequested) {
      list.pick.busy = false;
      show(answer);
    }
  } catch (error) {
    if (!token.isCancellationRequested && (error as { code?: number }).code !== code.cancelled) {
      list.pick.hide();
      await report(error, log);
    }
  } finally {
    source.dispose();
  }
}

/** Shows the list again that a hit was chosen from last; typing narrows it. */
export function reopen(): void {
  if (last === undefined) {
    void vscode.window.showInformationMessage("Semantic Code Search: nothing was chosen from a list yet.");
    return;
  }
  const { options, title, active } = last;
  const lines = last.lines.map((line) => ({ ...line, ...(line.item === undefined ? {} : { alwaysShow: false }) }));
  const list = new HitList({ ...options, filtered: true });
  list.pick.placeholder = "Type to narrow the list";
  list.again(title, lines, lines[last.lines.indexOf(active)] ?? active);
  list.open();
}

/** Runs the first action of the line that is active in the open list. */
export function act(): void {
  shown?.act();
}

/** VS Code moves lines whose label matches the input to the top, unless told by a property that its API doesn't name. */
function keepOrder(pick: vscode.QuickPick<Line>): void {
  try {
    (pick as vscode.QuickPick<Line> & { sortByLabel: boolean }).sortByLabel = false;
  } catch {
    // A version that refuses it sorts; everything else works.
  }
}

export function relative(uri: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(uri, true));
}
