// The part of the server's protocol that this extension speaks. Lines and columns count from 0, in UTF-16 units.

import type { Position, Range, SymbolKind } from "vscode-languageclient/node";

export interface Hit {
  uri: string;
  range: Range;
  /** The name's range; without a name, the best line. */
  selectionRange: Range;
  symbol: string;
  container: string;
  kind: SymbolKind | 0;
  language: string;
  /** 0..1; compares only within one answer. */
  score: number;
  snippet: string;
  /** semantic/related only: duplicate, parallel, test or similar. */
  reason?: string;
}

export interface Coverage {
  /** 0..100. */
  percent: number;
  filesTotal: number;
  filesIndexed: number;
  filesWaiting: number;
  dirtyDocuments: number;
  chunks: number;
  model: string;
}

export interface Answer {
  hits: Hit[];
  coverage: Coverage;
}

export interface SearchParams {
  query: string;
  limit?: number;
  /** Within one session a newer search ends the older one with `superseded`. */
  session?: string;
}

export interface RelatedParams {
  textDocument: { uri: string };
  position?: Position;
  range?: Range;
  limit?: number;
}

export interface Status {
  version: string;
  coverage: Coverage;
  model: { name: string; provider: string; dimensions: number };
  folders: FolderStatus[];
}

export interface FolderStatus {
  uri: string;
  name: string;
  state: "indexing" | "ready" | "paused" | "failed";
  message?: string;
  coverage: Coverage;
}

export const method = {
  search: "semantic/search",
  related: "semantic/related",
  status: "semantic/status",
  statusChanged: "semantic/statusChanged",
} as const;

export const code = {
  cancelled: -32800,
  superseded: -32801,
  unknownMethod: -32601,
} as const;
