// Why a place is a hit, or none, in words. Pure, so that it can be tested without an editor.

import { describe } from "./items";
import type { Explanation } from "./protocol";

/** What the server's signals say of a place. */
export const signals: Readonly<Record<string, string>> = {
  chunk: "says the words of the query",
  file: "its whole file says them",
  dense: "means what the query means",
  name: "defines a name that stands in the query",
  path: "its path says words of the query",
  label: "its name means what the query means",
  place: "its path means what the query means",
  others: "other parts of its file say better than its best one",
  best: "the best parts of its file are good together",
  alone: "defines the name that is all of the query",
};

/** What the server's factors are for. */
export const factors: Readonly<Record<string, string>> = {
  test: "a test",
  prose: "documentation",
  configuration: "configuration or data",
  foreign: "vendored or generated",
  declaration: "a declaration of a type",
  markup: "markup",
  aside: "a tool beside the code",
};

export interface Reason {
  text: string;
  /** The number behind it. */
  detail: string;
}

/** One sentence. */
export function verdict(explanation: Explanation): string {
  const { rank, of, score, skipped, filtered, coverage } = explanation;
  switch (explanation.verdict) {
    case "hit":
      return `Number ${rank ?? "?"} of ${of}, score ${score.toFixed(3)}`;
    case "below":
      return `Number ${rank ?? "?"} of ${of}, score ${score.toFixed(3)}: the list ends before it`;
    case "unlike":
      return `No word and no meaning in common with the query${of > 0 ? `, which ${of} places have` : ""}`;
    case "filtered":
      return `Left out by ${filtered === undefined ? "a filter" : leftOut(filtered.by, filtered.given)}`;
    case "empty":
      return "There is no text to find there";
    case "waiting":
      return `Not indexed yet: ${describe(coverage)}`;
    case "skipped":
      return `Never read${skipped === undefined ? "" : `: ${skipped.rule} (${skipped.source})`}`;
    default:
      return explanation.verdict;
  }
}

function leftOut(by: string, given: string[]): string {
  // Phrases and patterns are given as they were typed.
  return by === "query" ? given.join(", ") : given.map((value) => `${by}:${value}`).join(", ");
}

/** What the score is made of, the most first, then what took from it. */
export function reasons(explanation: Explanation): Reason[] {
  const made = explanation.signals
    // What rounds to nothing says nothing.
    .filter(({ share }) => share >= 0.005)
    .sort((a, b) => b.share - a.share)
    .map(({ name, value, weight, share }) => ({
      text: `${Math.round(100 * share)}%  ${signals[name] ?? name}`,
      detail: `${name} ${value.toFixed(3)} × ${weight}`,
    }));
  const taken = explanation.factors.map(({ name, value }) => ({ text: `× ${value}  ${factors[name] ?? name}`, detail: name }));
  return [...made, ...taken];
}
