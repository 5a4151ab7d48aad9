// As much of the editor as the lists, the status bar and their commands use: what they show can be looked at, and what a
// user does be done. esbuild puts it in the place of the module "vscode" in tests.

export class EventEmitter<T> {
  private listeners: ((value: T) => void)[] = [];
  readonly event = (listener: (value: T) => void) => {
    this.listeners.push(listener);
    return {
      dispose: () => {
        this.listeners = this.listeners.filter((other) => other !== listener);
      },
    };
  };
  fire(value: T): void {
    for (const listener of this.listeners) {
      listener(value);
    }
  }
  dispose(): void {
    this.listeners = [];
  }
}

export class CancellationTokenSource {
  private readonly emitter = new EventEmitter<undefined>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.emitter.event };
  cancel(): void {
    if (!this.token.isCancellationRequested) {
      this.token.isCancellationRequested = true;
      this.emitter.fire(undefined);
    }
  }
  dispose(): void {
    this.emitter.dispose();
  }
}

export class Position {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {}
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(...at: [number, number, number, number] | [Position, Position]) {
    this.start = at.length === 4 ? new Position(at[0], at[1]) : at[0];
    this.end = at.length === 4 ? new Position(at[2], at[3]) : at[1];
  }
}

interface Parts {
  scheme: string;
  path: string;
  query: string;
}

export class Uri {
  private constructor(private readonly parts: Parts) {}
  static parse(text: string): Uri {
    const found = /^([a-z-]+):\/\/([^?]*)(?:\?(.*))?$/.exec(text);
    if (found === null) {
      throw new Error(`no URI: ${text}`);
    }
    const [, scheme = "", path = "", query = ""] = found;
    return new Uri({ scheme, path: decodeURIComponent(path), query: decodeURIComponent(query) });
  }
  get scheme(): string {
    return this.parts.scheme;
  }
  get path(): string {
    return this.parts.path;
  }
  get query(): string {
    return this.parts.query;
  }
  with(change: Partial<Parts>): Uri {
    return new Uri({ ...this.parts, ...change });
  }
  toString(): string {
    const { scheme, path, query } = this.parts;
    const escaped = path.split("/").map(encodeURIComponent).join("/");
    return `${scheme}://${escaped}${query === "" ? "" : `?${encodeURIComponent(query)}`}`;
  }
}

export class ThemeIcon {
  constructor(readonly id: string) {}
}

export class TabInputText {
  constructor(readonly uri: Uri) {}
}

export class TabInputTextDiff {
  constructor(
    readonly original: Uri,
    readonly modified: Uri,
  ) {}
}

export class Disposable {
  static from(...all: { dispose(): void }[]): Disposable {
    return new Disposable(() => {
      for (const one of all) {
        one.dispose();
      }
    });
  }
  constructor(readonly dispose: () => void) {}
}

export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const QuickInputButtons = { Back: { iconPath: new ThemeIcon("arrow-left"), tooltip: "Back" } };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const TextEditorRevealType = { InCenter: 1, AtTop: 3 };
export const ViewColumn = { One: 1, Two: 2 };

export interface Button {
  iconPath: ThemeIcon;
  tooltip: string;
}

export interface Item {
  label: string;
  description?: string;
  detail?: string;
  kind?: number;
  alwaysShow?: boolean;
  buttons?: Button[];
}

export class QuickPick {
  title: string | undefined;
  placeholder: string | undefined;
  value = "";
  busy = false;
  matchOnDescription = false;
  matchOnDetail = false;
  buttons: Button[] = [];
  activeItems: Item[] = [];
  visible = false;
  disposed = false;
  private lines: Item[] = [];
  private readonly changedValue = new EventEmitter<string>();
  private readonly changedActive = new EventEmitter<Item[]>();
  private readonly accepted = new EventEmitter<undefined>();
  private readonly hidden = new EventEmitter<undefined>();
  private readonly triggered = new EventEmitter<Button>();
  private readonly triggeredItem = new EventEmitter<{ item: Item; button: Button }>();
  readonly onDidChangeValue = this.changedValue.event;
  readonly onDidChangeActive = this.changedActive.event;
  readonly onDidAccept = this.accepted.event;
  readonly onDidHide = this.hidden.event;
  readonly onDidTriggerButton = this.triggered.event;
  readonly onDidTriggerItemButton = this.triggeredItem.event;

  get items(): Item[] {
    return this.lines;
  }
  set items(lines: Item[]) {
    this.lines = lines;
    this.activeItems = lines.filter(({ kind }) => kind !== QuickPickItemKind.Separator).slice(0, 1);
  }
  show(): void {
    this.visible = true;
  }
  hide(): void {
    if (this.visible) {
      this.visible = false;
      this.hidden.fire(undefined);
    }
  }
  dispose(): void {
    this.disposed = true;
    this.hide();
  }

  // What a user does.

  type(value: string): void {
    this.value = value;
    this.changedValue.fire(value);
  }
  /** Moves to the line with this label. */
  move(label: string): void {
    this.activeItems = [this.line(label)];
    this.changedActive.fire(this.activeItems);
  }
  enter(): void {
    this.accepted.fire(undefined);
  }
  /** Presses a button of the list, or of a line. */
  press(tooltip: string, label?: string): void {
    const item = label === undefined ? undefined : this.line(label);
    const button = (item?.buttons ?? (item ? [] : this.buttons)).find((one) => one.tooltip === tooltip);
    if (button === undefined) {
      throw new Error(`there is no button ${tooltip}`);
    }
    if (item) {
      this.triggeredItem.fire({ item, button });
    } else {
      this.triggered.fire(button);
    }
  }
  /** The labels, headings between dashes. */
  get labels(): string[] {
    return this.lines.map(({ label, kind }) => (kind === QuickPickItemKind.Separator ? `- ${label} -` : label));
  }
  private line(label: string): Item {
    const found = this.lines.find((line) => line.label === label);
    if (found === undefined) {
      throw new Error(`there is no line ${label} among ${this.labels.join(", ")}`);
    }
    return found;
  }
}

export class StatusBarItem {
  name = "";
  text = "";
  tooltip = "";
  command = "";
  visible = false;
  show(): void {
    this.visible = true;
  }
  hide(): void {
    this.visible = false;
  }
  dispose(): void {
    this.hide();
  }
}

/** What has happened so far. */
export const seen = {
  picks: [] as QuickPick[],
  bars: [] as StatusBarItem[],
  messages: [] as string[],
  /** Commands executed, with their arguments. */
  executed: [] as [string, ...unknown[]][],
  /** Places opened, as `path:line` with lines from 1, and the column of the window. */
  opened: [] as string[],
  /** What a message's buttons are answered with. */
  choice: undefined as string | undefined,
  /** The texts of files, by path. */
  files: {} as Record<string, string>,
  providers: {} as Record<string, (uri: Uri) => Promise<string>>,
};

/** The newest list. */
export function pick(): QuickPick {
  const found = seen.picks.at(-1);
  if (found === undefined) {
    throw new Error("there is no list");
  }
  return found;
}

function say(message: string, ...rest: unknown[]): Promise<string | undefined> {
  const options = rest.find((one): one is { detail: string } => typeof one === "object");
  seen.messages.push([message, options?.detail, ...rest.filter((one) => typeof one === "string")].filter(Boolean).join("\n"));
  return Promise.resolve(seen.choice);
}

export const window = {
  activeTextEditor: undefined as unknown,
  tabGroups: { all: [], activeTabGroup: { activeTab: undefined as unknown }, close: () => Promise.resolve(true) },
  createQuickPick(): QuickPick {
    const made = new QuickPick();
    seen.picks.push(made);
    return made;
  },
  createStatusBarItem(): StatusBarItem {
    const made = new StatusBarItem();
    seen.bars.push(made);
    return made;
  },
  showInformationMessage: say,
  showWarningMessage: say,
  showErrorMessage: say,
  showTextDocument(document: { uri: Uri }, options: { selection: Range; viewColumn?: number; preview?: boolean }) {
    const column = options.viewColumn === undefined ? "" : ` in ${options.viewColumn}`;
    seen.opened.push(`${document.uri.path}:${options.selection.start.line + 1}${column}`);
    return Promise.resolve({ revealRange: () => undefined });
  },
};

/** An editor with a file in it, as the active one. */
export function edit(uri: string, line: number, character: number): void {
  const at = new Position(line, character);
  window.activeTextEditor = {
    document: { uri: Uri.parse(uri), getText: () => "" },
    selection: { start: at, end: at, active: at, isEmpty: true, isSingleLine: true },
    visibleRanges: [],
  };
}

export const workspace = {
  asRelativePath: (uri: Uri) => uri.path.replace(/^\/w\//, ""),
  openTextDocument(uri: Uri) {
    const text = seen.files[uri.path];
    return Promise.resolve({
      uri,
      getText({ start, end }: Range) {
        const lines = (text ?? "").split("\n").slice(start.line, end.line + 1);
        return [...lines.slice(0, -1), (lines.at(-1) ?? "").slice(0, end.character)].join("\n").slice(start.character);
      },
    });
  },
  registerTextDocumentContentProvider(scheme: string, provider: { provideTextDocumentContent(uri: Uri): Promise<string> }) {
    seen.providers[scheme] = (uri) => provider.provideTextDocumentContent(uri);
    return new Disposable(() => undefined);
  },
};

export const commands = {
  executeCommand(name: string, ...args: unknown[]): Promise<undefined> {
    seen.executed.push([name, ...args]);
    return Promise.resolve(undefined);
  },
};

export const env = { clipboard: { writeText: () => Promise.resolve() } };
