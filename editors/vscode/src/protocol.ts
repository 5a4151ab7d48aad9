// Generated from the types in lsp by go generate. Do not edit. What it means is in docs/protocol.md.

import type {
  DocumentUri,
  Position,
  ProgressToken,
  Range,
  SymbolKind,
  TextDocumentIdentifier,
  integer,
} from "vscode-languageclient/node";

/** What each request takes and answers with, and what the partial results of some carry. */
export interface Requests {
  "semantic/search": { params: SearchParams; result: Answer; partial: PartialAnswer };
  "semantic/related": { params: RelatedParams; result: Answer };
  "semantic/duplicates": { params: DuplicatesParams; result: Duplicates; partial: PartialDuplicates };
  "semantic/explain": { params: ExplainParams; result: Explanation };
  "semantic/status": { params: object; result: Status };
  "semantic/pause": { params: FoldersParams; result: null };
  "semantic/resume": { params: FoldersParams; result: null };
  "semantic/reindex": { params: FoldersParams; result: null };
}

/** What each notification of the server carries. */
export interface Notifications {
  "semantic/statusChanged": Status;
}

export interface SearchParams {
  /** a question or a name, and filters, see docs/queries.md */
  query: string;
  /** of hits: 1 or more, 20 if left out; above 1000 it is 1000 */
  limit?: integer;
  /** directories to look in; none are all */
  folders?: DocumentUri[];
  /** the search box: a newer search of it ends an older one */
  session?: string;
  partialResultToken?: ProgressToken;
  workDoneToken?: ProgressToken;
  /** of paths, as ripgrep's -g: the last one that matches decides */
  globs?: string[];
  /** any of these: a name, or an extension */
  languages?: string[];
  /** any of these: a SymbolKind in words, such as function; text */
  kinds?: string[];
}

/** RelatedParams have a textDocument and with it a position or a range, or a text. */
export interface RelatedParams {
  /** counts more than a text */
  textDocument?: TextDocumentIdentifier;
  /** in the definition that is asked about */
  position?: Position;
  /** what is asked about; counts more than a position */
  range?: Range;
  /** code that need not be in any document */
  text?: string;
  /** of the text, if it is known */
  languageId?: string;
  /** of hits: 1 or more, 20 if left out; above 1000 it is 1000 */
  limit?: integer;
  /** of paths, as ripgrep's -g: the last one that matches decides */
  globs?: string[];
  /** any of these: a name, or an extension */
  languages?: string[];
  /** any of these: a SymbolKind in words, such as function; text */
  kinds?: string[];
}

export interface DuplicatesParams {
  /** directories to look in; none are all */
  folders?: DocumentUri[];
  /** of code, that each has at least: 1 or more, 6 if left out */
  minLines?: integer;
  /** of any two of a group: 0.5 to 1, 0.8 if left out */
  similarity?: number;
  /** of groups: 1 or more, 10000 if left out or above */
  limit?: integer;
  /** look at what is vendored or generated, too */
  foreign?: boolean;
  partialResultToken?: ProgressToken;
  workDoneToken?: ProgressToken;
  /** groups of what stands around a place in it alone */
  textDocument?: TextDocumentIdentifier;
  /** in the definitions that are asked about */
  position?: Position;
  /** that they are around; counts more than a position */
  range?: Range;
}

/** ExplainParams are those of a search, and the place that is asked about. */
export interface ExplainParams {
  /** not blank */
  query: string;
  /** of a file */
  uri: DocumentUri;
  /** whose line counts; the best place of the file if left out */
  position?: Position;
  /** of hits, to which the verdict refers: 1 or more, 20 if left out */
  limit?: integer;
  /** directories to look in; none are all */
  folders?: DocumentUri[];
  /** of paths, as ripgrep's -g: the last one that matches decides */
  globs?: string[];
  /** any of these: a name, or an extension */
  languages?: string[];
  /** any of these: a SymbolKind in words, such as function; text */
  kinds?: string[];
}

/** FoldersParams name folders; none are all. */
export interface FoldersParams {
  /** as the client has opened them */
  folders?: DocumentUri[];
}

/** Answer is the result of semantic/search and semantic/related. */
export interface Answer {
  /** best first */
  hits: Hit[];
  coverage: Coverage;
  /** what the answer had to do without */
  warning?: string;
}

/** PartialAnswer is what a partial result of semantic/search carries. */
export interface PartialAnswer {
  /** that follow those before */
  hits: Hit[];
}

/** Hit is a place that was found. */
export interface Hit {
  uri: DocumentUri;
  /** what was found */
  range: Range;
  /** in it: the name, or the line that says why */
  selectionRange: Range;
  /** its name; empty for text that is part of none */
  symbol: string;
  /** what that is in, such as a type; empty where there is nothing */
  container: string;
  /** of the symbol; File for text that is part of none, which the protocol has no number for */
  kind: SymbolKind;
  /** empty where it is not known */
  language: string;
  /** 0..1, higher is better; compares only within one answer */
  score: number;
  /** the line that says why, trimmed */
  snippet: string;
  /** of semantic/related */
  reason?: Reason;
}

export interface Duplicates {
  /** those first that repeat most */
  groups: Group[];
  coverage: Coverage;
  /** what the answer had to do without */
  warning?: string;
}

/** PartialDuplicates is what a partial result of semantic/duplicates carries. */
export interface PartialDuplicates {
  /** that follow those before */
  groups: Group[];
}

/** Group is near-copies; the score of a hit is how similar it is to the first. */
export interface Group {
  /** of the two that are least so */
  similarity: number;
  /** at least two */
  hits: Hit[];
}

/** Explanation says why a place is where it is in the answer to a query, or is not there. */
export interface Explanation {
  verdict: Verdict;
  /** from 1, among so many; null for what is not among them */
  rank: integer | null;
  /** places that have anything in common with the query */
  of: integer;
  /** of the place */
  score: number;
  signals: Signal[];
  factors: Factor[];
  /** why it is never read */
  skipped?: Rule;
  /** why the query does not look there */
  filtered?: Refusal;
  coverage: Coverage;
  /** what the answer had to do without */
  warning?: string;
}

/** Signal is one of the things that speak for a place; `semantic-ls search --help` has their names. */
export interface Signal {
  name: string;
  /** 0..1, or a little more */
  value: number;
  /** 0 where it does not count for this query */
  weight: number;
  /** of the score; those of all signals make 1, or all are 0 */
  share: number;
}

/** Factor is what the score is multiplied with, and why, such as test or vendored. */
export interface Factor {
  name: string;
  value: number;
}

/** Rule is what leaves a file out. */
export interface Rule {
  rule: string;
  /** the file of rules and its line, or built-in */
  source: string;
}

/** Refusal is the part of the query that does not let something pass. */
export interface Refusal {
  /** a parameter, such as folders; a filter's key, such as -path; query for phrases and patterns */
  by: string;
  /** what it is */
  given: string[];
}

/** Status is the result of semantic/status, and what semantic/statusChanged carries. */
export interface Status {
  /** of the server */
  version: string;
  coverage: Coverage;
  model: Model;
  /** in the client's order */
  folders: FolderStatus[];
}

export interface FolderStatus {
  uri: DocumentUri;
  name: string;
  state: FolderState;
  /** why it failed, or what is wrong with its index or its model */
  message?: string;
  coverage: Coverage;
}

/** Model is what makes vectors. */
export interface Model {
  name: string;
  provider: string;
  dimensions: integer;
}

/** Coverage is how much of the folders an answer rests on. */
export interface Coverage {
  /** 0..100, of the files that are known those that are indexed */
  percent: number;
  filesTotal: integer;
  filesIndexed: integer;
  /** to be indexed for the first time, or anew */
  filesWaiting: integer;
  /** with text that is not saved */
  dirtyDocuments: integer;
  /** pieces that are indexed */
  chunks: integer;
  model: string;
}

/** Why code is related. */
export type Reason =
  | "duplicate" // the same but for names, values and little else
  | "parallel" // the same role or shape elsewhere: another implementation
  | "test" // the test of it, or what it tests
  | "similar";

/** Where a place stands. */
export type Verdict =
  | "hit" // among the hits
  | "below" // it has less than the last of them
  | "unlike" // it has no word and no meaning in common with the query
  | "filtered" // the query does not look there
  | "empty" // there is no text to find
  | "waiting" // it is not indexed yet
  | "skipped" // it is never read;

/** What becomes of a folder. */
export type FolderState =
  | "indexing"
  | "ready"
  | "paused"
  | "failed";

export const method = {
  search: "semantic/search",
  related: "semantic/related",
  duplicates: "semantic/duplicates",
  explain: "semantic/explain",
  status: "semantic/status",
  statusChanged: "semantic/statusChanged",
  pause: "semantic/pause",
  resume: "semantic/resume",
  reindex: "semantic/reindex",
} as const;

/** What workspace/executeCommand takes beside the methods. */
export const command = {
  showRelated: "semantic/showRelated",
  showDuplicates: "semantic/showDuplicates",
} as const;

export const code = {
  cancelled: -32800,
  superseded: -32801,
  stopping: -32802,
  failed: -32803,
  badParams: -32602,
  unknownMethod: -32601,
  notInitialized: -32002,
  invalidRequest: -32600,
  internal: -32603,
} as const;
