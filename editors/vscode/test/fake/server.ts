// A server whose answers the test gives.

import assert from "node:assert/strict";
import type * as vscode from "vscode";
import type { Coverage, Hit, Requests, Status } from "../../src/protocol";
import type { Channel } from "../../src/server";
import { EventEmitter } from "./vscode";

interface Asked {
  name: string;
  params: object;
  token: { isCancellationRequested: boolean };
  answer: (result: unknown) => Promise<void>;
  fail: (error: { code?: number; message: string }) => Promise<void>;
}

export class Server implements Channel {
  readonly asked: Asked[] = [];
  readonly status = new EventEmitter<Status | undefined>();
  readonly onStatus = this.status.event as unknown as vscode.Event<Status | undefined>;
  languagesAsked = 0;

  request<Method extends keyof Requests>(
    name: Method,
    params: Requests[Method]["params"],
    token?: { isCancellationRequested: boolean },
  ): Promise<Requests[Method]["result"]> {
    return new Promise((resolve, reject) => {
      this.asked.push({
        name,
        params,
        token: token ?? { isCancellationRequested: false },
        answer: (result) => {
          resolve(result as Requests[Method]["result"]);
          return settle();
        },
        fail: ({ code, message }) => {
          reject(Object.assign(new Error(message), { code }));
          return settle();
        },
      });
    });
  }

  languages(): Promise<string[]> {
    this.languagesAsked++;
    return Promise.resolve(["c", "cpp", "css", "go", "python"]);
  }

  /** The newest request, which must be this one. */
  get last(): Asked {
    const found = this.asked.at(-1);
    assert.ok(found, "nothing was asked");
    return found;
  }
}

/** Lets every promise that is settled already run its continuations. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export const log = { error: () => undefined, warn: () => undefined, show: () => undefined } as unknown as vscode.LogOutputChannel;

export const coverage: Coverage = {
  percent: 100,
  filesTotal: 12,
  filesIndexed: 12,
  filesWaiting: 0,
  dirtyDocuments: 0,
  chunks: 80,
  model: "builtin",
};

/** A function of some lines, at a path and lines from 0. */
export function hit(path: string, first: number, last: number, symbol: string, part: Partial<Hit> = {}): Hit {
  return {
    uri: `file:///w/${path}`,
    range: { start: { line: first, character: 0 }, end: { line: last, character: 1 } },
    selectionRange: { start: { line: first, character: 5 }, end: { line: first, character: 5 + symbol.length } },
    symbol,
    container: "",
    kind: 12,
    language: "go",
    score: 1,
    snippet: `func ${symbol}() {`,
    ...part,
  };
}
