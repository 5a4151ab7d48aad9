// The server's settings out of the editor's. Only what someone set is sent: a default sent along would beat the
// server's own settings file.

import { keys } from "./keys";

/** What someone set for a key, of which the narrowest scope counts; undefined or null: nothing. */
export type Lookup = (key: string) => unknown;

export type Settings = Record<string, Record<string, unknown>>;

/** Nests the keys that are set: `{ log: { level: "debug" } }`. An empty text counts as not set. */
export function settings(lookup: Lookup): Settings {
  const nested: Settings = {};
  for (const key of keys) {
    const value = lookup(key);
    if (value === undefined || value === null || value === "") {
      continue;
    }
    const dot = key.indexOf(".");
    (nested[key.slice(0, dot)] ??= {})[key.slice(dot + 1)] = value;
  }
  return nested;
}

/** The parts of vscode's inspect() that matter here. */
export interface Inspection {
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}

/** What is set, the narrowest first. VS Code already leaves out what a workspace may not set. */
export function explicit(inspection: Inspection | undefined): unknown {
  return inspection?.workspaceFolderValue ?? inspection?.workspaceValue ?? inspection?.globalValue;
}
