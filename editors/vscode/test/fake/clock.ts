import type { Clock } from "../../src/latest";

/** Time that passes when told. */
export class FakeClock implements Clock {
  private now = 0;
  private waiting: { at: number; callback: () => void }[] = [];

  after(milliseconds: number, callback: () => void): () => void {
    const entry = { at: this.now + milliseconds, callback };
    this.waiting.push(entry);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== entry);
    };
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    const due = this.waiting.filter(({ at }) => at <= this.now);
    this.waiting = this.waiting.filter(({ at }) => at > this.now);
    for (const { callback } of due) {
      callback();
    }
  }
}
